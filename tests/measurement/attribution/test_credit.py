"""How an order is shared out, worked by hand and held to what must always be true."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement.attribution import decay
from measurement.attribution.credit import MODELS, attribute, credit, split
from measurement.attribution.journeys import journey
from measurement.attribution.touches import Journey, Order, Touch
from measurement.attribution.windows import DAY, HOUR
from tests.measurement.attribution.worlds import START, unhurried, worlds

TABLE = decay.weights()


def order(value_cents: int = 1_000, ts: int = START) -> Order:
    return Order("o1", "p1", "serum", "essence", ts, value_cents)


def touch(touch_id: str, age: int, **other: object) -> Touch:
    return replace(Touch(touch_id, "p1", "serum", "note", START - age), **other)


def shares(touches: list[Touch], model: str, value_cents: int = 1_000) -> list[int]:
    told = journey(order(value_cents), touches, {"essence": 400})
    return [getattr(row, f"c_{model}") for row in credit(told, TABLE)]


FIVE = [touch(str(number), (5 - number) * DAY) for number in range(1, 6)]


@pytest.mark.parametrize(
    ("model", "fen"),
    [
        ("first", [1_000, 0, 0, 0, 0]),
        ("last", [0, 0, 0, 0, 1_000]),
        ("linear", [200, 200, 200, 200, 200]),
        ("position", [400, 67, 67, 66, 400]),  # 66 2/3 each between: the two left fen go to the earlier
        # weights 2^30 * 2^(-4/7 .. 0): 0.6730, 0.7430, 0.8203, 0.9057, 1 of 4.1420
        ("decay", [163, 179, 198, 219, 241]),
    ],
)
def test_ten_yuan_over_five_touches_a_day_apart(model, fen):
    assert shares(FIVE, model) == fen


def test_linear_gives_the_odd_fen_to_the_earlier_touches():
    assert shares(FIVE[:3], "linear", 100) == [34, 33, 33]


def test_a_negative_amount_is_the_mirror_of_the_positive():
    assert shares(FIVE[:3], "linear", -100) == [-34, -33, -33]


def test_position_halves_between_two_touches_and_the_odd_fen_goes_to_the_first():
    assert shares(FIVE[:2], "position", 101) == [51, 50]


def test_position_of_three_touches_is_forty_twenty_forty():
    assert shares(FIVE[:3], "position") == [400, 200, 400]


def test_decay_gives_half_as_much_to_a_touch_one_half_life_older():
    assert shares([touch("old", 7 * DAY), touch("new", 0)], "decay", 300) == [100, 200]


def test_ages_are_counted_in_whole_hours():
    assert shares([touch("a", HOUR - 1), touch("b", 0)], "decay") == [500, 500]
    assert shares([touch("a", HOUR), touch("b", 0)], "decay") == [499, 501]


def test_touches_too_old_for_any_weight_share_alike():
    assert shares([touch("a", 300 * DAY), touch("b", 250 * DAY)], "decay") == [500, 500]


def test_among_younger_touches_one_too_old_for_any_weight_gets_nothing():
    assert shares([touch("a", 300 * DAY), touch("b", 0)], "decay") == [0, 1_000]


def test_an_order_without_touches_is_one_empty_row():
    (row,) = credit(Journey(order(), ()), TABLE)
    assert (row.order_id, row.touch_id, row.n_touches, row.c_linear, row.position) == (
        "o1",
        None,
        0,
        None,
        None,
    )


amounts = st.integers(-(10**12), 10**12)
weightings = st.lists(st.integers(0, 2**30), min_size=1, max_size=40).filter(any)


@unhurried
@given(amounts, weightings)
def test_the_parts_add_up_to_the_whole(value, weights):
    assert sum(split(value, weights)) == value


@unhurried
@given(amounts, weightings)
def test_no_part_is_a_whole_fen_away_from_its_share(value, weights):
    total = sum(weights)
    for part, weight in zip(split(value, weights), weights, strict=True):
        assert abs(part * total - value * weight) < total


@unhurried
@given(amounts, weightings)
def test_refunding_all_takes_back_what_was_given(value, weights):
    assert split(-value, weights) == [-part for part in split(value, weights)]


@unhurried
@given(st.integers(0, 10**9), weightings)
def test_more_weight_never_gets_less_and_equal_weight_favours_the_earlier(value, weights):
    parts = split(value, weights)
    for earlier, one in enumerate(weights):
        for later in range(earlier + 1, len(weights)):
            if one >= weights[later]:
                assert parts[earlier] >= parts[later]
            else:
                assert parts[earlier] <= parts[later]


@settings(unhurried, max_examples=50)
@given(worlds())
def test_shares_sum_to_one_and_fen_to_the_order(world):
    by_order = {order.order_id: order for order in world.orders}
    rows = world.credits()
    for order_id, line in by_order.items():
        mine = [row for row in rows if row.order_id == order_id]
        if mine[0].n_touches == 0:
            assert len(mine) == 1
            continue
        assert [row.position for row in mine] == list(range(1, mine[0].n_touches + 1))
        assert sum(row.k_position for row in mine) == mine[0].s_position
        assert sum(row.k_decay for row in mine) == mine[0].s_decay
        for model in MODELS:
            assert sum(getattr(row, f"c_{model}") for row in mine) == line.value_cents


@settings(unhurried, max_examples=50)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_arrive_does_not_matter(world, chance):
    touches = list(world.touches)
    chance.shuffle(touches)
    assert attribute(world.orders, touches, {"essence": 29}, TABLE) == attribute(
        world.orders, world.touches, {"essence": 29}, TABLE
    )


def test_half_lives_other_than_seven_days():
    told = journey(order(300), [touch("old", DAY), touch("new", 0)], {"essence": 29})
    assert [row.c_decay for row in credit(told, decay.weights(Decimal(1)))] == [100, 200]
