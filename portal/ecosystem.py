"""How merchants come in and grow, by trade and month (pure): the operator's figures, each with its n.

A merchant of several trades counts in each of them and once in the whole. What nobody could know is None: sales of
merchants without orders, notes of merchants that never stated a fee. A count of what Seedbed itself keeps
(applications, first orders) is zero when there was none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from statistics import quantiles

from measurement.metrics import ratio

Month = date
"""The first day of a month."""

LATELY = 28  # days in which somebody active has an order or a lead


class Size(StrEnum):
    SMALL = "small"
    MIDDLE = "middle"
    LARGE = "large"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """In fen: below ``small`` a merchant is small, from ``large`` on large; a live session counts from ``live`` on."""

    small: int
    large: int
    live: int


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes published in a month that the merchant holds, and those of them with a stated fee."""

    known: int
    paid: int


@dataclass(frozen=True, slots=True)
class Lives:
    """Live sessions of a month whose sales are counted, and those that reached the threshold."""

    counted: int
    over: int


@dataclass(frozen=True, slots=True)
class Member:
    """A merchant. Days are None where it did not come so far; ``first_order`` and ``first_lead`` are the first
    since it has an account. ``applied_for`` and ``approved_for`` hold the day of each trade, those that it applied for
    and has not among them. ``sold`` is GMV in fen by month: paid, before refunds. ``year`` is GMV of the last
    365 days, None without orders; ``lately`` whether it had an order, a lead, an enquiry in the last 28."""

    trades: frozenset[str]
    created: date
    described: date | None = None
    applied: date | None = None
    approved: date | None = None
    applied_for: Mapping[str, date] = field(default_factory=dict)
    approved_for: Mapping[str, date] = field(default_factory=dict)
    first_order: date | None = None
    first_lead: date | None = None
    sold: Mapping[Month, int] = field(default_factory=dict)
    leads: Mapping[Month, int] = field(default_factory=dict)
    notes: Mapping[Month, Notes] = field(default_factory=dict)
    lives: Mapping[Month, Lives] = field(default_factory=dict)
    year: int | None = None
    active_lately: bool = False
    consulted_lately: bool = False

    @property
    def first_value(self) -> date | None:
        """The day of the first order or lead."""
        return min((day for day in (self.first_order, self.first_lead) if day), default=None)

    def applied_in(self, trade: str | None) -> date | None:
        """When it applied for a trade; of None at all, of "" where its trades are not stated."""
        return self.applied_for.get(trade) if trade else self._of_all(trade, self.applied)

    def approved_in(self, trade: str | None) -> date | None:
        """When it was let in with a trade, as :meth:`applied_in`."""
        return self.approved_for.get(trade) if trade else self._of_all(trade, self.approved)

    def _of_all(self, trade: str | None, day: date | None) -> date | None:
        return day if trade is None or not self.trades else None

    def active_in(self, month: Month) -> bool:
        return month in self.sold or month in self.leads


@dataclass(frozen=True, slots=True)
class Cell:
    """A trade in a month. ``growth`` is against the month before, over merchants with sales in both (``both``);
    ``commercial`` the share of notes with a stated fee, of ``notes`` notes; ``sellers`` have sales in the month."""

    members: int
    applied: int
    approved: int
    first: int
    active: int
    gmv: int | None
    sellers: int
    growth: Decimal | None
    both: int
    commercial: Decimal | None
    notes: int
    lives_over: int | None
    lives: int


@dataclass(frozen=True, slots=True)
class Step:
    """``n`` merchants came so far; ``kept`` of those of the step before."""

    n: int
    kept: Decimal | None


@dataclass(frozen=True, slots=True)
class Whole:
    """``sizes`` by GMV of the last 365 days. ``steps``: described, applied, approved, first order or lead, active
    in the last 28 days, of those who came by an application. ``value_days`` are the quartiles of days from the
    account to the first order or lead, None for fewer than two; ``valued`` are those who have one."""

    members: int
    sizes: Mapping[Size, int]
    active: int
    consulting: int
    consult_share: Decimal | None
    steps: tuple[Step, ...]
    value_days: tuple[int, int, int] | None
    valued: int


