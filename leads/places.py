"""Places of a store: what is taken at once, the slots of a day, and when somebody is to be reminded (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]
"""From its first moment up to, and without, its last."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be booked. ``left`` is never below 0, also where a rule became tighter."""

    starts_at: datetime
    ends_at: datetime
    left: int


def peak(spans: Iterable[Span], within: Span) -> int:
    """The most spans that hold at one moment of another span. Spans that only touch do not hold at once."""
    first, last = within
    clipped = [(max(start, first), min(end, last)) for start, end in spans if start < last and end > first]
    steps = sorted(
        [(start, 1) for start, _ in clipped] + [(end, -1) for _, end in clipped]
    )  # at one moment ends come first
    most = now = 0
    for _, change in steps:
        now += change
        most = max(most, now)
    return most


def fits(spans: Iterable[Span], wanted: Span, capacity: int) -> bool:
    """Whether one more holds, so that at no moment more than ``capacity`` do."""
    return peak(spans, wanted) < capacity


def slots(open_hours: Iterable[Span], minutes: int, taken: Sequence[Span], capacity: int) -> list[Slot]:
    """What can be booked within the hours of a day, back to back from each opening; a rest that is shorter
    than a slot is none."""
    length = timedelta(minutes=minutes)
    found = []
    for opens, closes in open_hours:
        start = opens
        while start + length <= closes:
            wanted = (start, start + length)
            found.append(Slot(*wanted, max(0, capacity - peak(taken, wanted))))
            start += length
    return found


def reminder(
    hours: Iterable[int], *, starts_at: datetime, booked_at: datetime, now: datetime
) -> tuple[int, datetime] | None:
    """The reminder that is due, as (hours before, since when): of several that were missed the nearest to
    the appointment, none for a time that was over when it was booked, none once it has begun."""
    due = [(one, starts_at - timedelta(hours=one)) for one in sorted(set(hours))]
    return next(((one, at) for one, at in due if booked_at < at <= now < starts_at), None)
