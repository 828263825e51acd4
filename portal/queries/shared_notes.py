"""What a cooperation shows its partner: the bloggers' notes at one merchant, and the figures it consented to.

The narrow door between two tenants (ADR 0039): figures are read as the merchant, of the bloggers and days that
:func:`merchants.queries.agreements.covered` names and of nothing else, and come out as plain values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from measurement import metrics
from measurement.process.questions import Question
from measurement.queries import known_content, process, results
from measurement.queries.crowds import k
from measurement.queries.known_content import Published
from measurement.reports import Compare, Report, ReportQuery, Row
from merchants import tenancy
from merchants.models import Agreement, Claim, Merchant
from merchants.models.agreement import Shown
from merchants.periods import Period, day_of
from merchants.queries import claims
from merchants.queries.agreements import Covered, covered, in_force

MONEY = {Shown.COST, Shown.RETURN}


@dataclass(frozen=True, slots=True)
class Line:
    """A note. Figures are None where they are unknown, not consented to, or, for the return (``few``), of fewer
    buyers than are told. Money in fen."""

    title: str
    cover: str
    blogger: str
    published_at: datetime
    impressions: int | None = None
    clicks: int | None = None
    engagement: int | None = None
    cost: int | None = None
    credited: int | None = None
    orders: int | None = None
    maturity: Decimal | None = None
    few: bool = False

    @property
    def roi(self) -> Decimal | None:
        return metrics.roi(self.credited, self.cost)


@dataclass(frozen=True, slots=True)
class Shared:
    """``period`` spans the days of all lines; ``through`` is the last day the merchant's orders are known of and
    ``coverage`` the joined share of its revenue, both only with the return; ``k`` the fewest buyers told."""

    agreement: Agreement
    figures: frozenset[str]
    period: Period | None
    lines: tuple[Line, ...]
    bloggers: tuple[str, ...]
    through: date | None
    coverage: Decimal | None
    k: int

    def total(self, name: str) -> int | None:
        """The sum of what the lines tell; None when none tells it."""
        told = [value for line in self.lines if (value := getattr(line, name)) is not None]
        return sum(told) if told else None

    @property
    def few(self) -> int:
        return sum(line.few for line in self.lines)


def shared(cooperation: Agreement, *, now: datetime, blogger: str = "") -> Shared | None:
    """What the partner of a cooperation sees now, of one blogger or of all; None while it is not in force."""
    merchant: Merchant = cooperation.merchant
    today = day_of(now, ZoneInfo(merchant.time_zone))
    if not in_force([cooperation], today):
        return None
    rights = [one for one in covered(cooperation, today) if not blogger or one.blogger == blogger]
    figures = frozenset(cooperation.figures)
    with tenancy.acting_for(merchant):
        return _read(merchant, cooperation, rights, figures, now)


def _read(
    merchant: Merchant,
    cooperation: Agreement,
    rights: Sequence[Covered],
    figures: frozenset[str],
    now: datetime,
) -> Shared:
    zone = ZoneInfo(merchant.time_zone)
    windows = {one.blogger: one for one in rights}
    notes: dict[Period, list[Published]] = defaultdict(list)
    disputed = claims.disputed(merchant, Claim.Kind.NOTE)
    for note in known_content.published_by(merchant, windows):
        right = windows[note.blogger]
        if day_of(note.published_at, zone) in right.period and note.external_id not in disputed:
            notes[right.period].append(note)
    lines: list[Line] = []
    through, coverage = None, None
    for period, of_period in notes.items():
        delivered = _delivered(merchant, period, now) if Shown.DELIVERY in figures else {}
        money = _money(merchant, period, now) if MONEY & figures else None
        if money is not None and Shown.RETURN in figures:
            through, coverage = money.envelope.data_through, money.envelope.coverage
        rows = {row.key: row for row in money.rows} if money else {}
        told = figures if money is None or money.joinable else figures - {Shown.RETURN}
        lines += [
            _line(
                note,
                windows[note.blogger].name,
                delivered.get(note.key),
                rows.get(note.key, Row(note.key)),
                told,
            )
            for note in of_period
        ]
    return Shared(
        agreement=cooperation,
        figures=figures,
        period=_span(one.period for one in rights),
        lines=tuple(sorted(lines, key=lambda line: line.published_at, reverse=True)),
        bloggers=tuple(one.name for one in rights),
        through=through,
        coverage=coverage,
        k=k(),
    )


def _span(periods: Iterable[Period]) -> Period | None:
    known = list(periods)
    return Period(min(one.start for one in known), max(one.end for one in known)) if known else None


def _delivered(merchant: Merchant, period: Period, now: datetime) -> dict[str, process.Line]:
    question = Question(period=period, compare=Compare.NONE)
    return {line.key: line for line in process.report(merchant, question, now=now, page_size=None).lines}


def _money(merchant: Merchant, period: Period, now: datetime) -> Report:
    query = ReportQuery(period=period, compare=Compare.NONE)
    return results.report(merchant, query, now=now, page_size=None, judged=False)


def _line(
    note: Published, blogger: str, delivered: process.Line | None, row: Row, figures: frozenset[str]
) -> Line:
    """``figures`` without the return where not one order of the merchant could ever be tied to content."""
    counts = delivered.figures if delivered else {}
    few = Shown.RETURN in figures and (row.people or 0) < k()
    brought = row if Shown.RETURN in figures and not few else Row(note.key)
    return Line(
        title=note.title,
        cover=note.cover,
        blogger=blogger,
        published_at=note.published_at,
        impressions=_whole(counts.get("impressions")),
        clicks=_whole(counts.get("clicks")),
        engagement=_whole(counts.get("engagement")),
        cost=row.cost if Shown.COST in figures else None,
        credited=brought.credited,
        orders=brought.orders,
        maturity=brought.maturity,
        few=few,
    )


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | Decimal) else None
