"""Addresses of the portal's own pages."""

from django.urls import path

from portal.views import demo, gallery, home, start

app_name = "portal"

urlpatterns = [
    path("", start.start, name="start"),
    path("switch/", start.switch, name="switch"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("m/<slug:merchant_code>/", home.page, name="home"),
    path("m/<slug:merchant_code>/demo-feed/", demo.demo_feed, name="demo-feed"),
]
