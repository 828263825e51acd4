"""The API of costs per lead, for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from leads.funnel import STEPS
from measurement import metrics
from merchants.api_contract import ERROR, NEXT, PAGING, BadParameters, ProgramView, page_of
from merchants.periods import day_of, last_days
from portal.lead_money import Row
from portal.queries.lead_costs import BY, HORIZONS, LeadCosts, lead_costs

SPANS = (7, 28, 90)
_FEN = {"type": "integer", "nullable": True, "description": "fen; null is unknown"}
_TEXT = {"type": "string", "nullable": True, "description": "decimal text; null is unknown"}
_ROW = {
    "type": "object",
    "required": ["key", "name", "cost_fen", "steps", "received_fen", "agreed_fen", "roi", "deals"],
    "properties": {
        "key": {"type": "string", "nullable": True, "description": "The platform's id, or the store's."},
        "name": {"type": "string"},
        "cost_fen": _FEN,
        "steps": {
            "type": "object",
            "description": "By step: how many enquiries reached it, and fen for each.",
            "additionalProperties": {
                "type": "object",
                "properties": {"count": {"type": "integer"}, "cost_each_fen": _TEXT},
            },
        },
        "received_fen": {"type": "integer"},
        "agreed_fen": {"type": "integer"},
        "roi": _TEXT,
        "roi_low": _TEXT,
        "roi_high": _TEXT,
        "deals": {"type": "integer", "description": "Deals that count in the ROI."},
        "expected_in": _TEXT,
    },
}
PARAMETERS = [
    OpenApiParameter("days", int, enum=SPANS, description="Full days before today; 28 without it."),
    OpenApiParameter("by", str, enum=BY, description="What the rows are; campaign without it."),
    OpenApiParameter("x", int, enum=HORIZONS, description="Days of ROI(T+x); 30 without it."),
    *PAGING,
]


_LINE = {
    "key": "2000001",
    "name": "Autumn",
    "cost_fen": 130001,
    "steps": {"enquiry": {"count": 9, "cost_each_fen": "14444.555556"}},
    "received_fen": 195000,
    "agreed_fen": 240000,
    "roi": "1.500000",
    "roi_low": "0.310000",
    "roi_high": "4.380000",
    "deals": 1,
    "expected_in": "0.800000",
}


_EXAMPLE = {
    "from": "2026-02-02",
    "to": "2026-03-01",
    "by": "campaign",
    "x": 30,
    "rows": [_LINE],
    "next_cursor": None,
    "unknown": None,
    "left_cost_fen": 5000,
    "total": {**_LINE, "key": None, "name": "", "cost_fen": 130001},
    "known_share": "0.900000",
    "joined_share": "1.000000",
    "cost_through": "2026-03-01",
    "cycle_days": {"p50": 4, "p80": 11, "p95": 26},
    "definition_version": "2026.11",
}


class LeadCostsView(ProgramView):
    """Cost of each step of the funnel, and ROI(T+x) from deals."""

    scope = "reports:read"
    parameters = PARAMETERS

    @extend_schema(
        operation_id="lead_costs",
        summary="Costs per lead",
        description="What enquiries of the last full days cost and brought, by campaign, note or store. `unknown`"
        " holds the enquiries whose row nobody knows, `left_cost_fen` the cost that names no row; with the rows"
        " they add up to `total`.",
        parameters=PARAMETERS,
        responses={
            200: {
                "type": "object",
                "required": [
                    "from",
                    "to",
                    "by",
                    "x",
                    "rows",
                    "next_cursor",
                    "unknown",
                    "left_cost_fen",
                    "total",
                ],
                "properties": {
                    "from": {"type": "string", "format": "date"},
                    "to": {"type": "string", "format": "date"},
                    "by": {"type": "string"},
                    "x": {"type": "integer"},
                    "rows": {"type": "array", "items": _ROW},
                    "next_cursor": NEXT,
                    "unknown": {**_ROW, "nullable": True},
                    "left_cost_fen": _FEN,
                    "total": _ROW,
                    "known_share": _TEXT,
                    "joined_share": _TEXT,
                    "cost_through": {"type": "string", "format": "date", "nullable": True},
                    "cycle_days": {
                        "type": "object",
                        "nullable": True,
                        "description": "From enquiry to deal: p50, p80, p95; null while it cannot be learned.",
                        "additionalProperties": {"type": "integer"},
                    },
                    "definition_version": {"type": "string"},
                },
            },
            400: ERROR,
        },
        examples=[OpenApiExample("An answer", _EXAMPLE, response_only=True, status_codes=["200"])],
        tags=["reports"],
    )
    def get(self, request: Request) -> Response:
        given = request.query_params
        allowed = {"days": SPANS, "by": BY, "x": HORIZONS}
        wrong = [name for name in allowed if name in given and given[name] not in map(str, allowed[name])]
        if wrong:
            raise BadParameters(self, [(name, given[name]) for name in wrong])
        page = page_of(self, request)
        now, program = timezone.now(), request.user
        period = last_days(int(given.get("days", 28)), day_of(now))
        by, x = given.get("by", BY[0]), int(given.get("x", 30))
        found = lead_costs(program.merchant, period, by, x, now=now)  # type: ignore[union-attr]
        rows, last = page.cut(found.table.rows, lambda row: row.key or "", self)
        return page.answer(_told(found, rows), last)


def _told(found: LeadCosts, rows: list[Row]) -> dict[str, Any]:
    whole = found.table
    return {
        "from": found.period.start,
        "to": found.period.last,
        "by": found.by,
        "x": found.x,
        "rows": [_row(row) for row in rows],
        "unknown": _row(whole.unknown) if whole.unknown else None,
        "left_cost_fen": whole.left.cost if whole.left else None,
        "total": _row(whole.total),
        "known_share": _text(whole.known_share),
        "joined_share": _text(whole.joined_share),
        "cost_through": found.cost_through,
        "cycle_days": None
        if found.cycle.refusal
        else {f"p{one.share * 100:.0f}": int(one.days) for one in found.cycle.quantiles},
        "definition_version": metrics.VERSION,
    }


def _row(row: Row) -> dict[str, Any]:
    low, high = row.roi_range or (None, None)
    return {
        "key": row.key,
        "name": row.name,
        "cost_fen": row.cost,
        "steps": {
            code: {"count": count, "cost_each_fen": _text(each)}
            for code, count, each in zip(STEPS, row.counts or (), row.costs, strict=True)
        },
        "received_fen": row.received,
        "agreed_fen": row.agreed,
        "roi": _text(row.roi),
        "roi_low": _text(low),
        "roi_high": _text(high),
        "deals": row.sales,
        "expected_in": None if row.expected_in is None else f"{row.expected_in:.6f}",
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.6f}"


urlpatterns = [path("reports/lead-costs", LeadCostsView.as_view(), name="api-lead-costs")]
