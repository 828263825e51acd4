"""How much of a cohort's credit is in at an age, and how much is still to come (pure).

Credit arrives with the orders: of a day's touches, the part whose orders came within a days is in at age a.
G(a) is that part of the final credit. Young days have shown their quick orders only, so G is not read off
what is there (that would be too quick): it is built from the far end, each day being used for the ages it
has reached. With h(x) = credit of lag x ÷ credit of lags 0..x, both over the days older than x:

    G(X) = 1,   G(x − 1) = G(x) · (1 − h(x))            X: the window of credit

This is the product-limit estimate with time reversed for right-truncated lags (Lagakos, Barraj and De
Gruttola, Biometrika 75, 1988, 515-523), known to actuaries as the chain ladder. The variance of log G is
Greenwood's sum, Σ h / ((1 − h) n), n in orders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from measurement.metrics import TWO_SIDED_95, gamma_end

LEAST_ORDERS = 30
EARLIEST = 0.05  # below this share nothing is foretold


@dataclass(frozen=True, slots=True)
class Arrival:
    """``shares`` is G(a) for a = 0..X, ``variances`` those of log G(a)."""

    shares: tuple[float, ...]
    variances: tuple[float, ...]

    def at(self, age: int) -> tuple[float, float]:
        """G and the variance of its logarithm at an age in days; nothing is in before age 0."""
        if age < 0:
            return 0.0, 0.0
        place = min(age, len(self.shares) - 1)
        return self.shares[place], self.variances[place]


@dataclass(frozen=True, slots=True)
class Final:
    """What a cohort is expected to come to, with its 95 % range, in fen; and the share that is in."""

    expected: int
    low: int
    high: int
    share: float


def learn_arrival(cells: Iterable[tuple[int, int, int]], *, window: int, mean_order: float) -> Arrival | None:
    """The arrival of credit from (age of the touch day, lag of the order, fen). None when fewer than
    ``LEAST_ORDERS`` orders' worth is known, or no day is as old as the window."""
    by_lag: dict[int, int] = defaultdict(int)
    rows = [(age, lag, fen) for age, lag, fen in cells if 0 <= lag <= min(age, window)]
    oldest = max((age for age, _, _ in rows), default=-1)
    if oldest < window or mean_order <= 0 or sum(fen for _, _, fen in rows) < LEAST_ORDERS * mean_order:
        return None
    # credit of lags up to x over days of age x or more: a row counts for x from its lag to its age
    starts: dict[int, int] = defaultdict(int)
    for age, lag, fen in rows:
        by_lag[lag] += fen
        starts[lag] += fen
        starts[age + 1] -= fen
    known, sums = 0, []
    for x in range(window + 1):
        known += starts[x]
        sums.append(known)
    shares, variances = [1.0], [0.0]
    for x in range(window, 0, -1):
        hazard = by_lag[x] / sums[x] if sums[x] > 0 else 0.0
        hazard = min(hazard, 1 - 1e-9)
        shares.append(shares[-1] * (1 - hazard))
        orders = sums[x] / mean_order
        variances.append(variances[-1] + (hazard / ((1 - hazard) * orders) if orders > 0 else 0.0))
    return Arrival(tuple(reversed(shares)), tuple(reversed(variances)))


def share_in(arrival: Arrival, days: Iterable[tuple[int, float]]) -> tuple[float, float]:
    """The share of a cohort that is in, and the variance of its logarithm, from (age, weight) of its days.
    Errors of one curve move together, so their standard deviations are averaged."""
    pairs = [(arrival.at(age), weight) for age, weight in days if weight > 0]
    total = sum(weight for _, weight in pairs)
    if total <= 0:
        return 0.0, 0.0
    share = sum(found[0] * weight for found, weight in pairs) / total
    if share <= 0:
        return 0.0, 0.0
    deviation = sum(found[0] * sqrt(found[1]) * weight for found, weight in pairs) / total / share
    return share, deviation**2


def foretold(
    credited: int, share: float, log_variance: float, *, mean_order: float, dispersion: float = 1.0
) -> Final | None:
    """Where a cohort with ``credited`` fen in, a ``share`` of its final credit, will end.

    What is still to come has the mean r = credited (1 − share) / share. Its variance has three parts: chance
    of the orders to come (compound Poisson, r per order of mean size, times E(Y²) / E(Y)² =
    ``dispersion``), chance of those that came, and doubt of the share. The range is that of a gamma
    distribution of this mean and variance. None while too little is in to tell.
    """
    if credited <= 0 or share < EARLIEST:
        return None
    if share >= 1:
        return Final(credited, credited, credited, 1.0)
    rest = credited * (1 - share) / share
    size = mean_order * dispersion
    variance = (
        rest * size + ((1 - share) / share) ** 2 * credited * size + (credited / share) ** 2 * log_variance
    )
    low, high = (gamma_end(rest, variance, z) for z in (-TWO_SIDED_95, TWO_SIDED_95))
    return Final(credited + round(rest), credited + int(low), credited + int(high) + 1, share)
