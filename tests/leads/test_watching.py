"""The rule of alarms: as many as the limit within a window that moves, and what lies a window back is out."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from leads.watching import HOUR, Limit, Reached, reached
from tests.leads.desks import MINUTE, NOON, SECOND

LIMIT = Limit("reveals", HOUR, 3)


def test_one_less_than_the_limit_is_no_alarm_the_limit_is_and_one_more_still_is() -> None:
    looks = [(NOON - n * MINUTE, 1) for n in range(4)]
    assert reached(LIMIT, looks[:2], now=NOON) is None
    assert reached(LIMIT, looks[:3], now=NOON) == Reached(NOON - 2 * MINUTE, 3)
    assert reached(LIMIT, looks, now=NOON) == Reached(NOON - 3 * MINUTE, 4)


def test_the_window_moves_with_the_time_so_that_a_full_hour_hides_nothing() -> None:
    looks = [(NOON - 30 * MINUTE, 2), (NOON + 29 * MINUTE, 1)]
    assert reached(LIMIT, looks, now=NOON + 29 * MINUTE) == Reached(NOON - 30 * MINUTE, 3)


def test_what_lies_exactly_a_window_back_counts_no_more() -> None:
    looks = [(NOON - HOUR, 1), (NOON - MINUTE, 1), (NOON, 1)]
    assert reached(LIMIT, looks, now=NOON) is None
    assert reached(LIMIT, [(NOON - HOUR + SECOND, 1), *looks[1:]], now=NOON) == Reached(
        NOON - HOUR + SECOND, 3
    )


@given(st.lists(st.tuples(st.integers(-7200, 7200), st.integers(0, 5)), max_size=30), st.integers(1, 40))
def test_it_is_the_plain_count_of_what_lies_within(found: list[tuple[int, int]], below: int) -> None:
    happened = [(NOON + timedelta(seconds=at), many) for at, many in found]
    told = reached(Limit("x", HOUR, below), happened, now=NOON)
    count = sum(many for at, many in found if -3600 < at <= 0)
    assert (told.count if told else None) == (count if count >= below else None)
