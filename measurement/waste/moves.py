"""What came of a move, held against what was expected of it (pure).

A move names one figure of one row, a direction, a size and a day. Its outcome compares the days from the
move to that day with as many days before it, both ripened. It says what came, never why: other things
changed at the same time, and only an experiment parts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from merchants.periods import Period


class MoveKind(StrEnum):
    BUDGET = "budget"
    PAUSE = "pause"
    REPEAT = "repeat"


class Measure(StrEnum):
    """Figures a move may be expected to change, each as the total of its days."""

    COST = "cost"
    CREDITED = "credited"
    ORDERS = "orders"
    ROI = "roi"


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    HOLD = "hold"  # stays within the size on both sides


class Came(StrEnum):
    """How the outcome stands to the expectation."""

    AS_EXPECTED = "as_expected"
    LESS = "less"  # the right way, not as far
    OTHER_WAY = "other_way"
    CANNOT_TELL = "cannot_tell"  # the interval holds both the expected and no change
    NO_BASE = "no_base"  # nothing before to compare with


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after, and the 95 % interval of its relative change (0.2 is a fifth more)."""

    before: float | None
    after: float | None
    low: float | None = None
    high: float | None = None

    @property
    def share(self) -> float | None:
        if self.before is None or self.after is None or self.before <= 0:
            return None
        return self.after / self.before - 1


def spans(starts_on: date, due_on: date) -> tuple[Period, Period]:
    """The days before and after a move, of one length. A move due on its own first day raises ``ValueError``."""
    after = Period(starts_on, due_on + timedelta(days=1))
    if after.days < 2:
        raise ValueError("a move is due at least a day after it starts")
    return after.shifted(-after.days), after


def matures_on(due_on: date, measure: Measure, cycle_days: int) -> date:
    """The first day on which the outcome is complete: cost at once, the rest after the decision cycle."""
    return due_on + timedelta(days=1 if measure == Measure.COST else cycle_days + 1)


def came(change: Change, direction: Direction, size: float) -> Came:
    """The outcome in a word; ``size`` is the expected relative change, without its sign."""
    share = change.share
    if share is None:
        return Came.NO_BASE
    low = share if change.low is None else change.low
    high = share if change.high is None else change.high
    if direction == Direction.HOLD:
        if abs(share) <= size:
            return Came.AS_EXPECTED
        return Came.CANNOT_TELL if low <= size and high >= -size else Came.OTHER_WAY
    sign = 1 if direction == Direction.UP else -1
    reached = sign * share
    if reached >= size:
        return Came.AS_EXPECTED
    near, far = sorted((sign * low, sign * high))
    if near <= 0 and far >= size:
        return Came.CANNOT_TELL
    return Came.LESS if reached > 0 else Came.OTHER_WAY
