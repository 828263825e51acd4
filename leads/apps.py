"""Consultations: the desk that answers people who ask. Comes with the leads work."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = "Leads"
