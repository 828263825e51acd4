"""Who, what, where: what was sold to whom, and which product, reason, audience and carrier pays."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import words
from measurement.dictionary import definitions
from measurement.process.placement import Carrier
from measurement.process.questions import Question
from measurement.queries import matrix
from measurement.reports import read
from measurement.views.process import address
from measurement.views.questions import said_problems
from measurement.words import process as named
from merchants.access import MerchantRequest, merchant_required
from merchants.periods import day_of
from merchants.roles import Permission

LONGEST = 120  # cells shown


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    given = {name: value for name, value in request.GET.dict().items() if name in {"period", "from", "to"}}
    query, problems = read(given or {"period": "90d"}, day_of(timezone.now()))
    said_problems(request, problems)
    by = request.GET.get("carrier", "")
    products, whole = matrix.sold(request.merchant, query.period)
    cells = matrix.matrix(request.merchant, query.period)
    chosen = [cell for cell in cells if not by or cell.carrier == by]
    question = Question(query.period, span=query.span)
    sums = {
        kind: (
            sum(cell.cost or 0 for cell in cells if cell.carrier == kind),
            sum(cell.credited for cell in cells if cell.carrier == kind),
        )
        for kind in Carrier
    }
    context = {
        "products": products,
        "whole": whole,
        "cells": [(cell, named.CARRIERS[cell.carrier]) for cell in chosen[:LONGEST]],
        "left_off": max(0, len(chosen) - LONGEST),
        "carriers": [
            {"label": label, "url": address(question, carrier=kind), "active": by == kind}
            for kind, label in {"": _("All"), **named.CARRIERS}.items()
        ],
        "sums": [(named.CARRIERS[kind], *sums[kind]) for kind in Carrier],
        "carrier": by,
        "question": question,
        "period": query.period,
        "choices": list(words.SPANS.items()),
        "definitions": definitions(get_language() or "en"),
    }
    return render(request, "measurement/matrix.html", context)
