"""Pictures of experiments: how likely one sees the lift, and what was sold against what was expected."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from measurement.charts import GRID
from measurement.lift.plan import LEAST_POWER


def of_power(curve: list[list[float | None]], hoped: float) -> dict[str, Any] | None:
    """Power over the relative lift, in percent, with the line at 80 %."""
    told = [(lift, chance) for lift, chance in curve if lift is not None and chance is not None]
    if not told:
        return None
    return {
        "grid": {**GRID, "top": 28, "right": 48, "bottom": 28},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "value", "name": _("lift, %"), "nameLocation": "middle", "nameGap": 26},
        "yAxis": {"type": "value", "min": 0, "max": 100, "axisLabel": {"formatter": "{value}%"}},
        "series": [
            {
                "name": _("Chance to see it, %"),
                "type": "line",
                "smooth": False,
                "data": [[round(lift * 100, 2), round(chance * 100, 1)] for lift, chance in told],
                "itemStyle": {"color": "accent"},
                "lineStyle": {"color": "accent"},
                "markLine": {
                    "symbol": "none",
                    "silent": True,
                    "label": {"formatter": "{b}", "position": "end", "color": "quiet", "textBorderWidth": 0},
                    "lineStyle": {"color": "compare", "type": "dashed"},
                    "data": [
                        {"yAxis": LEAST_POWER * 100, "name": "80%"},
                        {"xAxis": round(abs(hoped) * 100, 2), "name": _("hoped for")},
                    ],
                },
            }
        ],
    }


def of_days(series: list[list[Any]], starts_on: str, *, unit: str) -> dict[str, Any] | None:
    """What was sold, and what would have been anyway, day by day."""
    if not series:
        return None
    part = 100 if unit == "fen" else 1
    days = [day for day, _seen, _expected in series]
    return {
        "legend": {"top": 0, "left": 0},
        "grid": GRID,
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": days},
        "yAxis": {"type": "value", "scale": True},
        "series": [
            {
                "name": _("Sold"),
                "type": "line",
                "symbol": "none",
                "data": [round(seen / part, 2) for _day, seen, _expected in series],
                "itemStyle": {"color": "accent"},
                "lineStyle": {"color": "accent"},
                "markLine": {
                    "symbol": "none",
                    "silent": True,
                    "label": {"formatter": "{b}", "color": "quiet", "textBorderWidth": 0},
                    "lineStyle": {"color": "rule"},
                    "data": [{"xAxis": starts_on, "name": _("first day")}] if starts_on in days else [],
                },
            },
            {
                "name": _("Expected anyway"),
                "type": "line",
                "symbol": "none",
                "data": [round(expected / part, 2) for _day, _seen, expected in series],
                "itemStyle": {"color": "compare"},
                "lineStyle": {"color": "compare", "type": "dashed"},
            },
        ],
    }
