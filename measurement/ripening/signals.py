"""What early signals were worth in the past: their rank correlation with orders (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh

from measurement.computed import computes
from merchants.shares import TWO_SIDED_95

LEAST = 10  # past cohorts
EARLY_DAYS = 7


@dataclass(frozen=True, slots=True)
class Relation:
    """Spearman's rank correlation of the signal for each yuan by day 7 with orders for each yuan in the end,
    its 95 % interval, and the number of past cohorts. All None but ``n`` below :data:`LEAST` of them."""

    rho: float | None
    low: float | None
    high: float | None
    n: int

    @property
    def tells(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@computes("signal_relation")
def relation(early: Sequence[float], final: Sequence[float]) -> Relation:
    """The interval by Fisher's z with the variance of Bonett and Wright (Psychometrika 65, 2000, 23-28):
    (1 + ρ²/2) ÷ (n − 3). A signal that never varies tells nothing: like too few."""
    n = len(early)
    if n < LEAST or len(set(early)) == 1 or len(set(final)) == 1:
        return Relation(None, None, None, n)
    rho = _pearson(_ranks(early), _ranks(final))
    bounded = max(-0.9999, min(0.9999, rho))
    half = TWO_SIDED_95 * sqrt((1 + bounded**2 / 2) / (n - 3))
    centre = atanh(bounded)
    return Relation(rho, tanh(centre - half), tanh(centre + half), n)


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            found[place] = (start + end) / 2 + 1
        start = end + 1
    return found


def _pearson(left: Sequence[float], right: Sequence[float]) -> float:
    n = len(left)
    mean_left, mean_right = sum(left) / n, sum(right) / n
    together = sum((a - mean_left) * (b - mean_right) for a, b in zip(left, right, strict=True))
    size_left = sum((a - mean_left) ** 2 for a in left)
    size_right = sum((b - mean_right) ** 2 for b in right)
    return together / sqrt(size_left * size_right)
