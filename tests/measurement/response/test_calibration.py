"""Are the intervals honest? Simulated merchants whose truth is known; seeded, so the counts are exact."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from measurement.response.estimate import _left
from measurement.response.lag import Cycle, ripening
from measurement.response.noise import Fit
from measurement.response.series import baseline
from tests.measurement.response.worlds import world

WORLDS = 60
KINDS = [
    {"level": "trend", "memory": 0.5},
    {"level": "year", "memory": 0.3},
    {"level": "wander", "memory": 0.4},
    {"level": "trend", "memory": 0.5, "shown": "before promotions"},
    {"level": "year", "memory": 0.5, "shown": "growing", "days": 365},
    {"level": "trend", "memory": 0.3, "days": 120, "cycle": Cycle(15, 45)},
]


@pytest.fixture(scope="module")
def tried() -> dict[float, np.ndarray]:
    """By share of the outcome: of each world whether the interval covers the truth, and whether an effect
    would be claimed. The interval alone, as ``estimate`` makes it; placebos only ever take claims back."""
    with threadpool_limits(1):
        return {share: _tried(share) for share in (0.0, 0.2)}


def _tried(share: float) -> np.ndarray:
    rows = []
    for seed in range(WORLDS):
        kind = KINDS[seed % len(KINDS)]
        made = world(seed, share=share, **kind)
        cycle = kind.get("cycle", Cycle(7, 30))
        fixed, ripe = baseline(made.series, cycle), ripening(made.series.exposure, cycle)
        low, high = Fit(made.series.outcome, fixed).with_one_of(ripe / ripe.sum(axis=0)).interval()
        rows.append((low <= made.truth <= high, low > 0))
    return np.array(rows)


def test_intervals_of_no_effect_cover_zero_at_their_nominal_rate(tried):
    """Of 60, 57 are expected; fewer than 53 come once in fifty times when the rate is right."""
    assert tried[0.0][:, 0].sum() >= 53


def test_intervals_of_an_effect_cover_it_at_their_nominal_rate(tried):
    assert tried[0.2][:, 0].sum() >= 53


def test_worlds_without_effect_raise_no_more_false_alarms_than_promised(tried):
    """At most 2.5 % of claims are expected from chance alone: 1.5 of 60."""
    assert tried[0.0][:, 1].sum() <= 3


def test_an_effect_of_a_fifth_is_mostly_seen(tried):
    assert tried[0.2][:, 1].sum() >= 50


def test_the_baseline_leaves_of_a_growing_exposure_only_a_part():
    series = world(4, shown="growing").series
    ripe = ripening(series.exposure, Cycle(7, 30))
    assert 0 < _left(ripe, baseline(series, Cycle(7, 30))) < 0.2
