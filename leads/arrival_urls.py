"""Addresses that sources push to; a message service puts its own path behind its address."""

from django.urls import path

from leads.views import arrival

app_name = "arrival"

urlpatterns = [
    path("<str:key>/", arrival.arrive, name="arrive"),
    path("<str:key>/<path:url>", arrival.arrive, name="arrive_below"),
]
