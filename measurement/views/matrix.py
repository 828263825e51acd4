"""Who, what, where: what was sold to whom, and which product, reason, audience and carrier pays."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import words
from measurement.dictionary import definitions
from measurement.metrics import change
from measurement.printed.matrix import asked, parts_of
from measurement.process.placement import Carrier
from measurement.process.questions import Question
from measurement.queries import matrix
from measurement.queries.matrix import Board, Cell, Sold
from measurement.queries.matrix_rows import Counted
from measurement.reports import CUSTOM, ReportQuery
from measurement.views.process import address
from measurement.views.questions import past, past_chip, said_problems
from measurement.words import process as named
from merchants.access import MerchantRequest, merchant_required
from merchants.periods import day_of
from merchants.roles import Permission

LONGEST = 120  # cells shown


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    query, by, problems = asked(request.GET.dict(), day_of(timezone.now()))
    said_problems(request, problems)
    found = matrix.board(
        request.merchant, query.period, query.before, day_of(timezone.now()), as_of=query.as_of
    )
    chosen = [cell for cell in found.cells if not by or cell.carrier == by]
    question = Question(query.period, span=query.span, compare=query.compare, as_of=query.as_of)
    now = address(question.but(as_of=None), **({"carrier": by} if by else {}))
    context = {
        "products": [_sold(row, found, query) for row in found.products],
        "whole": found.whole,
        "whole_change": _change(found.whole, found.whole_before),
        "compared": query.before is not None,
        "past": past("matrix", query.as_of, now),
        "chips": past_chip(query.as_of, now),
        "cells": [_cell(cell, found, query) for cell in chosen[:LONGEST]],
        "scale": max((cell.interval.high for cell in chosen[:LONGEST] if cell.interval), default=0),
        "left_off": max(0, len(chosen) - LONGEST),
        "carriers": [
            {"label": label, "url": address(question, carrier=kind), "active": by == kind}
            for kind, label in {"": _("All"), **named.CARRIERS}.items()
        ],
        "sums": [(named.CARRIERS[kind], *_sums(found, kind)) for kind in Carrier],
        "found": found,
        "carrier": by,
        "question": question,
        "period": query.period,
        "choices": {"period": list(words.SPANS.items()), "compare": list(words.COMPARISONS.items())},
        "definitions": definitions(get_language() or "en"),
        "data_through": found.through or "",
        "computed_at": found.computed_at,
        "results_url": reverse("measurement:results", args=[request.merchant.code]),
        "process_url": reverse("measurement:process", args=[request.merchant.code]),
    }
    return render(request, "measurement/matrix.html", context)


def _sums(found: Board, kind: Carrier) -> tuple[int, int | None]:
    """Cost and credit of a carrier; credit is unknown, not zero, while no order was ever tied to content."""
    cells = [cell for cell in found.cells if cell.carrier == kind]
    credited = sum(cell.credited for cell in cells) if found.joinable else None
    return sum(cell.cost or 0 for cell in cells), credited


def _change(now: Sold | None, before: Sold | None) -> Any:
    return change(now.paid_fen, before.paid_fen, before.orders) if now and before else None


def _sold(row: Sold, found: Board, query: ReportQuery) -> dict[str, Any]:
    before = found.products_before.get(row.name)
    return {
        "row": row,
        "change": _change(row, before),
        "open": _inside(query, row.spu) if row.spu else "",
    }


def _inside(query: ReportQuery, spu: int) -> str:
    """The notes of a product over the same days."""
    return "?" + urlencode(query.but(sort="-credited").within_also("spu", spu).parameters())


def _cell(cell: Cell, found: Board, query: ReportQuery) -> dict[str, Any]:
    former = found.before.get(cell.key)
    return {
        "cell": cell,
        "by": named.CARRIERS[cell.carrier],
        "credited": cell.credited if found.joinable else None,
        "roi": cell.roi if found.joinable else None,
        "change": change(cell.credited, former.credited, former.orders) if former else None,
        "former": former if former and found.joinable else None,
        "parts": parts_of(cell),
        "is_ad": cell.carrier not in matrix.CONTENT,
        "open": _inside(query, cell.key[0]) if cell.key[0] else "",
        "rows": {str(one): rows_address(query, cell, one) for one in Counted},
    }


def rows_address(query: ReportQuery, cell: Cell, counted: Counted) -> str:
    """The query string of the rows behind a figure of a cell."""
    spu, point, scene, by = cell.key
    question = Question(query.period, span=CUSTOM, as_of=query.as_of)
    return address(question, of=counted, spu=str(spu), point=point, scene=scene, carrier=by)
