"""The API of the desk: leads that a program hands in."""

from django.urls import path

from leads import intake_kinds  # noqa: F401 - registers the kind that is described below
from merchants.api_intake import batch_view

urlpatterns = [path("leads", batch_view("leads").as_view(), name="api-leads")]
