"""What a cell must hold, and how it is read: exact, or refused with the way to put it right.

Every type has ``read(raw)``, which returns the value or raises :class:`Refused`, and ``word``, its name in
the data dictionary. ``raw`` is what a reader found: text, or from workbooks, Parquet and JSON a number, a
truth value or a time. Empty cells never come here; the column decides about them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Protocol

from merchants.intake.problems import Refused

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991
EXACT_DIGITS = 15  # a spreadsheet keeps no more digits of a number than these
_EIGHT_HOURS = timedelta(hours=8)
FIRST_YEAR, LAST_YEAR = 2000, 2099

_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffd\ufffe\uffff]")
_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+?\d{2}", re.ASCII)
_AS_TEXT = re.compile(r'="([^"]*)"')
_MARKED = re.compile(r"'(?=['=+\-@＝＋－＠\t\r\d])", re.ASCII)
_MONEY = re.compile(r"[+-]?\d{1,15}(\.\d{1,8})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3}){1,4}(\.\d{1,8})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,15}(\.0+)?", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))", re.ASCII)
_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s*(Z|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)
_USUAL = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d", re.ASCII)
_EPOCH = re.compile(r"\d{10}(\d{3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rounded:
    """A number of more than 15 digits from a spreadsheet: its last digits are lost."""

    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes instead of holding a value."""

    text: str


class Cell(Protocol):
    @property
    def word(self) -> str: ...

    def read(self, raw: object) -> Any: ...


def text_of(raw: object) -> str:
    """A raw value as a person wrote it, for showing and for handing back."""
    if raw is None:
        return ""
    if isinstance(raw, Rounded | Formula):
        return raw.text
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Decimal):
        # an exponent of a million would be a million digits
        return format(raw, "f") if abs(raw.adjusted()) <= 2 * EXACT_DIGITS else str(raw)
    if isinstance(raw, datetime):
        return raw.isoformat(" ")
    return str(raw)


def visible(text: str) -> str:
    """Text that can be stored and shown: what cannot be seen is a question mark."""
    return _INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", text)


def without_mark(text: str) -> str:
    """Text without what spreadsheets need to leave it alone: ``="0123"``, or an apostrophe before digits or
    a formula sign (``merchants.intake.report`` writes that one)."""
    if text[:1] == "=":
        marked = _AS_TEXT.fullmatch(text)
        return marked[1] if marked else text
    return text[1:] if text[:1] == "'" and _MARKED.match(text) else text


@dataclass(frozen=True, slots=True)
class Text:
    """Text or an id. Keeps every digit: an id from a number cell must be exact."""

    limit: int = 120
    word: str = "text"

    def read(self, raw: object) -> str:
        text = without_mark(raw.strip()) if type(raw) is str else self._plain(raw)
        if _INVISIBLE.search(text):
            raise Refused("invisible_character")
        if len(text) > self.limit:
            raise Refused("too_long", limit=self.limit)
        return text

    def _plain(self, raw: object) -> str:
        _refuse_what_is_no_value(raw)
        if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
            raise Refused("not_text")
        whole, _, fraction = text_of(raw).partition(".")
        if fraction.strip("0"):
            raise Refused("not_text")
        return whole


@dataclass(frozen=True, slots=True)
class Id(Text):
    """An id: as text, and ``4.12E+18``, which a spreadsheet made of one, is refused."""

    limit: int = 80
    word: str = "id"

    def read(self, raw: object) -> str:
        text = Text.read(self, raw)
        if "+" in text and _ROUNDED.fullmatch(text):
            raise Refused("digits_lost")
        return text


@dataclass(frozen=True, slots=True)
class Money:
    """Yuan with at most two decimals as whole fen. Refuses exponents, underscores, foreign digits, fractions
    of a fen and, unless ``negative``, amounts below zero."""

    negative: bool = False
    limit_yuan: int = 1_000_000_000
    word: str = "money"

    def read(self, raw: object) -> int:
        fen = _plain_decimal(raw) * 100
        if fen != fen.to_integral_value():
            raise Refused("fraction_of_a_fen")
        if abs(fen) > self.limit_yuan * 100:
            raise Refused("too_much_money", limit=self.limit_yuan)
        if fen < 0 and not self.negative:
            raise Refused("below_zero")
        return int(fen)


