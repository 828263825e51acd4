"""The Alliance page: what the programmes report, our figure beside it, and why the two differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import words
from measurement.charts import alliance as charts
from measurement.dictionary import definitions
from measurement.metrics import roi
from measurement.printed.alliance import days_chart, found_for, takeaway
from measurement.queries import alliance, saved
from measurement.queries.alliance import AlliancePage, ReportedRow
from measurement.queries.status import Status
from measurement.reported.chain import Sums
from measurement.reported.question import Asked, View
from measurement.reports import EmptyReason, ReportQuery
from measurement.views.questions import choices, said_problems
from measurement.words import alliance as names
from merchants.access import MerchantRequest, merchant_required
from merchants.periods import day_of
from merchants.roles import Permission


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """One view of the reports, chosen in the address; the nearest stated one where it names none."""
    query, asked, found, state = _found(request)
    sums = found.picked.sums if found.picked else found.total
    context = {
        "query": query,
        "choices": choices(),
        "asked": asked,
        "found": found,
        "sums": sums,
        "options": _options(found),
        "steps": _steps(sums),
        "rows": [_shown(row, query, asked) for row in found.rows],
        "total": _figures(found.total),
        "figures": _figures(sums),
        "step_names": list(names.STEPS.values()),
        "level_name": words.said(names.LEVELS, found.view.level) if found.view else "",
        "view_window": str(found.view.window_days) if found.view else "",
        "parts": _parts(found),
        "gap_chart": charts.waterfall(found.gap) if found.gap else None,
        "chart": days_chart(found, saved.told(request.merchant, query.period)),
        "incomplete": [day for day in found.days if not day.complete],
        "takeaway": takeaway(found),
        "off_site": [_off_site(one) for one in found.off_site],
        "empty": _empty(found, state),
        "definitions": definitions(get_language() or "en"),
        "data_through": found.days[-1].day if found.days else "",
        "computed_at": state.computed_at,
        "run": state.run,
        "model_name": words.said(words.MODELS, query.model),
        "address": _address(query, asked),
        "all_rows": _address(query, replace(asked, row="")),
        "as_now": _address(query.but(as_of=None), asked),
        "view_names": _view_names(found.view),
    }
    return render(request, "measurement/alliance.html", context)


def _found(request: MerchantRequest) -> tuple[ReportQuery, Asked, AlliancePage, Status]:
    query, asked, found, state, problems = found_for(
        request.merchant, request.GET.dict(), day_of(timezone.now())
    )
    said_problems(request, problems)
    return query, asked, found, state


def _address(query: ReportQuery, asked: Asked) -> str:
    return "?" + urlencode({**query.parameters(), **asked.parameters()})


def _options(found: AlliancePage) -> dict[str, list[tuple[str, Any]]]:
    """What the filter bar offers: the views that the period states, as far as they go together."""
    view = found.view
    if view is None:
        return {}
    programme = [one for one in found.views if one.programme == view.programme]
    level = [one for one in programme if one.level == view.level]
    window = [one for one in level if one.window_days == view.window_days]
    axis = [one for one in window if one.axis == view.axis]
    return {
        "programme": _named(names.PROGRAMMES, (one.programme for one in found.views)),
        "level": _named(names.LEVELS, (one.level for one in programme)),
        "w": [
            (str(days), _("%(days)d days") % {"days": days})
            for days in _each(one.window_days for one in level)
        ],
        "on": _named(names.AXES, (one.axis for one in window)),
        "clicks": _named(names.CLICKS, (one.clicks for one in axis)),
    }


def _named(called: dict[str, Any], values: Iterable[str]) -> list[tuple[str, Any]]:
    found = set(values)
    return [(value, name) for value, name in called.items() if value in found]


def _each(values: Iterable[int]) -> list[int]:
    return sorted(set(values))


def _view_names(view: View | None) -> list[str]:
    """The view that is shown, in words."""
    if view is None:
        return []
    told = [
        words.said(names.PROGRAMMES, view.programme),
        words.said(names.LEVELS, view.level),
        _("%(days)d days after the touch") % {"days": view.window_days},
        words.said(names.AXES, view.axis),
    ]
    return [*told, words.said(names.CLICKS, view.clicks)] if view.clicks else told


def _steps(sums: Sums) -> list[dict[str, Any]]:
    """The chain: people of each step, its rate, and what the report's cost comes to for one of them."""
    return [
        {
            "label": label,
            "people": sums.total(step),
            "rate": sums.rate(names.STEP_RATES[step]) if step in names.STEP_RATES else None,
            "cost": sums.rate(f"cost_of_{step}"),
            "widest": sums.total("read_uv") or max((sums.total(one) or 0 for one in names.STEPS), default=0),
        }
        for step, label in names.STEPS.items()
    ]


def _shown(row: ReportedRow, query: ReportQuery, asked: Asked) -> dict[str, Any]:
    return {"row": row, **_figures(row.sums), "open": _address(query, replace(asked, row=row.key))}


def _figures(sums: Sums) -> dict[str, Any]:
    return {
        "counts": [sums.total(step) for step in names.STEPS],
        "new_customers": sums.total("new_customers"),
        "gmv": sums.total("gmv_fen"),
        "cost": sums.total("cost_fen"),
        "entry_rate": sums.rate("entry_rate"),
        "deal_rate": sums.rate("deal_rate"),
        "visitor_cost": sums.rate("cost_of_shop_entry_uv"),
        "buyer_cost": sums.rate("cost_of_order_uv"),
        "new_customer_cost": sums.rate("cost_of_new_customers"),
        "deposit_cost": sums.rate("cost_of_deposit_uv"),
        "visitor_value": sums.rate("visitor_value"),
        "new_visitor_share": sums.rate("new_visitor_share"),
        "new_customer_share": sums.rate("new_customer_share"),
    }


def _parts(found: AlliancePage) -> list[dict[str, Any]]:
    """From the reported figure down to ours: what each part takes off or puts on."""
    if found.gap is None:
        return []
    unknown = set()
    if not found.notes_known:
        unknown.add("outside")
    if not found.gap.other_known:
        unknown.add("products")
    return [
        {
            "name": words.said(names.PARTS, name),
            "why": words.said(names.WHY, name),
            "fen": None if name in unknown else -fen,
            "is_rest": name == "rest",
        }
        for name, fen in found.gap.parts
    ]


def _off_site(one: alliance.OffSite) -> dict[str, Any]:
    each = None if one.cost_fen is None or not one.orders else one.cost_fen / one.orders
    return {"one": one, "roi": roi(one.revenue_fen, one.cost_fen), "order_cost": each}


def _empty(found: AlliancePage, state: Status) -> str:
    if found.view is not None:
        return ""
    if found.ever:
        return EmptyReason.FILTER.value
    return (EmptyReason.NO_DATA if state.has_orders or found.off_site else EmptyReason.NOT_CONNECTED).value
