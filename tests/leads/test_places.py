"""Places of a store: never more at once than it takes, never refused while one is free; reminders once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leads import places
from leads.places import Slot, Span

DAWN = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
spans = st.tuples(st.integers(0, 40), st.integers(1, 15)).map(
    lambda told: (DAWN + told[0] * MINUTE, DAWN + (told[0] + told[1]) * MINUTE)
)


def at_once(taken: list[Span], minute: int) -> int:
    """The naive way: who holds within this minute."""
    moment = DAWN + minute * MINUTE
    return sum(start <= moment < end for start, end in taken)


@given(st.lists(spans, max_size=30), st.integers(0, 4))
def test_bookings_in_any_order_fill_a_store_to_what_it_takes_and_no_further(
    wanted: list[Span], capacity: int
) -> None:
    taken: list[Span] = []
    for span in wanted:
        minutes = [m for m in range(56) if span[0] <= DAWN + m * MINUTE < span[1]]
        free = max(at_once(taken, minute) for minute in minutes) < capacity
        assert places.fits(taken, span, capacity) == free
        if free:
            taken.append(span)
    assert max((at_once(taken, minute) for minute in range(56)), default=0) <= capacity


def test_two_that_follow_one_another_hold_one_place() -> None:
    """Two of an hour each, back to back, leave room for a third across both where two are taken at once."""
    taken = [(DAWN, DAWN + HOUR), (DAWN + HOUR, DAWN + 2 * HOUR)]
    across = (DAWN + 30 * MINUTE, DAWN + 90 * MINUTE)
    assert places.peak(taken, across) == 1
    assert places.fits(taken, across, 2)
    assert not places.fits(taken, across, 1)


def test_slots_stand_back_to_back_and_a_short_rest_is_none() -> None:
    morning = (DAWN, DAWN + 150 * MINUTE)
    taken = [(DAWN + 30 * MINUTE, DAWN + 90 * MINUTE)]
    assert places.slots([morning], 60, taken, 1) == [
        Slot(DAWN, DAWN + HOUR, 0),
        Slot(DAWN + HOUR, DAWN + 2 * HOUR, 0),
    ]
    assert [slot.left for slot in places.slots([morning], 60, taken * 3, 2)] == [0, 0]
    assert [slot.left for slot in places.slots([morning], 75, [], 4)] == [4, 4]
    assert places.slots([], 60, [], 1) == []


def test_a_reminder_falls_due_once_and_never_for_what_was_over_when_it_was_booked() -> None:
    noon, long_ago = DAWN + 60 * HOUR, DAWN - 100 * HOUR

    def due(now: datetime, booked_at: datetime = long_ago) -> object:
        return places.reminder([2, 24], starts_at=noon, booked_at=booked_at, now=now)

    assert due(noon - 24 * HOUR - MINUTE) is None
    assert due(noon - 24 * HOUR) == (24, noon - 24 * HOUR)
    assert due(noon - 2 * HOUR - MINUTE) == (24, noon - 24 * HOUR)
    assert due(noon - 2 * HOUR) == (2, noon - 2 * HOUR)  # after a night without workers only the nearest
    assert due(noon) is None
    assert due(noon - 3 * HOUR, booked_at=noon - 4 * HOUR) is None
    assert due(noon - HOUR, booked_at=noon - 4 * HOUR) == (2, noon - 2 * HOUR)
    assert places.reminder([], starts_at=noon, booked_at=long_ago, now=noon - HOUR) is None
