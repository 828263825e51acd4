"""The root of all addresses; one include for each app."""

from django.contrib import admin
from django.urls import include, path

from portal.views import health

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.server_error"

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("portal.api")),
    path("in/", include("leads.arrival_urls")),
    path("join/", include("merchants.joining_urls")),
    path("", include("portal.routes")),
    path("m/<slug:merchant_code>/", include("measurement.urls")),
    path("m/<slug:merchant_code>/", include("leads.urls")),
    path("m/<slug:merchant_code>/", include("leads.source_urls")),
    path("m/<slug:merchant_code>/", include("merchants.urls")),
]
