"""The marks that mean the same on every page: grade chip, maturity bar, interval whisker, bars of parts.

They are small SVG texts and not components, because a table repeats them hundreds of times. Lengths are SVG
attributes: the content policy allows no inline style. Colours belong to `static/seedbed`.
"""

from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from portal import formats, words

Number = int | float | Decimal
Axis = tuple[Number, Number]


def grade(value: str, *, long: bool = False) -> SafeString:
    short, long_name = words.GRADES[value]
    return format_html(
        '<span class="grade grade-{}" title="{}">{}</span>',
        value.lower(),
        long_name,
        long_name if long else short,
    )


def _share(value: Number | None) -> float | None:
    """A share as a float between 0 and 1, for drawing."""
    return None if value is None else min(1.0, max(0.0, float(value)))


def _length(share: float) -> str:
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + "%"


def maturity(share: Number | None) -> SafeString:
    """How much of the cycle has passed: filled is matured, hatched is still ripening."""
    known = _share(share)
    if known is None:
        return format_html('<span class="quiet">{}</span>', formats.DASH)
    says = formats.percent(known, 0)
    label = gettext("%(share)s matured") % {"share": says}
    return format_html(
        '<span class="maturity"><svg class="track" role="img" aria-label="{}">'
        '<rect fill="url(#hatch)" width="100%" height="100%"/>'
        '<rect class="matured" width="{}" height="100%"/></svg>'
        '<span aria-hidden="true">{}</span></span>',
        label,
        _length(known),
        says,
    )


PATTERNS = {"ripening": "url(#hatch)", "unjoined": "url(#dots)"}
"""Fills that say "not final" or "not known" without a colour; `templates/parts/patterns.html` draws them."""


def bar(value: Number | None, maximum: Number | None, tone: str = "accent") -> SafeString:
    """A bar from zero on the common scale of a column; decorative, for the figure stands beside it.

    `tone` is `accent`, `accent-half`, `compare`, `danger`, or one of the patterns.
    """
    if value is None or not maximum:
        return SafeString("")
    kind, name = ("fill", PATTERNS[tone]) if tone in PATTERNS else ("class", f"tone-{tone}")
    length = _length(_share(float(value) / float(maximum)) or 0.0)
    drawn = '<svg class="bar" aria-hidden="true"><rect {}="{}" width="{}" height="100%"/></svg>'
    return format_html(drawn, kind, name, length)


def whisker(
    value: Number | None, low: Number | None, high: Number | None, axis: Axis, form: str
) -> SafeString:
    """A point and its interval on the common axis of a column, with a tick at zero when the axis crosses it.

    `axis` holds both ends, in the unit of the value. An interval that is not known is left out; so is the
    whole drawing when the value is not known.
    """
    if value is None or axis[1] <= axis[0]:
        return SafeString("")
    language = get_language() or "en"
    says = {"value": formats.figure(value, form, language)}
    shapes = [_line("zero", (0, 0), axis, (0, 14))] if axis[0] < 0 < axis[1] else []
    if low is None or high is None:
        label = gettext("%(value)s, interval unknown") % says
    else:
        says |= {"low": formats.figure(low, form, language), "high": formats.figure(high, form, language)}
        label = gettext("%(value)s, between %(low)s and %(high)s") % says
        shapes.append(_line("span", (low, high), axis, (7, 7)))
        shapes += [_line("end", (end, end), axis, (4, 10)) for end in (low, high)]
    shapes.append(format_html('<circle cx="{}" cy="7" r="3.5"/>', _place(value, axis)))
    drawn = format_html_join("", "{}", ((shape,) for shape in shapes))
    return format_html('<svg class="whisker" role="img" aria-label="{}">{}</svg>', label, drawn)


def _place(value: Number, axis: Axis) -> str:
    """Where a value stands on the axis, in percent, with room for the radius of the point at both ends."""
    share = _share((float(value) - float(axis[0])) / (float(axis[1]) - float(axis[0]))) or 0.0
    return _length(0.04 + 0.92 * share)


def _line(kind: str, ends: Axis, axis: Axis, heights: tuple[int, int]) -> SafeString:
    return format_html(
        '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>',
        kind,
        _place(ends[0], axis),
        _place(ends[1], axis),
        *heights,
    )


def segments(parts: list[dict[str, Any]], total: Number | None = None) -> list[dict[str, Any]]:
    """Lay the parts of a bar end to end with `start` and `width`; unknown and negative have no length."""
    values = [max(0.0, float(part.get("value") or 0)) for part in parts]
    whole = float(total or 0) or sum(values)
    placed, start = [], 0.0
    for part, value in zip(parts, values, strict=True):
        share = value / whole if whole else 0.0
        placed.append(
            {
                **part,
                "start": _length(start),
                "width": _length(share),
                "share": share if whole else None,
            }
        )
        start += share
    return placed
