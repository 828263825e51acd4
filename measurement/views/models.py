"""The models side by side: the five of single journeys from the ledger, the three of all journeys beside."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from measurement import takeaways, words
from measurement.charts import journeys as charts
from measurement.printed.results import EVERY, beside_of, models_query, shares_of, why_not
from measurement.queries import results
from measurement.queries.journeys import Beside
from measurement.reports import Axis, ReportQuery, Row
from measurement.views.questions import address, around, asked, chips
from measurement.views.results import shown
from measurement.words.journeys import NULLS, ORDERS
from merchants.access import MerchantRequest, merchant_required
from merchants.roles import Permission


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """The models side by side, the largest disagreements first. What a worker has not worked out yet is asked
    for, and comes by itself."""
    query = asked(request)
    query = models_query(query, request.GET)
    beside = beside_of(request.merchant, query)
    report = results.report(
        request.merchant, query, now=timezone.now(), models=True, beside=beside.shares or None
    )
    totals = {**report.total.shares, **(beside.totals if beside.state == "ready" else {})}
    context = {
        **around(query, report.envelope),
        "report": report,
        "rows": [_shown(row, query, beside) for row in report.rows],
        "unassigned": _shown(report.unassigned, query, beside) if report.unassigned else None,
        "totals": [totals.get(model) for model in EVERY],
        "names": list(EVERY.values()),
        "takeaway": takeaways.of_models(report),
        "chart": charts.of_models(report.rows, beside.state == "ready"),
        "chips": chips(request.merchant, query),
        "pages": Paginator(range(report.count), results.PAGE).get_page(query.page),
        "dimension": words.said(words.DIMENSIONS, query.by),
        "axis_is_touch": query.axis == Axis.TOUCH,
        "beside": beside,
        "why_not": why_not(beside),
        "again": address(query),
        "orders": list(ORDERS.items()),
        "nulls": list(NULLS.items()),
        "chosen": {"order": str(query.order), "nulls": "" if query.nulls else "without"},
    }
    return render(request, "measurement/models.html", context)


def _shown(row: Row, query: ReportQuery, beside: Beside) -> dict[str, Any]:
    """A row with its eight shares; one that a model does not know is a dash, not a zero."""
    return {
        **shown(row, query),
        "shares": list(shares_of(row, beside).values()),
        "most": max(row.shares.values(), default=0),
        "effect": beside.effects.get(row.key or "0"),
        "why": takeaways.why_models_differ(row),
    }
