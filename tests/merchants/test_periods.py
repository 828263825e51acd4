"""Spans of days, and what they are compared with."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merchants.periods import Period, day_of, matched_before, preset, start_of, year_before

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("name", "start", "last"),
    [
        ("7d", date(2026, 11, 16), date(2026, 11, 22)),
        ("28d", date(2026, 10, 26), date(2026, 11, 22)),
        ("90d", date(2026, 8, 25), date(2026, 11, 22)),
        ("this_month", date(2026, 11, 1), date(2026, 11, 22)),
        ("last_month", date(2026, 10, 1), date(2026, 10, 31)),
        ("quarter", date(2026, 10, 1), date(2026, 11, 22)),
    ],
)
def test_presets_hold_complete_days_only(name, start, last):
    period = preset(name, MONDAY)
    assert (period.start, period.last) == (start, last)


def test_on_the_first_of_a_month_this_month_is_the_one_that_ended():
    assert preset("this_month", date(2027, 1, 1)) == Period(date(2026, 12, 1), date(2027, 1, 1))
    assert preset("quarter", date(2027, 1, 1)) == Period(date(2026, 10, 1), date(2027, 1, 1))
    assert preset("last_month", date(2027, 1, 1)) == Period(date(2026, 12, 1), date(2027, 1, 1))


def test_a_period_has_a_first_day_and_ends_before_its_end():
    period = Period(date(2026, 2, 27), date(2026, 3, 2))
    assert list(period) == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]
    assert date(2026, 3, 1) in period
    assert date(2026, 3, 2) not in period


def test_an_empty_period_is_refused():
    with pytest.raises(ValueError, match="ends after it starts"):
        Period(MONDAY, MONDAY)


def test_days_are_cut_in_shanghai():
    assert start_of(date(2026, 11, 23)) == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert day_of(datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert day_of(datetime(2026, 11, 22, 16, tzinfo=UTC)) == date(2026, 11, 23)


def test_a_month_of_31_days_is_compared_with_days_five_weeks_earlier():
    october = Period(date(2026, 10, 1), date(2026, 11, 1))
    assert matched_before(october) == Period(date(2026, 8, 27), date(2026, 9, 27))
    assert year_before(october).start == date(2025, 10, 2)


periods = st.builds(
    lambda start, days: Period(start, date.fromordinal(start.toordinal() + days)),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.integers(1, 800),
)


@settings(deadline=None)
@given(periods)
def test_the_period_before_has_the_same_weekdays_and_does_not_overlap(period):
    before = matched_before(period)
    assert before.days == period.days
    assert before.start.weekday() == period.start.weekday()
    assert before.end <= period.start
    assert (period.start - before.end).days < 7
