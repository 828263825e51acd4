"""When a report goes out next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.choices import Rhythm
from measurement.rhythms import next_after
from merchants.periods import SHANGHAI


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "rhythm", "day", "hour", "expected"),
    [
        ("2026-11-25 06:59", Rhythm.DAILY, 1, 7, "2026-11-25 07:00"),
        ("2026-11-25 07:00", Rhythm.DAILY, 1, 7, "2026-11-26 07:00"),  # the hour itself is past
        ("2026-11-25 08:00", Rhythm.WEEKLY, 3, 7, "2026-12-02 07:00"),  # a Wednesday, after seven
        ("2026-11-25 08:00", Rhythm.WEEKLY, 1, 7, "2026-11-30 07:00"),
        ("2026-11-25 08:00", Rhythm.MONTHLY, 28, 0, "2026-11-28 00:00"),
        ("2026-12-28 08:00", Rhythm.MONTHLY, 28, 8, "2027-01-28 08:00"),
        ("2026-01-31 08:00", Rhythm.MONTHLY, 28, 8, "2026-02-28 08:00"),
    ],
)
def test_the_next_time_is_the_first_the_rhythm_names_after_now(
    now: str, rhythm: Rhythm, day: int, hour: int, expected: str
) -> None:
    assert next_after(shanghai(now), rhythm, day=day, hour=hour) == shanghai(expected)


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
    rhythm=st.sampled_from(list(Rhythm)),
    day=st.integers(1, 7),
    hour=st.integers(0, 23),
)
def test_it_lies_ahead_within_one_turn_at_the_hour_asked(
    now: datetime, rhythm: Rhythm, day: int, hour: int
) -> None:
    found = next_after(now.replace(tzinfo=UTC), rhythm, day=day, hour=hour)
    turn = {Rhythm.DAILY: 1, Rhythm.WEEKLY: 7, Rhythm.MONTHLY: 31}[rhythm]
    assert timedelta(0) < found - now.replace(tzinfo=UTC) <= timedelta(days=turn)
    here = found.astimezone(SHANGHAI)
    assert (here.hour, here.minute, here.second) == (hour, 0, 0)
    if rhythm == Rhythm.WEEKLY:
        assert here.isoweekday() == day
    if rhythm == Rhythm.MONTHLY:
        assert here.day == day


@pytest.mark.parametrize(
    ("rhythm", "day", "hour"), [(Rhythm.WEEKLY, 8, 7), (Rhythm.MONTHLY, 29, 7), (Rhythm.DAILY, 1, 24)]
)
def test_a_day_or_an_hour_that_does_not_exist_is_refused(rhythm: Rhythm, day: int, hour: int) -> None:
    with pytest.raises(ValueError, match="no day"):
        next_after(datetime.now(UTC), rhythm, day=day, hour=hour)
