"""The effect of exposure on a daily outcome, how sure it is, and whether it can be told at all (pure).

    outcome(t) = level(t) + trend + weekday + promotions + festivals + price
                 + effect · ripened exposure(t) / Σ ripened exposure + error(t)

so that the coefficient is the effect over the period. It is an association: what moves
exposure and outcome alike and is not in the baseline counts as effect. The estimate says so, tests itself
on exposures that cannot have worked (:func:`placebo_rate`) and on days it did not see (:func:`backtest`),
and refuses where the data cannot tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from measurement.computed import computes
from measurement.response.lag import Cycle, Floats, ripening
from measurement.response.noise import Coefficient, Fit, cosines, spectra
from measurement.response.series import LEAST_DAYS, Series, baseline, independent
from measurement.response.verdicts import Reason, Verdict

MOST_PLACEBOS = 100
TOO_MANY_ALARMS = 0.2
HOPELESSLY_LEFT = 1e-6
LEAST_LEFT = 0.02  # of the ripened exposure's variation that the baseline must leave
HORIZON = 14  # days that a back-test looks ahead
FOLDS = 6
RIPE_ENOUGH = 0.2  # of the exposure, before a forecast counts on it


@dataclass(frozen=True, slots=True)
class Estimate:
    """``effect`` and ``ci`` in units of the outcome over the whole period; None where nothing can be
    computed. ``deviation`` is the standard deviation of the effect, ``course`` the share of it on each day,
    ``left`` the share of the ripened exposure's variation that the baseline does not explain."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    effect: float | None = None
    ci: tuple[float, float] | None = None
    share: float | None = None
    backtest_mape: float | None = None
    placebo_false_alarm_rate: float | None = None
    deviation: float | None = None
    left: float | None = None
    course: Floats = field(default_factory=lambda: np.empty(0))


