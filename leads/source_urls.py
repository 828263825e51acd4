"""Addresses of the pages about sources of leads, below /m/<merchant>/."""

from django.urls import path

from leads.views import sources

app_name = "lead_sources"

urlpatterns = [
    path("lead-sources/", sources.page, name="sources"),
    path("lead-sources/open/", sources.open_source, name="open"),
    path("lead-sources/<int:source_id>/", sources.detail, name="source"),
    path("lead-sources/<int:source_id>/switch/", sources.switch, name="switch"),
    path("lead-sources/<int:source_id>/change/", sources.change, name="change"),
    path("lead-sources/<int:source_id>/token/", sources.replace_token, name="token"),
    path("lead-sources/<int:source_id>/access/", sources.give, name="give"),
    path("lead-sources/pushes/<int:push_id>/", sources.push, name="push"),
    path("lead-sources/pushes/<int:push_id>/again/", sources.again, name="again"),
]
