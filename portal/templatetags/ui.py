"""What templates say figures, marks and icons with; `{% load ui %}`, or nothing where it is a builtin."""

import functools
import re
import secrets
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from merchants.devices import device_of
from merchants.models import Membership
from portal import formats, marks, nav, ways, words

register = template.Library()

ICONS = "static/vendor/tabler-icons/3.51.0"
Number = int | float | Decimal


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _number(value: Any) -> Any:
    """Templates pass anything: an empty string, as from a missing variable, is unknown."""
    return None if value == "" else value


# -- filters


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """The value of a mapping under a key that the template holds in a variable; None where there is none."""
    return mapping.get(key)


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
def lasted(seconds: int | None) -> str:
    return formats.lasted(seconds, _language())


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
def until(first: date, last: date) -> str:
    return formats.days(first, last, _language())


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
def _icon_shapes(name: str) -> SafeString:
    """The drawing of a vendored icon without its frame; an unknown name is a programming error and raises."""
    drawing = (Path(settings.ROOT) / ICONS / f"{name}.svg").read_text()
    shapes = re.findall(r"<(?!/|svg)[^>]+>", drawing)
    return mark_safe("".join(shape for shape in shapes if 'stroke="none"' not in shape))  # noqa: S308 - locked file


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon at the size of the text; decorative unless it carries the whole meaning and so has a label."""
    says = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="icon" viewBox="0 0 24 24" {}>{}</svg>', says, _icon_shapes(name))


@register.simple_tag
def thumb(cover: str | None, title: str = "", size: str = "") -> SafeString:
    """The cover of a note, or a drawn leaf of the same size where there is none."""
    if cover:
        return format_html(
            '<img class="thumb {}" src="{}" alt="" loading="lazy" decoding="async">',
            size,
            cover,
        )
    return format_html('<span class="thumb thumb-empty {}">{}</span>', size, icon("leaf"))


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


register.simple_tag(marks.grade)
register.simple_tag(marks.segments)


@register.simple_tag
def maturity(share: Number | None) -> SafeString:
    return marks.maturity(_number(share))


@register.simple_tag
def bar(value: Number | None, maximum: Number | None, tone: str = "accent") -> SafeString:
    return marks.bar(_number(value), _number(maximum), tone)


@register.simple_tag
def whisker(
    value: Number | None,
    low: Number | None,
    high: Number | None,
    minimum: Number,
    maximum: Number,
    form: str = "fen",
) -> SafeString:
    return marks.whisker(_number(value), _number(low), _number(high), (minimum, maximum), form)


# -- forms and the shell


@register.simple_tag(takes_context=True)
def block_again(context: template.Context, name: str) -> str:
    """Render a block a second time; the title of a page is both its tab and its heading."""
    return str(context.render_context[BLOCK_CONTEXT_KEY].get_block(name).render(context))


@register.simple_tag
def control(field: BoundField, placeholder: str | None = None) -> SafeString:
    """The widget of a field in our dress; a placeholder replaces its own, the empty one removes it."""
    kind = getattr(field.field.widget, "input_type", "textarea")
    dress = {
        "checkbox": "form-check-input",
        "radio": "form-check-input",
        "select": "form-select",
    }
    css = dress.get(kind, "form-control")
    if field.errors:
        css += " is-invalid"
    attrs: dict[str, Any] = {"class": f"{css} {field.field.widget.attrs.get('class', '')}".strip()}
    if placeholder is not None:
        attrs["placeholder"] = placeholder or False  # False leaves the attribute out
    return field.as_widget(attrs=attrs)


@register.filter
def is_check(field: BoundField) -> bool:
    return getattr(field.field.widget, "input_type", "") == "checkbox"


@register.simple_tag
def unique_id(prefix: str = "id") -> str:
    """An id that no other part of the page has, also after fragments were swapped in."""
    return f"{prefix}-{secrets.token_hex(4)}"


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, param: str, number: int) -> str:
    """This address with another page number; every other choice in it is kept."""
    query = context["request"].GET.copy()
    query[param] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def opened_here(context: template.Context) -> str:
    """What an address with a query ends in so that the page it opens offers the way back to this one."""
    return "&" + urlencode({ways.PARAMETER: ways.here(context["request"])})


@register.simple_tag(takes_context=True)
def carried(context: template.Context) -> str:
    """What an address of the same page, with a query, ends in so that the way back is not lost."""
    back = context["request"].GET.get(ways.PARAMETER, "")
    return "&" + urlencode({ways.PARAMETER: back}) if back else ""


@register.filter
def device(user_agent: str) -> str:
    """The browser and system that somebody is signed in with; empty where neither is known."""
    return device_of(user_agent)


@register.filter
def entry(membership: Membership) -> str:
    """The address at which a member of this merchant begins."""
    return nav.entry(membership)


@register.filter
def page_numbers(page: Any) -> list[int | str]:
    """The numbers of a pager with gaps for what is left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.simple_tag
def empty_words(reason: str) -> words.EmptyState:
    """Picture, title and text of an empty state, by which of the five reasons applies."""
    return words.EMPTY[reason]


@register.simple_tag
def state_words(state: str) -> str:
    """What a job or a step is doing, in a word."""
    return str(words.STATES[state])
