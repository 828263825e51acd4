"""What can be told of a field without asking anybody: its form, its check digit, its date."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

PERMANENT = "permanent"
"""How a licence without an end states its date."""

_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_SIGNS = "10X98765432"


def plain(text: str) -> str:
    """A text as it is compared: full-width signs as plain ones, no blanks at the ends, single ones inside."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def uscc_fault(text: str) -> str:
    """What is wrong with a unified social credit code: ``length``, ``signs``, ``check_digit``; empty if nothing.

    18 signs without I, O, S, V, Z; the last one is 31 minus the sum of the others' numbers times powers of 3,
    modulo 31 (GB 32100-2015).
    """
    code = plain(text).upper()
    if len(code) != 18:
        return "length"
    if any(sign not in _USCC_SIGNS for sign in code):
        return "signs"
    total = sum(_USCC_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    return "" if _USCC_SIGNS[-total % 31] == code[17] else "check_digit"


def identity_fault(text: str) -> str:
    """The same of a resident identity number: 17 digits and a check sign, with a birthday that exists (GB 11643)."""
    code = plain(text).upper()
    if len(code) != 18:
        return "length"
    if not re.fullmatch(r"[0-9]{17}[0-9X]", code):
        return "signs"
    try:
        date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return "date"
    total = sum(int(digit) * weight for digit, weight in zip(code, _ID_WEIGHTS, strict=False))
    return "" if _ID_SIGNS[total % 11] == code[17] else "check_digit"


def text_fault(text: str) -> str:
    """``empty``, or ``signs`` for a text with control signs in it."""
    if not plain(text):
        return "empty"
    return "signs" if any(unicodedata.category(sign) == "Cc" for sign in text) else ""


def date_fault(text: str) -> str:
    """``date`` unless it is a day as 2027-03-01 in this or the last two centuries."""
    try:
        day = date.fromisoformat(plain(text))
    except ValueError:
        return "date"
    return "" if 1900 <= day.year <= 2199 else "date"


def phone_fault(text: str) -> str:
    return "" if re.fullmatch(r"\+?[0-9][0-9 -]{5,18}[0-9]", plain(text)) else "signs"


def whole_fault(text: str) -> str:
    """``number`` unless it is a whole number from 0 to 99,999."""
    return "" if re.fullmatch(r"[0-9]{1,5}", plain(text)) else "number"


FAULTS: dict[str, Callable[[str], str]] = {
    "text": text_fault,
    "date": date_fault,
    "phone": phone_fault,
    "whole": whole_fault,
    "cn_uscc": uscc_fault,
    "cn_identity": identity_fault,
}
"""By the type of a field: the code of what is wrong, or nothing."""


def valid_until(text: str) -> date | None:
    """The last day on which it holds; None for one without an end. Raises ValueError for no date at all."""
    return None if plain(text) == PERMANENT else date.fromisoformat(plain(text))
