"""The API of crowds: the published cells of the pages, for programs, at the cost of the same budget."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from measurement import privacy
from measurement.api_budget import spent
from measurement.crowds.asked import SPANS, By, read
from measurement.crowds.flow import RANKS, Rate
from measurement.crowds.rules import LAYERS
from measurement.models import Audience
from measurement.operations import crowd_flows, privacy_budget
from measurement.queries import crowds
from merchants.api_contract import ERROR, NEXT, PAGING, BadParameters, ProgramView, page_of
from merchants.background import wake
from merchants.models import Merchant
from merchants.periods import day_of

SOON = "5"  # seconds until what is being computed is worth asking for again
NOBODY = "none"  # who stood, or stands, in no layer

_PEOPLE = {
    "type": "integer",
    "nullable": True,
    "description": "people in steps of `k`; null is hidden, not nobody",
}
_RATE = {
    "type": "object",
    "nullable": True,
    "properties": {name: {"type": "number"} for name in ("share", "low", "high")},
}
_LAYER = {
    "type": "object",
    "required": ["layer", "start", "came", "left", "end", "rose", "platform"],
    "properties": {
        "layer": {"type": "string", "enum": [str(layer) for layer in LAYERS]},
        **dict.fromkeys(("start", "came", "left", "end"), _PEOPLE),
        "rose": _RATE,
        "platform": {
            "type": "object",
            "nullable": True,
            "description": "what the platform reports of the layer, under its own rule",
            "properties": {
                "people": {"type": "integer"},
                "day": {"type": "string", "format": "date"},
                "source": {"type": "string"},
            },
        },
    },
}
_WAY = {
    "type": "object",
    "required": ["from", "to", "people"],
    "properties": {"from": {"type": "string"}, "to": {"type": "string"}, "people": _PEOPLE},
}
_FEN = {"type": "string", "nullable": True, "description": "fen as decimal text; null is unknown"}
_CARRIER = {
    "type": "object",
    "required": ["key", "name", "new_ti", "cost_fen", "cpti", "platform_new_ti", "platform_cpti"],
    "properties": {
        "key": {"type": "string"},
        "name": {"type": "string"},
        "new_ti": _PEOPLE,
        "cost_fen": {"type": "integer", "nullable": True},
        "cpti": _FEN,
        "platform_new_ti": {"type": "integer", "nullable": True},
        "platform_cpti": _FEN,
    },
}
PARAMETERS = [
    OpenApiParameter("span", str, enum=list(SPANS), description="Days up to the last one."),
    OpenApiParameter("from", str, description="From the end of this day."),
    OpenApiParameter("to", str, description="To the end of this day."),
    OpenApiParameter("spu", int, description="Of one product, by id."),
    OpenApiParameter("rule", int, description="Version of the rule; the one in force without it."),
    OpenApiParameter("by", str, enum=[str(by) for by in By], description="What carried people."),
    *PAGING,
]


_EXAMPLE = {
    "from": "2026-02-01",
    "to": "2026-03-01",
    "rule": 2,
    "k": 50,
    "layers": [
        {
            "layer": "TI",
            "start": 1250,
            "came": 400,
            "left": 100,
            "end": 1550,
            "rose": {"share": 0.12, "low": 0.1, "high": 0.14},
            "platform": {"people": 2104, "day": "2026-03-01", "source": "juguang"},
        }
    ],
    "flow": [{"from": "I", "to": "TI", "people": 350}, {"from": "none", "to": "TI", "people": None}],
    "rest": 50,
    "carriers": [
        {
            "key": "12",
            "name": "Seven days with an essence",
            "new_ti": 150,
            "cost_fen": 128405,
            "cpti": "856.033333",
            "platform_new_ti": 190,
            "platform_cpti": "675.815789",
        }
    ],
    "next_cursor": None,
    "carriers_rest": None,
    "computed_at": "2026-03-02T03:10:00Z",
}


class CrowdsView(ProgramView):
    """The layers, the flow between two days, and what carried people into TI."""

    scope = "reports:read"
    parameters = PARAMETERS

    @extend_schema(
        operation_id="crowds",
        summary="Crowds and their flow",
        description="Published counts only: people in steps of `k`, below `k` hidden, and another cell with a"
        " single hidden one. Each different question takes one of the day's budget (429 when it is spent). What"
        " was not asked before is computed first (202): ask again soon.",
        parameters=PARAMETERS,
        responses={
            200: {
                "type": "object",
                "required": [
                    "from",
                    "to",
                    "rule",
                    "k",
                    "layers",
                    "flow",
                    "rest",
                    "carriers",
                    "next_cursor",
                    "carriers_rest",
                ],
                "properties": {
                    "from": {"type": "string", "format": "date"},
                    "to": {"type": "string", "format": "date"},
                    "rule": {"type": "integer", "description": "set by the merchant; not the platform's"},
                    "k": {"type": "integer"},
                    "layers": {"type": "array", "items": _LAYER},
                    "flow": {"type": "array", "items": _WAY},
                    "rest": {**_PEOPLE, "description": "people of all hidden ways together"},
                    "carriers": {"type": "array", "items": _CARRIER},
                    "next_cursor": NEXT,
                    "carriers_rest": _PEOPLE,
                    "computed_at": {"type": "string", "format": "date-time"},
                },
            },
            202: {"type": "object", "properties": {"state": {"type": "string", "enum": ["waiting"]}}},
            400: ERROR,
        },
        examples=[
            OpenApiExample("An answer", _EXAMPLE, response_only=True, status_codes=["200"]),
            OpenApiExample("Not yet", {"state": "waiting"}, response_only=True, status_codes=["202"]),
        ],
        tags=["reports"],
    )
    def get(self, request: Request) -> Response:
        program: Any = request.user
        merchant: Merchant = program.merchant
        given = request.query_params.dict()
        rules = crowds.rules_of(merchant)
        rule = crowds.rule_in(rules, 0)
        through = crowd_flows.last_day(rule) if rule else None
        question, problems = read(given, through or day_of(timezone.now()))
        if question.rule and question.rule not in {one.version for one in rules}:
            problems.append(("rule", given["rule"]))
        if question.spu and question.spu not in crowds.spus_of(merchant):
            problems.append(("spu", given["spu"]))
        if problems:
            raise BadParameters(self, problems)
        page = page_of(self, request)
        if rule is None or through is None or rule.built_at is None:
            wake("measurement.crowds", merchant_id=merchant.pk)
            return _waiting()
        rule = crowds.rule_in(rules, question.rule) or rule
        asked = {"crowd": question.parameters(), "first": question.first, "last": question.last, "v": rule.pk}
        if not privacy_budget.may_ask(merchant, user_id=-program.token.pk, question=asked):
            return spent()
        row = crowd_flows.ask(merchant, rule, question.first, question.last)
        moved = crowds.movement(row, question.spu)
        if moved is None:
            return _waiting()
        carried = crowds.carried(merchant, rule, question)
        carriers, last = page.cut(carried.rows, lambda one: one.key, self)
        reported = crowds.reported_layers(merchant, question)
        return page.answer(
            {
                "from": question.first,
                "to": question.last,
                "rule": rule.version,
                "k": crowds.k(),
                "layers": [_layer(moved, rank, reported.get(rank)) for rank in RANKS[1:]],
                "flow": [
                    {"from": _code(before), "to": _code(after), "people": moved.table.get((before, after))}
                    for before in RANKS
                    for after in RANKS
                    if before or after
                ],
                "rest": moved.table.rest,
                "carriers": [_carrier(one) for one in carriers],
                "carriers_rest": carried.rest,
                "computed_at": row.computed_at,
            },
            last,
        )


_AUDIENCES = {
    "k": 50,
    "audiences": [
        {
            "id": 3,
            "name": "Deeply interested, not yet bought",
            "definition": {"layers": ["TI"]},
            "people": 1550,
            "counted_at": "2026-03-02T03:10:00Z",
        }
    ],
    "next_cursor": None,
}


class AudiencesView(ProgramView):
    """Saved audiences: definitions and published counts, never people."""

    scope = "reports:read"
    parameters = PAGING

    @extend_schema(
        operation_id="audiences",
        summary="Saved audiences",
        description="Definitions with their counts in steps of `k`; null is hidden or not counted yet.",
        parameters=PAGING,
        responses={
            200: {
                "type": "object",
                "required": ["k", "audiences", "next_cursor"],
                "properties": {
                    "next_cursor": NEXT,
                    "k": {"type": "integer"},
                    "audiences": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["id", "name", "definition", "people", "counted_at"],
                            "properties": {
                                "id": {"type": "integer"},
                                "name": {"type": "string"},
                                "definition": {"type": "object", "additionalProperties": True},
                                "people": _PEOPLE,
                                "counted_at": {"type": "string", "format": "date-time", "nullable": True},
                            },
                        },
                    },
                },
            },
            400: ERROR,
        },
        examples=[OpenApiExample("An answer", _AUDIENCES, response_only=True, status_codes=["200"])],
        tags=["reports"],
    )
    def get(self, request: Request) -> Response:
        page = page_of(self, request)
        program: Any = request.user
        rows = Audience.objects.for_merchant(program.merchant).filter(archived_at=None).order_by("id")
        k = crowds.k()
        shown, last = page.cut(list(rows), lambda row: str(row.pk), self)
        told = [
            {
                "id": row.pk,
                "name": row.name,
                "definition": row.definition,
                "people": privacy.published(row.people or 0, k),
                "counted_at": row.counted_at,
            }
            for row in shown
        ]
        return page.answer({"k": k, "audiences": told}, last)


def _layer(moved: crowds.Movement, rank: int, told: crowds.Reported | None) -> dict[str, Any]:
    return {
        "layer": _code(rank),
        "start": moved.start(rank),
        "came": moved.came(rank),
        "left": moved.left(rank),
        "end": moved.end(rank),
        "rose": _rate(moved.rate(rank, RANKS[rank + 1 :])),
        "platform": told and {"people": told.people, "day": told.day, "source": told.source},
    }


def _rate(rate: Rate | None) -> dict[str, float] | None:
    return {"share": rate.share, "low": rate.low, "high": rate.high} if rate else None


def _carrier(one: crowds.Carrier) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name.name,
        "new_ti": one.people,
        "cost_fen": one.cost,
        "cpti": _text(one.cpti),
        "platform_new_ti": one.reported,
        "platform_cpti": _text(one.reported_cpti),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.6f}"


def _code(rank: int) -> str:
    return str(LAYERS[rank - 1]) if rank else NOBODY


def _waiting() -> Response:
    return Response({"state": "waiting"}, 202, headers={"Retry-After": SOON})


urlpatterns = [
    path("reports/crowds", CrowdsView.as_view(), name="api-crowds-report"),
    path("reports/audiences", AudiencesView.as_view(), name="api-audiences"),
]
