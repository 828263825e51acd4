"""Least squares whose errors may wander, swing and remember (pure).

The errors of a daily series are a sum of three: an autoregression of order 1, a level that wanders (a
random walk) and a trend whose slope wanders (an integrated one): the structural model of Harvey
(Forecasting, Structural Time Series Models and the Kalman Filter, 1989, ch. 2). Its covariance is
diagonal in the cosine transform of the series: exactly for the wandering level whose start is free, to the
order of 1/n for the rest. There the fit is weighted least squares with the weights 1/s(ω),

    s(ω) = (1 − ρ)² / (1 − 2ρ cos ω + ρ²) + λ² / (2 − 2 cos ω) + κ² / (2 − 2 cos ω)²

How strong the three are is not known, and to take the best guess for the truth makes intervals too short.
So the fit is made for every (ρ, λ, κ) of a grid, each is weighted by its restricted likelihood (REML), and
the interval is that of the mixture of the t-distributions. All of it is exact algebra: nothing is drawn, the
same series gives the same interval. ``tests`` hold it against the exact state-space model of statsmodels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

REMEMBERED = (-0.2, 0.0, 0.2, 0.4, 0.6, 0.75, 0.87)
WANDERING = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
BENDING = (0.0, 0.0005, 0.002, 0.005, 0.015, 0.05)


@cache
def spectra(days: int) -> Floats:
    """s(ω) of every grid point at the frequencies πk/n, k = 1 … n − 1; shape (points, days − 1)."""
    cosine = np.cos(np.pi * np.arange(1, days) / days)
    swing = 2 - 2 * cosine
    grid = [(r, w, b) for r in REMEMBERED for w in WANDERING for b in BENDING]
    r, w, b = (np.array(column)[:, None] for column in zip(*grid, strict=True))
    spectrum = (1 - r) ** 2 / (1 - 2 * r * cosine + r * r) + w**2 / swing + b**2 / swing**2
    return np.asarray(spectrum)


def cosines(values: Floats) -> Floats:
    """The orthonormal cosine transform along the first axis without its constant: the level is free."""
    from scipy.fft import dct

    return np.asarray(dct(values, type=2, norm="ortho", axis=0))[1:]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient: a mixture of t-distributions with ``freedom`` degrees, one for each grid point and
    choice of regressor; arrays of shape (points, choices)."""

    chance: Floats
    centre: Floats
    scale: Floats
    freedom: int

    @property
    def mean(self) -> float:
        return float((self.chance * self.centre).sum())

    @property
    def deviation(self) -> float:
        return float(np.sqrt((self.chance * (self.scale**2 + (self.centre - self.mean) ** 2)).sum()))

    def below(self, value: float) -> float:
        """The probability that the coefficient lies below a value."""
        from scipy.special import stdtr

        return float((self.chance * stdtr(self.freedom, (value - self.centre) / self.scale)).sum())

    def quantile(self, share: float) -> float:
        from scipy.optimize import brentq

        reach = 12 * self.deviation + 1e-300
        while self.below(self.mean - reach) > share or self.below(self.mean + reach) < share:
            reach *= 2
        return float(
            brentq(lambda v: self.below(v) - share, self.mean - reach, self.mean + reach, xtol=1e-9 * reach)
        )

    def interval(self) -> tuple[float, float]:
        return self.quantile(0.025), self.quantile(0.975)

    @property
    def excludes_zero(self) -> bool:
        return not 0.025 <= self.below(0.0) <= 0.975


class Fit:
    """The baseline fitted once for every grid point; regressors of interest are added one at a time.

    ``outcome`` has shape (days,), ``baseline`` (days, columns) without a constant; its columns must not be
    linearly dependent. ``points`` picks grid points, all when it is None.
    """

    def __init__(self, outcome: Floats, baseline: Floats, points: NDArray[np.intp] | None = None) -> None:
        self.days = len(outcome)
        self.y, self.x = cosines(outcome), cosines(baseline)
        spectrum = spectra(self.days) if points is None else spectra(self.days)[points]
        self.w = 1.0 / spectrum
        columns = self.x.shape[1]
        products = (self.x[:, :, None] * self.x[:, None, :]).reshape(len(self.x), -1)
        normal = (self.w @ products).reshape(-1, columns, columns)
        self.root = np.linalg.inv(np.linalg.cholesky(normal))
        self.xy = (self.root @ (self.w @ (self.x * self.y[:, None]))[:, :, None])[:, :, 0]
        self.rest = np.maximum(self.w @ self.y**2 - (self.xy**2).sum(axis=1), 1e-300)
        self.freedom = self.days - 2 - columns
        volume = np.log(np.diagonal(self.root, axis1=1, axis2=2)).sum(axis=1)
        self.log_volume = volume - 0.5 * np.log(spectrum).sum(axis=1)

    def likely(self, least: float = 1e-4) -> NDArray[np.intp]:
        """The grid points that have a chance of at least ``least`` of the best one's."""
        log_chance = self.log_volume - 0.5 * (self.freedom + 1) * np.log(self.rest)
        return np.flatnonzero(log_chance >= log_chance.max() + np.log(least))

    def with_one_of(self, regressors: Floats) -> Coefficient:
        """The coefficient of one more regressor, which is one of the columns of ``regressors``: shape (days,
        choices). The choices are equally likely beforehand, so they must be in one unit."""
        z = cosines(regressors)
        crossed = np.einsum("fi,fj->fij", self.x, z).reshape(len(z), -1)
        xz = self.root @ (self.w @ crossed).reshape(len(self.w), self.x.shape[1], -1)
        left = np.maximum(self.w @ z**2 - (xz**2).sum(axis=1), 1e-300)
        zy = self.w @ (z * self.y[:, None]) - (xz * self.xy[:, :, None]).sum(axis=1)
        rest = np.maximum(self.rest[:, None] - zy**2 / left, 1e-300)
        log_chance = self.log_volume[:, None] - 0.5 * (np.log(left) + self.freedom * np.log(rest))
        chance = np.exp(log_chance - log_chance.max())
        return Coefficient(
            chance / chance.sum(), zy / left, np.sqrt(rest / self.freedom / left), self.freedom
        )
