"""A chart as a picture for letters: the same option that the page draws, by a program without a browser.

Draws what report pages show most: bars (upright, lying or upon each other), lines and bands over categories, and
what people wrote on days. Needs a font with the
characters of the names; where the server has none for Chinese, there is no picture rather than one of boxes.
"""

from __future__ import annotations

import io
from typing import Any

from merchants.chinese_fonts import chinese_font

COLOURS = {  # those of static/seedbed/tokens.css on a light ground
    "accent": "#2a8043",
    "accent-half": "#8fbf9b",
    "compare": "#7a7f78",
    "danger": "#c8483f",
    "warning": "#c98f1b",
    "quiet": "#5c625b",
}
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
    marked = "".join(_words_of(one) for one in series)
    font = _font(f"{title}{''.join(names)}{marked}")
    if font is None or not series or not names:
        return None
    figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _draw(axes, series, len(names), lying)
    _label(axes, names, lying, font)
    axes.set_title(title, loc="left", fontproperties=font, fontsize=12)
    if axes.get_legend_handles_labels()[1]:
        axes.legend(loc="best", frameon=False, prop=font)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _draw(axes: Any, series: list[dict[str, Any]], count: int, lying: bool) -> None:
    beside = [one for one in series if one["type"] == "bar" and not one.get("stack")]
    thick = 0.8 / max(1, len(beside))
    below: dict[str, list[float]] = {}  # how high each stack is so far
    for one in series:
        values = [_value(cell, gap=one["type"] == "line") for cell in one["data"]]
        base = below.get(one.get("stack", ""), [0.0] * count)
        if one["type"] == "bar":
            place = beside.index(one) if one in beside else 0
            at = [n - 0.4 + (thick * (place + 0.5) if one in beside else 0.4) for n in range(count)]
            _bars(axes, one, at, values, base, thick if one in beside else 0.6, lying)
        else:
            _line(axes, one, values, base)
        if one.get("stack"):
            below[one["stack"]] = [low + (value or 0.0) for low, value in zip(base, values, strict=True)]
    if not lying:
        _marks(axes, series)


def _bars(
    axes: Any,
    one: dict[str, Any],
    at: list[float],
    values: list[float],
    base: list[float],
    thick: float,
    lying: bool,
) -> None:
    if one.get("itemStyle", {}).get("color") == "transparent":
        return
    style = {"color": _colour(one), "label": str(one.get("name", "")) or None}
    start = {"left": base} if lying else {"bottom": base}
    drawn = (
        axes.barh(at, values, thick, **start, **style)
        if lying
        else axes.bar(at, values, thick, **start, **style)
    )
    for bar, cell in zip(drawn, one["data"], strict=True):
        own = cell.get("itemStyle", {}) if isinstance(cell, dict) else {}
        if own.get("decal"):
            bar.set(hatch="///", edgecolor="white")
        elif own.get("color"):
            bar.set(facecolor=COLOURS.get(own["color"], COLOURS["accent"]))


def _line(axes: Any, one: dict[str, Any], values: list[float], base: list[float]) -> None:
    """A line, or the band between the ends of a stack; the lower end of one is not drawn."""
    places = range(len(values))
    if one.get("stack"):
        if "areaStyle" in one:
            top = [low + value for low, value in zip(base, values, strict=True)]
            colour = COLOURS.get(one["areaStyle"].get("color", ""), COLOURS["compare"])
            axes.fill_between(places, base, top, color=colour, alpha=0.25, linewidth=0)
        return
    dashed = one.get("lineStyle", {}).get("type") == "dashed"
    axes.plot(
        places, values, color=_colour(one), linestyle="--" if dashed else "-", label=str(one.get("name", ""))
    )


def _marks(axes: Any, series: list[dict[str, Any]]) -> None:
    """What people wrote on days: a dotted line with its words on top."""
    for one in series:
        for mark in one.get("markLine", {}).get("data", ()):
            if isinstance(mark.get("xAxis"), int):
                axes.axvline(mark["xAxis"], color=COLOURS["quiet"], linestyle=":", linewidth=1)
                text = str(mark.get("label", {}).get("formatter", ""))
                axes.annotate(
                    text, (mark["xAxis"], 1), xycoords=("data", "axes fraction"), xytext=(3, -10),
                    textcoords="offset points", fontsize=9, color=COLOURS["quiet"], fontproperties=_font(text),
                )  # fmt: skip


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


def _words_of(one: dict[str, Any]) -> str:
    """What stands in words on a series: its name, and the notes it carries."""
    marks = one.get("markLine", {}).get("data", ())
    return str(one.get("name", "")) + "".join(
        str(mark.get("label", {}).get("formatter", "")) for mark in marks
    )


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
    """A font for this text: any for plain letters, one for Chinese for all else, or None."""
    from matplotlib.font_manager import FontProperties

    if text.isascii() or all(ord(letter) < 0x2E80 for letter in text):
        return FontProperties()
    path = chinese_font()
    return FontProperties(fname=path) if path else None
