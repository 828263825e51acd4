"""The API of the process: the figures of the page, for programs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from measurement.dictionary import BY_CODE
from measurement.printed.printed import Asking
from measurement.printed.process import answered
from measurement.process import questions
from measurement.process.questions import Group, Row, State
from measurement.queries import process_layers
from measurement.reports import Compare
from merchants.api_batches import ERROR
from merchants.periods import day_of

ROWS_LIMIT = 1_000
_FIGURES = {
    "type": "object",
    "description": "Figures by code: counts and fen as integers, rates and prices as decimal text; null is unknown.",
    "additionalProperties": {"type": "string", "nullable": True},
}


class ProcessView(APIView):
    """Figures of the process by note, blogger, campaign, unit, creative, keyword, SPU or day."""

    scope = "reports:read"

    @extend_schema(
        operation_id="process",
        summary="Figures of the process",
        description="What was shown, read and done, by row. Platform-reported figures and those counted from"
        " touchpoints stand under codes of their own and are never added. People of the merchant's own layers"
        " (`our_i`, `our_ti` and what one cost) are counted in steps of `k`; `layers` says under which rule, or why"
        f" they are null. A parameter that makes no sense is refused. At most {ROWS_LIMIT} rows a page.",
        parameters=[
            OpenApiParameter("from", str, description="First day, such as 2026-10-01."),
            OpenApiParameter("to", str, description="Last day."),
            OpenApiParameter(
                "period", str, description="A preset instead of days: 7d, 28d, 90d, this_month …"
            ),
            OpenApiParameter("by", str, enum=[str(row) for row in Row], description="What a row is."),
            OpenApiParameter("show", str, enum=[str(group) for group in Group], description="Which figures."),
            OpenApiParameter("sort", str, description="Code of a figure, falling with a minus."),
            OpenApiParameter("page", int, description="From 1."),
            *(OpenApiParameter(name, int, description="Only this one, by id.") for name in questions.FILTERS),
        ],
        responses={
            200: {
                "type": "object",
                "required": ["from", "to", "by", "units", "rows", "count", "total", "engagement", "layers"],
                "properties": {
                    "from": {"type": "string", "format": "date"},
                    "to": {"type": "string", "format": "date"},
                    "by": {"type": "string"},
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
                    "count": {"type": "integer"},
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
            401: ERROR,
            403: ERROR,
        },
        tags=["reports"],
    )
    def get(self, request: Request) -> Response:
        now = timezone.now()
        question, problems = questions.read({"show": "all", **request.query_params.dict()}, day_of(now))
        if problems:
            told = ", ".join(f"{problem.name}={problem.value}" for problem in problems)
            message = f"These parameters make no sense: {told}."
            return Response({"error": {"code": "bad_parameter", "message": message}}, 400)
        program: Any = request.user
        question = replace(question, compare=Compare.NONE)
        asking = Asking(program.merchant, {}, now, -program.token.pk)
        answer = answered(asking, question, page_size=ROWS_LIMIT)
        codes = question.columns
        return Response(
            {
                "from": question.period.start,
                "to": question.period.last,
                "by": question.by,
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
            }
        )


def _told(figures: Any, codes: tuple[str, ...]) -> dict[str, Any]:
    return {code: _plain(figures[code]) for code in codes}


def _plain(value: Any) -> Any:
    return f"{value:.6f}" if isinstance(value, Decimal) else value


urlpatterns = [path("reports/process", ProcessView.as_view(), name="api-process")]
