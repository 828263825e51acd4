"""The instant by which a statement replaces an earlier one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def stamped(moment: datetime | None, rank: int) -> datetime:
    """``moment`` plus ``rank`` microseconds (0 to 999): below the millisecond, the finest any feed tells.

    Of two statements of one instant the one with the later state wins, whichever arrived first; the same
    holds between statements without any time, which lose to every statement that has one.
    """
    return (moment or _NEVER) + timedelta(microseconds=rank)
