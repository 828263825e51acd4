"""Options of the charts, in meanings instead of colours; the script resolves them by theme."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from measurement.reports import Axis, Dimension, Report, Row

BARS = 10
GRID = {"left": 8, "right": 32, "top": 32, "bottom": 4, "containLabel": True}


Told = Sequence[tuple[date, date, str]]


def of_results(report: Report, notes: Told = ()) -> dict[str, Any] | None:
    """Days as bars in time against the period before, with what people wrote on them; anything else as the
    ten largest bars and their cost. None when there is nothing to draw."""
    if report.query.by == Dimension.DAY:
        return annotated(_days(report), notes, list(report.query.period))
    rows = sorted(report.rows, key=lambda row: -(row.credited or 0))[:BARS]
    return _largest(rows, report) if any(row.credited for row in rows) else None


def annotated(option: dict[str, Any] | None, notes: Told, days: list[date]) -> dict[str, Any] | None:
    """The option of a chart over days with a mark where people wrote a note; its last series carries them.
    ``days`` are where the places of its axis begin: days, or the first days of weeks. A note that began before
    the chart stands at its first place."""
    if option is None or not notes or not days:
        return option
    marks = [
        {
            "xAxis": max(0, bisect_right(days, first) - 1),
            "label": {"formatter": text if len(text) <= 12 else text[:11] + "…"},
        }
        for first, last, text in notes
        if last >= days[0]
    ]
    line = {
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": "quiet", "type": "dotted"},
        "label": {"color": "quiet", "position": "end", "rotate": 0},
        "data": marks,
    }
    *others, carrier = option["series"]
    return {**option, "series": [*others, {**carrier, "markLine": line}]}


def _yuan(fen: int | None) -> float | None:
    return None if fen is None else round(fen / 100, 2)


def _largest(rows: list[Row], report: Report) -> dict[str, Any]:
    rows = rows[::-1]  # the first bar is the lowest
    series: list[dict[str, Any]] = [
        {
            "name": _("Attributed return, ¥"),
            "type": "bar",
            "barMaxWidth": 14,
            "data": [_bar(row) for row in rows],
            "itemStyle": {"color": "accent"},
        }
    ]
    if any(row.cost is not None for row in rows):
        series.insert(
            0,
            {
                "name": _("Cost, ¥"),
                "type": "bar",
                "barMaxWidth": 6,
                "data": [_yuan(row.cost) for row in rows],
                "itemStyle": {"color": "compare"},
            },
        )
    return {
        "legend": {"top": 0, "left": 0},
        "grid": GRID,
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category",
            "data": [row.name for row in rows],
            "axisLabel": {"width": 150, "overflow": "truncate"},
        },
        "series": series,
    }


def _bar(row: Row) -> dict[str, Any]:
    ripening = row.maturity is not None and row.maturity < 1
    return {
        "value": _yuan(row.credited),
        **({"itemStyle": {"color": "accent", "decal": "ripening"}} if ripening else {}),
    }


def _days(report: Report) -> dict[str, Any] | None:
    found = {row.key: row for row in report.rows}
    if not any(row.credited for row in report.rows):
        return None
    days = list(report.query.period)
    young = report.envelope.provisional_from if report.query.axis == Axis.TOUCH else None
    series: list[dict[str, Any]] = [
        {
            "name": _("Attributed return, ¥"),
            "type": "bar",
            "data": [_day_bar(found.get(day.isoformat()), day, young) for day in days],
            "itemStyle": {"color": "accent"},
        }
    ]
    before = report.query.before
    if before is not None and report.days_before:
        apart = (report.query.period.start - before.start).days
        past = [report.days_before.get((day - timedelta(days=apart)).isoformat(), 0) for day in days]
        series.append(
            {
                "name": _("Period before, ¥"),
                "type": "line",
                "symbol": "none",
                "data": [_yuan(fen) for fen in past],
                "lineStyle": {"color": "compare", "type": "dashed"},
                "itemStyle": {"color": "compare"},
            }
        )
    return {
        "legend": {"top": 0, "left": 0},
        "grid": GRID,
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [f"{day.month}-{day.day:02d}" for day in days]},
        "yAxis": {"type": "value"},
        "series": series,
    }


def _day_bar(row: Row | None, day: date, young: date | None) -> dict[str, Any]:
    bar: dict[str, Any] = {"value": _yuan(row.credited if row else 0)}
    if young is not None and day >= young:
        bar["itemStyle"] = {"color": "accent", "decal": "ripening"}
    return bar


def journey(
    days_before: list[int | None], kinds: list[str], window_days: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Places of the touches of a journey on a line from the opening of the window to the order, and ticks.

    ``x`` is in thousandths of the line; touches of one day are stacked upwards by ``y``. Drawn by the
    template as inline SVG, so that it needs no script.
    """
    taken: dict[int, int] = {}
    stops = []
    for days, kind in zip(days_before, kinds, strict=True):
        if days is None:
            continue
        level = taken.get(days, 0)
        taken[days] = level + 1
        x = round(1000 * (window_days - days) / window_days) if window_days else 1000
        stops.append({"x": x, "y": -14 * min(level, 3), "days": days, "kind": kind, "first": level == 0})
    step = next(
        step for step in (1, 2, 5, 7, 10, 15, 30, 60, 90, 180) if window_days / step <= 8 or step == 180
    )
    ticks = [
        {"x": round(1000 * (window_days - days) / window_days), "days": days}
        for days in range(0, window_days + 1, step)
    ]
    return stops, ticks
