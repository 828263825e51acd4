"""The reply clock: what is due when, and how much service time lies between two moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leads.clock import china
from leads.clock.hours import BadHours, Hours, read
from leads.clock.reckoning import NeverOpen, due, elapsed, reply

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = [["09:00", "12:00"], ["13:30", "18:00"]]
WEEK = {str(number): DAY for number in range(5)}
OFFICE = read(WEEK)
ALWAYS = read({str(number): [["00:00", "24:00"]] for number in range(7)})
NIGHTS = read({"0": [["18:00", "02:00"]], "4": [["18:00", "02:00"]]})
CHINA = read(WEEK, china.exceptions(2026, DAY))


def at(text: str) -> datetime:
    """A moment in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# 2026-11-25 is a Wednesday
@pytest.mark.parametrize(
    ("hours", "start", "seconds", "expected"),
    [
        pytest.param(OFFICE, "2026-11-25 11:59", 180, "2026-11-25 13:32", id="over lunch"),
        pytest.param(OFFICE, "2026-11-25 17:59", 180, "2026-11-26 09:02", id="over night"),
        pytest.param(OFFICE, "2026-11-29 15:00", 180, "2026-11-30 09:03", id="on a Sunday"),
        pytest.param(OFFICE, "2026-11-27 16:30", 3600, "2026-11-27 17:30", id="within an afternoon"),
        pytest.param(OFFICE, "2026-11-25 11:57", 180, "2026-11-25 12:00", id="up to the last second"),
        pytest.param(ALWAYS, "2026-11-25 23:59", 180, "2026-11-26 00:02", id="midnight closes nothing"),
        pytest.param(NIGHTS, "2026-11-28 01:59", 180, "2026-11-30 18:02", id="night shifts"),
        pytest.param(CHINA, "2026-10-01 10:00", 180, "2026-10-08 09:03", id="the national holiday"),
        pytest.param(CHINA, "2026-10-10 10:00", 180, "2026-10-10 10:03", id="a make-up Saturday"),
        pytest.param(OFFICE, "2026-10-10 10:00", 180, "2026-10-12 09:03", id="a Saturday as any other"),
        pytest.param(OFFICE, "2026-11-25 20:00", 0, "2026-11-26 09:00", id="the clock begins when it opens"),
        pytest.param(OFFICE, "2026-11-25 10:00", 0, "2026-11-25 10:00", id="the clock begins at once"),
    ],
)
def test_an_answer_is_due(hours: Hours, start: str, seconds: int, expected: str) -> None:
    assert due(hours, at(start), seconds) == at(expected)


@pytest.mark.parametrize(
    ("hours", "start", "end", "seconds"),
    [
        pytest.param(OFFICE, "2026-11-27 17:59", "2026-11-30 09:01", 120, id="over a weekend"),
        pytest.param(OFFICE, "2026-11-25 11:58", "2026-11-25 13:31", 180, id="over lunch"),
        pytest.param(OFFICE, "2026-11-25 20:00", "2026-11-25 21:00", 0, id="in the evening"),
        pytest.param(OFFICE, "2026-11-25 10:00", "2026-11-25 09:00", 0, id="backwards"),
        pytest.param(ALWAYS, "2026-11-25 00:00", "2026-12-02 00:00", 7 * 86_400, id="a whole week"),
    ],
)
def test_service_time_between_two_moments(hours: Hours, start: str, end: str, seconds: int) -> None:
    assert elapsed(hours, at(start), at(end)) == timedelta(seconds=seconds)


def test_intervals_that_overlap_count_once() -> None:
    hours = read({"4": [["18:00", "02:00"], ["17:00", "19:00"]], "5": [["01:00", "03:00"]]})
    assert elapsed(hours, at("2026-11-27 00:00"), at("2026-11-29 00:00")) == timedelta(hours=10)


def test_a_reply_has_both_durations_and_says_whether_it_was_in_time() -> None:
    asked = at("2026-11-25 17:59")
    due_at = due(OFFICE, asked, 180)
    told = reply(OFFICE, asked=asked, answered=at("2026-11-26 09:02"), due_at=due_at)
    assert (told.calendar_seconds, told.service_seconds, told.in_time) == (15 * 3600 + 180, 180, True)
    late = reply(OFFICE, asked=asked, answered=at("2026-11-26 09:02") + timedelta(seconds=1), due_at=due_at)
    assert (late.service_seconds, late.in_time) == (181, False)
    before = reply(OFFICE, asked=asked, answered=asked - timedelta(seconds=2), due_at=due_at)
    assert (before.calendar_seconds, before.service_seconds, before.in_time) == (0, 0, True)


def test_another_time_zone_keeps_its_own_hours() -> None:
    tokyo = read({"2": [["09:00", "18:00"]]}, zone="Asia/Tokyo")
    assert due(tokyo, at("2026-11-25 07:00"), 60) == at("2026-11-25 08:01")


def test_hours_that_never_open_are_said_so() -> None:
    with pytest.raises(NeverOpen):
        due(read({}), at("2026-11-25 10:00"), 1)
    assert elapsed(read({}), at("2026-11-25 10:00"), at("2026-11-26 10:00")) == timedelta()


