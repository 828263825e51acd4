"""Service hours: intervals of each weekday with breaks and night shifts, and days that are otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = timedelta(days=1)
WHOLE_DAY = 24 * 60
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")

Minutes = tuple[int, int]
"""Start and length of an interval in minutes of the local day."""


class BadHours(ValueError):
    """Hours that make no sense; says where."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody answers. An interval belongs to the day on which it begins, with all of it that lies on
    the next. A day named in ``exceptions`` has its intervals instead of its weekday's; none: closed."""

    weekdays: tuple[tuple[Minutes, ...], ...]  # seven, Monday first
    exceptions: tuple[tuple[date, tuple[Minutes, ...]], ...] = ()
    zone: str = "Asia/Shanghai"

    def on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The intervals that begin on this local day, as UTC, in order."""
        return _days(self)[day]

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is open from one moment to another, in order and without overlaps, in UTC."""
        zone, days = ZoneInfo(self.zone), _days(self)
        cursor, last = start.astimezone(UTC), end.astimezone(UTC)
        day = start.astimezone(zone).date() - DAY  # a night shift may still last
        last_day = end.astimezone(zone).date()
        while day <= last_day:
            for first, until in days[day]:
                closes = min(until, last)
                if closes > cursor and closes > first:
                    yield max(first, cursor), closes
                    cursor = closes
            day += DAY


def read(
    weekdays: Mapping[str, Sequence[Sequence[str]]],
    exceptions: Mapping[str, Sequence[Sequence[str]]] | None = None,
    zone: str = "Asia/Shanghai",
) -> Hours:
    """Hours as rows hold them: ``{"0": [["09:00", "12:00"], ["13:30", "18:00"]]}`` with 0 for Monday, and
    ``{"2026-10-01": []}``. "24:00" ends a day; an end not after its start lies on the next day."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadHours(zone) from None
    unknown = set(weekdays) - {str(number) for number in range(7)}
    if unknown:
        raise BadHours(min(unknown))
    days = []
    for text, intervals in (exceptions or {}).items():
        try:
            days.append((date.fromisoformat(text), _intervals(intervals)))
        except ValueError:
            raise BadHours(text) from None
    return Hours(
        weekdays=tuple(_intervals(weekdays.get(str(number), ())) for number in range(7)),
        exceptions=tuple(sorted(days)),
        zone=zone,
    )


def _intervals(stated: Sequence[Any]) -> tuple[Minutes, ...]:
    found = []
    for pair in stated:
        times = [_TIME.fullmatch(str(text)) for text in pair]
        if len(times) != 2 or not all(times):
            raise BadHours(str(pair))
        start, end = (int(time[1]) * 60 + int(time[2]) for time in times if time)
        if max(start, end) > WHOLE_DAY or start == WHOLE_DAY:
            raise BadHours(str(pair))
        found.append((start, end - start if end > start else end - start + WHOLE_DAY))
    return tuple(sorted(found))


class _Days(dict[date, tuple[tuple[datetime, datetime], ...]]):
    """The intervals that begin on each local day, as UTC, in order; computed when first asked for."""

    def __init__(self, hours: Hours) -> None:
        self.hours, self.exceptions, self.zone = hours, dict(hours.exceptions), ZoneInfo(hours.zone)

    def __missing__(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        intervals = self.exceptions.get(day, self.hours.weekdays[day.weekday()])
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        self[day] = tuple(
            (
                (midnight + timedelta(minutes=start)).astimezone(UTC),
                (midnight + timedelta(minutes=start + length)).astimezone(UTC),
            )
            for start, length in intervals
        )
        return self[day]


_days = lru_cache(maxsize=256)(_Days)  # asked for once a computation: telling long hours apart takes time
