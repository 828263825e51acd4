"""The cycle of those who buy: by hand, refused where little is known, and honest on simulated worlds."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from measurement.cycles import Refusal, learn
from merchants.shares import wilson

Tally = dict[float, tuple[int, int]]


def test_the_plateau_is_taken_out_by_hand():
    """Ten people, four buy: two on day 2, one on day 5, one on day 10; six are open on day 20.
    F is 0.2, 0.3, 0.4 and its plateau 0.4, so the buyers' curve is 0.5, 0.75, 1."""
    found = learn({2: (2, 0), 5: (1, 0), 10: (1, 0), 20: (0, 6)})
    assert found.plateau == pytest.approx(0.4)
    assert [round(point.share, 9) for point in found.curve] == [0.5, 0.75, 1.0, 1.0]
    assert [one.days for one in found.quantiles] == [2, 10, 10]
    assert (found.n, found.buyers, found.follow_up, found.refusal) == (10, 4, 20, Refusal.TOO_FEW_PEOPLE)


def test_who_is_still_open_makes_the_cycle_longer_than_the_buyers_alone_say():
    """Twenty people. Ten were followed for 4 days only: 2 bought on day 3. Ten for 20 days: 2 bought on day
    3, 2 on day 12. S(3) = 1 − 4/20; on day 12 eight are at risk, so S(12) = 0.8 × 6/8 = 0.6.
    Plateau 0.4; the buyers' curve is 0.5 on day 3. Of the six buyers alone, 4/6 bought on day 3."""
    found = learn({3: (4, 0), 4: (0, 8), 12: (2, 0), 20: (0, 6)})
    assert [round(point.share, 9) for point in found.curve] == [0.5, 0.5, 1.0, 1.0]
    assert found.plateau == pytest.approx(0.4)
    assert [one.days for one in found.quantiles] == [3, 12, 12]
    assert found.naive == (3, 12, 12)
    slow = learn({3: (4, 0), 4: (0, 12), 12: (3, 0), 20: (0, 1)})
    # S(3) = 0.8, S(12) = 0.8 × 1/4 = 0.2: a quarter of the buyers bought on day 3, of those seen four in seven
    assert [round(point.share, 9) for point in slow.curve] == [0.25, 0.25, 1.0, 1.0]
    assert (slow.naive[0], slow.quantiles[0].days) == (3, 12)


def test_without_censoring_the_band_is_wilsons_of_the_buyers():
    """Among m buyers who were all followed to the end, R(t) is a share of m and nothing else."""
    found = learn({1: (20, 0), 2: (20, 0), 3: (20, 0), 50: (0, 500)})
    point = found.curve[0]
    assert point.share == pytest.approx(1 / 3)
    low, high = wilson(1 / 3, 60)
    assert point.high == pytest.approx(high, abs=1e-3)
    assert low - 0.003 < point.low < low  # half an order more among the 500 who were open to the end


def test_wilsons_interval_as_printed():
    """15 of 148 is 0.0624 to 0.1605 (Newcombe, Statistics in Medicine 17, 1998, 857-872, his method 3)."""
    low, high = wilson(15 / 148, 148)
    assert (round(low, 4), round(high, 4)) == (0.0624, 0.1605)


@pytest.mark.parametrize(
    ("tally", "why"),
    [
        ({}, Refusal.TOO_FEW_PEOPLE),
        ({5: (40, 0), 30: (0, 159)}, Refusal.TOO_FEW_PEOPLE),
        ({5: (29, 0), 30: (0, 400)}, Refusal.TOO_FEW_BUYERS),
        ({5: (40, 0), 13: (0, 400)}, Refusal.TOO_SHORT),
        ({5: (30, 0), 14: (0, 170)}, None),
    ],
)
def test_too_little_is_refused_by_its_name(tally, why):
    assert learn(tally).refusal == why


def test_the_end_of_the_curve_needs_people_who_are_still_observed():
    """One buyer on day 100 among the last two observed would be half of all people; the curve ends before."""
    found = learn({5: (30, 0), 40: (0, 400), 100: (1, 1)})
    assert (found.follow_up, found.buyers) == (40, 30)
    assert found.quantiles[2].days == 5


def test_a_cycle_that_goes_on_beyond_what_was_seen_is_not_settled():
    assert learn({5: (30, 0), 60: (0, 300)}).settled is True
    assert learn({5: (30, 0), 55: (10, 0), 60: (0, 300)}).settled is False


def world(draw: np.random.Generator, people: int, *, median: float, sigma: float, days: int) -> Tally:
    """People seeded day by day, one in four of them a buyer some log-normal time later, cut off at the end."""
    entered = draw.integers(0, days, people)
    lag = np.floor(draw.lognormal(math.log(median), sigma, people) + draw.random(people)).astype(int)
    lag = np.where(draw.random(people) < 0.25, lag, 10_000)
    seen = days - entered
    tally: Tally = {}
    for time, bought in zip(np.minimum(lag, seen).tolist(), (lag <= seen).tolist(), strict=True):
        events, censored = tally.get(time, (0, 0))
        tally[time] = (events + bought, censored + (not bought))
    return tally


def truth(share: float, follow_up: float, *, median: float, sigma: float) -> float:
    """The first day by which ``share`` of those buy who buy by the end of the follow-up. Lag on the day grid:
    floor(lag + uniform), so P(day ≤ t) is the mean of the distribution function over t to t + 1."""
    lag = NormalDist(math.log(median), sigma)

    def by(day: float) -> float:
        points = [day + (place + 0.5) / 50 for place in range(50)]
        return sum(lag.cdf(math.log(point)) for point in points) / 50

    whole = by(follow_up)
    return next(day for day in range(1000) if by(day) >= share * whole)


@pytest.mark.parametrize(("median", "sigma", "days"), [(9.0, 0.85, 120), (20.0, 0.8, 90)])
def test_the_intervals_cover_the_truth_as_often_as_they_promise(median, sigma, days):
    """200 seeded worlds of 700 people, about 150 buyers each. Whole days make the intervals a little wide, so
    the bounds are 92 % (nominal 95 % less twice its simulation error) and 100 %."""
    draw = np.random.default_rng(20261125)
    worlds, covered, width = 200, {0.5: 0, 0.8: 0, 0.95: 0}, {0.5: 0.0, 0.8: 0.0, 0.95: 0.0}
    truths: dict[tuple[float, float], float] = {}
    for _ in range(worlds):
        found = learn(world(draw, 700, median=median, sigma=sigma, days=days))
        for one in found.quantiles:
            asked = (one.share, found.follow_up)
            truths.setdefault(asked, truth(*asked, median=median, sigma=sigma))
            covered[one.share] += one.low <= truths[asked] <= one.high
            width[one.share] += (one.high - one.low) / worlds
    assert all(count >= 0.92 * worlds for count in covered.values()), covered
    assert width[0.5] < 0.6 * median  # not honest by saying nothing


def test_the_naive_value_is_too_short_where_many_are_still_open():
    """The warning of the naive value is earned: on the same worlds it lies below the truth."""
    draw = np.random.default_rng(7)
    found = learn(world(draw, 6000, median=20.0, sigma=0.8, days=60))
    asked = truth(0.5, found.follow_up, median=20.0, sigma=0.8)
    assert found.naive[0] < found.quantiles[0].low <= asked <= found.quantiles[0].high
