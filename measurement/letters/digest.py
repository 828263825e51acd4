"""The page for a chief executive, every morning: four figures, what carried them, what needs a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from measurement import metrics, reports, takeaways
from measurement.metrics import Verdict
from measurement.queries import home as reading
from measurement.queries import saved
from measurement.reports import Report, Row
from merchants.letters import Letter, link
from merchants.models import Merchant
from merchants.periods import day_of

LISTED = 3  # rows of each list: a page is read in a minute


@dataclass(frozen=True, slots=True)
class Digest:
    """What the page says. ``change`` is against the weekday-matched period before, None below 30 orders;
    ``losing`` are rows of ``classed``, the report over the longer span that spend is classed by."""

    money: Report
    classed: Report
    takeaway: str
    change: Decimal | None
    carried: tuple[Row, ...]
    losing: tuple[Row, ...]
    needs: int
    notes: list[tuple[object, object, str]]


def digest(merchant: Merchant, *, now: datetime) -> Digest:
    """The last 28 full days, as on the first page."""
    query, _problems = reports.read({}, day_of(now))
    found = reading.home(merchant, query, now=now)
    before = found.money.before
    losing = [row for row in found.classed.rows if row.verdict == Verdict.LOSING]
    return Digest(
        money=found.money,
        classed=found.classed,
        takeaway=takeaways.of_results(found.money),
        change=metrics.change(found.money.total.credited, before.credited, before.orders) if before else None,
        carried=tuple(row for row in found.money.rows if row.credited)[:LISTED],
        losing=tuple(sorted(losing, key=lambda row: -(row.cost or 0))[:LISTED]),
        needs=len(found.needs),
        notes=list(saved.told(merchant, found.money.query.period)),
    )


def compose(merchant: Merchant, *, now: datetime) -> Letter:
    found = digest(merchant, now=now)
    context = {"merchant": merchant, "digest": found, "url": link(merchant, "portal:home")}
    return Letter(
        subject=_("%(merchant)s this morning: %(day)s") % {"merchant": merchant.name, "day": day_of(now)},
        text=render_to_string("measurement/letters/digest.txt", context),
        html=render_to_string("measurement/letters/digest.html", context),
    )