@computes("whole", "whole_interval", "whole_share", "whole_verdict")
def estimate(series: Series, cycle: Cycle) -> Estimate:
    """The estimate of a series under a decision cycle. The same series gives the same estimate."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # many small products: threads would only wait for each other
        return _estimate(series, cycle)


def _estimate(series: Series, cycle: Cycle) -> Estimate:
    hopeless = _hopeless(series)
    if hopeless:
        return Estimate(Verdict.CANNOT_TELL, hopeless)
    fixed, ripe = baseline(series, cycle), ripening(series.exposure, cycle)
    totals = ripe.sum(axis=0)
    if series.days - fixed.shape[1] < LEAST_DAYS // 2 or totals.min() <= 0:
        return Estimate(Verdict.CANNOT_TELL, (Reason.TOO_SHORT,))
    courses = ripe / totals
    left = _left(courses, fixed)
    if left < HOPELESSLY_LEFT:
        return Estimate(Verdict.CANNOT_TELL, (Reason.LIKE_THE_BASELINE,), left=left)
    fit = Fit(series.outcome, fixed)
    found = fit.with_one_of(courses)
    course = courses[:, int(np.argmax(found.chance.sum(axis=0)))]
    rate = placebo_rate(series, cycle, np.column_stack([fixed, course]))
    reasons = _reasons(series, cycle, found, left, rate)
    return Estimate(
        verdict=Verdict.CANNOT_TELL if reasons else Verdict.EFFECT,
        reasons=reasons,
        effect=found.mean,
        ci=found.interval(),
        share=found.mean / float(series.outcome.sum()),
        backtest_mape=backtest(series.outcome, fixed, course),
        placebo_false_alarm_rate=rate,
        deviation=found.deviation,
        left=left,
        course=course,
    )


def _hopeless(series: Series) -> tuple[Reason, ...]:
    """Series that no method can read."""
    if series.days < LEAST_DAYS:
        return (Reason.TOO_SHORT,)
    if np.ptp(series.outcome) == 0:
        return (Reason.NO_OUTCOME,)
    if not series.exposure.any():
        return (Reason.NO_EXPOSURE,)
    if np.ptp(series.exposure) == 0:
        return (Reason.CONSTANT_EXPOSURE,)
    return ()


def _reasons(
    series: Series, cycle: Cycle, found: Coefficient, left: float, rate: float | None
) -> tuple[Reason, ...]:
    reasons = []
    if cycle.p50 * 2 > series.days:
        reasons.append(Reason.CYCLE_TOO_LONG)
    if not found.excludes_zero:
        reasons.append(Reason.SPANS_ZERO)
        if left < LEAST_LEFT:
            reasons.append(Reason.LIKE_THE_BASELINE)
    elif found.mean < 0:
        reasons.append(Reason.NEGATIVE)
    if rate is not None and rate > TOO_MANY_ALARMS:
        reasons.append(Reason.PLACEBO)
    return tuple(reasons)


def _left(ripe: Floats, fixed: Floats) -> float:
    """Share of a regressor's variation that the baseline leaves (1 / variance inflation); the least of
    several, one a column."""
    z, x = cosines(ripe), cosines(fixed)
    rest = z - x @ np.linalg.lstsq(x, z, rcond=None)[0]
    whole = (z**2).sum(axis=0)
    return float(((rest**2).sum(axis=0) / np.maximum(whole, 1e-300)).min())


@computes("whole_placebo")
def placebo_rate(series: Series, cycle: Cycle, explained: Floats) -> float | None:
    """How often exposures that cannot have worked look as if they had, on this very series.

    The exposure is moved along the days in a circle, forwards and turned round, by up to 50 steps each;
    every one is put through the same fit beside what is ``explained`` (the baseline and the real exposure),
    and those whose 95 % interval leaves out zero are counted. 0.05 is what the method promises. None when
    nothing could be moved.
    """
    n = series.days
    nearest = max(7, min(round(cycle.p50), n // 6))
    steps = np.unique(np.linspace(nearest, n - nearest, MOST_PLACEBOS // 2).round().astype(int))
    beside = independent(explained)
    fit = Fit(series.outcome, beside, Fit(series.outcome, beside).likely())
    alarms = tried = 0
    for exposure in (series.exposure, series.exposure[::-1]):
        for step in steps:
            moved = ripening(np.roll(exposure, step), cycle)
            totals = moved.sum(axis=0)
            if totals.min() <= 0 or _left(moved, beside) < HOPELESSLY_LEFT:
                continue
            tried += 1
            alarms += fit.with_one_of(moved / totals).excludes_zero
    return alarms / tried if tried else None


@computes("whole_backtest")
def backtest(outcome: Floats, fixed: Floats, course: Floats) -> float | None:
    """Mean absolute percentage error of forecasts of the daily outcome, 14 days ahead from up to six past
    days, each made from what was known on its day and the exposure that followed. Before a fifth of the
    exposure has ripened its coefficient is anybody's guess, and the forecast does without. Days without any
    outcome have no percentage and are left out. None when the series is too short to look back.
    """
    errors: list[float] = []
    for fold in range(FOLDS, 0, -1):
        origin = len(outcome) - fold * HORIZON
        until = origin + HORIZON
        if origin < LEAST_DAYS or np.ptp(outcome[:origin]) == 0:
            continue
        ripe = course[:origin].sum() >= RIPE_ENOUGH
        columns = np.column_stack([course, fixed]) if ripe else fixed
        predicted = np.maximum(_forecast(outcome[:origin], columns[:until]), 0.0)
        actual = outcome[origin:until]
        sold = actual > 0
        errors.extend(np.abs(predicted[sold] - actual[sold]) / actual[sold])
    return float(np.mean(errors)) if errors else None


def _forecast(known: Floats, columns: Floats) -> Floats:
    """The days after the known ones. Each gets an indicator of its own; its coefficient is then what the
    exact prediction lacks, so with an unknown day put as 0 it is minus the prediction."""
    origin, until = len(known), len(columns)
    best = int(Fit(known, independent(columns[:origin])).likely(1.0 - 1e-9)[0])
    weight = 1.0 / np.sqrt(spectra(until)[best])
    unknown = np.eye(until)[:, origin:]
    matrix = cosines(independent(np.column_stack([unknown, columns])))
    outcome = cosines(np.concatenate([known, np.zeros(until - origin)]))
    solved = np.linalg.lstsq(matrix * weight[:, None], outcome * weight, rcond=None)[0]
    scale = until**0.5  # of the indicators, as ``independent`` scales
    return np.asarray(-solved[: until - origin] * scale)
