"""Charts of the process."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from measurement.charts import BARS, GRID, Told, annotated
from measurement.process.questions import MAIN, Row
from measurement.queries.process import Answer


def of_process(
    answer: Answer, code: str, name: str, *, in_yuan: bool, former: str, notes: Told = ()
) -> dict[str, Any] | None:
    """Days in time against the former period, with what people wrote on them; else the ten largest rows of
    the page by a figure."""
    if answer.question.by == Row.DAY:
        return annotated(_days(answer, code, name, former, in_yuan), notes, list(answer.question.period))
    rows = [(line.name, line.figures[code]) for line in answer.lines if line.figures[code] is not None]
    chosen = sorted(rows, key=lambda row: -(row[1] or 0))[:BARS][::-1]
    if not any(value for _, value in chosen):
        return None
    return {
        "grid": {**GRID, "top": 8},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category",
            "data": [name for name, _ in chosen],
            "axisLabel": {"width": 150, "overflow": "truncate"},
        },
        "series": [
            {
                "name": name,
                "type": "bar",
                "barMaxWidth": 14,
                "data": [_drawn(value, in_yuan) for _, value in chosen],
                "itemStyle": {"color": "accent"},
            }
        ],
    }


def _drawn(value: Any, in_yuan: bool) -> float | None:
    if value is None:
        return None
    return round(float(value) / (100 if in_yuan else 1), 4)


def _days(answer: Answer, code: str, name: str, former: str, in_yuan: bool) -> dict[str, Any] | None:
    found = {line.key: line.figures[code] for line in answer.lines}
    if not any(found.values()):
        return None
    days = list(answer.question.period)
    series: list[dict[str, Any]] = [
        {
            "name": name,
            "type": "bar",
            "data": [_drawn(found.get(day.isoformat()), in_yuan) for day in days],
            "itemStyle": {"color": "accent"},
        }
    ]
    before = answer.question.before
    if before is not None and code == MAIN[answer.question.show]:
        apart = (answer.question.period.start - before.start).days
        past = [_before(answer, day, apart) for day in days]
        if any(past):
            series.append(
                {
                    "name": former,
                    "type": "line",
                    "symbol": "none",
                    "data": [_drawn(value, in_yuan) for value in past],
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


def _before(answer: Answer, day: date, apart: int) -> Any:
    return answer.days_before.get((day - timedelta(days=apart)).isoformat())
