"""Time decay in whole numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement.attribution import decay
from tests.measurement.attribution.worlds import unhurried

WEEK = 168


def test_a_touch_at_the_order_weighs_two_to_the_thirtieth_and_half_of_it_a_half_life_before():
    table = decay.weights(Decimal(7))
    assert table[0] == 1_073_741_824
    assert table[WEEK] == 536_870_912
    assert table[84] == 759_250_125  # 2^29.5 = 759,250,124.99


def test_the_table_ends_where_weights_round_to_nothing():
    table = decay.weights(Decimal(7))
    assert len(table) == 31 * WEEK
    assert table[-1] == 1
    assert decay.weight(31 * WEEK, table) == 0  # exactly one half, and a half goes to the even number


def test_the_table_ends_at_the_longest_age_asked_for():
    assert decay.weights(Decimal(7), 2) == decay.weights(Decimal(7))[:3]


@unhurried
@given(st.sampled_from([1, 12, 24, 168, 333]), st.integers(0, 10_400))
def test_every_weight_is_the_nearest_whole_number(half_life, age):
    """round(2^30 · 2^(-a/h)) = w holds when (2w-1)^h <= 2^(31h-a) <= (2w+1)^h, all in whole numbers."""
    age = min(age, 31 * half_life)
    weight = decay.weight(age, decay.weights(Decimal(half_life) / 24))
    assert max(0, 2 * weight - 1) ** half_life <= 2 ** (31 * half_life - age) <= (2 * weight + 1) ** half_life


@settings(unhurried, max_examples=20)
@given(st.decimals("0.001", "9", places=3))
def test_weights_never_grow_with_age_and_none_is_cut_off(half_life_days):
    table = decay.weights(half_life_days)
    assert list(table) == sorted(table, reverse=True)
    assert table[0] == 2**30
    assert (len(table) - 1) < 31 * 24 * half_life_days <= len(table)


@pytest.mark.parametrize("days", ["0", "-1", "NaN", "Infinity"])
def test_a_half_life_is_a_positive_number(days):
    with pytest.raises(ValueError, match="must be positive"):
        decay.weights(Decimal(days))
