"""What looks wrong with what was bought: rules with their thresholds, no model (pure).

A flag is a question to the platform or the blogger, never a verdict: each says what it compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

HISTORY = 7  # days before a day can be compared
FLOOD = 4.0  # times the median of the days before
LEAST_IMPRESSIONS = 2_000
QUIET_CLICKS = 0.5  # and the click rate fell below half of what it was
DWELL_SECONDS = 3.0
LEAST_READS = 500
PER_DEVICE = 3.0
LEAST_VIEWS = 200


@dataclass(frozen=True, slots=True)
class Flag:
    """``kind`` is ``flood``, ``dwell`` or ``devices``; ``value`` what was seen, ``usual`` what it was held
    against; ``day`` None where the figure is a running total."""

    kind: str
    day: date | None
    value: float
    usual: float


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one row: impressions and clicks, as its platform reports them."""

    day: date
    impressions: int
    clicks: int | None = None
    fen: int = 0


def floods(days: Sequence[Day]) -> list[Flag]:
    """Days whose impressions are :data:`FLOOD` times the median of the seven or more days before them, while
    clicks did not come along, nor the money: a higher budget is no flood. Without clicks known, impressions
    per yuan decide alone."""
    found = []
    ordered = sorted(days, key=lambda one: one.day)
    for place, one in enumerate(ordered):
        before = [day for day in ordered[max(0, place - 28) : place] if day.impressions > 0]
        if len(before) < HISTORY or one.impressions < LEAST_IMPRESSIONS:
            continue
        usual = median(day.impressions for day in before)
        if one.impressions < FLOOD * usual or _was_paid_for(one, before) or _was_clicked(one, before):
            continue
        found.append(Flag("flood", one.day, one.impressions, usual))
    return found


def _was_paid_for(one: Day, before: Sequence[Day]) -> bool:
    """Whether money explains at least half of the rise."""
    spent = [day.fen for day in before if day.fen > 0]
    if not spent or one.fen <= 0:
        return False
    return one.fen / median(spent) >= FLOOD / 2


def _was_clicked(one: Day, before: Sequence[Day]) -> bool:
    rates = [day.clicks / day.impressions for day in before if day.clicks is not None]
    if one.clicks is None or not rates:
        return False
    return one.clicks / one.impressions >= QUIET_CLICKS * median(rates)


def dwell(reads: int | None, seconds: float | None) -> Flag | None:
    """A mean reading time that nobody reads a note in, over enough reads."""
    if reads is None or seconds is None or reads < LEAST_READS or seconds >= DWELL_SECONDS:
        return None
    return Flag("dwell", None, seconds, DWELL_SECONDS)


def devices(views: int | None, distinct: int | None, usual: float | None = None) -> Flag | None:
    """Views from too few devices, where the source counts devices. ``usual`` is the merchant's own median of
    views per device; without it, :data:`PER_DEVICE`."""
    if views is None or not distinct or views < LEAST_VIEWS:
        return None
    limit = max(PER_DEVICE, 2 * usual) if usual else PER_DEVICE
    each = views / distinct
    return Flag("devices", None, each, limit) if each >= limit else None
