from __future__ import annotations

from datetime import UTC, datetime

import pytest

from merchants.wire.times import (
    from_iso,
    iso_z,
    utc_from_any,
    utc_from_milliseconds,
    utc_from_seconds,
    utc_from_shanghai,
)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01 00:00:00", "2026-02-28T16:00:00Z"),
        ("2026-03-01 10:03:30.683", "2026-03-01T02:03:30Z"),
        ("2026-03-01 10:03:30.683+0800", "2026-03-01T02:03:30Z"),
        ("2026-03-01T10:03:30+00:00", "2026-03-01T10:03:30Z"),
        ("2026-07-01 08:00:00", "2026-07-01T00:00:00Z"),
        ("2026-03-01", "2026-02-28T16:00:00Z"),
    ],
)
def test_naive_text_is_shanghai_without_summer_time(text: str, instant: str) -> None:
    assert iso_z(utc_from_shanghai(text)) == instant


@pytest.mark.parametrize(
    "never",
    [
        "0001-01-01 00:00:00",
        "0000-00-00 00:00:00",
        "1970-01-01 08:00:00",
        "",
        "  ",
        None,
        0,
        "soon",
        "2026-13-01",
        "9999-12-31T23:59:59-08:00",
        "2026-02-30 10:00:00",
    ],
)
def test_what_has_not_happened_has_no_time(never: object) -> None:
    assert utc_from_shanghai(never) is None


def test_epochs_are_read_in_their_unit_and_zero_is_never() -> None:
    noon = datetime(2026, 3, 1, 2, 1, 30, tzinfo=UTC)
    assert utc_from_milliseconds(1772330490000) == noon
    assert utc_from_milliseconds("1772330490000") == noon
    assert utc_from_seconds(1772330490) == noon
    assert [utc_from_milliseconds(no) for no in (0, "0", None, "", True, -5, 10**19)] == [None] * 7
    assert [utc_from_seconds(no) for no in (0, None, 1772330490000)] == [None, None, None]


def test_a_time_of_unknown_unit_is_told_by_its_size() -> None:
    assert utc_from_any(1772330490) == utc_from_any(1772330490000) == utc_from_any("2026-03-01 10:01:30")
    assert utc_from_any(0) is None


def test_iso_text_comes_back_as_the_same_instant() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert from_iso(iso_z(noon)) == noon
    assert (iso_z(None), from_iso(None), from_iso("")) == (None, None, None)
