"""Flags: what looks wrong with what was bought, each rule at its edge."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from measurement.waste.flags import Day, Flag, devices, dwell, floods

FIRST = date(2026, 10, 1)


def history(*last: Day, impressions: int = 1000, clicks: int = 80, days: int = 7) -> list[Day]:
    usual = [Day(FIRST + timedelta(days=n), impressions, clicks, 6400) for n in range(days)]
    return [*usual, *last]


def day(impressions: int, clicks: int | None = None, fen: int = 6400, after: int = 7) -> Day:
    return Day(FIRST + timedelta(days=after), impressions, clicks, fen)


def test_four_times_the_usual_impressions_without_clicks_and_money_is_a_flood():
    assert floods(history(day(4000, 90))) == [Flag("flood", FIRST + timedelta(days=7), 4000, 1000)]


@pytest.mark.parametrize(
    "quiet",
    [
        history(day(3999, 90)),  # not four times
        history(day(4000, 170)),  # clicks came along
        history(day(4000, 90, fen=12_800)),  # a higher budget
        history(day(4000, 90, after=6), days=6),  # six days are no history
        history(day(1999, 10), impressions=400, clicks=32),  # too few to say
    ],
)
def test_what_has_a_plain_reason_or_too_little_history_is_no_flood(quiet):
    assert floods(quiet) == []


def test_without_clicks_known_impressions_and_money_decide():
    known = [Day(one.day, one.impressions, None, one.fen) for one in history(day(5000))]
    assert len(floods(known)) == 1


def test_reading_time_below_three_seconds_over_five_hundred_reads_is_not_plausible():
    assert dwell(500, 2.9) == Flag("dwell", None, 2.9, 3.0)
    assert dwell(499, 1.0) is None
    assert dwell(5000, 3.0) is None
    assert dwell(None, 1.0) is None
    assert dwell(5000, None) is None


def test_three_views_of_each_device_are_flagged_unless_that_is_usual_here():
    assert devices(600, 200) == Flag("devices", None, 3.0, 3.0)
    assert devices(600, 200, usual=2.0) is None
    assert devices(900, 200, usual=2.0) == Flag("devices", None, 4.5, 4.0)
    assert devices(199, 10) is None
    assert devices(600, None) is None
    assert devices(600, 0) is None
