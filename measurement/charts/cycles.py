"""The curve of a decision cycle: of those who buy, how many have bought by each day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from measurement.models import LearnedCycle

TICKS = 6


def of_cycle(row: LearnedCycle, days: int) -> dict[str, Any]:
    """The step curve with its band, the days P50 and P80, and the cycle that holds."""
    return drawn(
        [(int(p[0]), p[1], p[2], p[3]) for p in row.curve],
        end=max(row.follow_up, days),
        marks=[*mark(row.p50, "P50"), *mark(row.p80, "P80"), _holds(days)],
        since=_("days after the first touch"),
    )


def drawn(
    curve: Sequence[tuple[float, float, float, float]], *, end: float, marks: list[dict[str, Any]], since: str
) -> dict[str, Any]:
    """The step curve of (day, share, low, high) with its band; ``since`` is what the days are counted from."""
    points = [(0, 0.0, 0.0, 0.0), *curve]
    lower = [[day, _percent(low)] for day, _share, low, _high in points]
    width = [[day, _percent(high - low)] for day, _share, low, high in points]
    shares = [[day, _percent(share)] for day, share, _low, _high in points]
    band: dict[str, Any] = {
        "type": "line",
        "step": "end",
        "symbol": "none",
        "stack": "band",
        "stackStrategy": "all",
        "lineStyle": {"opacity": 0},
        "silent": True,
        "tooltip": {"show": False},
    }
    return {
        **_axes(end, since),
        "series": [
            {**band, "name": _("Lower end, 95 %"), "data": lower},
            {
                **band,
                "name": _("Upper end, 95 %"),
                "data": width,
                "areaStyle": {"color": "accent-half", "opacity": 0.45},
            },
            {
                "name": _("bought by then, of those who buy"),
                "type": "line",
                "step": "end",
                "symbol": "none",
                "lineStyle": {"color": "accent", "width": 2},
                "itemStyle": {"color": "accent"},
                "data": shares,
                "markLine": _marks(marks),
            },
        ],
    }


def _axes(end: float, since: str) -> dict[str, Any]:
    return {
        "grid": {"left": 8, "right": 24, "top": 36, "bottom": 28, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "value",
            "min": 0,
            "max": end,
            "name": since,
            "nameLocation": "middle",
            "nameGap": 28,
            "splitLine": {"show": False},
        },
        "yAxis": {"type": "value", "min": 0, "max": 100, "axisLabel": {"formatter": "{value} %"}},
    }


def _holds(days: int) -> dict[str, Any]:
    """The cycle that holds, as a dashed line."""
    return {
        "xAxis": days,
        "lineStyle": {"color": "compare", "type": "dashed"},
        "label": {"formatter": _("holds: %(days)d") % {"days": days}, "position": "insideEndBottom"},
    }


def _marks(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """P50 and P80 as dotted lines, unless a line is drawn otherwise."""
    return {
        "symbol": "none",
        "silent": True,
        "label": {"position": "end", "color": "quiet"},
        "lineStyle": {"color": "accent", "type": "dotted"},
        "data": lines,
    }


def mark(day: int | None, name: str) -> list[dict[str, Any]]:
    """The line of a quantile; none where it is not known."""
    return [] if day is None else [{"xAxis": day, "label": {"formatter": f"{name} {day}"}}]


def _percent(share: float) -> float:
    return round(100 * share, 1)


def at_risk(row: LearnedCycle) -> list[dict[str, Any]]:
    """Some days of the curve, evenly apart, each with what stands on it: for the row under the chart and the
    table beside it."""
    if not row.curve:
        return []
    step = max(1, round(row.follow_up / TICKS))
    found = []
    for wanted in range(0, row.follow_up + 1, step):
        reached = [point for point in row.curve if point[0] <= wanted]
        ahead = next((point for point in row.curve if point[0] >= wanted), row.curve[-1])
        last = reached[-1] if reached else (0, 0.0, 0.0, 0.0, 1.0, row.n, 0, 0)
        found.append(
            {
                "day": wanted,
                "share": last[1],
                "low": last[2],
                "high": last[3],
                "bought": 1 - last[4],
                "at_risk": ahead[5] if reached else row.n,
                "censored": sum(point[7] for point in row.curve if wanted - step < point[0] <= wanted),
            }
        )
    return found