def month_of(day: date) -> Month:
    return day.replace(day=1)


def before(month: Month) -> Month:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def size_of(year: int | None, at: Thresholds) -> Size:
    if year is None:
        return Size.UNKNOWN
    if year < at.small:
        return Size.SMALL
    return Size.LARGE if year >= at.large else Size.MIDDLE


def cell(everybody: Sequence[Member], month: Month, trade: str | None = None) -> Cell:
    """``applied`` and ``approved`` count who did so for this trade in this month, whether they have it today or
    not: a month that is over stays as it was."""
    former, members = before(month), by_trade(everybody, trade)
    sellers = [one for one in members if month in one.sold]
    both = [one for one in sellers if former in one.sold]
    notes = [one.notes[month] for one in members if month in one.notes]
    lives = [one.lives[month] for one in members if month in one.lives]
    was = sum(one.sold[former] for one in both)
    grown = ratio(sum(one.sold[month] for one in both) - was, was) if both else None
    known = sum(one.known for one in notes)
    return Cell(
        members=len(members),
        applied=_in_month(everybody, month, lambda one: one.applied_in(trade)),
        approved=_in_month(everybody, month, lambda one: one.approved_in(trade)),
        first=_in_month(members, month, lambda one: one.first_value),
        active=sum(one.active_in(month) for one in members),
        gmv=sum(one.sold[month] for one in sellers) if sellers else None,
        sellers=len(sellers),
        growth=grown,
        both=len(both),
        commercial=ratio(sum(one.paid for one in notes), known),
        notes=known,
        lives_over=sum(one.over for one in lives) if lives else None,
        lives=sum(one.counted for one in lives),
    )


def by_trade(members: Sequence[Member], trade: str | None) -> list[Member]:
    """Those of a trade; of None all, of "" those whose trade nobody stated."""
    if trade is None:
        return list(members)
    return [one for one in members if trade in one.trades or (not trade and not one.trades)]


def trades_of(members: Iterable[Member]) -> list[str]:
    """Every trade there is, "" last where somebody has none."""
    found = list(members)
    named = sorted({trade for one in found for trade in (*one.trades, *one.applied_for)})
    return named + ([""] if any(not one.trades for one in found) else [])


def whole(members: Sequence[Member], at: Thresholds) -> Whole:
    active = [one for one in members if one.active_lately]
    consulting = sum(one.consulted_lately for one in active)
    days = sorted((one.first_value - one.created).days for one in members if one.first_value)
    sizes = [size_of(one.year, at) for one in members]
    return Whole(
        members=len(members),
        sizes={size: sizes.count(size) for size in Size},
        active=len(active),
        consulting=consulting,
        consult_share=ratio(consulting, len(active)),
        steps=_steps([one for one in members if one.described]),
        value_days=_quartiles(days),
        valued=len(days),
    )


def _steps(came: Sequence[Member]) -> tuple[Step, ...]:
    """Each step counts those of the step before who came further, so that nobody is lost and found again."""
    further: tuple[Callable[[Member], bool], ...] = (
        lambda one: one.applied is not None,
        lambda one: one.approved is not None,
        lambda one: one.first_value is not None,
        lambda one: one.active_lately,
    )
    steps, left = [Step(len(came), None)], list(came)
    for reached in further:
        former, left = len(left), [one for one in left if reached(one)]
        steps.append(Step(len(left), ratio(len(left), former)))
    return tuple(steps)


def _quartiles(days: Sequence[int]) -> tuple[int, int, int] | None:
    if len(days) < 2:
        return None
    low, middle, high = quantiles(days, n=4, method="inclusive")
    return round(low), round(middle), round(high)


def _in_month(members: Iterable[Member], month: Month, day: Callable[[Member], date | None]) -> int:
    return sum(found is not None and month_of(found) == month for found in map(day, members))