@dataclass(frozen=True, slots=True)
class Time:
    """An instant as aware UTC: ISO 8601 with its zone, or day and clock in Shanghai, or Unix time of 10
    (seconds) or 13 digits (milliseconds). A day without a clock is refused."""

    word: str = "time"

    def read(self, raw: object) -> datetime:
        if type(raw) is str:
            moment = _time_from_text(raw.strip())
        elif isinstance(raw, Rounded | Formula | list | dict):
            raise _no_value(raw)
        elif isinstance(raw, datetime):
            moment = raw
        elif isinstance(raw, int) and not isinstance(raw, bool):
            moment = _time_from_text(str(raw))
        else:
            raise Refused("time_needs_a_clock" if isinstance(raw, date) else "not_a_time")
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise Refused("time_out_of_range", first=FIRST_YEAR, last=LAST_YEAR)
        return moment.astimezone(UTC) if moment.tzinfo else (moment - _EIGHT_HOURS).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Day:
    """A day in Shanghai: ``2026-03-01``, ``2026/3/1``, ``20260301``, ``2026年3月1日``."""

    word: str = "day"

    def read(self, raw: object) -> date:
        _refuse_what_is_no_value(raw)
        if isinstance(raw, datetime):
            day = (raw.astimezone(SHANGHAI) if raw.tzinfo else raw).date()
        elif isinstance(raw, date):
            day = raw
        else:
            day = _day_from_text(text_of(raw).strip())
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise Refused("time_out_of_range", first=FIRST_YEAR, last=LAST_YEAR)
        return day


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds, both included."""

    low: int = 0
    high: int = 1_000_000_000
    word: str = "whole number"

    def read(self, raw: object) -> int:
        _refuse_what_is_no_value(raw)
        text = text_of(raw).strip()
        if isinstance(raw, bool) or not _WHOLE.fullmatch(text):
            raise Refused("not_whole")
        number = int(text.partition(".")[0])
        if not self.low <= number <= self.high:
            raise Refused("out_of_range", low=self.low, high=self.high)
        return number


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words. ``words`` maps every spelling, English and Chinese, in small letters, to the
    value; the first spelling of a value is its name."""

    words: Mapping[str, str]
    word: str = "choice"

    @property
    def names(self) -> list[str]:
        first: dict[str, str] = {}
        for spelling, value in self.words.items():
            first.setdefault(value, spelling)
        return list(first.values())

    def read(self, raw: object) -> str:
        _refuse_what_is_no_value(raw)
        value = self.words.get(text_of(raw).strip().casefold())
        if value is None:
            raise Refused("not_a_choice", choices=", ".join(self.names))
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    word: str = "yes or no"

    def read(self, raw: object) -> bool:
        _refuse_what_is_no_value(raw)
        value = _FLAGS.get(text_of(raw).strip().casefold())
        if value is None:
            raise Refused("not_a_flag")
        return value


_FLAGS = {
    **dict.fromkeys(("yes", "y", "true", "1", "是", "新客", "有"), True),
    **dict.fromkeys(("no", "n", "false", "0", "否", "老客", "无"), False),
}


def _refuse_what_is_no_value(raw: object) -> None:
    if isinstance(raw, Rounded | Formula | list | dict):
        raise _no_value(raw)


def _no_value(raw: Rounded | Formula | list[Any] | dict[Any, Any]) -> Refused:
    if isinstance(raw, Rounded):
        return Refused("digits_lost")
    return Refused("formula" if isinstance(raw, Formula) else "not_a_plain_value")


def _plain_decimal(raw: object) -> Decimal:
    _refuse_what_is_no_value(raw)
    if isinstance(raw, bool):
        raise Refused("not_money")
    if isinstance(raw, str):
        text = without_mark(raw.strip()).removeprefix("¥").removeprefix("￥").removesuffix("元").strip()
        text = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    else:
        text = text_of(raw)
    if not _MONEY.fullmatch(text):
        raise Refused("not_money")
    return Decimal(text)


def _time_from_text(text: str) -> datetime:
    """Naive times are Shanghai's."""
    try:
        if _USUAL.fullmatch(text):
            return datetime.fromisoformat(text)
        if _EPOCH.fullmatch(text):
            seconds, millis = int(text[:10]), int(text[10:] or 0)
            return datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=millis)
        found = _TIME.fullmatch(text)
        if found is None:
            raise Refused("time_needs_a_clock" if _DAY.fullmatch(text) else "not_a_time")
        year, month, day, hour, minute, second, fraction, zone = found.groups()
        return datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")), tzinfo=_zone(zone),
        )  # fmt: skip
    except (ValueError, OverflowError) as wrong:
        raise wrong if isinstance(wrong, Refused) else Refused("not_a_time") from None


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:].lstrip(":") or 0))
    return timezone(-offset if text[0] == "-" else offset)


def _day_from_text(text: str) -> date:
    text = re.sub(r"[T ]00:00(:00(\.0+)?)?$", "", text)
    found = _DAY.fullmatch(text)
    if found is None:
        raise Refused("not_a_day")
    year, month, day, packed_month, packed_day = found.groups()
    try:
        return date(int(year), int(month or packed_month), int(day or packed_day))
    except ValueError:
        raise Refused("not_a_day") from None
