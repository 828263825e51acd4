"""Read-outs of places: worked by hand, held to brute force, and honest about days that resemble each other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from measurement.lift.geo import (
    CannotRead,
    Method,
    _blocks,
    counterfactual,
    p_value,
    read_out,
    simplex_weights,
)
from measurement.lift.panel import Panel
from measurement.lift.placebo import detection_rate, false_alarm_rate
from measurement.lift.results import of_pause


def panel(values, treated, start, cost=None) -> Panel:
    table = np.array(values, dtype=float)
    days = tuple(date(2026, 1, 1) + timedelta(days=n) for n in range(len(table)))
    geos = tuple(f"g{n}" for n in range(table.shape[1]))
    return Panel(
        days, geos, table, np.array(treated), start, None if cost is None else np.array(cost, dtype=float)
    )


# controls add up to 1, 2, 3, 4, 5, 6; the treated place sold 1 + 2x, and 1 and 2 more in the test
HAND = panel(
    [[1, 0, 3], [1, 1, 5], [2, 1, 7], [2, 2, 9], [3, 2, 12], [3, 3, 15]],
    [False, False, True],
    4,
    cost=[[0, 0, 0]] * 4 + [[0, 0, 2], [0, 0, 4]],
)


def test_time_based_regression_is_the_line_before_the_start():
    """Expected 11 and 13, sold 12 and 15: 3 more on 24, for 6 yuan."""
    found = read_out(HAND, Method.TBR)
    assert found.incremental_response == pytest.approx(3)
    assert found.relative == pytest.approx(3 / 24)
    assert (found.incremental_cost, found.iroas) == (pytest.approx(6), pytest.approx(0.5))
    assert found.ci is None  # six days are too few for 95 %


def test_the_line_is_that_of_statsmodels():
    world = ar_panel(3, lift=0.1)
    control, treatment = world.arms()
    fitted = sm.OLS(treatment[: world.start], sm.add_constant(control[: world.start])).fit()
    theirs = fitted.predict(sm.add_constant(control))
    assert counterfactual(world, Method.TBR) == pytest.approx(theirs, rel=1e-9)


def test_cost_that_was_there_before_is_not_counted_as_spent_for_the_test():
    """The treated place always cost twice what the control cost; the test added 5 a day."""
    cost = [[1, 2], [2, 4], [3, 6], [4, 8], [5, 15], [6, 17]]
    found = read_out(
        panel([[1, 3], [2, 5], [3, 7], [4, 9], [5, 12], [6, 15]], [False, True], 4, cost), Method.TBR
    )
    assert found.incremental_cost == pytest.approx(10)
    assert found.iroas == pytest.approx(0.3)


def test_synthetic_control_finds_the_mixture_that_made_the_treated_place():
    """A quarter of one and three quarters of the other, 100 above both; 7 more on each day of the test."""
    chance = np.random.default_rng(1)
    controls = chance.normal(50, 10, (30, 2))
    treated = 100 + controls @ [0.25, 0.75]
    treated[25:] += 7
    world = panel(np.column_stack([controls, treated]), [False, False, True], 25)
    found = read_out(world, Method.SC)
    assert found.incremental_response == pytest.approx(35)
    assert found.relative == pytest.approx(35 / (treated[25:].sum() - 35))
    assert found.p == pytest.approx(1 / 30)
    assert found.ci == pytest.approx((35, 35), rel=0.02)


@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(3, 12))
def test_weights_lie_on_the_simplex_and_no_step_along_it_is_better(seed, places, days):
    """At the least square of a convex function on the simplex no vertex lies downhill (first-order rule)."""
    chance = np.random.default_rng(seed)
    controls, target = chance.normal(0, 5, (days, places)), chance.normal(0, 5, days)
    weights = simplex_weights(controls, target)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    slope = 2 * controls.T @ (controls @ weights - target)
    assert (slope - slope @ weights).min() > -1e-6 * max(1.0, np.abs(slope).max())


def test_blocks_run_through_the_series_and_around_its_end():
    """Blocks of two of 1, 2, 3, 6: begun on the fourth day it meets the first; the last two days come last."""
    assert _blocks(np.array([1.0, 2, 3, 6]), 2).tolist() == [3.5, 1.5, 2.5, 4.5]


def test_the_exact_interval_of_the_regression_is_that_of_trying_every_effect():
    world = ar_panel(5, lift=0.06)
    found = read_out(world, Method.TBR)
    tried = np.linspace(2 * found.ci[0] - found.ci[1], 2 * found.ci[1] - found.ci[0], 1201) / world.test_days
    kept = [effect for effect in tried if p_value(world, Method.TBR, float(effect)) > 0.05]
    step = float(tried[1] - tried[0]) * world.test_days
    assert found.ci == pytest.approx((min(kept) * world.test_days, max(kept) * world.test_days), abs=2 * step)


def test_panels_that_cannot_be_read_say_why():
    with pytest.raises(CannotRead, match="2 days before the start"):
        read_out(panel([[1, 2], [2, 3], [3, 4]], [False, True], 2), Method.TBR)
    with pytest.raises(CannotRead, match="no day of the test"):
        read_out(panel([[1, 2], [2, 3], [3, 4], [4, 5]], [False, True], 4), Method.TBR)
    with pytest.raises(CannotRead, match="same sum on every day"):
        read_out(panel([[1, 2], [1, 3], [1, 4], [1, 5]], [False, True], 3), Method.TBR)


# -- calibration: residuals of daily sales are correlated, and the inference must not mind


def ar_panel(seed: int, *, places: int = 30, lift: float = 0.0, rho: float = 0.7, test: int = 15) -> Panel:
    """105 days of places of unequal size: a common swing, and one of each place, both remembered from
    yesterday with ``rho``."""
    chance = np.random.default_rng(seed)
    size = np.exp(chance.normal(5, 0.7, places))

    def remembered(count: int):
        steps = chance.normal(0, np.sqrt(1 - rho**2), (105, count))
        for day in range(1, 105):
            steps[day] += rho * steps[day - 1]
        return steps

    values = size * (
        1 + 0.1 * remembered(1) + 0.06 * remembered(places) + 0.03 * chance.normal(0, 1, (105, places))
    )
    treated = np.zeros(places, dtype=bool)
    treated[chance.choice(places, places // 4, replace=False)] = True
    values[105 - test :, treated] *= 1 + lift
    return panel(values, treated, 105 - test)


def textbook_p(world: Panel) -> float:
    """What an ordinary regression says, taking days as independent."""
    control, treatment = world.arms()
    before, after = slice(0, world.start), slice(world.start, None)
    fitted = sm.OLS(treatment[before], sm.add_constant(control[before])).fit()
    x = sm.add_constant(control)[after]
    gap = (treatment[after] - fitted.predict(x)).sum()
    ones = x.sum(axis=0)
    error = np.sqrt(fitted.scale * len(x) + ones @ fitted.cov_params() @ ones)
    return float(2 * stats.t.sf(abs(gap / error), fitted.df_resid))


def test_moving_blocks_keep_their_promise_where_the_textbook_cries_wolf():
    """400 worlds in which nothing happened. The textbook finds something in more than three times as many as
    it promises; both block tests stay within three standard errors of 5 %."""
    worlds = [ar_panel(50_000 + seed) for seed in range(400)]
    textbook = np.mean([textbook_p(world) <= 0.05 for world in worlds[:150]])
    regression = np.mean([p_value(world, Method.TBR, 0.0) <= 0.05 for world in worlds])
    synthetic = np.mean([p_value(world, Method.SC, 0.0) <= 0.05 for world in worlds[:150]])
    assert textbook > 0.15
    assert regression <= 0.083
    assert synthetic <= 0.103


def test_intervals_of_places_cover_the_truth():
    """120 worlds with 8 % lift: the interval holds what was put in."""
    covered = 0
    for seed in range(120):
        world = ar_panel(30_000 + seed, lift=0.08)
        added = world.arms()[1][world.start :].sum() * (1 - 1 / 1.08)
        low, high = read_out(world, Method.TBR).ci
        covered += low <= added <= high
    assert covered / 120 >= 0.90


def test_intervals_of_mixed_places_cover_the_truth():
    """The same of synthetic control. Of 100, 95 are expected; fewer than 89 come less than once in a hundred times
    when the rate is right."""
    covered = 0
    for seed in range(100):
        world = ar_panel(70_000 + seed, lift=0.08, places=20)
        added = world.arms()[1][world.start :].sum() * (1 - 1 / 1.08)
        low, high = read_out(world, Method.SC).ci
        covered += low <= added <= high
    assert covered >= 89


# -- a pause: one product among the others


def paused(seed: int, *, brought: float, method: Method = Method.TBR) -> tuple[dict[str, Any], float]:
    """The read-out of a product that seeding brought ``brought`` of its sales, all of which a pause of 14 days
    took away, against eleven that went on; and what that was, in fen."""
    world = ar_panel(seed, places=12, test=14)
    sales = np.round(world.values * 10_000)
    missing = np.round(brought * sales[world.start :, 0])
    sales[world.start :, 0] -= missing
    rows = [
        (day, geo, float(fen), None)
        for day, sold in zip(world.days, sales, strict=True)
        for geo, fen in zip(world.geos, sold, strict=True)
    ]
    told = of_pause(rows, "g0", {"method": method}, world.days[0], world.days[world.start], world.days[-1])
    return told, float(missing.sum())


def test_intervals_of_a_pause_cover_what_it_took_away():
    found = [paused(40_000 + seed, brought=0.2) for seed in range(80)]
    covered = sum(told["ci"][0] <= missing <= told["ci"][1] for told, missing in found)
    assert covered >= 70  # 76 are expected; fewer come less than once in a hundred times


def test_a_pause_that_takes_nothing_away_is_seldom_called_one_that_does():
    """5 % are promised: of 100, 5; more than 11 come less than once in a hundred times."""
    found = [paused(20_000 + seed, brought=0.0)[0] for seed in range(100)]
    assert sum(told["p"] <= 0.05 for told in found) <= 11
    assert all((told["p"] <= 0.05) == (not told["ci"][0] <= 0 <= told["ci"][1]) for told in found)


def test_placebos_of_a_panel_tell_its_false_alarms_and_its_power():
    world = ar_panel(11)
    for method in Method:
        assert false_alarm_rate(world, method, draws=100) <= 0.15
    small, large = (detection_rate(world, Method.TBR, lift, draws=100) for lift in (0.02, 0.2))
    assert small < 0.5 < large
    assert detection_rate(world, Method.TBR, 0.2, draws=100) == large  # drawn from a fixed seed


def test_a_short_history_holds_no_placebo():
    assert false_alarm_rate(HAND, Method.TBR) is None
