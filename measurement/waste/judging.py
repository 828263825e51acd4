"""From what people were worth to rows, and what the rows cost, to classes (pure, numpy)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from measurement import metrics
from measurement.computed import computes
from measurement.metrics import Interval, Verdict
from measurement.waste.draws import Sums
from measurement.waste.need import Need, to_know
from measurement.waste.ranks import RANKED, Rank, ranks
from measurement.waste.shrinkage import Shrunk, shrunk

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spent:
    """A row to judge: its full cost in fen (None: not stated) and its maturity."""

    key: str
    cost: int | None
    maturity: Decimal | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What can be said of a row. ``net`` is the interval of return less full cost, None without a cost."""

    key: str
    returned: int
    people: int
    net: Interval | None = None
    verdict: Verdict | None = None
    shrunk: Shrunk | None = None
    rank: Rank | None = None
    need: Need | None = None


@computes("net_return")
def judge(rows: Sequence[Spent], drawn: Sums, *, days: int) -> list[Judged]:
    """Judges the rows of one dimension together, so that they can be compared; ``drawn`` are their sums, row
    by row, ``days`` is the length of the span."""
    cost = np.array([float(one.cost or 0) for one in rows])
    priced = [place for place, one in enumerate(rows) if one.cost is not None and one.cost > 0]
    drawn_in = dict(zip(priced, _shrunk(drawn, cost, priced), strict=True))
    ranked = sorted(priced, key=lambda place: (-cost[place], rows[place].key))[:RANKED]
    places_of = dict(zip(ranked, ranks(drawn, cost, ranked), strict=True))
    return [
        _judged(one, place, drawn, days, drawn_in.get(place), places_of.get(place))
        for place, one in enumerate(rows)
    ]


def _judged(
    one: Spent, place: int, drawn: Sums, days: int, drawn_in: Shrunk | None, rank: Rank | None
) -> Judged:
    returned, people = round(drawn.seen[place]), int(drawn.people[place])
    if drawn_in is None or one.cost is None:
        return Judged(one.key, returned, people)
    low, high = drawn.interval(place)
    net = Interval(int(np.floor(low)) - one.cost, int(np.ceil(high)) - one.cost)
    verdict = metrics.verdict(net, one.maturity)
    need = None
    if verdict == Verdict.UNPROVEN:
        variance = float(drawn.squares[place]) + drawn.next_person**2
        need = to_know(returned - one.cost, variance, people, days)
    return Judged(one.key, returned, people, net, verdict, drawn_in, rank, need)


def _shrunk(drawn: Sums, cost: Floats, rows: list[int]) -> list[Shrunk]:
    rates = [float(drawn.seen[place] / cost[place]) for place in rows]
    variances = [float((drawn.squares[place] + drawn.next_person**2) / cost[place] ** 2) for place in rows]
    return shrunk(rates, variances)
