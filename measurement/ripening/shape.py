"""Which share of the orders of a touch has come in after so many days (pure).

Credit ends with the decision cycle, so the share reaches one there. Between, a learned cycle gives its own
quantiles; a published or hand-set one is a single number, and then the plainest shape that has one number
is taken: a constant rate of buying, of which 95 % fall inside the cycle.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import exp, log


@dataclass(frozen=True, slots=True)
class Shape:
    """``points`` are (days, share) rising from (0, 0) to (cycle, 1); between them, straight lines."""

    points: tuple[tuple[float, float], ...]
    learned: bool

    @property
    def cycle_days(self) -> float:
        return self.points[-1][0]

    def share(self, days: float) -> float:
        """The share that is in after this many days."""
        if days <= 0:
            return 0.0
        if days >= self.cycle_days:
            return 1.0
        place = bisect_right([point[0] for point in self.points], days)
        (left, low), (right, high) = self.points[place - 1], self.points[place]
        return low + (high - low) * (days - left) / (right - left)


def by_length(cycle_days: int) -> Shape:
    """The shape of a cycle of which only the length is known."""
    rate = log(20) / cycle_days
    whole = 1 - exp(-rate * cycle_days)
    inside = tuple((float(day), (1 - exp(-rate * day)) / whole) for day in range(1, cycle_days))
    return Shape(((0.0, 0.0), *inside, (float(cycle_days), 1.0)), learned=False)


def by_quantiles(quantiles: Mapping[float, float], cycle_days: int) -> Shape:
    """The shape through learned quantiles {share: days}, cut off where credit ends. Quantiles that do not
    rise raise ``ValueError``."""
    known = [(0.0, 0.0), *((float(days), share) for share, days in sorted(quantiles.items()))]
    if any(after[0] <= before[0] or not 0 < after[1] < 1 for before, after in pairwise(known)):
        raise ValueError("quantiles rise with their share")
    inside = [point for point in known if point[0] < cycle_days]
    beyond = [point for point in known if point[0] >= cycle_days]
    if beyond:
        (left, low), (right, high) = inside[-1], beyond[0]
        whole = low + (high - low) * (cycle_days - left) / (right - left)
    else:  # the cycle goes on past the last quantile: the rest falls between
        whole = 1.0
    points = [(days, share / whole) for days, share in inside]
    return Shape((*points, (float(cycle_days), 1.0)), learned=True)


@dataclass(frozen=True, slots=True)
class Cohort:
    """What was spent on which day, in fen, and the shape in which its orders come in."""

    spent: tuple[tuple[date, int], ...]
    shape: Shape

    @property
    def fen(self) -> int:
        return sum(fen for _, fen in self.spent)

    def exposure(self, through: date) -> float:
        """Fen whose orders are in by the end of ``through``, were orders to follow money in that shape."""
        return sum(fen * self.shape.share((through - day).days) for day, fen in self.spent)

    def share(self, through: date) -> float | None:
        """The share of its orders that is in by then; None without money."""
        return self.exposure(through) / self.fen if self.fen > 0 else None

    def day_of(self, share: float) -> date | None:
        """The first day by whose end this share of the orders of what has been spent is in."""
        if self.fen <= 0:
            return None
        day = self.spent[0][0]
        last = self.spent[-1][0] + timedelta(days=int(self.shape.cycle_days) + 1)
        while day < last and (self.share(day) or 0.0) < share:
            day += timedelta(days=1)
        return day


def cohort(spent: Sequence[tuple[date, int]], shape: Shape) -> Cohort:
    """Days in order; days without money, and what came back, are left out."""
    return Cohort(tuple(sorted((day, fen) for day, fen in spent if fen > 0)), shape)
