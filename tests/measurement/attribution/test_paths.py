"""The models that look at one path at a time, and the game of the channels, each worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from measurement.attribution import games
from measurement.attribution.paths import DISTINCT_RULES, RULES, of_rows, sums
from tests.measurement.attribution import walks
from tests.measurement.attribution.walks import rows_of_paths
from tests.measurement.attribution.worlds import unhurried

EVERY = {**RULES, **DISTINCT_RULES, "shapley": games.shapley}
ROWS = [(("a", "b", "a", "c"), 10, 1000, 3), (("b",), 3, 90, 0), (("c", "c"), 2, 10, 1)]
BY_HAND = {
    "first": [10, 3, 2],
    "last": [0, 3, 12],
    "linear": [10 * 2 / 4, 10 / 4 + 3, 10 / 4 + 2],  # a is met twice in four touches
    "position": [10 * (0.4 + 0.1), 10 * 0.1 + 3, 10 * 0.4 + 2],
    "linear_distinct": [10 / 3, 10 / 3 + 3, 10 / 3 + 2],
    "position_distinct": [10 * 0.4, 10 * 0.2 + 3, 10 * 0.4 + 2],  # a, b, c in the order of first meetings
    "shapley": [10 / 3, 10 / 3 + 3, 10 / 3 + 2],
}


@pytest.mark.parametrize("model", EVERY)
def test_each_model_by_hand(model) -> None:
    paths = of_rows(ROWS)
    assert EVERY[model](paths, paths.conversions) == pytest.approx(BY_HAND[model], abs=1e-14)


def test_leave_one_out_by_hand_is_what_the_game_loses() -> None:
    """Journeys with a hold 10 of 15 orders, with b 13, with c 12: 35 in all, shared out as 15."""
    paths = of_rows(ROWS)
    lost = games.leave_one_out(paths, paths.conversions)
    assert lost == pytest.approx([10, 13, 12], abs=0)
    assert games.scaled(lost, 15) == pytest.approx([10 * 15 / 35, 13 * 15 / 35, 12 * 15 / 35])
    assert games.scaled(np.zeros(2), 15) == pytest.approx([0, 0])


@unhurried
@given(rows_of_paths)
def test_shapley_is_the_sum_over_all_coalitions(rows) -> None:
    paths = of_rows(rows)
    told = walks.shapley(rows)
    expected = [float(told[name]) for name in paths.channels]
    assert games.shapley(paths, paths.conversions) == pytest.approx(expected, abs=1e-12)


@unhurried
@given(rows_of_paths, st.sampled_from(sorted(EVERY)))
def test_every_model_shares_out_all_of_it_and_nothing_more(rows, model) -> None:
    paths = of_rows(rows)
    for weight in (paths.conversions, paths.value):
        assert EVERY[model](paths, weight).sum() == pytest.approx(weight.sum(), abs=1e-9)


@unhurried
@given(rows_of_paths)
def test_channels_that_change_places_change_their_shapley_values(rows) -> None:
    other = {"a": "b", "b": "a"}
    turned = [(tuple(other.get(name, name) for name in row[0]), *row[1:]) for row in rows]
    one, two = of_rows(rows), of_rows(turned)
    found = dict(zip(one.channels, games.shapley(one, one.conversions), strict=True))
    again = dict(zip(two.channels, games.shapley(two, two.conversions), strict=True))
    assert {other.get(name, name): value for name, value in found.items()} == pytest.approx(again, abs=1e-12)


@unhurried
@given(rows_of_paths, st.sampled_from(sorted(EVERY)))
def test_splitting_rows_changes_nothing(rows, model) -> None:
    split = [(row[0], *one) for row in rows for one in ((row[1], 0, 0), (0, row[2], row[3]))][::-1]
    one, two = of_rows(rows), of_rows(split)
    for weigh in ("conversions", "value"):
        assert EVERY[model](one, getattr(one, weigh)) == pytest.approx(
            EVERY[model](two, getattr(two, weigh)), abs=1e-9
        )


@example([2.2250738585e-313])
@given(st.lists(st.floats(-1e9, 1e9, allow_nan=False), max_size=60))
def test_sums_are_rounded_once(weights) -> None:
    found = sums(np.zeros(len(weights), dtype=np.int64), weights, 1)[0]
    spread = sum(abs(weight) for weight in weights)
    assert found == pytest.approx(math.fsum(weights), abs=spread * 2**-50)


def test_a_million_cents_add_up_without_drift() -> None:
    cents = np.full(1_000_000, 0.01)
    assert sums(np.zeros(1_000_000, dtype=np.int64), cents, 1)[0] == pytest.approx(10_000, abs=1e-11)


def test_a_path_without_a_channel_is_refused() -> None:
    with pytest.raises(ValueError, match="a path without a channel"):
        of_rows([((), 1, 1, 1)])
