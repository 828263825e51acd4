"""When looks at contacts, or files with them, are so many that the owner should know (pure).

The usual limits keep to what China's courts weigh. Passing personal data on is a crime of "serious circumstances"
from 50 pieces of the contents of communication, or 500 of health and trade data, and from half of that for what
somebody got to know in the course of a service: 25 and 250 (Supreme People's Court and Procuratorate, 法释〔2017〕10号,
article 5, items 3, 4 and 8). Many looks are no crime; from there on they are worth a question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

REVEALS_AN_HOUR = 25
REVEALS_A_DAY = 50
ROWS_A_DAY = 250
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``below`` of something within a window; the one that makes it as many raises an alarm."""

    kind: str
    window: timedelta
    below: int


@dataclass(frozen=True, slots=True)
class Reached:
    """Since when the things counted happened, and how many there are."""

    first_at: datetime
    count: int


def reached(limit: Limit, happened: Iterable[tuple[datetime, int]], *, now: datetime) -> Reached | None:
    """Whether what one person did in the window up to now is as much as the limit; ``happened`` is when and
    how many. The window moves with the time, so that nobody slips through at a full hour; what lies exactly a
    window back is out of it."""
    inside = [(at, many) for at, many in happened if now - limit.window < at <= now]
    count = sum(many for _, many in inside)
    if count < limit.below:
        return None
    return Reached(min(at for at, _ in inside), count)
