"""Before the start: how many are needed, who is treated, what is fixed; and looking early without harm."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import TTestIndPower

from measurement.lift.assignment import TREATMENT, arm_of, matched_pairs
from measurement.lift.plan import ExperimentState, fingerprint, state_on
from measurement.lift.power import curve, people_needed, power, smallest_lift
from measurement.lift.sequential import always_valid_p, reach

# -- power


def test_people_needed_are_those_of_the_textbook():
    """2 (1.959964 + 0.841621)² / 0.5² = 62.8 people an arm for half a standard deviation (Cohen 1988: 64 by t)."""
    assert people_needed(0.5, 1.0) == 63
    assert people_needed(0.5, 1.0, explained=0.5) == 32
    assert people_needed(0.0, 1.0) is None


@pytest.mark.parametrize(("effect", "per_arm"), [(0.1, 800), (0.2, 400), (0.05, 5000), (0.3, 300)])
def test_power_agrees_with_the_exact_test(effect, per_arm):
    theirs = TTestIndPower().power(effect, per_arm, 0.05)
    assert power(effect, 1.0, per_arm) == pytest.approx(float(theirs), abs=2e-3)


def test_power_without_an_effect_is_the_false_alarm_rate():
    assert power(0.0, 1.0, 1000) == pytest.approx(0.05)
    assert power(0.1, 1.0, 1) == 0.0


def test_the_smallest_lift_is_the_one_found_with_the_wanted_power():
    lift = smallest_lift(20.0, 60.0, 5000)
    assert curve(20.0, 60.0, 5000, [lift])[0][1] == pytest.approx(0.8, abs=1e-6)
    assert smallest_lift(0.0, 60.0, 5000) is None


# -- the coin


def test_the_coin_is_the_same_for_ever():
    """The digests of HMAC-SHA-256 begin with f, b, 5, 6, 8, 3, f, 6."""
    assert [arm_of("seed-1", f"person-{n}") for n in range(8)] == [1, 1, 0, 0, 1, 0, 1, 0]


def test_the_coin_is_fair_and_two_seeds_know_nothing_of_each_other():
    one = np.array([arm_of("spring", str(n)) for n in range(40_000)])
    other = np.array([arm_of("autumn", str(n)) for n in range(40_000)])
    assert stats.binomtest(int(one.sum()), len(one), 0.5).pvalue > 0.01
    agree = int((one == other).sum())
    assert stats.binomtest(agree, len(one), 0.5).pvalue > 0.01


def test_a_coin_needs_its_key():
    with pytest.raises(ValueError, match="not keyed"):
        arm_of("", "person")


def test_neighbours_by_size_are_pairs_and_the_odd_one_is_left_out():
    found = matched_pairs({"Shanghai": 90, "Beijing": 88, "Wuhan": 30, "Xian": 29, "Lhasa": 2}, "seed")
    assert {frozenset(pair) for pair in found.pairs} == {
        frozenset({"Shanghai", "Beijing"}), frozenset({"Wuhan", "Xian"}),
    }  # fmt: skip
    assert found.left_out == ("Lhasa",)


@given(
    st.dictionaries(st.text(min_size=1, max_size=6), st.floats(0, 1e9), min_size=2, max_size=40),
    st.text(min_size=1, max_size=10),
)
def test_every_place_has_one_group_and_the_groups_are_of_one_size(volumes, seed):
    found = matched_pairs(volumes, seed)
    groups = found.groups
    assert sorted([*groups, *found.left_out]) == sorted(volumes)
    assert len(found.left_out) == len(volumes) % 2
    assert list(groups.values()).count("control") == list(groups.values()).count("treatment")
    assert found == matched_pairs(dict(reversed(volumes.items())), seed)


def test_each_side_of_a_pair_is_treated_half_of_the_time():
    treated = sum(
        matched_pairs({"a": 2, "b": 1}, f"seed {n}").groups["a"] == "treatment" for n in range(20_000)
    )
    assert stats.binomtest(treated, 20_000, 0.5).pvalue > 0.01
    assert arm_of("seed 0", "a\x00b") in (0, TREATMENT)


# -- what is fixed


def test_the_fingerprint_does_not_depend_on_the_order_and_changes_with_every_word():
    fixed = {"outcome": "revenue", "seed": "5e", "ends_on": date(2026, 3, 1)}
    assert fingerprint(fixed) == fingerprint(dict(reversed(fixed.items())))
    assert fingerprint(fixed) != fingerprint({**fixed, "outcome": "orders"})


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 2, 28), "registered"),
        (date(2026, 3, 1), "running"),
        (date(2026, 3, 14), "running"),
        (date(2026, 3, 15), "ended"),
    ],
)
def test_time_moves_registered_experiments_on(today, state):
    days = date(2026, 3, 1), date(2026, 3, 14)
    assert state_on(ExperimentState.REGISTERED, *days, today) == state
    assert state_on(ExperimentState.DRAFT, *days, today) == "draft"
    assert state_on(ExperimentState.STOPPED, *days, today) == "stopped"


# -- looking early


@given(st.floats(-5, 5), st.floats(1e-3, 5), st.floats(1e-3, 5))
def test_p_is_below_five_percent_exactly_where_the_interval_excludes_zero(effect, error, scale):
    edge = reach(error, scale)
    if abs(abs(effect) - edge) > 1e-9 * edge:
        assert (always_valid_p(effect, error, scale) < 0.05) == (abs(effect) > edge)


def test_looking_every_day_fools_the_textbook_and_not_the_mixture():
    """300 experiments without effect, read out after each of 30 days: the plain 5 % test finds something
    in far more than 5 %; the interval that is valid at all looks does not."""
    chance = np.random.default_rng(7)
    days = np.arange(1, 31)
    sums = chance.normal(0, np.sqrt(2), (300, 30)).cumsum(axis=1)  # a user of each arm a day, spread 1
    effects, errors = sums / days, np.sqrt(2 / days)
    naive = (np.abs(effects) > 1.96 * errors).any(axis=1).mean()
    edges = np.array([reach(float(error), 0.5) for error in errors])
    honest = (np.abs(effects) > edges).any(axis=1).mean()
    assert naive > 0.2
    assert honest <= 0.05


def test_the_price_of_looking_is_a_wider_interval_at_the_end():
    assert 1.2 < reach(0.01, 0.03) / (1.96 * 0.01) < 1.9
    assert reach(0.0, 0.03) == float("inf")
