"""Figures as consoles export them: thousands with commas, a dash for nothing, rates with a percent sign.

A dash is *unknown*, never zero. What does not fit is refused with the way to put it right: a rate where a
count belongs, a figure that was rounded to ten thousands, a count below zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from merchants.intake.cells import Day, Formula, Money, Rounded, text_of
from merchants.intake.problems import Refused

NOTHING = frozenset({"-", "--", "—", "–", "/", "\\", "n/a", "na", "null", "none", "无", "暂无", "暂无数据"})
"""What consoles write where they have no figure, in small letters."""

_NUMBER = re.compile(r"[+-]?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,8})?", re.ASCII)
_ROUNDED = re.compile(r"[+-]?[\d,.]+\s*[万亿wW]\+?", re.ASCII)
_WINDOW = re.compile(
    r"(?:近|前)?\s*(\d{1,3})\s*(?:天|日|days?|d)?(?:归因|内|窗口)?", re.ASCII | re.IGNORECASE
)


def is_nothing(raw: object) -> bool:
    """Whether a cell says that there is no figure."""
    return raw is None or (isinstance(raw, str) and (not raw.strip() or raw.strip().casefold() in NOTHING))


def number(raw: object) -> Decimal | None:
    """The number a cell holds, or None when it holds none. Raises ``Refused`` for what is no plain value."""
    if isinstance(raw, Rounded):
        raise Refused("digits_lost")
    if isinstance(raw, Formula):
        raise Refused("formula")
    if isinstance(raw, list | dict):
        raise Refused("not_a_plain_value")
    if isinstance(raw, bool):
        return None
    text = text_of(raw).strip()
    return Decimal(text.replace(",", "")) if _NUMBER.fullmatch(text) else None


@dataclass(frozen=True, slots=True)
class Tally:
    """A count of people or acts: a whole number from zero on; a dash is unknown."""

    high: int = 10**12
    word: str = "whole number"

    def read(self, raw: object) -> int | None:
        if is_nothing(raw):
            return None
        found = number(raw)
        if found is None:
            text = text_of(raw).strip()
            if text.endswith(("%", "％", "‰")):
                raise Refused("percent_in_a_count")
            raise Refused("rounded_to_ten_thousands" if _ROUNDED.fullmatch(text) else "not_whole")
        if found != found.to_integral_value():
            raise Refused("not_whole")
        if found < 0:
            raise Refused("count_below_zero")
        if found > self.high:
            raise Refused("out_of_range", low=0, high=self.high)
        return int(found)


@dataclass(frozen=True, slots=True)
class Yuan:
    """Yuan of a report as whole fen, from zero on; a dash is unknown."""

    word: str = "money"

    def read(self, raw: object) -> int | None:
        if is_nothing(raw):
            return None
        if isinstance(raw, str) and raw.strip().endswith(("%", "％")):
            raise Refused("percent_in_money")
        if isinstance(raw, str) and _ROUNDED.fullmatch(raw.strip()):
            raise Refused("rounded_to_ten_thousands")
        return Money().read(raw)


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate in percent (``12.3`` or ``12.3%``) or a ratio; read to check the figures it was made of, never
    kept. A dash is unknown."""

    word: str = "rate"

    def read(self, raw: object) -> Decimal | None:
        if is_nothing(raw):
            return None
        text = text_of(raw).strip().removesuffix("%").removesuffix("％").strip()
        found = number(raw if not isinstance(raw, str) else text)
        if found is None:
            raise Refused("not_a_rate")
        return found


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, kept as a ratio from 0 to 1: ``62.1%``, or ``62.1`` for the same. One or less without
    a sign may be a ratio or a percentage, and is refused; a dash is unknown. ``low``: the least, in percent;
    a margin may lie below zero."""

    low: int = 0
    word: str = "share"

    def read(self, raw: object) -> Decimal | None:
        if is_nothing(raw):
            return None
        text = text_of(raw).strip()
        bare = text.removesuffix("%").removesuffix("％").strip()
        found = number(raw if not isinstance(raw, str) else bare)
        if found is None or (bare == text and 0 < abs(found) <= 1):
            raise Refused("not_a_share")
        if not self.low <= found <= 100:
            raise Refused("out_of_range", low=f"{self.low} %", high="100 %")
        return (found / 100).quantize(Decimal("0.000001"))


@dataclass(frozen=True, slots=True)
class Index:
    """An index such as TGI, where 100 is like everybody, with two decimals; a dash is unknown."""

    high: int = 1_000_000
    word: str = "index"

    def read(self, raw: object) -> Decimal | None:
        if is_nothing(raw):
            return None
        found = number(raw)
        if found is None:
            raise Refused("not_an_index")
        if not 0 <= found <= self.high:
            raise Refused("out_of_range", low=0, high=self.high)
        return found.quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class WindowDays:
    """Days in which an order still counts for a touch: ``15``, ``30天``, ``近30日``."""

    low: int = 1
    high: int = 365
    word: str = "window"

    def read(self, raw: object) -> int:
        if isinstance(raw, Rounded | Formula | list | dict | bool):
            raise Refused("not_a_window")
        found = _WINDOW.fullmatch(text_of(raw).strip())
        if found is None or not self.low <= int(found[1]) <= self.high:
            raise Refused("not_a_window")
        return int(found[1])


@dataclass(frozen=True, slots=True)
class DayOfTime:
    """A day in Shanghai, whether or not a clock stands behind it."""

    word: str = "day"

    def read(self, raw: object) -> date:
        if isinstance(raw, str):
            raw = re.sub(r"[T ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$", "", raw.strip())
        return Day().read(raw)
