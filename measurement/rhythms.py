"""When a report goes out next (pure). Hours are those of Shanghai, which knows no summer time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from measurement.choices import Rhythm
from merchants.periods import SHANGHAI


def next_after(moment: datetime, rhythm: Rhythm, *, day: int, hour: int) -> datetime:
    """The first full hour after ``moment`` (aware) that the rhythm names, in UTC.

    ``day`` is 1 (Monday) to 7 of a weekly rhythm and 1 to 28 of a monthly one, so that every month has it;
    a daily rhythm passes over it. Raises ``ValueError`` for a day or an hour that does not exist.
    """
    if not 0 <= hour <= 23 or not 1 <= day <= (7 if rhythm == Rhythm.WEEKLY else 28):
        raise ValueError(f"There is no day {day}, hour {hour} in a {rhythm} rhythm.")
    here = moment.astimezone(SHANGHAI)
    at = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    match rhythm:
        case Rhythm.DAILY:
            at += timedelta(days=at <= here)
        case Rhythm.WEEKLY:
            at += timedelta(days=(day - at.isoweekday()) % 7)
            at += timedelta(days=7 * (at <= here))
        case Rhythm.MONTHLY:
            at = at.replace(day=day)
            if at <= here:
                at = at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)
    return at.astimezone(UTC)
