"""Which touches count for an order, and in which order."""

from __future__ import annotations

import pytest

from measurement.attribution import windows
from measurement.attribution.journeys import journey
from measurement.attribution.touches import Order, Touch
from measurement.attribution.windows import DAY, HOUR
from tests.measurement.attribution.worlds import START

ORDER = Order("o1", "p1", "serum", "essence", START, 100)


def counted(*touches: Touch, order: Order = ORDER, **choices: bool) -> list[object]:
    return [touch.touch_id for touch in journey(order, touches, {"essence": 29}, **choices).touches]


def at(touch_id: object, ts: int, person: object = "p1", product: object = "serum") -> Touch:
    return Touch(touch_id, person, product, "note", ts)


@pytest.mark.parametrize(
    ("ts", "counts"),
    [
        (START, True),
        (START + 1, False),
        (START - 29 * DAY, True),
        (START - 29 * DAY - 1, False),
    ],
)
def test_both_ends_belong_to_the_window_and_nothing_beyond(ts, counts):
    assert windows.holds(ts, START, 29) is counts
    assert counted(at("t", ts)) == (["t"] if counts else [])


def test_a_window_of_no_days_holds_the_instant_of_the_order():
    assert [windows.holds(START + tick, START, 0) for tick in (-1, 0, 1)] == [False, True, False]


def test_an_hour_counts_when_it_is_full():
    assert [windows.age_hours(START - age, START) for age in (0, HOUR - 1, HOUR, 25 * HOUR)] == [0, 0, 1, 25]


def test_touches_are_told_in_order_of_time_then_of_id():
    touches = [
        at("10", START - 5),
        at("9", START - 5),
        at("b", START - 5),
        at("late", START),
        at("a", START - 9),
    ]
    assert counted(*touches) == ["a", "9", "10", "b", "late"]


def test_other_people_do_not_count():
    assert counted(at("t", START, person="p2"), at("u", START, person=None)) == []


def test_touches_of_other_products_count_only_for_a_merchant_who_wants_it():
    touches = at("t", START, product="cream"), at("u", START, product=None)
    assert counted(*touches) == []
    assert counted(*touches, match_product=False) == ["t", "u"]


@pytest.mark.parametrize(
    "unknown", [{"person_id": None}, {"category_id": None}, {"category_id": "of no window"}]
)
def test_an_order_of_nobody_or_of_no_window_has_no_journey(unknown):
    facts = {field: getattr(ORDER, field) for field in Order.__dataclass_fields__} | unknown
    assert counted(at("t", START), at("u", START, person=None), order=Order(**facts)) == []
