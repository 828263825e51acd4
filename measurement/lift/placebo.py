"""Tests of nothing on the very panel: how often the method cries wolf, and how often it finds a lift (pure).

Each placebo takes days before the start only, in which nothing happened to anybody; it draws as many places as
the real treatment has, ends at a drawn day, and reads out the last days of it as if they were the test. With a
lift put into the drawn places it tells the power. All draws come from a fixed seed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from measurement.computed import computes
from measurement.lift.geo import ALPHA, LEAST_DAYS_BEFORE, TELLING_DAYS, CannotRead, Method, check, p_value
from measurement.lift.panel import Panel

DRAWS = 200
SEED = 20_260_301


@computes("false_alarms")
def false_alarm_rate(
    panel: Panel, method: Method, *, draws: int = DRAWS, seed: int = SEED, test_days: int = 0
) -> float | None:
    """Share of placebo tests with p ≤ 5 %; None where the days before the start do not hold a placebo."""
    return detection_rate(panel, method, 0.0, draws=draws, seed=seed, test_days=test_days)


def detection_rate(
    panel: Panel, method: Method, lift: float, *, draws: int = DRAWS, seed: int = SEED, test_days: int = 0
) -> float | None:
    """Share of placebo tests with p ≤ 5 % after a relative ``lift`` of the drawn places in the test days."""
    history, length = panel.before(), test_days or panel.test_days
    least = shortest(length)
    if len(history.days) < least:
        return None
    found = told = 0
    chance = np.random.default_rng(seed)
    for _ in range(draws):
        end = int(chance.integers(least, len(history.days) + 1))
        drawn = np.zeros(len(panel.geos), dtype=bool)
        drawn[chance.choice(len(panel.geos), int(panel.treated.sum()), replace=False)] = True
        values = history.values[:end].copy()
        values[end - length :, drawn] *= 1 + lift
        placebo = replace(
            panel, days=history.days[:end], values=values, treated=drawn, start=end - length, cost=None
        )
        try:
            check(placebo)
        except CannotRead:
            continue
        told += 1
        found += p_value(placebo, method, 0.0) <= ALPHA
    return found / told if told else None


def shortest(test_days: int) -> int:
    """Days that a placebo needs: a test, twice as many before it, and enough blocks to reach 5 %."""
    return max(TELLING_DAYS, test_days + max(LEAST_DAYS_BEFORE, 2 * test_days))
