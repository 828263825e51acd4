"""Read-out of a geo experiment: what the treated places would have sold anyway, and how sure that is (pure).

Two ways to the counterfactual. ``tbr``: ordinary least squares of the treated daily sum on the control daily
sum, over the days before the start (Kerman, Wang, Vaver, Google 2017). ``sc``: demeaned synthetic control
(Doudchenko, Imbens 2016; Ferman, Pinto 2021): the control places weighted on the simplex so that they
follow the treated mean, each about its own mean before the start.

Inference never takes days as independent. The model is fitted again on all days with an effect of θ a day
taken out (Chernozhukov, Wüthrich, Zhu, JASA 116, 2021), and the residuals of the test days are compared with
those of every block of as many days, moved through the whole series and around its end. p is the share of
blocks at least as far from zero; the interval holds every θ with p above 5 %.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import inf

import numpy as np

from measurement.computed import computes
from measurement.lift.panel import Numbers, Panel

ALPHA = 0.05
LEAST_DAYS_BEFORE = 3
TELLING_DAYS = 20
"""With fewer days in all no block test reaches 5 %: there are as many blocks as days."""
_ROUNDING = 1e-9


class Method(StrEnum):
    TBR = "tbr"
    SC = "sc"


class CannotRead(ValueError):
    """The panel does not hold what the method needs; the message says what, ``code`` in a word."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code = code


@dataclass(frozen=True, slots=True)
class GeoReadout:
    """Over the whole test. ``relative`` is the increment ÷ what was expected anyway; ``ci`` None where the
    days are too few for 95 %; ``iroas`` None without cost. ``expected`` are the treated places' daily sums
    without treatment, ``observed`` what they sold, over all days."""

    incremental_response: float
    relative: float | None
    ci: tuple[float, float] | None
    p: float
    iroas: float | None
    incremental_cost: float | None
    expected: Numbers
    observed: Numbers


@computes("iroas")
def read_out(panel: Panel, method: Method) -> GeoReadout:
    """Raises :class:`CannotRead`."""
    check(panel)
    expected = counterfactual(panel, method)
    observed = panel.arms()[1]
    increment = float((observed - expected)[panel.start :].sum())
    anyway = float(expected[panel.start :].sum())
    spent = incremental_cost(panel)
    return GeoReadout(
        incremental_response=increment,
        relative=increment / anyway if anyway > 0 else None,
        ci=interval(panel, method, increment),
        p=p_value(panel, method, 0.0),
        iroas=None if not spent else increment / spent,
        incremental_cost=spent,
        expected=expected,
        observed=observed,
    )


def check(panel: Panel) -> None:
    """Refuses panels that no method can read."""
    if panel.start < LEAST_DAYS_BEFORE:
        raise CannotRead(
            "few_days",
            f"there are {panel.start} days before the start; at least {LEAST_DAYS_BEFORE} are needed",
        )
    if panel.test_days < 1:
        raise CannotRead("no_test_day", "there is no day of the test in it")
    control, treatment = panel.arms()
    before = slice(0, panel.start)
    if np.ptp(control[before]) == 0 or np.ptp(treatment[before]) == 0:
        raise CannotRead(
            "flat_arm", "an arm has the same sum on every day before the start, so nothing can be compared"
        )


# -- what would have happened anyway


def counterfactual(panel: Panel, method: Method) -> Numbers:
    """Expected daily sums of the treated places, fitted on the days before the start."""
    return _expected(panel, method, panel.arms()[1], panel.start)


def _expected(panel: Panel, method: Method, treatment: Numbers, fitted: int) -> Numbers:
    """Expected treated sums over all days, from a fit of ``treatment`` on the first ``fitted`` days."""
    if method == Method.TBR:
        return _line(panel.arms()[0], treatment, fitted)
    count = int(panel.treated.sum())
    controls, target = panel.values[:, ~panel.treated], treatment / count
    level, means = target[:fitted].mean(), controls[:fitted].mean(axis=0)
    weights = simplex_weights(controls[:fitted] - means, target[:fitted] - level)
    return np.asarray(count * (level + (controls - means) @ weights))


def _line(x: Numbers, y: Numbers, fitted: int) -> Numbers:
    """Least squares of y on x over the first ``fitted`` days, said for all days."""
    centre, level = x[:fitted].mean(), y[:fitted].mean()
    apart = x[:fitted] - centre
    square = float(apart @ apart)
    slope = float(apart @ (y[:fitted] - level)) / square if square else 0.0
    return np.asarray(level + slope * (x - centre))


