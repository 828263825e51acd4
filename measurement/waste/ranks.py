"""Ranks with intervals: which rows can be told apart, all pairs at once (pure, numpy).

The differences of all pairs are judged together: the largest studentised difference of each draw gives one
critical value for all of them (Mogstad, Romano, Shaikh and Wilhelm, Review of Economic Studies 91, 2024,
476-518), so with 95 % not one pair is told apart wrongly. A row's best rank is one behind the rows surely
above it, its worst is before the rows surely below it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from measurement.computed import computes
from measurement.waste.draws import LEVEL, Sums

RANKED = 100  # rows; pairs grow with the square

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rank:
    """Place by the figure, the best and the worst it may be; ``alike``: rows it cannot be told apart from."""

    place: int
    best: int
    worst: int

    @property
    def alike(self) -> int:
        return self.worst - self.best


@computes("rank_interval")
def ranks(drawn: Sums, less: Floats, rows: list[int]) -> list[Rank]:
    """Ranks of the chosen rows, the highest first, by their sum less ``less`` (fen of all rows)."""
    if not rows:
        return []
    chosen = np.asarray(rows)
    net = drawn.seen[chosen] - less[chosen]
    apart = drawn.drawn[chosen] + drawn.more[chosen]
    apart = apart - apart.mean(axis=1, keepdims=True)
    first, second = np.triu_indices(len(rows), 1)
    surely = np.zeros((len(rows), len(rows)), dtype=bool)
    if len(first):
        spread, critical = _critical(apart, first, second)
        above = (net[first] - net[second]) > critical * spread
        below = (net[second] - net[first]) > critical * spread
        surely[first[above], second[above]] = True
        surely[second[below], first[below]] = True
    place = np.empty(len(rows), dtype=int)
    place[np.argsort(-net, kind="stable")] = np.arange(1, len(rows) + 1)
    return [
        Rank(int(place[n]), 1 + int(surely[:, n].sum()), len(rows) - int(surely[n].sum()))
        for n in range(len(rows))
    ]


def _critical(
    apart: Floats, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]
) -> tuple[Floats, float]:
    """The standard error of each pair's difference, and the critical value of all pairs together."""
    covariance = apart @ apart.T / apart.shape[1]
    own = np.diag(covariance)
    spread = np.sqrt(np.maximum(own[first] + own[second] - 2 * covariance[first, second], 1e-9))
    largest = np.zeros(apart.shape[1])
    for start in range(0, len(first), 500):
        part = slice(start, start + 500)
        gaps = np.abs(apart[first[part]] - apart[second[part]]) / spread[part, None]
        np.maximum(largest, gaps.max(axis=0), out=largest)
    return spread, float(np.quantile(largest, LEVEL))
