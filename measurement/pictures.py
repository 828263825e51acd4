"""A chart as a picture for letters: the same option that the page draws, by a program without a browser.

Draws what report pages show most: bars (upright or lying) and lines over categories. Needs a font with the
characters of the names; where the server has none for Chinese, there is no picture rather than one of boxes.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

COLOURS = {  # those of static/seedbed/tokens.css on a light ground
    "accent": "#2a8043",
    "accent-half": "#8fbf9b",
    "compare": "#7a7f78",
    "danger": "#c8483f",
    "warning": "#c98f1b",
    "quiet": "#5c625b",
}
FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", "SimHei", "Droid Sans Fallback",
)  # fmt: skip
SIZE = (9.0, 4.6)  # inches
DOTS = 144  # per inch
LONGEST_NAME = 14  # characters on an axis


def png(option: dict[str, Any], title: str) -> bytes | None:
    """The chart of an option (``measurement.charts``) under its title, as a PNG of 1296 × 662 points; None
    when there is no font for its text or no series it can draw."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lying = option.get("yAxis", {}).get("type") == "category"
    names = [_short(str(name)) for name in option["yAxis" if lying else "xAxis"].get("data", [])]
    series = [one for one in option.get("series", []) if one.get("type") in {"bar", "line"}]
    font = _font(f"{title}{''.join(names)}{''.join(str(one.get('name', '')) for one in series)}")
    if font is None or not series or not names:
        return None
    figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _draw(axes, series, len(names), lying)
    _label(axes, names, lying, font)
    axes.set_title(title, loc="left", fontproperties=font, fontsize=12)
    axes.legend(loc="best", frameon=False, prop=font)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _draw(axes: Any, series: list[dict[str, Any]], count: int, lying: bool) -> None:
    bars = [one for one in series if one["type"] == "bar"]
    thick = 0.8 / max(1, len(bars))
    for place, one in enumerate(bars):
        at = [n - 0.4 + thick * (place + 0.5) for n in range(count)]
        values = [_value(cell) for cell in one["data"]]
        style = {"color": _colour(one), "label": str(one.get("name", ""))}
        drawn = axes.barh(at, values, thick, **style) if lying else axes.bar(at, values, thick, **style)
        for bar, cell in zip(drawn, one["data"], strict=True):
            if isinstance(cell, dict) and cell.get("itemStyle", {}).get("decal"):
                bar.set(hatch="///", edgecolor="white")
    for one in series:
        if one["type"] == "line":
            dashed = one.get("lineStyle", {}).get("type") == "dashed"
            axes.plot(
                range(count),
                [_value(cell, gap=True) for cell in one["data"]],
                color=_colour(one),
                linestyle="--" if dashed else "-",
                label=str(one.get("name", "")),
            )


def _label(axes: Any, names: list[str], lying: bool, font: Any) -> None:
    step = 1 if lying else max(1, len(names) // 10)
    at = list(range(0, len(names), step))
    told = [names[n] for n in at]
    if lying:
        axes.set_yticks(at, told, fontproperties=font)
    else:
        axes.set_xticks(at, told, fontproperties=font, rotation=0 if step > 1 or len(names) < 7 else 30)
    axes.grid(axis="x" if lying else "y", color="#e4e6e1", linewidth=0.8)
    axes.set_axisbelow(True)


def _value(cell: Any, *, gap: bool = False) -> float:
    value = cell.get("value") if isinstance(cell, dict) else cell
    return float(value) if value is not None else (float("nan") if gap else 0.0)


def _colour(one: dict[str, Any]) -> str:
    for style in ("itemStyle", "lineStyle"):
        colour = one.get(style, {}).get("color")
        if colour:
            return COLOURS.get(colour, COLOURS["accent"])
    return COLOURS["accent"]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _font(text: str) -> Any:
    """A font for this text: any for plain letters, one of :data:`FONTS` for all else, or None."""
    from matplotlib.font_manager import FontProperties

    if text.isascii() or all(ord(letter) < 0x2E80 for letter in text):
        return FontProperties()
    path = _chinese_font()
    return FontProperties(fname=path) if path else None


@lru_cache(maxsize=1)
def _chinese_font() -> str | None:
    from matplotlib import font_manager

    known = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    return next((known[name] for name in FONTS if name in known), None)
