"""How many orders a campaign should have by now, by the merchant's own other campaigns (pure).

Orders for each yuan differ between campaigns. The others give a mean rate and how far rates lie apart
(gamma, by moments); a new campaign's count by day t is then negative binomial over the money whose orders
should be in by t. Fewer than :data:`LEAST` others: not enough past, and no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from measurement.computed import computes

LEAST = 5  # other campaigns
TAIL = 0.1  # the band holds 80 of 100 such campaigns


@dataclass(frozen=True, slots=True)
class Past:
    """Another campaign: orders so far, and the fen whose orders are in by now."""

    orders: int
    exposure: float


@dataclass(frozen=True, slots=True)
class Rate:
    """Orders for each fen: the mean of campaigns, the variance of a further one around it (how campaigns
    differ, and how well the mean itself is known)."""

    mean: float
    variance: float
    campaigns: int


@dataclass(frozen=True, slots=True)
class Expected:
    orders: float
    low: int
    high: int


def rate_of(past: Sequence[Past]) -> Rate | None:
    """The rate of the others; None below :data:`LEAST` of them, or where none has an order."""
    known = [one for one in past if one.exposure > 0]
    exposure = sum(one.exposure for one in known)
    orders = sum(one.orders for one in known)
    if len(known) < LEAST or orders == 0:
        return None
    mean = orders / exposure
    scatter = sum(one.exposure * (one.orders / one.exposure - mean) ** 2 for one in known)
    spread = exposure - sum(one.exposure**2 for one in known) / exposure
    between = max(0.0, (scatter - (len(known) - 1) * mean) / spread) if spread > 0 else 0.0
    of_mean = between * sum(one.exposure**2 for one in known) / exposure**2 + mean / exposure
    return Rate(mean, between + of_mean, len(known))


@computes("share_in", "expected_orders")
def expected(rate: Rate, exposure: float) -> Expected:
    """What a campaign with this much ripe money should have, and the band of it."""
    from scipy.stats import nbinom, poisson

    mean = rate.mean * exposure
    extra = rate.variance * exposure**2
    if mean <= 0:
        return Expected(0.0, 0, 0)
    if extra <= mean * 1e-9:
        low, high = poisson.ppf([TAIL, 1 - TAIL], mean)
    else:
        size = mean**2 / extra
        low, high = nbinom.ppf([TAIL, 1 - TAIL], size, size / (size + mean))
    return Expected(mean, int(low), int(high))
