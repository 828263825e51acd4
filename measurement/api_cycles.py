"""The API of decision cycles: the one that holds beside what is published, set and learned, for programs."""

from __future__ import annotations

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from measurement.cycles import SHARES, Refusal
from measurement.metrics import VERSION
from measurement.models import LearnedCycle
from measurement.queries import learned_cycles
from measurement.queries.cycles import Cycle
from measurement.queries.learned_cycles import Board
from merchants.api_contract import ERROR, NEXT, PAGING, ProgramView, page_of

_NAMES = tuple(f"p{share * 100:.0f}" for share in SHARES)
_CYCLE = {
    "type": "object",
    "nullable": True,
    "required": ["days", "basis", "source", "own"],
    "properties": {
        "days": {"type": "integer"},
        "basis": {"type": "string", "enum": ["published", "hand", "learned", "default"]},
        "source": {"type": "string"},
        "own": {"type": "boolean", "description": "whether it is the merchant's own"},
    },
}
_QUANTILE = {
    "type": "object",
    "required": ["days", "low", "high", "buyers_alone"],
    "properties": {
        "days": {"type": "integer", "description": "The first day by which this share of the buyers bought."},
        "low": {"type": "integer", "description": "of the 95 % interval"},
        "high": {"type": "integer"},
        "buyers_alone": {"type": "integer", "description": "The same of those alone who bought: too short."},
    },
}
_LEARNED = {
    "type": "object",
    "nullable": True,
    "description": "What the merchant's own people say; null when nobody was seeded or nothing learned yet.",
    "required": ["people", "buyers", "follow_up_days", "share_who_buy", "settled", "lacking", "quantiles"],
    "properties": {
        "people": {"type": "integer"},
        "buyers": {"type": "integer"},
        "follow_up_days": {"type": "integer"},
        "share_who_buy": {"type": "number", "nullable": True},
        "settled": {"type": "boolean", "description": "false: people still buy at the end of the follow-up"},
        "lacking": {
            "type": "string",
            "nullable": True,
            "enum": [*(str(refusal) for refusal in Refusal), None],
            "description": "Why no days are given.",
        },
        "quantiles": {
            "type": "object",
            "nullable": True,
            "properties": dict.fromkeys(_NAMES, _QUANTILE),
        },
    },
}
_ROW = {
    "type": "object",
    "required": ["key", "name", "holds", "published", "set", "adopted", "learned"],
    "properties": {
        "key": {"type": "string", "description": "The category's code, or spu- and the product's id."},
        "name": {"type": "string"},
        "spu": {"type": "integer", "nullable": True, "description": "The product's id; null for a category."},
        "holds": _CYCLE,
        "published": _CYCLE,
        "set": _CYCLE,
        "adopted": _CYCLE,
        "learned": _LEARNED,
    },
}


_DEFAULT = {"days": 15, "basis": "published", "source": "Juguang, 2025", "own": False}


_EXAMPLE = {
    "cycles": [
        {
            "key": "facial-essence",
            "name": "Facial essence",
            "spu": None,
            "holds": _DEFAULT,
            "published": _DEFAULT,
            "set": None,
            "adopted": None,
            "learned": {
                "people": 1840,
                "buyers": 212,
                "follow_up_days": 90,
                "share_who_buy": 0.131,
                "settled": True,
                "lacking": None,
                "quantiles": {
                    "p50": {"days": 6, "low": 5, "high": 7, "buyers_alone": 5},
                    "p80": {"days": 17, "low": 14, "high": 20, "buyers_alone": 13},
                    "p95": {"days": 41, "low": 33, "high": 52, "buyers_alone": 29},
                },
            },
        }
    ],
    "next_cursor": None,
    "data_through": "2026-03-01",
    "computed_at": "2026-03-02T03:10:00Z",
    "definition_version": "2026.11",
}


class CyclesView(ProgramView):
    """Decision cycles of the categories sold, each followed by its products."""

    scope = "reports:read"
    parameters = PAGING

    @extend_schema(
        operation_id="cycles",
        summary="Decision cycles",
        description="The cycle that holds for each category sold and each product, beside the published one, the"
        " one set and what was learned from the merchant's own people: P50, P80 and P95 in days, each with its"
        " 95 % interval.",
        parameters=PAGING,
        responses={
            200: {
                "type": "object",
                "required": ["cycles", "next_cursor", "data_through", "computed_at", "definition_version"],
                "properties": {
                    "cycles": {"type": "array", "items": _ROW},
                    "next_cursor": NEXT,
                    "data_through": {"type": "string", "format": "date", "nullable": True},
                    "computed_at": {"type": "string", "format": "date-time", "nullable": True},
                    "definition_version": {"type": "string"},
                },
            },
            400: ERROR,
        },
        examples=[OpenApiExample("An answer", _EXAMPLE, response_only=True, status_codes=["200"])],
        tags=["reports"],
    )
    def get(self, request: Request) -> Response:
        page = page_of(self, request)
        program: Any = request.user
        found = learned_cycles.boards(program.merchant)
        every = [one for board in found.sold for one in (board, *board.products)]
        rows, last = page.cut(every, lambda board: board.key, self)
        return page.answer(
            {
                "cycles": [_told(board) for board in rows],
                "data_through": found.run and found.run.data_through,
                "computed_at": found.run and found.run.finished_at,
                "definition_version": VERSION,
            },
            last,
        )


def _told(board: Board) -> dict[str, Any]:
    return {
        "key": board.key,
        "name": board.name,
        "spu": board.spu and board.spu.pk,
        "holds": _cycle(board.now),
        "published": _cycle(board.published),
        "set": _cycle(board.hand),
        "adopted": _cycle(board.adopted),
        "learned": board.learned and _learned(board.learned),
    }


def _cycle(cycle: Cycle | None) -> dict[str, Any] | None:
    if cycle is None:
        return None
    return {"days": cycle.days, "basis": cycle.basis, "source": cycle.source, "own": cycle.own}


def _learned(row: LearnedCycle) -> dict[str, Any]:
    return {
        "people": row.n,
        "buyers": row.buyers,
        "follow_up_days": row.follow_up,
        "share_who_buy": None if row.refusal else round(row.plateau, 6),
        "settled": row.settled,
        "lacking": row.refusal or None,
        "quantiles": None if row.refusal else {name: _quantile(row, name) for name in _NAMES},
    }


def _quantile(row: LearnedCycle, name: str) -> dict[str, int]:
    return {
        "days": getattr(row, name),
        "low": getattr(row, f"{name}_low"),
        "high": getattr(row, f"{name}_high"),
        "buyers_alone": getattr(row, f"naive_{name}"),
    }


urlpatterns = [path("reports/cycles", CyclesView.as_view(), name="api-cycles")]
