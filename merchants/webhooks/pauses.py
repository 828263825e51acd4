"""When a message is tried again, when it is given up, and when an endpoint is left alone."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST = timedelta(seconds=5)
FACTOR = 4
LONGEST = timedelta(hours=6)
SPREAD = 0.2  # of a pause, to either side: receivers that come back are not run over
PATIENCE = timedelta(hours=24)
RUN = 10  # attempts


def next_attempt(attempts: int, began_at: datetime, now: datetime, chance: float) -> datetime | None:
    """When to try again after so many attempts (1 and up): 5 s, 20 s, 80 s, … up to 6 h later, a fifth more or
    less by ``chance`` (0 up to 1). None when that would be more than 24 hours after the message began."""
    pause = min(FIRST * FACTOR ** min(attempts - 1, 12), LONGEST)
    moment = now + pause * (1 - SPREAD + 2 * SPREAD * chance)
    return moment if moment <= began_at + PATIENCE else None


def is_lost(failures: int, since: datetime, now: datetime) -> bool:
    """Whether an endpoint is to be left alone: ten attempts in a row failed, and the run is a day old. A burst
    of messages during a short outage is no reason, nor is one failure after a quiet week."""
    return failures >= RUN and now - since >= PATIENCE
