"""Ripening: the share that is in, what should be there, what signals were worth, when a rule fires."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from measurement.ripening import expected as expecting
from measurement.ripening.expected import Past, Rate, expected, rate_of
from measurement.ripening.shape import by_length, by_quantiles, cohort
from measurement.ripening.signals import relation
from measurement.ripening.stoprules import Against, RuleState, due_on, state

DAY = date(2026, 10, 1)


def test_of_a_cycle_with_a_length_only_95_of_100_buy_inside_at_a_constant_rate():
    """(1 − e^(−10·ln 20/29)) ÷ 0.95 after ten days."""
    shape = by_length(29)
    assert shape.share(0) == 0
    assert shape.share(10) == pytest.approx((1 - 20 ** (-10 / 29)) / 0.95)
    assert shape.share(29) == shape.share(400) == 1
    assert shape.share(12) < 0.8 < shape.share(16)


def test_learned_quantiles_are_met_and_the_rest_falls_inside_the_cycle():
    shape = by_quantiles({0.5: 6, 0.8: 15, 0.95: 26}, 29)
    assert (shape.share(6), shape.share(15), shape.share(26), shape.share(29)) == (0.5, 0.8, 0.95, 1)
    assert shape.share(3) == 0.25


def test_credit_that_ends_before_the_last_quantile_holds_all_there_is_by_then():
    """At day 20 the learned share is 0.8 + 0.15·5/11; every credited order lies before it."""
    shape = by_quantiles({0.5: 6, 0.8: 15, 0.95: 26}, 20)
    assert shape.share(20) == 1
    assert shape.share(6) == pytest.approx(0.5 / (0.8 + 0.15 * 5 / 11))


def test_quantiles_that_do_not_rise_are_refused():
    with pytest.raises(ValueError, match="rise"):
        by_quantiles({0.5: 10, 0.8: 10}, 30)


def test_the_day_by_which_four_fifths_are_in_follows_the_money():
    shape = by_quantiles({0.5: 5, 0.8: 10}, 20)
    assert cohort([(DAY, 100)], shape).day_of(0.8) == DAY + timedelta(days=10)
    late = cohort([(DAY, 100), (DAY + timedelta(days=10), 100)], shape)
    assert late.share(DAY + timedelta(days=10)) == pytest.approx(0.4)
    assert (late.share(late.day_of(0.8)) or 0) >= 0.8


def test_what_came_back_and_days_without_money_have_no_cohort():
    assert cohort([(DAY, 0), (DAY, -5)], by_length(10)).day_of(0.8) is None


def test_fewer_than_five_other_campaigns_are_not_enough_past():
    assert rate_of([Past(10, 1000.0)] * 4) is None
    assert rate_of([Past(0, 1000.0)] * 9) is None
    assert rate_of([Past(10, 1000.0)] * 5) == Rate(0.01, 0.01 / 5000, 5)


def test_campaigns_that_differ_widen_the_band():
    alike = expected(rate_of([Past(50, 1000.0)] * 6), 1000.0)
    apart = expected(rate_of([Past(20, 1000.0), Past(80, 1000.0)] * 3), 1000.0)
    assert alike.orders == apart.orders == pytest.approx(50)
    assert apart.low < alike.low < 50 < alike.high < apart.high


def test_the_band_holds_eighty_of_a_hundred_new_campaigns():
    """500 worlds of eight campaigns whose rates are gamma: the ninth lies in the band at about 80 %."""
    draw = np.random.default_rng(11)
    inside = 0
    for _ in range(500):
        rates = draw.gamma(4, 0.01, 9)
        money = draw.uniform(500, 3000, 9)
        counts = draw.poisson(rates * money)
        past = [Past(int(n), float(fen)) for n, fen in zip(counts[:8], money[:8], strict=True)]
        found = expected(rate_of(past), float(money[8]))
        inside += found.low <= counts[8] <= found.high
    assert 0.74 <= inside / 500 <= 0.88
    assert expecting.TAIL == 0.1


def test_a_signal_in_the_order_of_the_orders_has_rank_correlation_one():
    found = relation(range(12), [n * n for n in range(12)])
    assert found.rho == pytest.approx(1)
    assert found.n == 12
    assert found.tells


def test_a_rank_correlation_worked_by_hand():
    """1 … 12 against the same with neighbours swapped: Σd² = 12, ρ = 1 − 6·12 ÷ (12·143) = 0.958."""
    found = relation(range(12), [1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10])
    assert found.rho == pytest.approx(1 - 72 / (12 * 143))
    assert 0.8 < found.low < found.rho < found.high < 1


def test_too_few_cohorts_or_a_signal_that_never_moves_tell_nothing():
    assert relation(range(9), range(9)).rho is None
    assert relation([3] * 12, range(12)).rho is None


def test_signals_without_any_relation_claim_one_in_about_five_of_a_hundred_worlds():
    draw = np.random.default_rng(3)
    claims = sum(relation(draw.random(20).tolist(), draw.random(20).tolist()).tells for _ in range(600))
    assert 0.025 <= claims / 600 <= 0.08


def test_a_rule_waits_until_its_day_is_complete_and_then_fires_or_holds():
    due = due_on(DAY, 10)
    assert due == DAY + timedelta(days=9)
    before = due - timedelta(days=1)
    assert state(Against.BELOW, 0.5, 0.2, due=due, through=before) == RuleState.WAITING
    assert state(Against.BELOW, 0.5, 0.49, due=due, through=due) == RuleState.FIRED
    assert state(Against.BELOW, 0.5, 0.5, due=due, through=due) == RuleState.HELD
    assert state(Against.ABOVE, 80, 81, due=due, through=due) == RuleState.FIRED
    assert state(Against.ABOVE, 80, None, due=due, through=due) == RuleState.UNKNOWN
