"""The funnel counts what the published windows allow, and says how sure its rates are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.funnel import Share, Way, count, in_platform_hours, quantile

START = datetime(2026, 11, 2, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)


def way(*, opened=None, left=None, valid=None, visited=None, won=None, by_form=False) -> Way:
    """Times as spans after the enquiry."""
    moments = [None if span is None else START + span for span in (opened, left, valid, visited, won)]
    return Way(START, *moments, by_form=by_form)


@pytest.mark.parametrize(
    ("told", "reached"),
    [
        (way(), "100000"),
        (way(opened=24 * HOUR), "110000"),
        (way(opened=24 * HOUR + SECOND), "100000"),
        (way(opened=HOUR, left=7 * DAY), "111000"),
        (way(opened=HOUR, left=7 * DAY + SECOND), "110000"),
        (way(opened=HOUR, left=DAY, valid=8 * DAY), "111100"),
        (way(opened=HOUR, left=DAY, valid=8 * DAY + SECOND), "111000"),
        (way(opened=HOUR, left=DAY, valid=2 * DAY, visited=60 * DAY), "111110"),
        (way(opened=HOUR, left=DAY, valid=2 * DAY, visited=60 * DAY, won=90 * DAY), "111111"),
        (way(opened=HOUR, left=DAY, valid=2 * DAY, won=90 * DAY), "111101"),
        (way(left=SECOND, by_form=True), "111000"),
        (way(opened=HOUR, left=DAY, visited=2 * DAY), "111000"),
    ],
)
def test_an_enquiry_counts_as_far_as_the_windows_allow(told: Way, reached: str) -> None:
    assert "".join(str(int(step)) for step in told.reached()) == reached


def test_rates_lead_from_step_to_step_and_are_unknown_of_nothing() -> None:
    funnel = count([way(), way(opened=HOUR), way(opened=HOUR, left=DAY), way(opened=HOUR, left=DAY)])
    assert funnel.counts == (4, 3, 2, 0, 0, 0)
    assert [(rate.hits, rate.size) for rate in funnel.rates] == [(3, 4), (2, 3), (0, 2), (0, 0), (0, 0)]
    assert funnel.rates[0].value == 0.75
    assert funnel.rates[3].value is None
    assert funnel.rates[3].interval is None


def test_the_interval_of_a_rate_is_the_score_interval() -> None:
    low, high = Share(15, 20).interval or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.5313, 0.8881)


@given(st.lists(st.integers(0, 10_000), min_size=1), st.sampled_from([0.5, 0.9, 1.0]))
def test_a_quantile_is_a_value_that_enough_do_not_exceed(values: list[int], share: float) -> None:
    found = quantile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_a_quantile_of_nothing_is_unknown() -> None:
    assert quantile([], 0.5) is None


def test_the_platform_counts_from_nine_to_eleven_at_night() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    day = datetime(2026, 11, 25, tzinfo=zone)
    told = [
        in_platform_hours(day + timedelta(hours=h, minutes=m), zone)
        for h, m in ((8, 59), (9, 0), (22, 59), (23, 0))
    ]
    assert told == [False, True, True, False]