@pytest.mark.parametrize(
    ("weekdays", "exceptions", "zone", "where"),
    [
        ({"7": []}, {}, "Asia/Shanghai", "7"),
        ({"0": [["9:00", "12:00"]]}, {}, "Asia/Shanghai", "['9:00', '12:00']"),
        ({"0": [["09:00", "24:30"]]}, {}, "Asia/Shanghai", "['09:00', '24:30']"),
        ({"0": [["24:00", "02:00"]]}, {}, "Asia/Shanghai", "['24:00', '02:00']"),
        ({"0": [["09:00"]]}, {}, "Asia/Shanghai", "['09:00']"),
        ({}, {"2026-02-30": []}, "Asia/Shanghai", "2026-02-30"),
        ({}, {}, "Asia/Atlantis", "Asia/Atlantis"),
    ],
)
def test_hours_that_make_no_sense_are_refused(weekdays: Any, exceptions: Any, zone: str, where: str) -> None:
    with pytest.raises(BadHours) as refused:
        read(weekdays, exceptions, zone)
    assert str(refused.value) == where


def test_holidays_of_2026_close_33_days_and_open_six_at_weekends() -> None:
    found = china.exceptions(2026, DAY)
    closed = [date.fromisoformat(day) for day, hours in found.items() if not hours]
    opened = [date.fromisoformat(day) for day, hours in found.items() if hours]
    assert (len(closed), len(opened)) == (33, 6)
    assert all(day.weekday() >= 5 for day in opened)
    with pytest.raises(KeyError):
        china.exceptions(2027, DAY)


# -- properties on random schedules

minutes = st.integers(0, 24 * 60 - 1)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


pairs = st.lists(st.tuples(minutes, minutes).map(lambda two: [clock(two[0]), clock(two[1])]), max_size=3)
MONDAY = date(2026, 11, 23)
stated = st.fixed_dictionaries(
    {
        "weekdays": st.dictionaries(st.integers(0, 6).map(str), pairs, min_size=1),
        "exceptions": st.dictionaries(
            st.integers(0, 13).map(lambda n: (MONDAY + timedelta(days=n)).isoformat()), pairs, max_size=3
        ),
    }
)
moments = st.integers(0, 14 * 86_400).map(
    lambda second: datetime(2026, 11, 23, tzinfo=SHANGHAI) + timedelta(seconds=second)
)


def is_open(hours: dict[str, Any], second: datetime) -> bool:
    """The definition, second by second: does any interval of this day or of the day before hold it?"""
    local = second.astimezone(SHANGHAI)
    for back in (0, 1):
        day = local.date() - timedelta(days=back)
        intervals = hours["exceptions"].get(day.isoformat(), hours["weekdays"].get(str(day.weekday()), []))
        into = (local.hour * 60 + local.minute) + back * 24 * 60
        for start, end in intervals:
            first, last = (int(text[:2]) * 60 + int(text[3:]) for text in (start, end))
            if first <= into < (last if last > first else last + 24 * 60):
                return True
    return False


@given(stated, moments, st.integers(0, 6_000))
@settings(max_examples=60)
@example({"weekdays": {"2": [["23:00", "01:00"]]}, "exceptions": {}}, at("2026-11-26 00:30"), 3_000)
def test_service_time_is_the_number_of_open_seconds(
    hours: dict[str, Any], start: datetime, length: int
) -> None:
    counted = sum(is_open(hours, start + timedelta(seconds=second)) for second in range(length))
    assert elapsed(read(**hours), start, start + timedelta(seconds=length)).total_seconds() == counted


@given(stated, moments, st.integers(1, 5_000))
@settings(max_examples=60)
def test_an_answer_is_due_after_as_many_open_seconds(
    hours: dict[str, Any], start: datetime, seconds: int
) -> None:
    try:
        end = due(read(**hours), start, seconds)
    except NeverOpen:
        return
    assert elapsed(read(**hours), start, end) == timedelta(seconds=seconds)
    assert is_open(hours, end - timedelta(seconds=1))


@given(stated, moments, moments, st.integers(0, 50_000), st.integers(0, 50_000))
def test_a_later_question_or_a_longer_target_is_never_due_earlier(
    hours: dict[str, Any], one: datetime, other: datetime, short: int, more: int
) -> None:
    told, (first, second) = read(**hours), sorted([one, other])
    try:
        early = due(told, first, short)
        assert early <= due(told, second, short)
        assert early <= due(told, first, short + more)
    except NeverOpen:
        return


@given(stated, moments, moments, moments)
def test_service_time_adds_up_over_any_split(
    hours: dict[str, Any], a: datetime, b: datetime, c: datetime
) -> None:
    told, (first, middle, last) = read(**hours), sorted([a, b, c])
    assert elapsed(told, first, last) == elapsed(told, first, middle) + elapsed(told, middle, last)


def test_the_clock_speaks_utc() -> None:
    assert due(OFFICE, at("2026-11-25 10:00"), 60).tzinfo == UTC
