"""How long after an exposure people order, as weights per day (pure).

The shape is not fitted freely: it is the decision cycle of the category, known as two quantiles, P50 and
P95. Two quantiles leave open how the waiting time is spread between and beyond them, and estimates depend
on it: with the one shape where the other is true, intervals that ought to cover 95 % covered 5 % in
simulations. So both usual shapes stand, and the data weigh them:

- the log-normal, zero at once after the exposure, then rising, with a long tail: what waiting times are
  that are a product of many small delays;
- the Weibull, which begins at its highest as soon as P95 is more than ln 20 / ln 2 = 4.3 times P50: many
  order at once, the others decide for long.

A published or learned cycle is not exact either, so each shape also stands 15 % quicker and slower, and with exposures
early in the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import exp, isfinite, log

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Z95 = 1.6448536269514722  # the 95 % point of the normal distribution
Z80 = 0.8416212335729143  # the 80 % point
USUAL_SIGMA = 0.8
LONGEST_DAYS = 1_500


@dataclass(frozen=True, slots=True)
class Cycle:
    """The decision cycle: half of the orders come within ``p50`` days, 95 % within ``p95``. Raises
    ``ValueError`` unless 0 < P50 < P95 ≤ 1500."""

    p50: float
    p95: float

    def __post_init__(self) -> None:
        if not (isfinite(self.p50) and isfinite(self.p95)):
            raise ValueError("the cycle's P50 and P95 are numbers of days")
        if self.p50 <= 0:
            raise ValueError(f"P50 is {self.p50:g} days; it must be above 0")
        if self.p95 <= self.p50:
            raise ValueError(f"P50 ({self.p50:g}) must be below P95 ({self.p95:g})")
        if self.p95 > LONGEST_DAYS:
            raise ValueError(f"P95 is {self.p95:g} days; at most {LONGEST_DAYS} can be worked with")

    @classmethod
    def of_length(cls, days: int) -> Cycle:
        """The cycle of a category of which only a length is published or set: that is taken for P80, with the
        spread σ = 0.8 of the log-normal that is usual; P50 is then 0.51 and P95 1.90 times it."""
        p50 = days * exp(-Z80 * USUAL_SIGMA)
        return cls(p50, min(p50 * exp(Z95 * USUAL_SIGMA), LONGEST_DAYS))

    @property
    def sigma(self) -> float:
        return log(self.p95 / self.p50) / Z95


class Shape(StrEnum):
    LOG_NORMAL = "log_normal"
    WEIBULL = "weibull"


@dataclass(frozen=True, slots=True)
class Lag:
    """A shape, how much slower than the stated cycle it is, and the mean time of day of an exposure."""

    shape: Shape
    pace: float = 1.0
    hour: float = 0.5


LAGS = tuple(
    Lag(shape, pace, hour)
    for shape in Shape
    for pace, hour in ((1.0, 0.5), (1.0, 0.0), (1 / 1.15, 0.5), (1.15, 0.5))
)
"""The lags that are weighed; the first is the plain one."""


def weights(cycle: Cycle, days: int, lag: Lag = LAGS[0]) -> Floats:
    """Share of the orders that come k days after the day of the exposure, k = 0 … days − 1.

    The day of the order is floor(U + L), with U the time of day, uniform and one day wide, and L the waiting
    time: the share of day k is G(k+1−u) − 2G(k−u) + G(k−1−u), where G is the integral of the distribution
    function of L and u the beginning of U. Nothing is scaled up to 1: what comes after the last day is
    missing.
    """
    ends = np.arange(-1, days + 1, dtype=np.float64) - (lag.hour - 0.5)
    integral = _log_normal if lag.shape == Shape.LOG_NORMAL else _weibull
    return np.maximum(np.diff(integral(cycle, np.maximum(ends / lag.pace, 0.0)) * lag.pace, n=2), 0.0)


def _log_normal(cycle: Cycle, ends: Floats) -> Floats:
    """∫₀ˣ F(l) dl = x·Φ(d) − mean·Φ(d − σ), d = (ln x − ln P50)/σ."""
    from scipy.special import ndtr

    sigma = max(cycle.sigma, 1e-6)
    positive = np.maximum(ends, 1e-300)
    d = (np.log(positive) - log(cycle.p50)) / sigma
    return np.asarray(positive * ndtr(d) - cycle.p50 * exp(sigma * sigma / 2) * ndtr(d - sigma))


def _weibull(cycle: Cycle, ends: Floats) -> Floats:
    """∫₀ˣ F(l) dl = x − η·Γ(1 + 1/k)·P(1/k, (x/η)ᵏ), P the regularised lower gamma function."""
    from scipy.special import gamma, gammainc

    k = log(log(20) / log(2)) / log(cycle.p95 / cycle.p50)
    eta = cycle.p50 / log(2) ** (1 / k)
    with np.errstate(over="ignore"):
        reached = gammainc(1 / k, (ends / eta) ** k)
    return np.asarray(ends - eta * gamma(1 + 1 / k) * reached)


def ripening(exposure: Floats, cycle: Cycle) -> Floats:
    """The exposure as it ripens under each of :data:`LAGS`: every day's exposure, spread over the days when
    its orders come. Shape (days, lags)."""
    from scipy.signal import fftconvolve

    days = len(exposure)
    return np.asarray(np.maximum(fftconvolve(exposure[:, None], _spread(cycle, days), axes=0)[:days], 0.0))


@lru_cache(maxsize=8)
def _spread(cycle: Cycle, days: int) -> Floats:
    return np.column_stack([weights(cycle, days, lag) for lag in LAGS])


def still_open(cycle: Cycle, days: int) -> Floats:
    """Share of the orders of an exposure just before the first day that come later than day t."""
    return 1.0 - np.cumsum(weights(cycle, days))
