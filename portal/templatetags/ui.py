"""Filters that say figures in the reader's language, and the marks that stand in table cells.

The marks are tags, not components, because a table repeats them hundreds of times. Their lengths are SVG attributes:
the content policy allows no inline style.
"""

import functools
import secrets
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from django import template
from django.conf import settings
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from portal import formats

register = template.Library()

ICONS = "static/vendor/tabler-icons/3.51.0"
GRADES = ("A", "B", "C", "unjoined")
Number = int | float | Decimal


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _number(value: Any) -> Any:
    """Templates pass anything: an empty string, as from a missing variable, is unknown."""
    return None if value == "" else value


# -- filters


@register.filter
def fen(value: int | None, form: str = "") -> str:
    return formats.money(_number(value), form, _language())


@register.filter
def count(value: Number | None, form: str = "") -> str:
    return formats.count(_number(value), form, _language())


@register.filter
def percent(value: Number | None, places: int = 1) -> str:
    return formats.percent(_number(value), places)


@register.filter
def multiple(value: Number | None, places: int = 2) -> str:
    return formats.multiple(_number(value), places)


@register.filter
def change(value: Number | None, places: int = 1) -> str:
    return formats.change(_number(value), places)


@register.filter
def day(value: date | None, form: str = "") -> str:
    return formats.day(_number(value), form, _language())


@register.filter
def moment(value: datetime | None, form: str = "") -> str:
    return formats.moment(_number(value), form, _language())


@register.filter
def figure(value: Number | None, form: str) -> str:
    return formats.figure(_number(value), form, _language())


@register.filter
def dash(value: object) -> object:
    return formats.DASH if value is None or value == "" else value


@register.filter
def direction(value: Number | None) -> str:
    """`up`, `down`, `level` or `unknown`: the class and the arrow of a change."""
    number = _number(value)
    if number is None:
        return "unknown"
    return "up" if number > 0 else "down" if number < 0 else "level"


# -- icons and pictures


