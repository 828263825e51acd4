"""The bootstrap over persons: exact where exactness is known, repeatable, and honest in simulated worlds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma

from measurement.waste import ranks as ranking
from measurement.waste.draws import sums, weights


def column(*values, kind=np.int64):
    return np.array(values, dtype=kind)


def test_weights_have_mean_and_variance_one_and_follow_the_person_alone():
    drawn = weights(np.arange(1000), np.arange(1000))
    assert drawn.mean() == pytest.approx(1, abs=0.005)
    assert drawn.var() == pytest.approx(1, abs=0.02)
    assert np.array_equal(weights(column(7, 3), column(4)), weights(column(3, 7), column(4))[::-1])


def test_people_of_equal_worth_give_the_exact_limits_of_a_poisson_count():
    """Garwood's limits for 5 of worth 100: 162.3 and 1166.8 (scaled by 100)."""
    found = sums(
        np.zeros(5, dtype=np.int64), np.arange(5), np.full(5, 100.0), 1, next_person=100, draws=20_000
    )
    low, high = found.interval(0)
    assert low == pytest.approx(100 * gamma.ppf(0.025, 5), rel=0.02)
    assert high == pytest.approx(100 * gamma.ppf(0.975, 6), rel=0.02)
    assert (low, high) == pytest.approx((162.3, 1166.8), rel=0.02)


def test_nobody_came_and_the_upper_end_is_that_of_a_count_of_none():
    """χ²(97.5 %; 2) ÷ 2 = 3.69 average persons."""
    empty = np.zeros(0, dtype=np.int64)
    found = sums(empty, empty, np.zeros(0), 1, next_person=100, draws=20_000)
    assert found.interval(0) == pytest.approx((0, 369), rel=0.03)


def test_the_same_rows_give_the_same_interval_in_any_order_and_beside_any_others():
    row, person, worth = column(0, 0, 1, 1), column(5, 9, 5, 2), column(1, 2, 3, 4, kind=float)
    once = sums(row, person, worth, 2, next_person=2)
    again = sums(row[::-1], person[::-1], worth[::-1], 2, next_person=2)
    alone = sums(row[:2], person[:2], worth[:2], 1, next_person=2)
    assert once.interval(0) == again.interval(0) == alone.interval(0)


def test_orders_of_one_person_are_drawn_together():
    """Ten orders of ten people against ten of one: the same sum, an interval three times as wide."""
    worth, row = np.full(10, 100.0), np.zeros(10, dtype=np.int64)
    many = sums(row, np.arange(10), worth, 1, next_person=0)
    one = sums(row, np.zeros(10, dtype=np.int64), worth, 1, next_person=0)
    assert many.seen[0] == one.seen[0] == 1000
    assert np.std(one.drawn) / np.std(many.drawn) == pytest.approx(np.sqrt(10), rel=0.1)


def test_a_margin_below_zero_keeps_the_lower_end_open():
    found = sums(column(0), column(1), column(-100, kind=float), 1, next_person=-100, draws=5000)
    low, high = found.interval(0)
    assert low < -400
    assert -20 < high < 0


@pytest.mark.parametrize(("buyers", "repeat"), [(6, 0.5), (40, 0.5), (40, 0.0), (150, 0.7)])
def test_intervals_cover_the_truth_of_worlds_with_repeat_buyers_at_their_nominal_rate(buyers, repeat):
    """A Poisson number of people, each with a geometric number of orders of log-normal amount: 400 worlds.

    Nominal 95 %; small samples may cover more, none less than chance allows (three standard errors: 91.7 %).
    By orders instead of persons (Fay and Feuer) the same worlds cover 84, 84, 95 and 76 %; with whole-number
    Poisson weights over persons the smallest covers 88 %.
    """
    draw = np.random.default_rng([2026, buyers, int(repeat * 10)])
    truth = buyers * np.exp(0.32) / (1 - repeat) * 100
    worlds, inside, row, person, worth = 400, 0, [], [], []
    for world in range(worlds):
        people = draw.poisson(buyers)
        orders = draw.geometric(1 - repeat, people)
        owner = np.repeat(np.arange(people), orders)
        row.append(np.full(len(owner), world))
        person.append(owner + world * 100_000)
        worth.append(draw.lognormal(0, 0.8, len(owner)) * 100)
    columns = [np.concatenate(part) for part in (row, person, worth)]
    found = sums(*columns, worlds, next_person=float(truth / buyers), draws=400)
    for world in range(worlds):
        low, high = found.interval(world)
        inside += low <= truth <= high
    assert 0.917 <= inside / worlds <= 0.995


def test_rows_far_apart_are_ranked_surely_and_close_ones_are_not_told_apart():
    """Fifty people at 100 each, fifty at 98, and five: the first two share places 1 to 2."""
    row = np.repeat([0, 1, 2], [50, 50, 5])
    found = sums(row, np.arange(105), np.repeat([100.0, 98.0, 100.0], [50, 50, 5]), 3, next_person=100)
    first, second, third = ranking.ranks(found, np.zeros(3), [0, 1, 2])
    assert (first.place, first.best, first.worst, first.alike) == (1, 1, 2, 1)
    assert (second.place, second.best, second.worst) == (2, 1, 2)
    assert (third.place, third.best, third.worst, third.alike) == (3, 3, 3, 0)


def test_ranks_tell_no_equal_rows_apart_more_often_than_promised():
    """200 worlds of six campaigns that are all alike: in at most 5 % (chance: 9.6 %) any pair is parted."""
    draw = np.random.default_rng(5)
    parted = 0
    for _ in range(200):
        people = draw.poisson(40, 6)
        row = np.repeat(np.arange(6), people)
        worth = draw.lognormal(0, 0.6, len(row)) * 100
        person = draw.integers(0, 2**60, len(row))
        found = sums(row, person, worth, 6, next_person=100, draws=300)
        parted += any(rank.alike < 5 for rank in ranking.ranks(found, np.zeros(6), list(range(6))))
    assert parted / 200 <= 0.096
