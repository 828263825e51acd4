"""A report page without a screen: its table, its sentence and its chart, for files, pictures and letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement.dictionary import BY_CODE, Definition, definitions
from measurement.exports import Head, Sheet, Told
from merchants.models import Merchant
from merchants.periods import Period, day_of


class NotReady(Exception):
    """The figures are being worked out; the message says so to people."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what: the parameters of the address as they came, and the person whose question it is."""

    merchant: Merchant
    given: Mapping[str, str]
    now: datetime
    user_id: int

    @property
    def today(self) -> date:
        return day_of(self.now)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure for the top of a letter, in its unit, with the ends of its interval where it has one."""

    name: str
    value: Any
    unit: str
    low: Any = None
    high: Any = None


@dataclass(frozen=True, slots=True)
class Printed:
    """``stem`` is what the file is named by, ``query`` the question as it was understood. ``listed`` are the
    columns that a letter shows, without them the first four. A page without a ``chart`` goes out as a file
    only. ``notes`` are what people wrote on days of its period."""

    stem: str
    sheet: Sheet
    query: Mapping[str, str]
    takeaway: str = ""
    chart: dict[str, Any] | None = None
    chart_title: str = ""
    period: Period | None = None
    notes: Told = ()
    figures: tuple[Figure, ...] = ()
    listed: tuple[str, ...] = ()
    rows: int = 0

    @property
    def counted(self) -> int:
        """Rows of the report; without its totals where ``rows`` says so."""
        return self.rows or len(self.sheet.table.rows)


def told() -> dict[str, Definition]:
    return definitions(get_language() or "en")


def defined(codes: Iterable[str]) -> tuple[Definition, ...]:
    known = told()
    return tuple(known[code] for code in codes if code in known)


def head(code: str, currency: str = "CNY", *, of: str = "") -> Head:
    """A column of a figure of the dictionary; ``of`` is its definition where the column has another code."""
    unit = BY_CODE[of or code].unit
    name = told()[of or code].name
    return Head(code, f"{name} ({currency})" if unit == "fen" else name, unit)


def money(code: str, name: str, currency: str = "CNY") -> Head:
    return Head(code, f"{name} ({currency})", "fen")


def around(merchant: Merchant, period: Period | None) -> tuple[tuple[str, str], ...]:
    """What the first sheet of every file says."""
    dated = ((_("Period"), f"{period.start} – {period.last}"),) if period else ()
    return (*dated, (_("Time zone, currency"), f"{merchant.time_zone}, {merchant.currency}"))


def stamped(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "–"


def stem_of(name: str, period: Period | None) -> str:
    return f"{name}-{period.start}-{period.last}" if period else name
