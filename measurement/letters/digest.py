"""The page for a chief executive, every morning: four figures, what carried them, what needs a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from measurement import metrics, reports, takeaways
from measurement.metrics import Verdict
from measurement.queries import home as reading
from measurement.queries import saved
from measurement.reports import CUSTOM, Dimension, Report, ReportQuery, Row
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
    context = {
        "merchant": merchant,
        "digest": found,
        "url": link(merchant, "portal:home"),
        "figures_url": _results(merchant, found.money.query),
        "carried": [(row, _row(merchant, found.money, row)) for row in found.carried],
        "losing": [(row, _row(merchant, found.classed, row)) for row in found.losing],
        "days_url": _results(merchant, found.money.query.but(by=Dimension.DAY)),
    }
    return Letter(
        subject=_("%(merchant)s this morning: %(day)s") % {"merchant": merchant.name, "day": day_of(now)},
        text=render_to_string("measurement/letters/digest.txt", context),
        html=render_to_string("measurement/letters/digest.html", context),
    )


def _results(merchant: Merchant, query: ReportQuery) -> str:
    """The full address of a report. A letter is read on any day, so its period is written out in days: the last
    28 of a later morning would show other figures."""
    return link(merchant, "measurement:results", urlencode(query.but(span=CUSTOM).parameters()))


def _row(merchant: Merchant, report: Report, row: Row) -> str:
    """The report of a row alone, over the days that its figure is of."""
    return _results(merchant, report.query.within_also(str(report.query.by), row.key))
