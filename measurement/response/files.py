"""Reads a daily series from a CSV file, and says in plain words what is wrong with it (pure)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import isfinite
from pathlib import Path
from typing import Protocol

import numpy as np

from measurement.response.lag import Cycle, Floats
from measurement.response.series import Series

REQUIRED = ("date", "outcome", "exposure")
OPTIONAL = ("promo", "price", "festival")
NO = {"", "0", "no", "false", "none", "-", "否", "无"}
YES = {"yes": 1.0, "true": 1.0, "是": 1.0, "有": 1.0}
LONGEST_DAYS = 3_660


class _Reader(Protocol):
    """What ``csv.reader`` gives."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class Refused(ValueError):
    """A file or an option that cannot be worked with. The message names the place and the remedy."""


def cycle_of(text: str) -> Cycle:
    """``"29,90"``: P50 and P95 in days. Raises :class:`Refused`."""
    parts = text.split(",")
    try:
        if len(parts) != 2:
            raise ValueError("two numbers of days are needed")
        return Cycle(float(parts[0]), float(parts[1]))
    except ValueError as error:
        said = str(error)
        if said.startswith("could not convert"):
            said = "the cycle's P50 and P95 are numbers of days"
        raise Refused(f"--cycle {text}: {said}. Write for example --cycle 29,90.") from None


@dataclass
class _Columns:
    days: list[date] = field(default_factory=list)
    numbers: dict[str, list[float]] = field(default_factory=dict)
    festivals: list[str] = field(default_factory=list)


def read(path: Path) -> Series:
    """The series of a file with the columns ``date, outcome, exposure`` and, where they are there,
    ``promo, price, festival``; further columns are ignored. Raises :class:`Refused`."""
    if not path.is_file():
        raise Refused(f"{path}: there is no such file.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = _rows(path, csv.reader(file, strict=True))
    except UnicodeDecodeError:
        raise Refused(f"{path}: it is not UTF-8 text. Save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise Refused(f"{path}: it cannot be read as CSV ({error}).") from None
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}.") from None
    arrays: dict[str, Floats] = {name: np.array(values) for name, values in found.numbers.items()}
    return Series(
        start=found.days[0],
        outcome=arrays["outcome"],
        exposure=arrays["exposure"],
        promo=arrays.get("promo"),
        price=arrays.get("price"),
        festival=tuple(found.festivals),
    )


def _rows(path: Path, lines: _Reader) -> _Columns:
    header = [name.strip().lower() for name in next(lines, [])]
    places = _places(path, header)
    found = _Columns(numbers={name: [] for name in places if name not in {"date", "festival"}})
    for row in lines:
        if not row or not any(cell.strip() for cell in row):
            continue
        _Line(path, lines.line_num, row, places).into(found)
    if not found.days:
        raise Refused(f"{path}: there is no row below the header. Give one row per day.")
    return found


def _places(path: Path, header: Sequence[str]) -> dict[str, int]:
    for name in REQUIRED:
        if name not in header:
            has = ", ".join(header) or "nothing"
            raise Refused(f"{path}, line 1: column {name} is missing. The header has {has}.")
    for name in (*REQUIRED, *OPTIONAL):
        if header.count(name) > 1:
            raise Refused(f"{path}, line 1: column {name} is there more than once. Rename all but one.")
    return {name: header.index(name) for name in (*REQUIRED, *OPTIONAL) if name in header}


@dataclass(frozen=True)
class _Line:
    path: Path
    line: int
    cells: Sequence[str]
    places: dict[str, int]

    def into(self, found: _Columns) -> None:
        day = self._day(found.days)
        for name in found.numbers:
            found.numbers[name].append(READERS[name](self, name))
        if "festival" in self.places:
            said = self.cell("festival")
            found.festivals.append("" if _is_no(said) else said)
        found.days.append(day)

    def cell(self, name: str) -> str:
        place = self.places[name]
        return self.cells[place].strip() if place < len(self.cells) else ""

    def refuse(self, name: str, remedy: str) -> Refused:
        return Refused(f"{self.path}, line {self.line}, column {name}: {self.cell(name)!r} {remedy}")

    def _day(self, before: list[date]) -> date:
        try:
            day = date.fromisoformat(self.cell("date").replace("/", "-"))
        except ValueError:
            raise self.refuse("date", "is not a day. Write 2026-03-09.") from None
        if not before:
            return day
        last = before[-1]
        if day == last:
            raise self.refuse("date", "stands twice. Give one row per day.")
        if day < last:
            raise self.refuse("date", f"comes after {last}. Sort the rows by date, the earliest first.")
        if day != last + timedelta(days=1):
            missing = last + timedelta(days=1)
            raise self.refuse(
                "date", f"follows {last}: {missing} is missing. Give every day, 0 where nothing was."
            )
        if len(before) >= LONGEST_DAYS:
            raise self.refuse("date", f"is the {LONGEST_DAYS + 1}th day. Give at most ten years.")
        return day

    def number(self, name: str) -> float:
        try:
            value = float(self.cell(name).replace("_", "x"))
        except ValueError:
            raise self.refuse(name, "is not a number. Write it without thousands signs or units.") from None
        if not isfinite(value):
            raise self.refuse(name, "is not a finite number.")
        return value

    def amount(self, name: str) -> float:
        value = self.number(name)
        if value < 0:
            raise self.refuse(name, "is below zero. Give what was sold or shown that day, 0 for nothing.")
        return value

    def price(self, name: str) -> float:
        value = self.number(name)
        if value <= 0:
            raise self.refuse(name, "is not a price. Give the price that held on the day, above 0.")
        return value

    def switch(self, name: str) -> float:
        said = self.cell(name).lower()
        if _is_no(said):
            return 0.0
        return YES[said] if said in YES else self.number(name)


def _is_no(said: str) -> bool:
    if said.lower() in NO:
        return True
    try:
        return float(said) == 0
    except ValueError:
        return False


READERS: dict[str, Callable[[_Line, str], float]] = {
    "outcome": _Line.amount,
    "exposure": _Line.amount,
    "price": _Line.price,
    "promo": _Line.switch,
}
