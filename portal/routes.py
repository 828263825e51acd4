"""Addresses of the portal's own pages."""

from django.urls import path

from portal.views import home, start

app_name = "portal"

urlpatterns = [
    path("", start.start, name="start"),
    path("switch/", start.switch, name="switch"),
    path("m/<slug:merchant_code>/", home.page, name="home"),
]
