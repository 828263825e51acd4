"""Enquiry → opening → lead → valid → visit → deal, counted by the published windows (pure).

Openings count within 24 hours of the enquiry, leads within 7 days of it, valid leads within 7 days of the
lead; visits and deals have no published window. A step is counted only where all steps before it are, but
for the opening, which a form skips.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from merchants.shares import wilson

OPENING_WITHIN = timedelta(hours=24)
LEAD_WITHIN = timedelta(days=7)
VALID_WITHIN = timedelta(days=7)
STEPS = ("enquiry", "opening", "lead", "valid", "visit", "deal")
FEWEST = 5  # a share of fewer is said as a count only


@dataclass(frozen=True, slots=True)
class Way:
    """How far one enquiry came; None where it did not, or where nobody knows."""

    enquired_at: datetime
    opened_at: datetime | None = None
    left_at: datetime | None = None
    valid_at: datetime | None = None
    visited_at: datetime | None = None
    won_at: datetime | None = None
    by_form: bool = False

    def reached(self) -> tuple[bool, ...]:
        """For each of :data:`STEPS` whether it counts."""
        opened = self.by_form or _within(self.enquired_at, self.opened_at, OPENING_WITHIN)
        left = (opened or self.left_at is not None) and _within(self.enquired_at, self.left_at, LEAD_WITHIN)
        valid = left and _within(self.left_at, self.valid_at, VALID_WITHIN)
        visited = valid and self.visited_at is not None
        won = valid and self.won_at is not None
        return True, opened, left, valid, visited, won


def _within(start: datetime | None, end: datetime | None, span: timedelta) -> bool:
    return start is not None and end is not None and end - start <= span


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``size`` with the 95 % score interval; share and ends are unknown where size is 0."""

    hits: int
    size: int

    @property
    def value(self) -> float | None:
        return self.hits / self.size if self.size else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.hits / self.size, self.size) if self.size else None


@dataclass(frozen=True, slots=True)
class Funnel:
    """Counts of the six steps."""

    counts: tuple[int, ...]

    @property
    def rates(self) -> tuple[Share, ...]:
        """From each step to the next. Deals are of visits only where somebody came before they bought."""
        return tuple(
            Share(min(after, before), before)
            for before, after in zip(self.counts, self.counts[1:], strict=False)
        )


def count(ways: Iterable[Way]) -> Funnel:
    totals = [0] * len(STEPS)
    for way in ways:
        for step, reached in enumerate(way.reached()):
            totals[step] += reached
    return Funnel(tuple(totals))


def quantile(values: Sequence[int], share: float) -> int | None:
    """The smallest value that at least this share of them does not exceed; None of none."""
    if not values:
        return None
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def in_platform_hours(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a session counts for the platform's own reply rate: it began from 09:00 to 23:00."""
    return time(9) <= moment.astimezone(zone).time() < time(23)
