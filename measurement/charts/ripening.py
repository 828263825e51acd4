"""Orders of a campaign over its life: what was to be expected, with its band, and what came."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from measurement.models import RipeningRow


def of_campaign(row: RipeningRow, through: date | None) -> dict[str, Any] | None:
    """The band as two stacked lines, the lower bound and the width; None without a curve."""
    if not row.curve:
        return None
    days = [point[0][5:] for point in row.curve]
    series: list[dict[str, Any]] = []
    if row.curve[0][1] is not None:
        quiet = {"type": "line", "symbol": "none", "stack": "band", "stackStrategy": "all", "silent": True}
        series += [
            {
                **quiet,
                "name": _("lower end"),
                "data": [point[2] for point in row.curve],
                "lineStyle": {"width": 0},
            },
            {
                **quiet,
                "name": _("80 of 100 such campaigns"),
                "data": [point[3] - point[2] for point in row.curve],
                "lineStyle": {"width": 0},
                "areaStyle": {"color": "compare", "opacity": 0.25},
                "itemStyle": {"color": "compare"},
            },
            {
                "name": _("Expected orders"),
                "type": "line",
                "symbol": "none",
                "data": [point[1] for point in row.curve],
                "lineStyle": {"color": "compare", "type": "dashed"},
                "itemStyle": {"color": "compare"},
            },
        ]
    series.append(
        {
            "name": _("Orders"),
            "type": "line",
            "symbol": "none",
            "data": [point[4] for point in row.curve],
            "lineStyle": {"color": "accent", "width": 2.5},
            "itemStyle": {"color": "accent"},
        }
    )
    names = [one["name"] for one in series if one["name"] != _("lower end")]
    return {
        "legend": {"top": 0, "left": 0, "data": names, "type": "scroll"},
        "grid": {"left": 8, "right": 24, "top": 36, "bottom": 4, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "boundaryGap": False, "data": days},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": series,
    }
