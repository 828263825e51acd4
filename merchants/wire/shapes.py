"""Odd shapes of JSON, read without error: absent, null, a bare object for a list, numbers as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_EXACT_FLOAT = 2**53  # above this a float no longer holds every whole number


def as_list(value: Any, key: str | None = None) -> list[Any]:
    """The items of ``value``: absent, null, ``[]``, ``{}`` and ``""`` are none, a bare object is one.

    With ``key`` the list may also stand one level deeper, as in ``{"trades": {"trade": [...]}}``.
    """
    if isinstance(value, Mapping):
        if key is not None and key in value:
            return as_list(value[key])
        return [value] if value else []
    return [item for item in value if item is not None] if isinstance(value, list | tuple) else []


def as_mapping(value: Any) -> Mapping[str, Any]:
    """``value`` when it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def text_or_none(value: Any, *, zero_is_none: bool = False) -> str | None:
    """Text or an id as text; None for empty text and for what cannot be read without losing digits.

    ``zero_is_none`` for ids that write "none" as 0.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        if not value.is_integer() or abs(value) >= _EXACT_FLOAT:
            return None
        value = int(value)
    text = str(value).strip() if isinstance(value, str | int) else ""
    return None if not text or (zero_is_none and text == "0") else text


def integer(value: Any) -> int | None:
    """A whole number given as int, text (``"2"``, ``"2.0"``) or float; None otherwise."""
    text = text_or_none(value)
    if text is None or not text.isascii() or "_" in text:
        return None
    whole, _, fraction = text.partition(".")
    try:
        return int(whole) if not fraction.strip("0") else None
    except ValueError:
        return None


def truth(value: Any) -> bool:
    """True for ``true``, ``"true"``, ``1`` and ``"1"``; success may come as text."""
    return value is True or str(value).strip().lower() in {"true", "1"}
