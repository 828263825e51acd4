"""What is kept of an arm: numbers of people, means, spreads. Enough for every read-out of a holdout (pure).

The database sums up a million people into a row of these; a file does the same. Sums of fen are exact
integers, so the spread is exact before it becomes a float.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum


@dataclass(frozen=True, slots=True)
class Moments:
    """An arm: ``n`` people, mean and sample variance (n − 1) of the outcome y and of the covariate x, and
    their sample covariance. The parts of x are None where there is no covariate."""

    n: int
    mean: float
    variance: float
    x_mean: float | None = None
    x_variance: float | None = None
    covariance: float | None = None


def of_values(y: Sequence[float], x: Sequence[float] | None = None) -> Moments:
    """Moments of single people, two at least (``ValueError``)."""
    n = len(y)
    if n < 2:
        raise ValueError("An arm needs at least two people.")
    mean = fsum(y) / n
    variance = fsum((value - mean) ** 2 for value in y) / (n - 1)
    if x is None:
        return Moments(n, mean, variance)
    x_mean = fsum(x) / n
    return Moments(
        n,
        mean,
        variance,
        x_mean,
        fsum((value - x_mean) ** 2 for value in x) / (n - 1),
        fsum((a - mean) * (b - x_mean) for a, b in zip(y, x, strict=True)) / (n - 1),
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """An arm as the database sums it: n, Σy, Σy², Σx, Σx², Σxy in whole units (fen, orders)."""

    n: int
    y: int
    yy: int
    x: int
    xx: int
    xy: int

    def moments(self, unit: int = 1) -> Moments:
        """Moments in units of ``unit`` (100: fen to yuan). Two people at least (``ValueError``)."""
        if self.n < 2:
            raise ValueError("An arm needs at least two people.")
        spread = Fraction(1, (self.n - 1) * unit * unit)
        return Moments(
            self.n,
            self.y / self.n / unit,
            float((self.yy - Fraction(self.y * self.y, self.n)) * spread),
            self.x / self.n / unit,
            float((self.xx - Fraction(self.x * self.x, self.n)) * spread),
            float((self.xy - Fraction(self.x * self.y, self.n)) * spread),
        )


def together(one: Moments, other: Moments) -> Moments:
    """Both arms as one group of people (both with a covariate, or ``ValueError``)."""
    n = one.n + other.n
    mean = (one.n * one.mean + other.n * other.mean) / n
    between = one.n * other.n / n
    variance = ((one.n - 1) * one.variance + (other.n - 1) * other.variance) / (n - 1)
    variance += between * (one.mean - other.mean) ** 2 / (n - 1)
    parts = (one.x_mean, one.x_variance, one.covariance, other.x_mean, other.x_variance, other.covariance)
    if None in parts:
        raise ValueError("Both arms need the covariate.")
    x_a, xx_a, xy_a, x_b, xx_b, xy_b = (float(part or 0) for part in parts)
    return Moments(
        n,
        mean,
        variance,
        (one.n * x_a + other.n * x_b) / n,
        ((one.n - 1) * xx_a + (other.n - 1) * xx_b + between * (x_a - x_b) ** 2) / (n - 1),
        ((one.n - 1) * xy_a + (other.n - 1) * xy_b + between * (x_a - x_b) * (one.mean - other.mean))
        / (n - 1),
    )
