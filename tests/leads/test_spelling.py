"""Hours as people write them are read, and read back as they were written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.clock.hours import BadHours
from leads.clock.spelling import days_of, intervals_of, lines_of, text_of


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("09:00-12:00, 13:30-18:00", [["09:00", "12:00"], ["13:30", "18:00"]]),
        ("9:00 – 12:00；13：30至18:00", [["09:00", "12:00"], ["13:30", "18:00"]]),
        ("22:00-02:00", [["22:00", "02:00"]]),
        ("00:00-24:00", [["00:00", "24:00"]]),
        ("", []),
        ("休息", []),
        ("Closed", []),
    ],
)
def test_hours_are_read_in_the_spellings_of_both_languages(text: str, intervals: list[list[str]]) -> None:
    assert intervals_of(text) == intervals


@pytest.mark.parametrize(
    "text", ["09:00", "09:00-25:00", "nine to five", "09:00-12:00-18:00", "9-18", "24:00-25:00"]
)
def test_what_makes_no_sense_is_said(text: str) -> None:
    with pytest.raises(BadHours):
        intervals_of(text)


def test_days_that_are_otherwise_stand_one_a_line() -> None:
    told = days_of("2026-10-01 休息\n\n2026-10-10 09:00-18:00\n")
    assert told == {"2026-10-01": [], "2026-10-10": [["09:00", "18:00"]]}
    assert lines_of(told, "closed") == "2026-10-01 closed\n2026-10-10 09:00-18:00"


@pytest.mark.parametrize(
    "text", ["2026-13-01 closed", "tomorrow closed", "2026-10-01 closed\n2026-10-01 09:00-10:00"]
)
def test_a_day_twice_or_unheard_of_names_its_line(text: str) -> None:
    with pytest.raises(BadHours) as bad:
        days_of(text)
    assert str(bad.value) == text.splitlines()[-1]


times = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"{t[0]:02}:{t[1]:02}")


@given(st.lists(st.tuples(times, times).map(list), max_size=4))
def test_whatever_was_read_is_read_the_same_again(intervals: list[list[str]]) -> None:
    assert intervals_of(text_of(intervals)) == intervals
