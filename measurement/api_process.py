"""The API of the process: the figures of the page, for programs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from measurement.dictionary import BY_CODE
from measurement.printed.printed import Asking
from measurement.printed.process import answered
from measurement.process import questions
from measurement.process.questions import Group, Row, State
from measurement.queries import process_layers
from measurement.reports import Compare
from merchants.api_contract import ERROR, NEXT, PAGING, BadParameters, ProgramView, page_of, stale
from merchants.periods import day_of

_FIGURES = {
    "type": "object",
    "description": "Figures by code: counts and fen as integers, rates and prices as decimal text; null is unknown.",
    "additionalProperties": {
        "anyOf": [{"type": "integer", "nullable": True}, {"type": "string", "nullable": True}]
    },
}
PARAMETERS = [
    OpenApiParameter("from", str, description="First day, such as 2026-10-01."),
    OpenApiParameter("to", str, description="Last day."),
    OpenApiParameter("period", str, description="A preset instead of days: 7d, 28d, 90d, this_month …"),
    OpenApiParameter("by", str, enum=[str(row) for row in Row], description="What a row is."),
    OpenApiParameter("show", str, enum=[str(group) for group in Group], description="Which figures."),
    OpenApiParameter(
        "asof",
        str,
        description="As it stood at the end of this past day; touchpoints and layers are null, they are kept in"
        " their latest state only.",
    ),
    OpenApiParameter("sort", str, description="Code of a figure, falling with a minus."),
    *(OpenApiParameter(name, int, description="Only this one, by id.") for name in questions.FILTERS),
    *PAGING,
]


_EXAMPLE = {
    "from": "2026-02-02",
    "to": "2026-03-01",
    "by": "note",
    "as_of": None,
    "units": {"cost": "fen", "impressions": "count", "ctr": "share"},
    "rows": [
        {
            "key": "12",
            "name": "Seven days with an essence",
            "figures": {"cost": 128405, "impressions": 90211, "ctr": "0.034120"},
        }
    ],
    "next_cursor": None,
    "count": 1,
    "total": {"cost": 128405, "impressions": 90211, "ctr": "0.034120"},
    "unassigned": {"cost": None, "impressions": 120, "ctr": None},
    "engagement": {"version": 1, "parts": ["like", "save"], "hit_likes": 1000, "hit_total": 2000},
    "layers": {"state": "counted", "rule": 2, "k": 50, "rows_named": True},
    "data_through": "2026-03-01",
    "definition_version": "2026.11",
}


class ProcessView(ProgramView):
    """Figures of the process by note, blogger, campaign, unit, creative, keyword, SPU or day."""

    scope = "reports:read"
    parameters = PARAMETERS

    @extend_schema(
        operation_id="process",
        summary="Figures of the process",
        description="What was shown, read and done, by row. Platform-reported figures and those counted from"
        " touchpoints stand under codes of their own and are never added. People of the merchant's own layers"
        " (`our_i`, `our_ti` and what one cost) are counted in steps of `k`; `layers` says under which rule, or why"
        " they are null.",
        parameters=PARAMETERS,
        responses={
            200: {
                "type": "object",
                "required": [
                    "from",
                    "to",
                    "by",
                    "units",
                    "rows",
                    "next_cursor",
                    "count",
                    "total",
                    "engagement",
                    "layers",
                ],
                "properties": {
                    "from": {"type": "string", "format": "date"},
                    "to": {"type": "string", "format": "date"},
                    "by": {"type": "string"},
                    "as_of": {"type": "string", "format": "date", "nullable": True},
                    "units": {"type": "object", "additionalProperties": {"type": "string"}},
                    "rows": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["key", "name", "figures"],
                            "properties": {
                                "key": {"type": "string"},
                                "name": {"type": "string"},
                                "figures": _FIGURES,
                            },
                        },
                    },
                    "next_cursor": NEXT,
                    "count": {"type": "integer", "description": "Rows of all pages."},
                    "total": _FIGURES,
                    "unassigned": {**_FIGURES, "nullable": True},
                    "engagement": {"type": "object"},
                    "layers": {
                        "type": "object",
                        "properties": {
                            "state": {"type": "string", "enum": [str(state) for state in State]},
                            "rule": {
                                "type": "integer",
                                "nullable": True,
                                "description": "set by the merchant; not the platform's",
                            },
                            "k": {"type": "integer"},
                            "rows_named": {
                                "type": "boolean",
                                "description": "whether a touchpoint of the period names any row",
                            },
                        },
                    },
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
        question, problems = questions.read({"show": "all", **request.query_params.dict()}, day_of(now))
        if problems:
            raise BadParameters(self, [(problem.name, problem.value) for problem in problems])
        page = page_of(self, request)
        if not (page.after or "0").isdecimal():
            raise stale(self, request)
        program: Any = request.user
        question = replace(question, compare=Compare.NONE, page=int(page.after or 0) + 1)
        asking = Asking(program.merchant, {}, now, -program.token.pk)
        answer = answered(asking, question, page_size=page.limit)
        codes = question.columns
        more = question.page * page.limit < answer.count
        return page.answer(
            {
                "from": question.period.start,
                "to": question.period.last,
                "by": question.by,
                "as_of": question.as_of,
                "units": {code: BY_CODE[code].unit for code in codes},
                "rows": [
                    {"key": line.key, "name": line.name, "figures": _told(line.figures, codes)}
                    for line in answer.lines
                ],
                "count": answer.count,
                "total": _told(answer.total.figures, codes),
                "unassigned": _told(answer.unassigned.figures, codes) if answer.unassigned else None,
                "engagement": {
                    "version": answer.definition.version,
                    "parts": [str(part) for part in answer.definition.parts],
                    "hit_likes": answer.definition.hit_likes,
                    "hit_total": answer.definition.hit_total,
                },
                "layers": {
                    "state": answer.entered.state,
                    "rule": answer.entered.version or None,
                    "k": process_layers.k(),
                    "rows_named": answer.named,
                },
                "data_through": answer.through,
                "definition_version": answer.definition_version,
            },
            str(question.page) if more else None,
        )


def _told(figures: Any, codes: tuple[str, ...]) -> dict[str, Any]:
    return {code: _plain(figures[code]) for code in codes}


def _plain(value: Any) -> Any:
    return f"{value:.6f}" if isinstance(value, Decimal) else value


urlpatterns = [path("reports/process", ProcessView.as_view(), name="api-process")]
