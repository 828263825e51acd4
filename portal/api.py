"""The root of the API: the version, its description, and what each app adds."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

urlpatterns = [
    path("v1/openapi.json", SpectacularAPIView.as_view(), name="openapi"),
    path("v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="openapi"), name="api-docs"),
    path("v1/", include("measurement.api")),
    path("v1/", include("leads.api")),
    path("v1/", include("portal.api_lead_costs")),
]
