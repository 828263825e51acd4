"""A period's credit by the age of its touches: the curve ROI(T+x), its cohorts, and where each will end (pure).

A cell is the credit of one touch day that came with orders ``lag`` days later. A touch day has reached the
age x when x whole days lie between it and the last day that orders are known of. ROI(T+x) compares like with
like: credit up to x and cost of those days only that have reached x.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from measurement.computed import computes
from measurement.cycles.arrival import Arrival, Final, foretold
from measurement.metrics import ratio, roi
from merchants.periods import Period

MARKS = (7, 15, 30)
"""Ages that a table of cohorts names beside the window itself."""

WEEKS_UP_TO = 98  # days; a longer period is cut into months

Cell = tuple[date, int, int]
"""(touch day, lag in days, fen)"""


@dataclass(frozen=True, slots=True)
class Point:
    """The curve at one age. ``credited``: fen of all days up to that age; ``reached``: the share of the cost
    (of the days, when no cost is stated) that is so old; ``roi`` of exactly those, None when nobody is or no
    cost is stated."""

    age: int
    credited: int
    reached: Decimal
    roi: Decimal | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Touch days from ``start`` to ``last``. ``at``: fen by the marks that all of its days have reached;
    ``final``: where the credit is expected to end, None while that cannot be told."""

    start: date
    last: date
    cost: int | None
    credited: int
    at: Mapping[int, int]
    final: Final | None = None

    @property
    def roi(self) -> Decimal | None:
        return roi(self.credited, self.cost)

    def roi_at(self, mark: int) -> Decimal | None:
        return roi(self.at.get(mark), self.cost)

    @property
    def final_roi(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """(expected, low, high), None without cost or expectation."""
        if self.final is None or not self.cost or self.cost < 0:
            return None
        cost = Decimal(self.cost)
        return self.final.expected / cost, self.final.low / cost, self.final.high / cost


@dataclass(frozen=True, slots=True)
class Foresight:
    """What the end of a cohort is told by: the arrival of credit, the mean order in fen, and E(Y²) / E(Y)² of
    its orders."""

    arrival: Arrival
    mean_order: float
    dispersion: float


def marks(window: int) -> tuple[int, ...]:
    """The ages that a table names for a window: those of ``MARKS`` below it, and itself."""
    return (*(mark for mark in MARKS if mark < window), window)


@computes("roi_by_age", "reached")
def curve(
    cells: Sequence[Cell],
    costs: Mapping[date, int] | None,
    days: Sequence[date],
    *,
    window: int,
    through: date | None,
) -> list[Point]:
    """The curve at ages 0 to ``window``. ``costs`` None: not stated. ``through`` None: every day has reached
    every age, as on the axis of order days, where what came is all that comes."""
    by_age = _by_age(days, through, window)
    credit: dict[int, int] = defaultdict(int)
    for _day, lag, fen in cells:
        credit[lag] += fen
    fallen = _fallen(cells, by_age, window)
    cost_left = None if costs is None else sum(costs.values())
    whole_cost, days_left = cost_left, len(days)
    points, sum_all, sum_reached = [], 0, 0
    for age in range(window + 1):
        for day in by_age.get(age - 1, ()):  # its last age was the one before
            days_left -= 1
            if costs is not None and cost_left is not None:
                cost_left -= costs.get(day, 0)
        sum_all += credit[age]
        sum_reached += credit[age] - fallen[age]
        share = ratio(cost_left, whole_cost) if whole_cost and whole_cost > 0 else ratio(days_left, len(days))
        points.append(
            Point(age, sum_all, share or Decimal(0), roi(sum_reached, cost_left) if days_left else None)
        )
    return points


def _by_age(days: Sequence[date], through: date | None, window: int) -> dict[int, list[date]]:
    """Days by the last age they have reached; those that have reached the window are in none."""
    found: dict[int, list[date]] = defaultdict(list)
    if through is not None:
        for day in days:
            age = (through - day).days
            if age < window:
                found[max(age, -1)].append(day)
    return found


def _fallen(cells: Iterable[Cell], by_age: Mapping[int, list[date]], window: int) -> dict[int, int]:
    """Fen that leave the sum of reached days at an age, because their day never gets there."""
    last_age = {day: age for age, days in by_age.items() for day in days}
    fallen: dict[int, int] = defaultdict(int)
    for day, lag, fen in cells:
        age = last_age.get(day)
        if age is not None and lag <= window:
            fallen[max(age + 1, lag)] += fen
    return fallen


def spans(period: Period) -> list[Period]:
    """The period cut into its weeks (from Monday), or into its months when it is long."""
    starts = [
        day
        for day in period
        if day == period.start or (day.weekday() == 0 if period.days <= WEEKS_UP_TO else day.day == 1)
    ]
    return [Period(start, end) for start, end in zip(starts, [*starts[1:], period.end], strict=True)]


def cohorts(
    cells: Sequence[Cell],
    costs: Mapping[date, int] | None,
    parts: Iterable[Period],
    *,
    window: int,
    through: date | None,
    foresight: Foresight | None,
) -> list[Cohort]:
    """One cohort for each part."""
    by_day: dict[date, list[tuple[int, int]]] = defaultdict(list)
    for day, lag, fen in cells:
        if lag <= window:
            by_day[day].append((lag, fen))
    return [_cohort(part, by_day, costs, window, through, foresight) for part in parts]


def _cohort(
    part: Period,
    by_day: Mapping[date, list[tuple[int, int]]],
    costs: Mapping[date, int] | None,
    window: int,
    through: date | None,
    foresight: Foresight | None,
) -> Cohort:
    inside = {day: by_day.get(day, []) for day in part}
    youngest = window if through is None else (through - part.last).days
    stated = [costs[day] for day in part if day in costs] if costs is not None else []
    return Cohort(
        start=part.start,
        last=part.last,
        cost=sum(stated) if stated else None,
        credited=sum(fen for cells in inside.values() for _, fen in cells),
        at={
            mark: sum(fen for cells in inside.values() for lag, fen in cells if lag <= mark)
            for mark in marks(window)
            if mark <= youngest
        },
        final=_final(inside, through, foresight),
    )


def _final(
    inside: Mapping[date, list[tuple[int, int]]], through: date | None, foresight: Foresight | None
) -> Final | None:
    if foresight is None or through is None:
        return None
    days = [((through - day).days, sum(fen for _, fen in cells)) for day, cells in inside.items()]
    return foretold(foresight.arrival, days, mean_order=foresight.mean_order, dispersion=foresight.dispersion)


def history(through: date, window: int) -> Period:
    """Touch days that the arrival of credit is learned from: half a window and 60 days more than the window,
    so that late orders are known of some days and quick ones of many."""
    return Period(through - timedelta(days=window + window // 2 + 60), through + timedelta(days=1))
