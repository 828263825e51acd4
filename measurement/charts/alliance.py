"""Charts of the Alliance page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from measurement import words
from measurement.queries.alliance import AlliancePage
from measurement.reported.gap import Gap
from measurement.words.alliance import PARTS

GRID = {"left": 8, "right": 16, "top": 32, "bottom": 4, "containLabel": True}


def waterfall(gap: Gap) -> dict[str, Any] | None:
    """From the reported figure down to ours, part by part. None when a step would fall below zero, where
    floating bars say nothing."""
    bars: list[tuple[str, int, int, str]] = [(_("Reported"), 0, gap.reported, "compare")]
    level = gap.reported
    for name, fen in gap.parts:
        if fen:
            bars.append((words.said(PARTS, name), level, level - fen, _tone(name)))
        level -= fen
    bars.append((_("Credited by us"), 0, gap.credited, "accent"))
    if any(min(start, end) < 0 for _name, start, end, _tone_of in bars):
        return None
    bars = bars[::-1]  # the first bar is the lowest
    return {
        "grid": {**GRID, "top": 8},
        "tooltip": {"trigger": "item", "formatter": "{b}: ¥{c}"},
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category",
            "data": [name for name, _start, _end, _tone_of in bars],
            "axisLabel": {"width": 130, "overflow": "truncate"},
        },
        "series": [
            {
                "type": "bar",
                "stack": "gap",
                "silent": True,
                "itemStyle": {"color": "transparent"},
                "data": [_yuan(min(start, end)) for _name, start, end, _tone_of in bars],
            },
            {
                "type": "bar",
                "stack": "gap",
                "barMaxWidth": 18,
                "data": [
                    {"value": _yuan(abs(end - start)), "itemStyle": {"color": tone}}
                    for _name, start, end, tone in bars
                ],
            },
        ],
    }


def _tone(part: str) -> str:
    return {"rest": "danger", "unjoined": "warning"}.get(part, "accent-half")


def days(page: AlliancePage) -> dict[str, Any] | None:
    """Reported GMV by day against ours; days whose window had not passed are hatched."""
    if len(page.days) < 2 or not any(day.gmv_fen for day in page.days):
        return None
    return {
        "legend": {"top": 0, "left": 0},
        "grid": GRID,
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [f"{one.day.month}-{one.day.day:02d}" for one in page.days]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "name": _("Reported GMV, ¥"),
                "type": "bar",
                "itemStyle": {"color": "compare"},
                "data": [
                    {"value": None if one.gmv_fen is None else _yuan(one.gmv_fen)}
                    | ({} if one.complete else {"itemStyle": {"color": "compare", "decal": "ripening"}})
                    for one in page.days
                ],
            },
            {
                "name": _("Credited by us, ¥"),
                "type": "line",
                "symbol": "none",
                "itemStyle": {"color": "accent"},
                "lineStyle": {"color": "accent"},
                "data": [_yuan(one.credited) for one in page.days],
            },
        ],
    }


def _yuan(fen: int) -> float:
    return round(fen / 100, 2)
