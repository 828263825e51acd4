"""Addresses of measurement's API."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
