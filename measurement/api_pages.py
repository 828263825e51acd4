"""The API of every report page: the question of its address, the rows of its file, for programs.

What a page shows, its file and this say is printed once (:data:`measurement.printed.PAGES`), so that a new page
or column is here without a line of its own.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from django.urls import re_path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from measurement import printed
from measurement.exports import Table
from measurement.printed import Asking, NotReady, Printed
from merchants.api_contract import ERROR, NEXT, PAGING, BadParameters, Page, ProgramView, page_of, refusal

LONGEST = 2_000  # signs of an address
SOON = "5"  # seconds until what is being worked out is worth asking for again

_TABLE = {
    "type": "object",
    "required": ["title", "columns", "rows"],
    "properties": {
        "title": {"type": "string"},
        "columns": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "name", "unit"],
                "properties": {
                    "code": {
                        "type": "string",
                        "description": "of a figure of the dictionary where it is one",
                    },
                    "name": {"type": "string"},
                    "unit": {"type": "string", "enum": ["fen", "ratio", "share", "count", "text"]},
                },
            },
        },
        "rows": {
            "type": "array",
            "description": "By the code of a column: fen and counts as whole numbers, ratios and shares as"
            " decimal text, null where unknown or hidden.",
            "items": {
                "type": "object",
                "additionalProperties": {
                    "nullable": True,
                    "oneOf": [{"type": "integer"}, {"type": "string"}],
                },
            },
        },
    },
}
_TEXT = {"type": "string"}
_EXAMPLE = {
    "page": "results",
    "query": {"period": "28d", "by": "note"},
    "takeaway": "“Winter repair” has the highest attributed return per yuan: 3.12.",
    "about": [{"label": "Period", "value": "2026-02-02 – 2026-03-01"}],
    "table": {
        "title": "Results",
        "columns": [
            {"code": "name", "name": "Note", "unit": "text"},
            {"code": "credited", "name": "Attributed return (CNY)", "unit": "fen"},
            {"code": "roi", "name": "ROI", "unit": "ratio"},
        ],
        "rows": [{"name": "Winter repair", "credited": 1840000, "roi": "3.1200"}],
    },
    "further": [],
    "definitions": [
        {
            "code": "credited",
            "name": "Attributed return",
            "words": "Paid less refunded of order lines, shared among the touches of their journeys.",
            "formula": "Σ line (paid − refunded) × share of the touch",
            "version": "1",
        }
    ],
    "next_cursor": None,
}
PARAMETERS = [
    OpenApiParameter(
        "query",
        {"type": "string", "maxLength": LONGEST, "default": ""},
        description="What stands behind the question mark in the address of the page.",
    ),
    *PAGING,
]


class PageView(ProgramView):
    """One page, as its file has it."""

    scope = "reports:read"
    parameters = PARAMETERS

    @extend_schema(
        operation_id="page",
        summary="Any report page",
        description="The rows and columns of a report page as its file has them, for the question in its address;"
        " `query` in the answer is the question as it was understood. The thresholds and minimum samples of the"
        " page hold. What is still being worked out is refused (409): ask again soon.",
        parameters=[
            OpenApiParameter("page", str, OpenApiParameter.PATH, enum=sorted(printed.PAGES)),
            *PARAMETERS,
        ],
        responses={
            200: {
                "type": "object",
                "required": [
                    "page", "query", "takeaway", "about", "table", "further", "definitions", "next_cursor",
                ],
                "properties": {
                    "page": {"type": "string"},
                    "query": {"type": "object", "additionalProperties": {"type": "string"}},
                    "takeaway": {"type": "string"},
                    "about": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["label", "value"],
                            "properties": {"label": {"type": "string"}, "value": {"type": "string"}},
                        },
                    },
                    "table": _TABLE,
                    "further": {
                        "type": "array",
                        "items": _TABLE,
                        "description": "Other tables of the page, with its first page of rows.",
                    },
                    "definitions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "code": _TEXT, "name": _TEXT, "words": _TEXT, "formula": _TEXT, "version": _TEXT,
                            },
                        },
                    },
                    "next_cursor": NEXT,
                },
            },
            400: ERROR,
            404: ERROR,
            409: ERROR,
        },
        examples=[OpenApiExample("A page", _EXAMPLE, response_only=True, status_codes=["200"])],
        tags=["reports"],
    )  # fmt: skip
    def get(self, request: Request, page: str) -> Response:
        query = request.query_params.get("query", "")
        if len(query) > LONGEST or "\0" in query:
            raise BadParameters(self, [("query", query)])
        part = page_of(self, request)
        program: Any = request.user
        asking = Asking(program.merchant, dict(parse_qsl(query)), timezone.now(), -program.token.pk)
        try:
            found = printed.PAGES[page](asking)
        except NotReady as waits:
            return refusal(409, "not_ready", str(waits), retry_after=SOON)
        return self._told(page, found, part)

    def _told(self, page: str, found: Printed, part: Page) -> Response:
        sheet = found.sheet
        rows, last = part.cut(list(enumerate(sheet.table.rows)), lambda row: str(row[0]), self)
        body = {
            "page": page,
            "query": dict(found.query),
            "takeaway": found.takeaway,
            "about": [{"label": label, "value": str(value)} for label, value in sheet.said],
            "table": _table(sheet.table, [row for _, row in rows]),
            "further": [_table(table, table.rows) for table in sheet.further] if part.after is None else [],
            "definitions": [
                {
                    "code": one.code,
                    "name": one.name,
                    "words": one.words,
                    "formula": one.formula,
                    "version": one.version,
                }
                for one in sheet.definitions
            ],
        }
        return part.answer(body, last)


def _table(table: Table, rows: Any) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": [{"code": head.code, "name": head.name, "unit": head.unit} for head in table.heads],
        "rows": [{head.code: _value(row.get(head.code), head.unit) for head in table.heads} for row in rows],
    }


def _value(value: Any, unit: str) -> int | str | None:
    """A cell as JSON has it; a float never travels as one, because its digits would be a matter of the reader."""
    if value is None:
        return None
    match unit:
        case "fen" | "count":
            number = Decimal(str(value))
            return int(number) if number == number.to_integral_value() else str(number)
        case "ratio" | "share":
            return f"{value:.4f}"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


urlpatterns = [
    re_path(rf"^pages/(?P<page>{'|'.join(sorted(printed.PAGES))})$", PageView.as_view(), name="api-page")
]
