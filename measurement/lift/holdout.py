"""Read-out of a holdout: treated less held back, plain and with the past taken out (pure; workers and commands).

Plain: Welch (Biometrika 34, 1947, 28-35), unequal variances, Satterthwaite's degrees of freedom.
CUPED (Deng, Xu, Kohavi, Walker, WSDM 2013): y − θ (x − x̄), θ = cov(x, y) / var(x), x̄ and θ over all users of
both arms taken together; then Welch on the adjusted values. θ is taken as known: at thousands of users its
own uncertainty adds less than 1/n to the variance.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from measurement.computed import computes
from measurement.lift.moments import Moments, together

CONFIDENCE = 0.95
SAMPLE_RATIO_ALARM = 0.001
"""Below this the split is broken: the usual alarm of sample-ratio checks, far below chance of a day."""


@dataclass(frozen=True, slots=True)
class Readout:
    """Means of both arms, treatment − control with its 95 % interval and two-sided p. ``relative`` is
    effect ÷ control, None where control is not above zero."""

    control: float
    treatment: float
    effect: float
    relative: float | None
    ci: tuple[float, float]
    p: float
    error: float  # standard error of the effect


class NoVariance(ValueError):
    """Everybody has the same value: there is nothing to compare."""


def plain(control: Moments, treatment: Moments) -> Readout:
    """Raises :class:`NoVariance` when no arm has any spread."""
    return _welch(control.n, control.mean, control.variance, treatment.n, treatment.mean, treatment.variance)


def cuped(control: Moments, treatment: Moments) -> Readout:
    """The same with the covariate taken out. Raises :class:`NoVariance` also for a covariate without spread,
    ``ValueError`` without one."""
    slope = theta(control, treatment)
    centre = float(together(control, treatment).x_mean or 0)

    def adjusted(arm: Moments) -> tuple[int, float, float]:
        x_mean, xx, xy = float(arm.x_mean or 0), float(arm.x_variance or 0), float(arm.covariance or 0)
        spread = arm.variance - 2 * slope * xy + slope * slope * xx
        return arm.n, arm.mean - slope * (x_mean - centre), max(spread, 0.0)

    return _welch(*adjusted(control), *adjusted(treatment))


def theta(control: Moments, treatment: Moments) -> float:
    """cov(x, y) ÷ var(x) over all users of both arms taken together."""
    both = together(control, treatment)
    if not both.x_variance:
        raise NoVariance("The covariate is the same for everybody.")
    return float(both.covariance or 0) / both.x_variance


@computes("sample_ratio")
def sample_ratio_p(control: int, treatment: int) -> float:
    """Two-sided exact binomial test of an even split."""
    from scipy.stats import binomtest

    return float(binomtest(treatment, control + treatment, 0.5).pvalue)


def _welch(n_c: int, mean_c: float, var_c: float, n_t: int, mean_t: float, var_t: float) -> Readout:
    from scipy.stats import t as student

    a, b = var_c / n_c, var_t / n_t
    error = sqrt(a + b)
    if not error > 0:
        raise NoVariance("Everybody has the same value.")
    freedom = (a + b) ** 2 / (a * a / (n_c - 1) + b * b / (n_t - 1))
    effect = mean_t - mean_c
    reach = float(student.ppf(0.5 + CONFIDENCE / 2, freedom)) * error
    return Readout(
        control=mean_c,
        treatment=mean_t,
        effect=effect,
        relative=effect / mean_c if mean_c > 0 else None,
        ci=(effect - reach, effect + reach),
        p=float(2 * student.sf(abs(effect) / error, freedom)),
        error=error,
    )
