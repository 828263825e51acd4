"""Addresses of the foundation's pages, below /m/<merchant>/."""

from django.urls import URLPattern

app_name = "merchants"

urlpatterns: list[URLPattern] = []
