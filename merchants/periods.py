"""Spans of whole days, as people of one time zone count them (pure).

A period is half-open: ``start`` is its first day, ``end`` the day after its last. Presets end with the
last complete day, because a day that still fills would look like a fall.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
WEEK = 7
LONGEST = 800  # days; two years and a little, the longest decision cycle after it

PRESETS = ("7d", "28d", "90d", "this_month", "last_month", "quarter")
"""Names of the spans that follow the calendar; ``custom`` names none of them."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` up to, and without, ``end``. Empty and reversed ones raise ``ValueError``."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"A period ends after it starts: {self.start} to {self.end}.")

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day that belongs to it."""
        return self.end - DAY

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range(self.days))

    def shifted(self, days: int) -> Period:
        return Period(self.start + timedelta(days=days), self.end + timedelta(days=days))

    def instants(self, zone: ZoneInfo = SHANGHAI) -> tuple[datetime, datetime]:
        """The first instant of it and the first instant after it, in UTC."""
        return (start_of(self.start, zone), start_of(self.end, zone))


def start_of(day: date, zone: ZoneInfo = SHANGHAI) -> datetime:
    """The instant, in UTC, at which this day begins in the zone."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def end_of(day: date, zone: ZoneInfo = SHANGHAI) -> datetime:
    """The first instant, in UTC, after this day in the zone."""
    return start_of(day + DAY, zone)


def day_of(instant: datetime, zone: ZoneInfo = SHANGHAI) -> date:
    """The day that an aware instant belongs to in the zone."""
    if instant.tzinfo is None:
        raise ValueError("An instant has a time zone.")
    return instant.astimezone(zone).date()


def last_days(count: int, today: date) -> Period:
    """The last ``count`` complete days before ``today``."""
    return Period(today - timedelta(days=count), today)


def preset(name: str, today: date) -> Period:
    """The span that a preset means on this day; complete days only. An unknown name raises ``KeyError``.

    On the first day of a month or quarter, which has no complete day yet, *this* one is the former one.
    """
    if name in {"7d", "28d", "90d"}:
        return last_days(int(name[:-1]), today)
    yesterday = today - DAY
    if name == "this_month":
        return Period(yesterday.replace(day=1), today)
    if name == "last_month":
        end = today.replace(day=1)
        return Period((end - DAY).replace(day=1), end)
    if name == "quarter":
        return Period(date(yesterday.year, (yesterday.month - 1) // 3 * 3 + 1, 1), today)
    raise KeyError(name)


def weeks_before(period: Period) -> int:
    """How many days back the former period lies: the fewest whole weeks that keep the two apart."""
    return -(-period.days // WEEK) * WEEK


def matched_before(period: Period) -> Period:
    """The former period of the same length whose days are the same weekdays. 28 days go back by 28,
    a month of 31 by 35: a Saturday is compared with a Saturday."""
    return period.shifted(-weeks_before(period))


def year_before(period: Period) -> Period:
    """52 weeks earlier: the same season on the same weekdays."""
    return period.shifted(-52 * WEEK)
