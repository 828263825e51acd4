"""The API of measurement: batches in, and what is still to be computed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from measurement import api_crowds, api_curve, api_cycles, api_models, api_pages, api_process, api_profiles
from measurement import intake_kinds as _kinds  # noqa: F401 - registers the kinds that are described below
from measurement.queries import work
from merchants.api_contract import ProgramView
from merchants.api_intake import batch_view

_EXAMPLE = {"lines": 3, "changes": 0, "deliveries": 0, "since": "2026-03-01T13:05:00Z", "settled": False}


class WorkView(ProgramView):
    """What is still to be computed."""

    scope = "work:read"

    @extend_schema(
        operation_id="work",
        summary="What is still to be computed",
        description="Order lines, changes and deliveries that wait; `settled` once every row that was handed"
        " in is credited.",
        responses={
            200: {
                "type": "object",
                "required": ["lines", "changes", "deliveries", "since", "settled"],
                "properties": {
                    "lines": {"type": "integer"},
                    "changes": {"type": "integer"},
                    "deliveries": {"type": "integer"},
                    "since": {"type": "string", "format": "date-time", "nullable": True},
                    "settled": {"type": "boolean"},
                },
            },
        },
        examples=[OpenApiExample("An answer", _EXAMPLE, response_only=True, status_codes=["200"])],
        tags=["state"],
    )
    def get(self, request: Request) -> Response:
        program: Any = request.user
        pending = work.pending(program.merchant)
        return Response({**asdict(pending), "settled": pending.settled})


urlpatterns = [
    path("touchpoints", batch_view("touchpoints").as_view(), name="api-touchpoints"),
    path("orders", batch_view("orders").as_view(), name="api-orders"),
    path("spend", batch_view("spend").as_view(), name="api-spend"),
    path("identities", batch_view("identities").as_view(), name="api-identities"),
    *(
        path(code, batch_view(code, "platform_reports:write").as_view(), name=f"api-{code}")
        for code in ("alliance", "juguang", "pugongying", "crowds", "profiles", "market", "promotions")
    ),
    *(
        path(code, batch_view(code, "catalogue:write").as_view(), name=f"api-{code}")
        for code in ("products", "items", "notes", "lives", "codes")
    ),
    path("comments", batch_view("comments").as_view(), name="api-comments"),
    path("exposures", batch_view("exposures").as_view(), name="api-exposures"),
    path("geo-days", batch_view("geo_days").as_view(), name="api-geo-days"),
    *api_crowds.urlpatterns,
    *api_curve.urlpatterns,
    *api_cycles.urlpatterns,
    *api_models.urlpatterns,
    *api_pages.urlpatterns,
    *api_process.urlpatterns,
    *api_profiles.urlpatterns,
    path("work", WorkView.as_view(), name="api-work"),
]
