"""The funnel: how far enquiries came, where they were lost, and how fast they were answered."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads import words
from leads.funnel import FEWEST, Funnel
from leads.operations import setup
from leads.queries import feedback, funnel
from merchants.access import MerchantRequest, merchant_required
from merchants.periods import Period, day_of
from merchants.roles import Permission

SPANS = {"7": 7, "28": 28, "90": 90}
BY: dict[str, Any] = {
    "store": gettext_lazy("Store"),
    "agent": gettext_lazy("Agent"),
    "note": gettext_lazy("Note"),
    "campaign": gettext_lazy("Campaign"),
    "source": gettext_lazy("Source"),
}
DAYS = (
    gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"), gettext_lazy("Thu"), gettext_lazy("Fri"),
    gettext_lazy("Sat"), gettext_lazy("Sun"),
)  # fmt: skip


@merchant_required(Permission.SEE_DESK)
def page(request: MerchantRequest) -> HttpResponse:
    """Enquiries of the last full days; each counts as far as it came by now."""
    setup.ensure(request.merchant)
    span = SPANS.get(request.GET.get("days", ""), 28)
    by = request.GET.get("by", "store")
    by = by if by in BY else "store"
    today = day_of(timezone.now())
    period = Period(Period(today, today + timezone.timedelta(days=1)).shifted(-span).start, today)
    report = funnel.report(request.merchant, period, by)
    told = feedback.coverage(request.merchant, *period.instants(ZoneInfo(request.merchant.time_zone)))
    context = {
        "period": period,
        "days": str(span),
        "by": by,
        "by_name": BY[by],
        "choices": {
            "days": [(key, _("%(days)d full days") % {"days": days}) for key, days in SPANS.items()],
            "by": list(BY.items()),
        },
        "steps": _steps(report.whole),
        "rows": [{"name": _named(row, by), "row": row, "cells": _steps(row.funnel)} for row in report.rows],
        "speed": report.speed,
        "coverage": told,
        "reasons": [{"why": words.not_out(why), "count": count} for why, count in told.reasons],
        "week": [
            {"day": DAYS[number], "cells": [_cell(cell) for cell in cells]}
            for number, cells in enumerate(report.week)
        ],
        "hours": range(24),
        "fewest": FEWEST,
    }
    return render(request, "leads/funnel.html", context)


def _steps(found: Funnel) -> list[dict[str, Any]]:
    """Each step with the rate from the one before it."""
    return [
        {"name": name, "count": count, "rate": None if number == 0 else found.rates[number - 1]}
        for number, (name, count) in enumerate(zip(words.STEPS, found.counts, strict=True))
    ]


def _named(row: funnel.Row, by: str) -> str:
    return row.name or _("unknown")


def _cell(cell: funnel.Cell) -> dict[str, Any]:
    """Fewer than a handful say nothing as a share: they stand as a count only."""
    value = cell.share.value if cell.share.size >= FEWEST else None
    level = "none" if not cell.share.size else "few" if value is None else f"level-{min(4, int(value * 5))}"
    return {"hour": cell.hour, "share": cell.share, "value": value, "level": level}
