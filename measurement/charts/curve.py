"""The curve ROI(T+x): credit by the age of its touches, solid where most of them are so old, dashed beyond."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from measurement.queries.curve import Curve

FULL = Decimal("0.8")  # of the cost is so old: from here on the curve is drawn dashed


def of_curve(found: Curve, beside: Curve | None = None, label: str = "") -> dict[str, Any] | None:
    """ROI by age where a cost is stated (of both, when one is ``beside``), else credit in yuan; None when nothing
    was credited. Points that less than ``FULL`` of the cost has reached are drawn dashed, earning the cost back is
    a line; what is beside is dashed grey and called ``label``."""
    drawn = [one for one in (found, beside) if one is not None]
    if not any(one.total.credited for one in drawn):
        return None
    by_roi = all(any(point.roi is not None for point in one.points) for one in drawn)
    values = _values(found, by_roi)
    full = max((place for place, point in enumerate(found.points) if point.reached >= FULL), default=-1)
    name = _("ROI (T+x)") if by_roi else _("Attributed return, ¥")
    series = [
        _line(name, [value if place <= full else None for place, value in enumerate(values)], "solid"),
        _line(
            _("less than four fifths of the cost is so old"),
            [value if place >= full else None for place, value in enumerate(values)],
            "dashed",
        ),
    ]
    if by_roi:
        series[0]["markLine"] = {
            "symbol": "none",
            "silent": True,
            "lineStyle": {"color": "quiet", "type": "dotted"},
            "label": {"color": "quiet", "position": "insideEndTop", "formatter": _("cost earned back")},
            "data": [{"yAxis": 1}],
        }
    shown = series if full < len(values) - 1 else series[:1]
    if beside is not None:
        shown = [*shown, _line(label, _values(beside, by_roi), "dashed", color="compare")]
    return {
        "legend": {"top": 0, "left": 0, "data": [one["name"] for one in shown], "type": "scroll"},
        "grid": {"left": 8, "right": 24, "top": 36, "bottom": 28, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "boundaryGap": False,
            "data": [point.age for point in found.points],
            "name": _("days after the touch"),
            "nameLocation": "middle",
            "nameGap": 28,
        },
        "yAxis": {"type": "value", "min": 0},
        "series": shown,
    }


def _values(found: Curve, by_roi: bool) -> list[float | None]:
    return [_value(point.roi if by_roi else Decimal(point.credited) / 100) for point in found.points]


def _value(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 3)


def _line(name: str, data: list[float | None], kind: str, color: str = "accent") -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "symbol": "none",
        "data": data,
        "lineStyle": {"color": color, "width": 2.5, "type": kind},
        "itemStyle": {"color": color},
    }
