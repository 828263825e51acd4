"""Results: what was credited to what, on the screen and as files."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from measurement import charts, takeaways, words
from measurement.metrics import change
from measurement.queries import results, saved
from measurement.reports import CUSTOM, Dimension, Report, ReportQuery, Row
from measurement.views.questions import address, around, asked, chips
from merchants.access import MerchantRequest, merchant_required
from merchants.periods import Period
from merchants.roles import Permission

TONES = {"paying": "accent", "losing": "danger", "ripening": "warning", "unproven": "muted"}
SORTABLE = ("name", "cost", "credited", "roi", "orders", "people", "maturity")


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """The report of the address; ``part=side`` gives one row opened sideways."""
    query = asked(request)
    report = results.report(request.merchant, query, now=timezone.now())
    in_time = query.by == Dimension.DAY  # days stand in their order, all of them
    context = {
        **around(query, report.envelope),
        "report": report,
        "rows": [shown(row, query) for row in report.rows],
        "takeaway": takeaways.of_results(report),
        "chart": charts.of_results(report, saved.told(request.merchant, query.period) if in_time else ()),
        "chips": chips(request.merchant, query),
        "sorts": {} if in_time else {name: _sort(query, name) for name in SORTABLE},
        "pages": None if in_time else Paginator(range(report.count), results.PAGE).get_page(query.page),
        "reported": [_reported(one) for one in report.reported],
        "dimension": words.said(words.DIMENSIONS, query.by),
        "tasks": [(words.said(words.TASKS, task), fen) for task, fen in sorted(report.cost_by_task.items())],
        "kinds": [
            (words.said(words.SPEND_KINDS, kind), fen) for kind, fen in sorted(report.cost_by_kind.items())
        ],
        "orders_url": reverse("measurement:orders", args=[request.merchant.code]) + address(query),
        "unjoined_url": reverse("measurement:orders", args=[request.merchant.code])
        + address(query, unjoined="1"),
        "changes": _changes(report),
    }
    if request.GET.get("part") == "side":
        return render(
            request, "measurement/results.html#side", {**context, "heading": request.GET.get("of", "")}
        )
    return render(request, "measurement/results.html", context)


def shown(row: Row, query: ReportQuery) -> dict[str, Any]:
    """A row with what its cells need beside the figures."""
    return {
        "row": row,
        "verdict": words.said(words.VERDICTS, row.verdict) if row.verdict else "",
        "tone": TONES.get(row.verdict, "muted"),
        "open": inside(row, query),
        "is_note": query.by == Dimension.NOTE,
    }


def inside(row: Row, query: ReportQuery) -> str:
    """The question that a row opens: its notes, or its orders when it is a note."""
    if query.by == Dimension.DAY:
        day = date.fromisoformat(row.key)
        one_day = Period(day, date.fromordinal(day.toordinal() + 1))
        return address(query.but(period=one_day, span=CUSTOM, by=Dimension.NOTE, sort="-credited"))
    inside = query.within_also(query.by.value, row.key)
    return address(inside if query.by == Dimension.NOTE else inside.but(by=Dimension.NOTE, sort="-credited"))


def _sort(query: ReportQuery, name: str) -> dict[str, str]:
    """The address that sorts by a column, and how it is sorted now."""
    falling = query.sort == f"-{name}"
    rising = query.sort == name
    state = "descending" if falling else "ascending" if rising else "none"
    turned = name if falling or (name == "name" and not rising) else f"-{name}"
    return {"url": address(query.but(sort=turned)), "state": state}


def _changes(report: Report) -> dict[str, Any]:
    """Changes against the period before; no percentage on fewer than 30 orders."""
    before = report.before
    if before is None:
        return {"shown": False, "credited": None, "cost": None, "orders": None}
    return {
        "shown": True,
        "credited": change(report.total.credited, before.credited, before.orders),
        "cost": change(report.total.cost, before.cost, before.orders),
        "orders": change(report.total.orders, before.orders, before.orders),
    }


def _reported(one: Any) -> dict[str, Any]:
    return {
        "source": words.source(one.source),
        "metric": words.said(words.REPORTED, one.metric),
        "value": one.value,
        "is_money": one.metric.endswith("_fen"),
    }