def simplex_weights(controls: Numbers, target: Numbers) -> Numbers:
    """Weights ≥ 0 with sum 1 that bring ``controls @ w`` nearest to ``target``, exactly.

    On the simplex controls @ w − target = M w with M = controls − target, so this is the point of a polytope
    nearest to the origin. Non-negative least squares of (M u, Σu) on (0, 1) finds it along u = s w: for every
    w the best s is 1 / (1 + |M w|²) and leaves |M w|² / (1 + |M w|²), which falls with |M w|.
    """
    from scipy.optimize import nnls

    apart = controls - target[:, None]
    size = float(np.abs(apart).max()) or 1.0
    stacked = np.vstack([apart / size, np.ones(controls.shape[1])])
    found, _ = nnls(stacked, np.append(np.zeros(len(target)), 1.0), maxiter=50 * controls.shape[1] + 300)
    return np.asarray(found / found.sum())


def incremental_cost(panel: Panel) -> float | None:
    """What the treated places cost beyond what they would have cost; None without cost.

    The same least squares on the arms' daily cost before the start; where control cost does not move, its
    level before the start (nothing, for money that only the test spends)."""
    if panel.cost is None:
        return None
    control, treatment = panel.arms(panel.cost)
    expected = _line(control, treatment, panel.start)
    return float((treatment - expected)[panel.start :].sum())


# -- how sure that is


def p_value(panel: Panel, method: Method, a_day: float) -> float:
    """Moving-block p of the hypothesis that the treatment added ``a_day`` to the treated sum of each test day."""
    treatment = panel.arms()[1].copy()
    treatment[panel.start :] -= a_day
    rest = treatment - _expected(panel, method, treatment, len(treatment))
    return _share(np.abs(_blocks(rest, panel.test_days)), float(np.abs(treatment).max()))


def _share(blocks: Numbers, size: float) -> float:
    """Share of blocks as large as the last one, which is that of the test."""
    return float((blocks >= blocks[-1] - _ROUNDING * size).mean())


def _blocks(series: Numbers, length: int) -> Numbers:
    """Mean of each block of ``length`` days that begins at any day and goes around the end; the last one is
    that of the last days. As many blocks as days."""
    total = np.cumsum(np.concatenate([[0.0], series, series[: length - 1]]))
    means = (total[length:] - total[:-length]) / length
    return np.roll(means, length - 1)  # so that the block of the last days is the last


def interval(panel: Panel, method: Method, increment: float) -> tuple[float, float] | None:
    """The 95 % interval of the whole increment: every constant daily effect that the test does not refuse."""
    days = panel.test_days
    if len(panel.days) < TELLING_DAYS:
        return None
    if method == Method.TBR:
        low, high = _tbr_interval(panel)
    else:
        low, high = _searched(lambda a_day: p_value(panel, method, a_day), increment / days, _step(panel))
    return (low * days, high * days) if -inf < low <= high < inf else None


def _tbr_interval(panel: Panel) -> tuple[float, float]:
    """Exact ends: residuals of least squares are linear in θ, so p changes only where the block of the test
    is as far from zero as another one."""
    control, treatment = panel.arms()
    pulse = np.zeros(len(control))
    pulse[panel.start :] = 1.0
    rest = _blocks(treatment - _line(control, treatment, len(control)), panel.test_days)
    moved = _blocks(pulse - _line(control, pulse, len(control)), panel.test_days)
    edges: list[float] = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for sign in (1.0, -1.0):
            edges += list((rest[:-1] - sign * rest[-1]) / (moved[:-1] - sign * moved[-1]))
    edges = sorted(float(edge) for edge in edges if np.isfinite(edge))
    if not edges:
        return -inf, inf
    size = float(np.abs(treatment).max())

    def stands(a_day: float) -> bool:
        return _share(np.abs(rest - a_day * moved), size) > ALPHA

    if stands(edges[0] - size) or stands(edges[-1] + size):
        return -inf, inf
    middles = [(one + other) / 2 for one, other in pairwise(edges)]
    kept = [place for place, middle in enumerate(middles) if stands(middle)]
    if not kept:
        return inf, -inf
    return edges[kept[0]], edges[kept[-1] + 1]


def _step(panel: Panel) -> float:
    """A size to search by: the spread of the treated sum before the start."""
    spread = float(panel.arms()[1][: panel.start].std())
    return spread or 1.0


def _searched(p_of: Callable[[float], float], middle: float, step: float) -> tuple[float, float]:
    """Ends of what is not refused around the estimate: doubled outwards, then halved to a thousandth of it."""
    ends = []
    for sign in (-1.0, 1.0):
        inside, outside = 0.0, step / 4
        while p_of(middle + sign * outside) > ALPHA:
            inside, outside = outside, outside * 2
            if outside > step * 1e4:
                return -inf, inf
        while outside - inside > 1e-3 * max(outside, step):
            half = (inside + outside) / 2
            inside, outside = (half, outside) if p_of(middle + sign * half) > ALPHA else (inside, half)
        ends.append(middle + sign * outside)
    return ends[0], ends[1]
