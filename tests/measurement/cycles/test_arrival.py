"""When credit arrives, by hand and on simulated worlds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma

from measurement.cycles.arrival import Arrival, Final, foretold, learn_arrival


def test_the_chain_ladder_by_hand():
    """A window of 2 days. The old day (age 5) has 50, 30, 20 at lags 0, 1, 2; the day of age 1 has 60, 20;
    the day of age 0 has 40. h(2) = 20/100; h(1) = (30 + 20) / (80 + 80).
    G(1) = 0.8, G(0) = 0.8 × (1 − 50/160) = 0.55."""
    cells = [(5, 0, 50), (5, 1, 30), (5, 2, 20), (1, 0, 60), (1, 1, 20), (0, 0, 40)]
    found = learn_arrival(cells, window=2, mean_order=1)
    assert found is not None
    assert found.shares == pytest.approx((0.55, 0.8, 1.0))
    first = 0.2 / (0.8 * 100)
    assert found.variances == pytest.approx((first + (50 / 160) / ((110 / 160) * 160), first, 0.0))


def test_what_is_there_alone_would_be_too_quick():
    """Counted without regard to age the same cells would say that 150 of 220 are in at once."""
    cells = [(5, 0, 50), (5, 1, 30), (5, 2, 20), (1, 0, 60), (1, 1, 20), (0, 0, 40)]
    found = learn_arrival(cells, window=2, mean_order=1)
    assert found is not None
    assert found.shares[0] < 150 / 220


@pytest.mark.parametrize(
    "cells",
    [[], [(1, 0, 900), (1, 1, 900)], [(5, 0, 29)]],
    ids=["nothing", "no day as old as the window", "too few orders"],
)
def test_without_enough_history_nothing_is_said(cells):
    assert learn_arrival(cells, window=2, mean_order=1) is None


ARRIVAL = Arrival((0.1, 0.5, 1.0), (0.09, 0.04, 0.0))


def test_before_the_first_day_nothing_is_in_and_after_the_window_all_of_it():
    assert ARRIVAL.at(-1) == (0.0, 0.0)
    assert ARRIVAL.at(99) == (1.0, 0.0)


def test_days_end_where_their_share_says_and_young_ones_like_the_others():
    """1,000 of an old day, 300 of one that is half in (so 600), 40 of one too young: (1,000 + 600) / 2 = 800,
    of which nine tenths are to come."""
    found = foretold(ARRIVAL, [(2, 1000), (1, 300), (0, 40)], mean_order=1)
    assert found is not None
    assert (found.expected, found.share) == (1340 + 300 + 720, pytest.approx(1340 / 2400))
    # 1,020 to come; chance 1,020 and 300, doubt (600 × 0.2)², 400² × 2 / 1 of how far days lie apart
    variance = 1020 + 300 + 120**2 + 2 * 200**2
    low, high = gamma.ppf([0.025, 0.975], 1020**2 / variance, scale=variance / 1020)
    assert (found.low, found.high) == (
        pytest.approx(1340 + low, rel=0.005),
        pytest.approx(1340 + high, rel=0.005),
    )


def test_finished_days_are_what_they_are_and_empty_or_young_ones_are_not_foretold():
    assert foretold(ARRIVAL, [(2, 1000)], mean_order=100) == Final(1000, 1000, 1000, 1.0)
    assert foretold(ARRIVAL, [(1, 0)], mean_order=100) is None
    assert foretold(ARRIVAL, [(0, 500)], mean_order=100) is None


def test_the_range_covers_what_the_cohort_came_to():
    """300 seeded worlds: 60 days of some 6 orders each that arrive over 3 weeks; the last week is foretold
    from what is in on the last day and compared with what it came to."""
    draw = np.random.default_rng(11)
    window, days, covered, told = 21, 60, 0, 0
    chances = np.exp(-np.arange(window + 1) / 7.0)
    chances /= chances.sum()
    for _ in range(300):
        counts = draw.poisson(6.0, days)
        lags = [draw.choice(window + 1, count, p=chances) for count in counts]
        amounts = [draw.integers(5_000, 35_000, count) for count in counts]
        cells = [
            (days - 1 - day, int(lag), int(fen))
            for day in range(days)
            for lag, fen in zip(lags[day], amounts[day], strict=True)
            if lag <= days - 1 - day
        ]
        arrival = learn_arrival(cells, window=window, mean_order=20_000)
        assert arrival is not None
        ages = [(age, sum(fen for old, _, fen in cells if old == age)) for age in range(7)]
        final = foretold(arrival, ages, mean_order=20_000, dispersion=1.19)
        if final is not None:
            told += 1
            covered += (
                final.low <= sum(int(amounts[day].sum()) for day in range(days - 7, days)) <= final.high
            )
    assert told > 290
    assert 0.92 * told <= covered <= 0.995 * told
