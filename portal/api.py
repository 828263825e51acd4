"""The root of the API: the version, its description, and what each app adds."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from merchants import api_description  # noqa: F401 - registers how programs say who they are

urlpatterns = [
    path("v1/openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path("v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="openapi"), name="api-docs"),
    path("v1/", include("measurement.api")),
    path("v1/", include("leads.api")),
    path("v1/", include("portal.api_lead_costs")),
]
