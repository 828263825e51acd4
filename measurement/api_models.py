"""The API of the models of all journeys: Markov, Shapley and leave-one-out by channel, for programs."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from measurement import reports
from measurement.attribution.answers import MODELS
from measurement.printed.results import beside_of, why_not
from measurement.queries.journeys import CHANNELS, Beside
from measurement.queries.names import names_of
from measurement.reports import Axis, ReportQuery
from merchants.api_contract import ERROR, NEXT, PAGING, BadParameters, ProgramView, page_of, refusal
from merchants.models import Merchant
from merchants.periods import day_of

SOON = "5"  # seconds until an answer that is being worked out is worth asking for again

_SAMPLE = {
    "type": "object",
    "description": "How many journeys ended with an order, without one, with an order that names its content;"
    " different paths, states of the chain, and journeys that came to one.",
    "additionalProperties": {"type": "integer"},
}
PARAMETERS = [
    OpenApiParameter("from", str, description="First day, such as 2026-10-01."),
    OpenApiParameter("to", str, description="Last day."),
    OpenApiParameter("period", str, description="A preset instead of days: 7d, 28d, 90d, this_month …"),
    OpenApiParameter("by", str, enum=sorted(str(by) for by in CHANNELS), description="What a channel is."),
    OpenApiParameter("order", int, enum=[1, 2, 3], description="Channels that the chain remembers."),
    OpenApiParameter(
        "nulls", str, enum=[reports.WITHOUT], description="Leave out journeys without an order."
    ),
    OpenApiParameter("spu", int, description="Only journeys about this product, by id."),
    *PAGING,
]


_EXAMPLE = {
    "from": "2026-02-02",
    "to": "2026-03-01",
    "by": "kind",
    "order": 1,
    "nulls": True,
    "base_probability": 0.0312,
    "sample": {"conversions": 412, "nulls": 12780, "declared": 95},
    "channels": [
        {
            "key": "read",
            "name": "Read",
            "removal_effect": 0.44,
            "fen": {"markov": 1840000, "shapley": 1792000, "leave_one_out": 1655000},
        }
    ],
    "next_cursor": None,
    "computed_at": "2026-03-02T03:10:00Z",
}
_WAITING = {"state": "waiting", "message": "It is being worked out; ask again soon."}


class ModelsView(ProgramView):
    """What each channel is credited with by the models of all journeys."""

    scope = "reports:read"
    parameters = PARAMETERS

    @extend_schema(
        operation_id="journey_models",
        summary="Markov, Shapley and leave-one-out",
        description="Fen by channel under each model, and the removal effect, over the journeys that ended in the"
        " period. Below its minimum sample a model refuses (422) and says what is lacking; nothing else is given"
        " in its place. A question that was not asked before is worked out first (202): ask again soon.",
        parameters=PARAMETERS,
        responses={
            200: {
                "type": "object",
                "required": [
                    "from",
                    "to",
                    "by",
                    "order",
                    "nulls",
                    "base_probability",
                    "sample",
                    "channels",
                    "next_cursor",
                ],
                "properties": {
                    "from": {"type": "string", "format": "date"},
                    "to": {"type": "string", "format": "date"},
                    "by": {"type": "string"},
                    "order": {"type": "integer"},
                    "nulls": {"type": "boolean", "description": "whether journeys without an order count"},
                    "base_probability": {
                        "type": "number",
                        "description": "chance of an order in the whole chain",
                    },
                    "sample": _SAMPLE,
                    "next_cursor": NEXT,
                    "channels": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["key", "name", "removal_effect", "fen"],
                            "properties": {
                                "key": {"type": "string"},
                                "name": {"type": "string"},
                                "removal_effect": {"type": "number", "nullable": True},
                                "fen": {"type": "object", "additionalProperties": {"type": "integer"}},
                            },
                        },
                    },
                    "computed_at": {"type": "string", "format": "date-time"},
                },
            },
            202: {
                "type": "object",
                "required": ["state", "message"],
                "properties": {
                    "state": {"type": "string", "enum": ["waiting"]},
                    "message": {"type": "string"},
                },
            },
            400: ERROR,
            422: ERROR,
        },
        examples=[
            OpenApiExample("An answer", _EXAMPLE, response_only=True, status_codes=["200"]),
            OpenApiExample("Not yet", _WAITING, response_only=True, status_codes=["202"]),
        ],
        tags=["reports"],
    )
    def get(self, request: Request) -> Response:
        given = {
            "axis": str(Axis.ORDER),
            **request.query_params.dict(),
        }  # a journey counts on the day it ended
        query, problems = reports.read(given, day_of(timezone.now()))
        if problems:
            raise BadParameters(self, [(problem.name, problem.value) for problem in problems])
        page = page_of(self, request)
        program: Any = request.user
        found = beside_of(program.merchant, query)
        why = why_not(found)
        match found.state:
            case "unavailable":
                return refusal(400, "no_such_models", why)
            case "refused":
                details = [{"code": found.reason, **found.counts}]
                return refusal(422, "sample_too_small", why, details)
            case "waiting":
                return Response({"state": "waiting", "message": why}, 202, headers={"Retry-After": SOON})
        most = sorted(found.shares.items(), key=lambda row: (-row[1]["markov"], row[0]))
        rows, last = page.cut(most, lambda row: row[0], self)
        return page.answer(_told(program.merchant, query, found, rows), last)


def _told(
    merchant: Merchant, query: ReportQuery, found: Beside, rows: list[tuple[str, Any]]
) -> dict[str, Any]:
    names = names_of(merchant, query.by, [key for key, _ in rows if key != "0"])
    return {
        "from": query.period.start,
        "to": query.period.last,
        "by": query.by,
        "order": query.order,
        "nulls": query.nulls,
        "base_probability": found.base,
        "sample": found.counts,
        "channels": [
            {
                "key": key,
                "name": names[key].name if key in names else "",
                "removal_effect": found.effects.get(key),
                "fen": {model: fen[model] for model in MODELS},
            }
            for key, fen in rows
        ],
        "computed_at": found.computed_at,
    }


urlpatterns = [path("reports/models", ModelsView.as_view(), name="api-models")]
