"""Costs per lead: what a step of the funnel costs, what its deals brought, and how long a deal takes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from leads import words
from leads.funnel import STEPS
from measurement import exports
from measurement.charts import cycles as charts
from measurement.cycles import Learned, Refusal
from measurement.cycles.learned import LEAST_BUYERS, LEAST_DAYS, LEAST_PEOPLE
from measurement.dictionary import definitions
from merchants import audit
from merchants.access import MerchantRequest, merchant_required
from merchants.periods import day_of, last_days
from merchants.roles import Permission
from portal import formats
from portal.lead_cost_sheet import sheet_of
from portal.lead_money import Row
from portal.queries.lead_costs import BY, HORIZONS, LeadCosts, lead_costs
from portal.views.funnel import SPANS, spans

ROWS = 50
NAMES: dict[str, Any] = {
    "campaign": gettext_lazy("Campaign"),
    "note": gettext_lazy("Note"),
    "store": gettext_lazy("Store"),
}
LEFT: dict[str, Any] = {
    "campaign": gettext_lazy("Cost that names no campaign"),
    "note": gettext_lazy("Cost that names no note"),
    "store": gettext_lazy("Cost that brought nobody, or names no campaign"),
}
UNKNOWN: dict[str, Any] = {
    "campaign": gettext_lazy("Campaign not known"),
    "note": gettext_lazy("Note not known"),
    "store": gettext_lazy("Store not known"),
}
_REFUSED: dict[Refusal, Any] = {
    Refusal.TOO_FEW_PEOPLE: gettext_lazy(
        "%(n)d people asked; at least %(least)d are needed to learn a cycle."
    ),
    Refusal.TOO_FEW_BUYERS: gettext_lazy("%(n)d of them closed a deal; at least %(least)d are needed."),
    Refusal.TOO_SHORT: gettext_lazy("They were followed for %(n)d days; at least %(least)d are needed."),
}


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """Enquiries of the last full days: their cost per step, ROI(T+x) and the cycle from enquiry to deal."""
    days, found = _asked(request)
    pages = Paginator(found.table.rows, ROWS).get_page(request.GET.get("page"))
    cycle = None if found.cycle.refusal else found.cycle
    context = {
        "found": found,
        "table": found.table,
        "days": days,
        "x": str(found.x),
        "by_name": NAMES[found.by],
        "choices": {
            "days": spans(),
            "by": list(NAMES.items()),
            "x": [(str(x), f"T+{x}") for x in HORIZONS],
        },
        "asking": urlencode({"days": days, "by": found.by}),
        "pages": pages,
        "steps": [{"code": code, "name": name} for code, name in zip(STEPS, words.STEPS, strict=True)],
        "rows": [_line(row, row.name) for row in pages],
        "foot": _foot(found),
        "total": _line(found.table.total, _("Total")),
        "takeaway": _takeaway(found),
        "definitions": definitions(get_language() or "en"),
        "data_through": found.through,
        "cycle": cycle,
        "unlearned": unlearned(found.cycle),
        "quantiles": _quantiles(cycle) if cycle else [],
        "chart": _chart(cycle) if cycle else None,
        "sees_desk": Permission.SEE_DESK in request.permissions,
        "may_export": Permission.EXPORT in request.permissions,
    }
    return render(request, "portal/lead_costs.html", context)


@merchant_required(Permission.EXPORT)
def export(request: MerchantRequest, form: str) -> StreamingHttpResponse | FileResponse:
    """The page at this address with all its rows, as CSV or as a workbook; the act is kept in the trail."""
    _days, found = _asked(request)
    sheet = sheet_of(request.merchant, found, str(NAMES[found.by]))
    audit.record(
        request.merchant,
        "measurement.report.exported",
        by=f"user:{request.user.pk}",
        form=form,
        report="lead-costs",
        rows=len(found.table.rows),
        query={"from": f"{found.period.start}", "to": f"{found.period.last}", "by": found.by, "x": found.x},
    )
    name = f"{request.merchant.code}-lead-costs-{found.period.start}-{found.period.last}.{form}"
    if form == "xlsx":
        book = exports.workbook(sheet)
        return FileResponse(book, as_attachment=True, filename=name, content_type=exports.KINDS[form])
    answer = StreamingHttpResponse(exports.csv_lines(sheet), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(request: MerchantRequest) -> tuple[str, LeadCosts]:
    """The question in the address; what makes no sense is the default."""
    now = timezone.now()
    days, by, x = (request.GET.get(name, "") for name in ("days", "by", "x"))
    days = days if days in SPANS else "28"
    by = by if by in BY else BY[0]
    horizon = next((one for one in HORIZONS if str(one) == x), 30)
    period = last_days(SPANS[days], day_of(now))
    return days, lead_costs(request.merchant, period, by, horizon, now=now)


def _line(row: Row, name: str) -> dict[str, Any]:
    counts = row.counts or (None,) * len(STEPS)
    costs = row.costs or (None,) * len(STEPS)
    return {
        "name": name or str(_("unknown")),
        "row": row,
        "key": urlencode({"row": row.key or ""}),
        "cells": [
            {"code": code, "count": count, "cost": None if fen is None else round(fen)}
            for code, count, fen in zip(STEPS, counts, costs, strict=True)
        ],
        "roi": row.roi if row.counts else None,
        "range": row.roi_range if row.counts else None,
    }


def _foot(found: LeadCosts) -> list[dict[str, Any]]:
    """The enquiries of which nobody knows the row, and the cost that names none."""
    whole, lines = found.table, []
    if whole.unknown:
        lines.append(_line(whole.unknown, str(UNKNOWN[found.by])))
    if whole.left:
        lines.append({**_line(whole.left, str(LEFT[found.by])), "key": None})
    return lines


def _takeaway(found: LeadCosts) -> str:
    total, language = found.table.total, get_language() or "en"
    costs = dict(zip(STEPS, total.costs, strict=True))
    if total.cost is None:
        return _(
            "No cost is stated for these days, so no step has a cost. Deals still show what they brought."
        )
    if costs["lead"] is None:
        return _("Nobody left a contact in these days, so there is no cost per lead.")
    facts = {
        "lead": formats.money(round(costs["lead"]), "", language),
        "deal": formats.money(None if costs["deal"] is None else round(costs["deal"]), "", language),
    }
    return _("A lead of these days cost %(lead)s, a deal %(deal)s so far.") % facts


def unlearned(cycle: Learned) -> str:
    """Why no cycle is shown, and what would make one; empty when one is."""
    if cycle.refusal is None:
        return ""
    facts = {
        Refusal.TOO_FEW_PEOPLE: (cycle.n, LEAST_PEOPLE),
        Refusal.TOO_FEW_BUYERS: (cycle.buyers, LEAST_BUYERS),
        Refusal.TOO_SHORT: (int(cycle.follow_up), LEAST_DAYS),
    }
    n, least = facts[cycle.refusal]
    return str(_REFUSED[cycle.refusal] % {"n": n, "least": least})


def _quantiles(cycle: Learned) -> list[dict[str, Any]]:
    return [
        {
            "name": f"P{one.share * 100:.0f}",
            "days": int(one.days),
            "low": int(one.low),
            "high": int(one.high),
            "naive": int(naive),
        }
        for one, naive in zip(cycle.quantiles, cycle.naive, strict=True)
    ]


def _chart(cycle: Learned) -> dict[str, Any]:
    p50, p80 = (int(one.days) for one in cycle.quantiles[:2])
    return charts.drawn(
        [(point.day, point.share, point.low, point.high) for point in cycle.curve],
        end=cycle.follow_up,
        marks=[*charts.mark(p50, "P50"), *charts.mark(p80, "P80")],
        since=_("days after the enquiry"),
    )
