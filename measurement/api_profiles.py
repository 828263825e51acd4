"""The API of platform-reported profiles: the published cells of the page, at the cost of the same budget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from measurement.api_budget import spent
from measurement.choices import Layer, ProfileDimension
from measurement.crowds.asked import CrowdQuestion, read
from measurement.operations import privacy_budget
from measurement.queries import crowds, profiles
from merchants.api_contract import ERROR, NEXT, PAGING, BadParameters, ProgramView, page_of
from merchants.models import Merchant
from merchants.periods import day_of

_PEOPLE = {
    "type": "integer",
    "nullable": True,
    "description": "in steps of `k`; null is hidden where `counted`, else not told",
}
_SHARE = {"type": "string", "nullable": True, "description": "from 0 to 1 as decimal text"}
_PROFILE = {
    "type": "object",
    "required": ["dimension", "layer", "source", "from", "to", "counted", "people", "rest", "buckets"],
    "properties": {
        "dimension": {"type": "string", "enum": [str(one) for one in ProfileDimension]},
        "layer": {
            "type": "string",
            "nullable": True,
            "enum": [*(str(layer) for layer in Layer), None],
            "description": "null: everybody the source tells of",
        },
        "source": {"type": "string"},
        "from": {"type": "string", "format": "date"},
        "to": {"type": "string", "format": "date"},
        "counted": {
            "type": "boolean",
            "description": "true: shares are of the published people; false: shares as reported, of how many is"
            " not told",
        },
        "people": _PEOPLE,
        "rest": {**_PEOPLE, "description": "people of all hidden buckets together"},
        "buckets": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["bucket", "people", "share", "tgi"],
                "properties": {
                    "bucket": {"type": "string"},
                    "people": _PEOPLE,
                    "share": _SHARE,
                    "tgi": {**_SHARE, "description": "100 is as everywhere on the platform"},
                },
            },
        },
    },
}
PARAMETERS = [
    OpenApiParameter("to", str, description="Up to this day; today without it."),
    OpenApiParameter("spu", int, description="Of one product, by id; without it of the whole account."),
    OpenApiParameter("of", str, description="Of content, by id: `note:12`, `campaign:12` or `live:12`."),
    *PAGING,
]


_EXAMPLE = {
    "k": 50,
    "to": "2026-03-01",
    "profiles": [
        {
            "dimension": "age",
            "layer": None,
            "source": "juguang",
            "from": "2026-02-02",
            "to": "2026-03-01",
            "counted": True,
            "people": 4150,
            "rest": 50,
            "buckets": [
                {"bucket": "18-24", "people": 1900, "share": "0.457831", "tgi": "131.20"},
                {"bucket": "45+", "people": None, "share": None, "tgi": None},
            ],
        }
    ],
    "next_cursor": None,
}


class ProfilesView(ProgramView):
    """Age, gender and city tier of crowds as platforms report them; nothing about a person."""

    scope = "reports:read"
    parameters = PARAMETERS

    @extend_schema(
        operation_id="profiles",
        summary="Platform-reported profiles",
        description="The latest statement of each crowd and dimension up to `to`: counts in steps of `k`, below"
        " `k` hidden, and another bucket with a single hidden one. Each different question takes one of the day's"
        " budget (429 when it is spent).",
        parameters=PARAMETERS,
        responses={
            200: {
                "type": "object",
                "required": ["k", "to", "profiles", "next_cursor"],
                "properties": {
                    "k": {"type": "integer"},
                    "to": {"type": "string", "format": "date"},
                    "profiles": {"type": "array", "items": _PROFILE},
                    "next_cursor": NEXT,
                },
            },
            400: ERROR,
        },
        examples=[OpenApiExample("An answer", _EXAMPLE, response_only=True, status_codes=["200"])],
        tags=["reports"],
    )
    def get(self, request: Request) -> Response:
        program: Any = request.user
        merchant: Merchant = program.merchant
        asked = _asked(merchant, request.query_params.dict())
        if asked.problems:
            raise BadParameters(self, asked.problems)
        page = page_of(self, request)
        question = asked.question
        told_to = {"profiles": question.of or question.spu, "until": question.last}
        if not privacy_budget.may_ask(merchant, user_id=-program.token.pk, question=told_to):
            return spent()
        found = profiles.cuts(merchant, question)
        cuts, last = page.cut(found, lambda cut: f"{cut.dimension}|{cut.layer}|{cut.source}", self)
        told = {"k": crowds.k(), "to": question.last, "profiles": [_profile(cut) for cut in cuts]}
        return page.answer(told, last)


@dataclass(frozen=True, slots=True)
class _Asked:
    question: CrowdQuestion
    problems: list[tuple[str, str]]


def _asked(merchant: Merchant, given: dict[str, str]) -> _Asked:
    today = day_of(datetime.now(UTC))
    until, wrong = today, []
    try:
        until = min(date.fromisoformat(given.get("to") or today.isoformat()), today)
    except ValueError:
        wrong.append(("to", given["to"]))
    question, problems = read({name: given[name] for name in ("spu", "of") if name in given}, until)
    if question.spu and question.spu not in crowds.spus_of(merchant):
        problems.append(("spu", given["spu"]))
    return _Asked(question, wrong + problems)


def _profile(cut: profiles.Cut) -> dict[str, Any]:
    return {
        "dimension": cut.dimension,
        "layer": cut.layer or None,
        "source": cut.source,
        "from": cut.first,
        "to": cut.last,
        "counted": cut.counted,
        "people": cut.people,
        "rest": cut.rest,
        "buckets": [
            {
                "bucket": one.name,
                "people": one.people,
                "share": _text(one.share, 6),
                "tgi": _text(one.tgi, 2),
            }
            for one in cut.buckets
        ],
    }


def _text(value: Decimal | None, digits: int) -> str | None:
    return None if value is None else f"{value:.{digits}f}"


urlpatterns = [path("reports/profiles", ProfilesView.as_view(), name="api-profiles-report")]
