"""Addresses of the portal's own pages."""

from django.urls import path, re_path

from portal.views import demo, gallery, home, reported_leads, start

app_name = "portal"

urlpatterns = [
    path("", start.start, name="start"),
    path("switch/", start.switch, name="switch"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("m/<slug:merchant_code>/", home.page, name="home"),
    re_path(r"^demo-partners/(?P<key>[a-z-]+)/(?P<url>.*)$", demo.partner, name="demo-partner"),
    path(
        "m/<slug:merchant_code>/lead-sources/<int:source_id>/reported/",
        reported_leads.reported,
        name="reported-leads",
    ),
    path("m/<slug:merchant_code>/demo-feed/", demo.demo_feed, name="demo-feed"),
]
