"""Addresses of the portal's own pages."""

from django.urls import path

from portal.views import gallery, home, start

app_name = "portal"

urlpatterns = [
    path("", start.start, name="start"),
    path("switch/", start.switch, name="switch"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("m/<slug:merchant_code>/", home.page, name="home"),
]
