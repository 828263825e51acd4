"""The models side by side: the five of single journeys from the ledger, the three of all journeys beside."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from measurement import takeaways, words
from measurement.attribution import samples
from measurement.charts import journeys as charts
from measurement.operations import journey_models
from measurement.operations.journey_models import Question
from measurement.queries import journeys, results
from measurement.queries.journeys import Beside
from measurement.reports import Axis, ReportQuery, Row
from measurement.views.questions import address, around, asked, chips
from measurement.views.results import shown
from measurement.words.journeys import JOURNEY_MODELS, NULLS, ORDERS, REFUSED, UNAVAILABLE
from merchants.access import MerchantRequest, merchant_required
from merchants.models import Merchant
from merchants.roles import Permission

EVERY = {**words.MODELS, **JOURNEY_MODELS}


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """The models side by side, the largest disagreements first. What a worker has not worked out yet is asked
    for, and comes by itself."""
    query = asked(request)
    if "sort" not in request.GET:
        query = query.but(sort="-spread", page=query.page)
    if "axis" not in request.GET:  # by day of the order the models add up to the same
        query = query.but(axis=Axis.ORDER, page=query.page)
    beside = read(request.merchant, query)
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


def read(merchant: Merchant, query: ReportQuery) -> Beside:
    """The models of all journeys for this question, as far as there are any."""
    if reason := journeys.unavailable(query):
        return Beside("unavailable", reason)
    question = Question(
        by=query.by,
        first_day=query.period.start,
        last_day=query.period.last,
        spu_id=int(query.filters.get("spu", 0)),
        order=query.order,
        with_nulls=query.nulls,
    )
    return journeys.told(journey_models.ask(merchant, question))


def why_not(beside: Beside) -> str:
    """Why the three stand without figures, in a sentence; empty when they have some."""
    if beside.state == "unavailable":
        return words.said(UNAVAILABLE, beside.reason)
    if beside.state == "waiting":
        return _(
            "Markov, Shapley and leave-one-out are being worked out for this question; they will appear here."
        )
    if beside.state == "refused":
        least = {"least": samples.CONVERSIONS, "each": samples.PASSAGES}
        return words.said(REFUSED, beside.reason) % {**beside.counts, **least}
    return ""


def _shown(row: Row, query: ReportQuery, beside: Beside) -> dict[str, Any]:
    """A row with its eight shares; one that a model does not know is a dash, not a zero."""
    ready = beside.state == "ready"
    shares = [row.shares.get(model, 0 if ready or model in words.MODELS else None) for model in EVERY]
    return {
        **shown(row, query),
        "shares": shares,
        "most": max(row.shares.values(), default=0),
        "effect": beside.effects.get(row.key or "0"),
        "why": takeaways.why_models_differ(row),
    }