@functools.cache
def _icon_shapes(name: str) -> str:
    """The drawing of a vendored icon without its frame; an unknown name is a programming error and raises."""
    tree = ElementTree.fromstring(
        (Path(settings.ROOT) / ICONS / f"{name}.svg").read_text()
    )
    kept = [shape for shape in tree if shape.get("stroke") != "none"]
    for shape in kept:
        shape.tag = shape.tag.partition("}")[2]
    return "".join(
        ElementTree.tostring(shape, encoding="unicode").strip() for shape in kept
    )


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon at the size of the text; decorative unless it carries the whole meaning and so has a label."""
    says = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    shapes = mark_safe(_icon_shapes(name))
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" {}>{}</svg>', says, shapes
    )


@register.simple_tag
def thumb(cover: str | None, title: str = "", size: str = "") -> SafeString:
    """The cover of a note, or a drawn leaf of the same size where there is none."""
    if cover:
        return format_html(
            '<img class="thumb {}" src="{}" alt="" loading="lazy" decoding="async">',
            size,
            cover,
        )
    return format_html(
        '<span class="thumb thumb-empty {}">{}</span>', size, icon("leaf")
    )


@register.simple_tag
def avatar(url: str | None, name: str = "", size: str = "") -> SafeString:
    """The picture of a person, or the first letter of the name; the name itself always stands beside it."""
    if url:
        return format_html(
            '<img class="face {}" src="{}" alt="" loading="lazy" decoding="async">',
            size,
            url,
        )
    return format_html(
        '<span class="face {}" aria-hidden="true">{}</span>',
        size,
        (name or "?")[:1].upper(),
    )


# -- marks


def grade_words(value: str) -> tuple[str, str]:
    """Short and long name of an evidence grade."""
    return {
        "A": ("A", gettext("A · same person")),
        "B": ("B", gettext("B · link or code")),
        "C": ("C", gettext("C · estimate")),
        "unjoined": (gettext("unjoined"), gettext("unjoined · no evidence")),
    }[value]


@register.simple_tag
def grade(value: str, *, long: bool = False) -> SafeString:
    short, words = grade_words(value)
    return format_html(
        '<span class="grade grade-{}" title="{}">{}</span>',
        value.lower(),
        words,
        words if long else short,
    )


def _share(value: Number | None) -> float | None:
    """A share as a float between 0 and 1, for drawing."""
    return None if value is None or value == "" else min(1.0, max(0.0, float(value)))


def _length(share: float) -> str:
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + "%"


@register.simple_tag
def maturity(share: Number | None) -> SafeString:
    """How much of the cycle has passed: filled is matured, hatched is still ripening."""
    known = _share(share)
    if known is None:
        return format_html('<span class="quiet">{}</span>', formats.DASH)
    words = formats.percent(known, 0)
    label = gettext("%(share)s matured") % {"share": words}
    return format_html(
        '<span class="maturity"><svg class="track" role="img" aria-label="{}">'
        '<rect class="ripening" width="100%" height="100%"/><rect class="matured" width="{}" height="100%"/></svg>'
        '<span aria-hidden="true">{}</span></span>',
        label,
        _length(known),
        words,
    )


@register.simple_tag
def bar(
    value: Number | None, maximum: Number | None, tone: str = "accent"
) -> SafeString:
    """A bar from zero on the common scale of a column; decorative, for the figure stands beside it."""
    if value is None or value == "" or not maximum:
        return SafeString("")
    length = _length(_share(float(value) / float(maximum)) or 0.0)
    return format_html(
        '<svg class="bar" aria-hidden="true"><rect class="tone-{}" width="{}" height="100%"/></svg>',
        tone,
        length,
    )


@register.simple_tag
def whisker(
    value: Number | None,
    low: Number | None,
    high: Number | None,
    minimum: Number,
    maximum: Number,
    form: str = "fen",
) -> SafeString:
    """A point and its interval on the common axis of a column, with a tick at zero when the axis crosses it.

    `minimum` and `maximum` are the ends of that axis, in the unit of the value. An interval that is not known is left
    out; so is the drawing of a value that is not known.
    """
    value, low, high = _number(value), _number(low), _number(high)
    if value is None or maximum <= minimum:
        return SafeString("")
    shapes = []
    if minimum < 0 < maximum:
        shapes.append(_line("zero", 0, 0, minimum, maximum, 0, 14))
    if low is not None and high is not None:
        shapes.append(_line("span", low, high, minimum, maximum, 7, 7))
        shapes += [
            _line("end", end, end, minimum, maximum, 4, 10) for end in (low, high)
        ]
        label = gettext("%(value)s, between %(low)s and %(high)s") % {
            "value": formats.figure(value, form, _language()),
            "low": formats.figure(low, form, _language()),
            "high": formats.figure(high, form, _language()),
        }
    else:
        label = gettext("%(value)s, interval unknown") % {
            "value": formats.figure(value, form, _language())
        }
    point = format_html(
        '<circle cx="{}" cy="7" r="3.5"/>', _place(value, minimum, maximum)
    )
    drawn = format_html_join("", "{}", ((shape,) for shape in [*shapes, point]))
    return format_html(
        '<svg class="whisker" role="img" aria-label="{}">{}</svg>', label, drawn
    )


def _place(value: Number, minimum: Number, maximum: Number) -> str:
    """Where a value stands on the axis, in percent, kept inside by the radius of the point."""
    share = (
        _share((float(value) - float(minimum)) / (float(maximum) - float(minimum)))
        or 0.0
    )
    return _length(0.04 + 0.92 * share)


def _line(
    kind: str,
    start: Number,
    stop: Number,
    minimum: Number,
    maximum: Number,
    top: int,
    bottom: int,
) -> str:
    return format_html(
        '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>',
        kind,
        _place(start, minimum, maximum),
        _place(stop, minimum, maximum),
        top,
        bottom,
    )


@register.simple_tag
def segments(
    parts: list[dict[str, Any]], total: Number | None = None
) -> list[dict[str, Any]]:
    """Lay the parts of a bar end to end: each with `start` and `width` as SVG lengths; unknown or negative is zero."""
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


# -- forms and the shell


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The widget of a field in our dress."""
    kind = getattr(field.field.widget, "input_type", "textarea")
    dress = {
        "checkbox": "form-check-input",
        "radio": "form-check-input",
        "select": "form-select",
    }
    css = dress.get(kind, "form-control")
    if field.errors:
        css += " is-invalid"
    return field.as_widget(
        attrs={"class": f"{css} {field.field.widget.attrs.get('class', '')}".strip()}
    )


@register.filter
def is_check(field: BoundField) -> bool:
    return getattr(field.field.widget, "input_type", "") == "checkbox"


@register.simple_tag
def unique_id(prefix: str = "id") -> str:
    """An id that no other part of the page has, also after fragments were swapped in."""
    return f"{prefix}-{secrets.token_hex(4)}"


@register.filter
def page_numbers(page: Any) -> list[int | str]:
    """The numbers of a pager with gaps for what is left out."""
    return list(
        page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    )


@register.simple_tag
def empty_words(reason: str) -> dict[str, str]:
    """Picture, title and text of an empty state, by which of the five reasons applies."""
    words = {
        "no_data": ("circle-dashed", gettext("No data in this period"), gettext("Nothing was recorded between these dates.")),
        "filter": ("filter-off", gettext("Nothing matches the filter"), gettext("There is data, but none of it fits all the choices above.")),
        "not_connected": ("plug-connected-x", gettext("This source is not connected"), gettext("Connect it or upload a file, and this page fills by itself.")),
        "not_permitted": ("lock", gettext("Your role does not include this"), gettext("Ask an owner of the merchant to change your role.")),
        "too_new": ("hourglass", gettext("Too new to tell"), gettext("The decision cycle has not passed yet; early figures would mislead.")),
    }  # fmt: skip
    picture, title, text = words[reason]
    return {"icon": picture, "title": title, "text": text}


@register.simple_tag
def state_words(state: str) -> str:
    """What a job or a step is doing, in a word."""
    return {
        "waiting": pgettext("state of a job", "Waiting"),
        "running": pgettext("state of a job", "Running"),
        "done": pgettext("state of a job", "Done"),
        "failed": pgettext("state of a job", "Failed"),
    }[state]
