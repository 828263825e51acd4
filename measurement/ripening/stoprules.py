"""A rule written down before a campaign starts: at day t, this figure against that threshold (pure)."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum


class RuleMetric(StrEnum):
    ROI = "roi"  # credited ÷ cost so far
    ORDERS = "orders"
    TO_EXPECTED = "to_expected"  # orders ÷ expected orders by then
    TI_COST = "ti_cost"  # yuan for each deeply interested person, platform-reported
    COST = "cost"  # yuan spent


class Against(StrEnum):
    BELOW = "below"
    ABOVE = "above"


class Action(StrEnum):
    STOP = "stop"
    HALVE = "halve"
    RAISE = "raise"


class RuleState(StrEnum):
    WAITING = "waiting"  # day t has not passed
    FIRED = "fired"
    HELD = "held"  # day t came and the threshold was not crossed
    UNKNOWN = "unknown"  # day t came and the figure is not known


def due_on(launched_on: date, day: int) -> date:
    """The last day that belongs to the first ``day`` days: day 1 is the launch."""
    return launched_on + timedelta(days=day - 1)


def state(against: Against, threshold: float, value: float | None, *, due: date, through: date) -> RuleState:
    """The state once the data reach ``through``."""
    if through < due:
        return RuleState.WAITING
    if value is None:
        return RuleState.UNKNOWN
    crossed = value < threshold if against == Against.BELOW else value > threshold
    return RuleState.FIRED if crossed else RuleState.HELD
