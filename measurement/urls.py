"""Addresses of measurement's pages, below /m/<merchant>/."""

from django.urls import URLPattern

app_name = "measurement"

urlpatterns: list[URLPattern] = []
