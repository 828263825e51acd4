"""Times as the platforms write them: Shanghai wall clock, seconds or milliseconds, and "not yet"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z
_MILLISECONDS_FROM = 100_000_000_000  # as seconds this is the year 5138: such a number is milliseconds


def utc_from_shanghai(value: Any) -> datetime | None:
    """``2026-03-01 00:00:00`` in Shanghai as aware UTC; text with its own offset keeps it.

    None for empty, malformed and "not yet" (``0001-01-01 00:00:00``, ``0000-00-00 ...``: anything that
    is not after 1970).
    """
    if not isinstance(value, str):
        return None
    text = re.sub(r"\s*([+-]\d{2}):?(\d{2})$", r"\1:\2", value.strip()) if ":" in value else value.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.year <= _EPOCH.year:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    try:
        return aware.astimezone(UTC)
    except OverflowError:  # the last hours of the year 9999, west of Greenwich
        return None


def utc_from_milliseconds(value: Any) -> datetime | None:
    """Unix milliseconds (int or digits) as aware UTC; None for 0, empty and what is no number."""
    number = _whole(value)
    if number is None or not 0 < number <= _LAST_SECOND * 1000:
        return None
    return _EPOCH + timedelta(milliseconds=number)


def utc_from_seconds(value: Any) -> datetime | None:
    """Unix seconds (int or digits) as aware UTC; None for 0, empty and what is no number."""
    number = _whole(value)
    if number is None or not 0 < number <= _LAST_SECOND:
        return None
    return _EPOCH + timedelta(seconds=number)


def utc_from_any(value: Any) -> datetime | None:
    """A time of undocumented unit: seconds or milliseconds by size, else Shanghai text."""
    number = _whole(value)
    if number is None:
        return utc_from_shanghai(value)
    return utc_from_milliseconds(number) if number >= _MILLISECONDS_FROM else utc_from_seconds(number)


def iso_z(moment: datetime | None) -> str | None:
    """``2026-02-28T16:00:00Z``: UTC, whole seconds (the fraction is dropped)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def from_iso(text: Any) -> datetime | None:
    """The way back from :func:`iso_z`, for times kept in the body of a piece."""
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,17}\s*", value, re.ASCII):
        return int(value)
    return None
