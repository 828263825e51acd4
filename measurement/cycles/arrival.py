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

from measurement.computed import computes
from measurement.metrics import gamma_end
from merchants.shares import TWO_SIDED_95

LEAST_ORDERS = 30
TELLING = 0.2  # a day with a smaller share in does not tell its own end


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


@computes("credit_in", "final_range")
def foretold(
    arrival: Arrival, days: Iterable[tuple[int, int]], *, mean_order: float, dispersion: float = 1.0
) -> Final | None:
    """Where touch days, each (age, fen in), will end together. None while no day is old enough to tell.

    With G of its age, a day's credit c ends at c / G. A day of which less than ``TELLING`` is in says nothing
    of its own end: it is taken to end where the others end on the mean. The variance of what is to come has
    four parts, an order's size Y counting with E(Y²) / E(Y) = ``mean_order`` × ``dispersion``:

        Σ rest · size               chance of the orders to come (compound Poisson)
        Σ ((1 − G) / G)² c · size   chance of those that came
        (Σ c / G · σ(log G))²       doubt of G; one curve, so that its errors move together
        Σ var(ends)                 of the young days, how far days lie apart

    The range is that of a gamma distribution of this mean and variance.
    """
    known = [(*arrival.at(age), fen) for age, fen in days]
    telling = [(share, doubt, fen) for share, doubt, fen in known if share >= TELLING]
    young = [share for share, _, _ in known if share < TELLING]
    credited = sum(fen for _, _, fen in known)
    ends = [fen / share for share, _, fen in telling]
    if not ends or credited <= 0:
        return None
    usual, size = sum(ends) / len(ends), mean_order * dispersion
    rest = sum(ends) - sum(fen for _, _, fen in telling) + sum(usual * (1 - share) for share in young)
    if rest <= 0:
        return Final(credited, credited, credited, 1.0)
    chance = sum(((1 - share) / share) ** 2 * fen * size for share, _, fen in telling)
    doubt = sqrt(dispersion) * sum(fen / share * sqrt(doubt) for share, doubt, fen in telling)
    apart = sum((end - usual) ** 2 for end in ends) / (len(ends) - 1) if len(ends) > 1 else usual**2
    variance = rest * size + chance + doubt**2 + len(young) * apart
    low, high = (gamma_end(rest, variance, z) for z in (-TWO_SIDED_95, TWO_SIDED_95))
    whole = sum(ends) + usual * len(young)
    return Final(credited + round(rest), credited + int(low), credited + int(high) + 1, credited / whole)
