"""The API of "Over time": the curve ROI(T+x) and its cohorts, for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from measurement import reports
from measurement.choices import Model
from measurement.cycles.cohorts import Cohort, marks
from measurement.queries import beside, curve
from measurement.queries.curve import Curve
from measurement.reports import ID_FILTERS, WORD_FILTERS, Axis
from merchants.api_contract import ERROR, BadParameters, ProgramView
from merchants.periods import day_of

_FEN = {"type": "integer", "nullable": True, "description": "fen; null is unknown"}
_RATIO = {"type": "string", "nullable": True, "description": "decimal text; null is unknown"}
_COHORT = {
    "type": "object",
    "required": ["from", "to", "cost_fen", "credited_fen", "roi", "at", "final"],
    "properties": {
        "from": {"type": "string", "format": "date"},
        "to": {"type": "string", "format": "date"},
        "cost_fen": _FEN,
        "credited_fen": {"type": "integer"},
        "roi": _RATIO,
        "at": {
            "type": "object",
            "description": "Credit in fen by age in days; an age that not every day has reached is missing.",
            "additionalProperties": {"type": "integer"},
        },
        "final": {
            "type": "object",
            "nullable": True,
            "description": "Where the credit is expected to end, with its 95 % range and the share that is in;"
            " null while that cannot be told.",
            "properties": {
                "expected_fen": {"type": "integer"},
                "low_fen": {"type": "integer"},
                "high_fen": {"type": "integer"},
                "share_in": {"type": "string"},
            },
        },
    },
}
PARAMETERS = [
    OpenApiParameter("from", str, description="First day, such as 2026-10-01."),
    OpenApiParameter("to", str, description="Last day."),
    OpenApiParameter("period", str, description="A preset instead of days: 7d, 28d, 90d, this_month …"),
    OpenApiParameter("axis", str, enum=[str(axis) for axis in Axis], description="Days of touch or order."),
    OpenApiParameter("model", str, enum=[str(model) for model in Model]),
    OpenApiParameter("grade", str, enum=["A", "B"], description="Only this grade of evidence."),
    OpenApiParameter(
        "beside",
        str,
        description="A second thing beside: previous, year, days:2026-09-01 (as many days from then on),"
        " model:last, platform:jd or campaign:12.",
    ),
    OpenApiParameter("asof", str, description="As it stood at the end of this past day."),
    *(OpenApiParameter(name, int, description="Only this one, by id.") for name in ID_FILTERS),
    *(OpenApiParameter(name, str, enum=[str(one) for one in kind]) for name, kind in WORD_FILTERS.items()),
]


_PART = {
    "from": "2026-02-23",
    "to": "2026-03-01",
    "cost_fen": 128405,
    "credited_fen": 214000,
    "roi": "1.666602",
    "at": {"0": 31000, "7": 160000},
    "final": {"expected_fen": 301000, "low_fen": 262000, "high_fen": 349000, "share_in": "0.710963"},
}


_POINTS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "age": {"type": "integer"},
            "credited_fen": {"type": "integer"},
            "reached": {"type": "string"},
            "roi": _RATIO,
        },
    },
}
_BESIDE = {
    "type": "object",
    "nullable": True,
    "description": "What was asked to lie beside, of the same slice but for that; null when nothing was.",
    "properties": {"label": {"type": "string"}, "points": _POINTS, "total": _COHORT},
}
_EXAMPLE = {
    "from": "2026-02-23",
    "to": "2026-03-01",
    "axis": "touch",
    "model": "linear",
    "window_days": 30,
    "points": [
        {"age": 0, "credited_fen": 31000, "reached": "1.000000", "roi": "0.241424"},
        {"age": 1, "credited_fen": 52000, "reached": "0.857143", "roi": "0.404969"},
    ],
    "cohorts": [_PART],
    "total": _PART,
    "beside": None,
    "orders": 14,
    "coverage": "0.412300",
    "data_through": "2026-03-01",
    "definition_version": "2026.11",
}


class CurveView(ProgramView):
    """ROI(T+x) by the age of the touches."""

    scope = "reports:read"
    parameters = PARAMETERS

    @extend_schema(
        operation_id="over_time",
        summary="ROI(T+x) over time",
        description="Credit of the period by the age of its touches, its cohorts, and where each is expected to"
        " end.",
        parameters=PARAMETERS,
        responses={
            200: {
                "type": "object",
                "required": ["from", "to", "window_days", "points", "cohorts", "total", "coverage"],
                "properties": {
                    "from": {"type": "string", "format": "date"},
                    "to": {"type": "string", "format": "date"},
                    "axis": {"type": "string"},
                    "model": {"type": "string"},
                    "window_days": {"type": "integer"},
                    "points": _POINTS,
                    "beside": _BESIDE,
                    "cohorts": {"type": "array", "items": _COHORT},
                    "total": _COHORT,
                    "orders": {"type": "integer", "nullable": True},
                    "coverage": _RATIO,
                    "data_through": {"type": "string", "format": "date", "nullable": True},
                    "definition_version": {"type": "string"},
                },
            },
            400: ERROR,
        },
        examples=[OpenApiExample("An answer", _EXAMPLE, response_only=True, status_codes=["200"])],
        tags=["reports"],
    )
    def get(self, request: Request) -> Response:
        now = timezone.now()
        query, problems = reports.read(request.query_params.dict(), day_of(now))
        if problems:
            raise BadParameters(self, [(problem.name, problem.value) for problem in problems])
        program: Any = request.user
        try:
            laid = beside.laid(program.merchant, query, day_of(now))
        except beside.NothingBeside:
            raise BadParameters(self, [("beside", query.beside)]) from None
        found = curve.over_time(program.merchant, query, now=now)
        other = curve.over_time(program.merchant, laid.query, now=now) if laid else None
        return Response(
            {
                "from": query.period.start,
                "to": query.period.last,
                "axis": query.axis,
                "model": query.model,
                "window_days": found.window,
                "points": _points(found),
                "beside": other
                and laid
                and {
                    "label": laid.label,
                    "points": _points(other),
                    "total": _told(other.total, other.window),
                },
                "cohorts": [_told(cohort, found.window) for cohort in found.cohorts],
                "total": _told(found.total, found.window),
                "orders": found.orders,
                "coverage": _text(found.envelope.coverage),
                "data_through": found.envelope.data_through,
                "definition_version": found.envelope.definition_version,
            }
        )


def _points(found: Curve) -> list[dict[str, Any]]:
    return [
        {
            "age": point.age,
            "credited_fen": point.credited,
            "reached": _text(point.reached),
            "roi": _text(point.roi),
        }
        for point in found.points
    ]


def _told(cohort: Cohort, window: int) -> dict[str, Any]:
    final = cohort.final
    return {
        "from": cohort.start,
        "to": cohort.last,
        "cost_fen": cohort.cost,
        "credited_fen": cohort.credited,
        "roi": _text(cohort.roi),
        "at": {str(mark): cohort.at[mark] for mark in marks(window) if mark in cohort.at},
        "final": final
        and {
            "expected_fen": final.expected,
            "low_fen": final.low,
            "high_fen": final.high,
            "share_in": f"{final.share:.6f}",
        },
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.6f}"


urlpatterns = [path("reports/over-time", CurveView.as_view(), name="api-over-time")]
