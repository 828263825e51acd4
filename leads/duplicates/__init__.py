"""Who may be whom: a phone in every spelling, names that are alike, and what is only ever suggested (pure).

The ladder: the same delivery is dropped and the same conversation or platform user is the same contact, all
by natural keys of the rows; the same phone or WeChat id, and an alike name at one store within two days, only
suggest. Nothing here ever joins two people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from leads.duplicates.reached import masked, phone, wechat, without_numbers

__all__ = [
    "ALIKE", "NEAR", "Known", "alike", "is_mobile", "masked", "name", "phone", "suggestions", "wechat",
    "without_numbers",
]  # fmt: skip

ALIKE = 0.85
NEAR = timedelta(hours=48)
_TITLES = re.compile(r"(先生|女士|小姐|老师|太太|同学)$")
_MOBILE = re.compile(r"1[3-9]\d{9}")


def is_mobile(digits: str) -> bool:
    return _MOBILE.fullmatch(digits) is not None


def name(text: str) -> str:
    """A name to compare by: letters and digits only, small, without a form of address."""
    plain = unicodedata.normalize("NFKC", text)
    letters = "".join(sign for sign in plain if sign.isalnum()).lower()
    return _TITLES.sub("", letters) or letters


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as far as a comparison needs it; ``keys`` are keyed hashes of phones and WeChat ids."""

    contact: int
    keys: frozenset[str]
    name: str
    store: int | None
    seen_at: datetime


def suggestions(new: Known, others: Iterable[Known]) -> list[tuple[int, str]]:
    """Contacts that may be the same person, each with the stronger reason: ``detail`` or ``name``."""
    found = []
    for other in others:
        if other.contact == new.contact:
            continue
        if new.keys & other.keys:
            found.append((other.contact, "detail"))
        elif (
            new.store is not None
            and new.store == other.store
            and abs(new.seen_at - other.seen_at) <= NEAR
            and alike(new.name, other.name)
        ):
            found.append((other.contact, "name"))
    return sorted(found)


def alike(one: str, other: str) -> bool:
    """Whether two names read as the same; an empty one, or a single sign, is like none."""
    first, second = name(one), name(other)
    if min(len(first), len(second)) < 2:
        return False
    return first == second or SequenceMatcher(None, first, second).ratio() >= ALIKE
