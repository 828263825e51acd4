"""When an answer is due, and how long it took: by the calendar and in service hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from leads.clock.hours import Hours

LONGEST = timedelta(days=400)  # hours that do not open within this time are taken to be none


class NeverOpen(ValueError):
    """No service hours within :data:`LONGEST`."""


def due(hours: Hours, start: datetime, seconds: int) -> datetime:
    """The moment at which ``seconds`` of service will have passed since ``start``, in UTC; with 0 the moment
    the clock begins: ``start`` itself, or the next opening."""
    left = timedelta(seconds=seconds)
    for opens, closes in hours.between(start, start + LONGEST):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    raise NeverOpen(str(start))


def elapsed(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """Service time between two moments; nothing when the end is not after the start."""
    return sum((closes - opens for opens, closes in hours.between(start, end)), timedelta())


@dataclass(frozen=True, slots=True)
class Reply:
    """How long a first human reply took, in whole seconds; where hours never open, how much service time that
    was and whether it came in time is unknown."""

    calendar_seconds: int
    service_seconds: int | None
    in_time: bool | None


def reply(hours: Hours, *, asked: datetime, answered: datetime, due_at: datetime | None) -> Reply:
    """Both durations of an answer. One dated before the question, by clocks that differ, took nothing."""
    answered = max(answered, asked)
    seconds = int((answered - asked).total_seconds())
    if due_at is None:
        return Reply(seconds, None, None)
    return Reply(
        calendar_seconds=seconds,
        service_seconds=int(elapsed(hours, asked, answered).total_seconds()),
        in_time=answered <= due_at,
    )
