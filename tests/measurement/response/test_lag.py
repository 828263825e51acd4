"""The waiting time between exposure and order, as weights per day."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.response.lag import LAGS, Cycle, Lag, Shape, ripening, weights


@pytest.mark.parametrize("shape", list(Shape))
def test_half_of_the_orders_come_by_p50_and_95_percent_by_p95(shape):
    by_day = np.cumsum(weights(Cycle(29, 90), 400, Lag(shape)))
    # an order of day k came after k to k + 1 days on average: read between the days
    assert np.interp(29, np.arange(400) + 0.5, by_day) == pytest.approx(0.5, abs=0.002)
    assert np.interp(90, np.arange(400) + 0.5, by_day) == pytest.approx(0.95, abs=0.002)


def test_the_log_normal_weights_are_those_of_its_density():
    """P50 10, P95 10·e^1.6449: sigma 1. The density at 10 is 1/(10·√(2π)) = 0.03989; the triangle around
    the day changes it by its curvature, less than 1 %."""
    by_day = weights(Cycle(10, 10 * np.exp(1.6448536269514722)), 100)
    assert by_day[10] == pytest.approx(0.039894, rel=0.01)


def test_a_weibull_whose_p95_is_ln20_to_ln2_times_p50_is_exponential():
    """Shape 1 and rate ln 2 ÷ P50, so the days of the tail fall by the same factor, 2^(−1/P50)."""
    by_day = weights(Cycle(7, 7 * np.log(20) / np.log(2)), 60, Lag(Shape.WEIBULL))
    assert by_day[2:] / by_day[1:-1] == pytest.approx(np.full(58, 2 ** (-1 / 7)), rel=1e-9)


@given(st.floats(0.2, 300), st.floats(1.02, 30), st.sampled_from(LAGS))
def test_weights_are_shares(p50, times, lag):
    by_day = weights(Cycle(p50, min(p50 * times, 1_500)), 400, lag)
    assert (by_day >= 0).all()
    assert by_day.sum() <= 1 + 1e-9


def test_a_single_exposure_ripens_as_the_weights_say():
    exposure = np.zeros(50)
    exposure[3] = 1_000
    ripened = ripening(exposure, Cycle(7, 30))
    assert ripened.shape == (50, len(LAGS))
    assert ripened[3:, 0] == pytest.approx(1_000 * weights(Cycle(7, 30), 47), abs=1e-9)
    assert ripened[:3] == pytest.approx(np.zeros((3, len(LAGS))), abs=1e-9)


@pytest.mark.parametrize(
    ("p50", "p95", "said"),
    [
        (0, 9, "P50 is 0 days; it must be above 0"),
        (30, 30, "P50 (30) must be below P95 (30)"),
        (90, 29, "P50 (90) must be below P95 (29)"),
        (29, 5_000, "P95 is 5000 days; at most 1500 can be worked with"),
        (float("nan"), 9, "the cycle's P50 and P95 are numbers of days"),
    ],
)
def test_a_cycle_that_makes_no_sense_is_refused(p50, p95, said):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        Cycle(p50, p95)
