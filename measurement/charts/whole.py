"""The curve with and without seeding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from measurement.charts import GRID

WEEK = 7


@dataclass(frozen=True, slots=True)
class Week:
    """Sums of seven days: what came, and what would have come without seeding with both ends of it."""

    first: date
    sold: float
    without: float
    low: float
    high: float


def weeks(
    first: date, outcome: Sequence[float], course: Sequence[float], effect: tuple[float, float, float]
) -> list[Week]:
    """Whole weeks, the last of them ending with the last day; ``effect`` with its low and high end over the
    whole period. What is sold without seeding is never below zero."""
    found = []
    for start in range(len(outcome) % WEEK, len(outcome), WEEK):
        sold, part = sum(outcome[start : start + WEEK]), sum(course[start : start + WEEK])
        without = [max(sold - end * part, 0.0) for end in effect]
        found.append(Week(first + timedelta(days=start), sold, without[0], without[2], without[1]))
    return found


def with_and_without(found: Sequence[Week], scale: float, came: str) -> dict[str, Any]:
    """Weeks as lines: ours in accent, without seeding dashed, its interval as a band. ``scale`` divides
    (100: fen to yuan); ``came`` names what is counted."""

    def values(name: str) -> list[float]:
        return [round(getattr(week, name) / scale, 1) for week in found]

    wide = [round((week.high - week.low) / scale, 1) for week in found]
    hidden = {"type": "line", "symbol": "none", "stack": "band", "stackStrategy": "all", "silent": True}
    return {
        "legend": {"top": 0, "left": 0, "data": [came, _("Without seeding, estimated")]},
        "grid": GRID,
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "data": [f"{week.first.month}-{week.first.day:02d}" for week in found],
            "boundaryGap": False,
        },
        "yAxis": {"type": "value"},
        "series": [
            {
                **hidden,
                "name": _("low"),
                "data": values("low"),
                "lineStyle": {"opacity": 0},
                "tooltip": {"show": False},
            },
            {
                **hidden,
                "name": _("to high"),
                "data": wide,
                "lineStyle": {"opacity": 0},
                "areaStyle": {"color": "compare", "opacity": 0.25},
                "tooltip": {"show": False},
            },
            {
                "name": _("Without seeding, estimated"),
                "type": "line",
                "symbol": "none",
                "data": values("without"),
                "lineStyle": {"color": "compare", "type": "dashed"},
                "itemStyle": {"color": "compare"},
            },
            {
                "name": came,
                "type": "line",
                "symbol": "none",
                "data": values("sold"),
                "lineStyle": {"color": "accent"},
                "itemStyle": {"color": "accent"},
            },
        ],
    }
