"""How long a case waits, in the hours in which people work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from statistics import median

OPENS, CLOSES = time(9), time(18)


def working_hours(begin: datetime, end: datetime, zone: tzinfo) -> float:
    """Hours between two moments from Monday to Friday, 9 to 18 o'clock in a zone; holidays are not known here."""
    total = timedelta()
    day: date = begin.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        if day.weekday() < 5:
            opens, closes = (datetime.combine(day, at, zone) for at in (OPENS, CLOSES))
            total += max(min(end, closes) - max(begin, opens), timedelta())
        day += timedelta(days=1)
    return total / timedelta(hours=1)


def usual(cases: Iterable[tuple[datetime, datetime]], zone: tzinfo) -> float | None:
    """The median of what past cases took from submission to decision; None where there are none."""
    took = [working_hours(begin, end, zone) for begin, end in cases]
    return median(took) if took else None
