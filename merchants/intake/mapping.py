"""Reading a console's export by what a person said of its columns, once for all files of its shape.

A file's column is named by its header; the second of one name is ``GMV #2``. A unit says how its cells are
written (fen, ten thousands, day before month). Every wrong statement is refused with words before a file is
read by it, and what cannot be converted stays as it was written, so that its cell is refused with its line.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from merchants.intake.cells import text_of, visible
from merchants.intake.columns import Column, spelled
from merchants.intake.figures import is_nothing, number
from merchants.intake.problems import Problem, Refused
from merchants.intake.tables import Row, Table

UNITS: dict[str, frozenset[str]] = {
    "fen": frozenset({"money"}),
    "wan": frozenset({"money", "whole number"}),
    "fraction": frozenset({"rate", "share"}),
    "day_first": frozenset({"day"}),
    "month_first": frozenset({"day"}),
    "serial": frozenset({"day"}),
}
"""How cells may be written, and for which kinds of cell (``Cell.word``) that makes sense."""

SAMPLES = 3  # cells of each column that a person sees
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_050  # 2000-01-01 to 2099-12-31 as spreadsheets count days
_SERIAL_ZERO = date(1899, 12, 30)
_TURNED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pick:
    """One column of the file (``theirs``) taken for one of ours, and how its cells are written."""

    theirs: str
    ours: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What a person said of a shape of file: its columns, and values that hold for all of it."""

    picks: tuple[Pick, ...]
    fixed: Mapping[str, str]

    def told(self) -> dict[str, Any]:
        """As plain values, to be kept."""
        return {
            "picks": [[pick.theirs, pick.ours, pick.unit] for pick in self.picks],
            "fixed": dict(self.fixed),
        }


def from_told(told: Mapping[str, Any]) -> ColumnMap:
    return ColumnMap(tuple(Pick(*map(str, pick)) for pick in told["picks"]), dict(told["fixed"]))


def names(headers: Sequence[object]) -> tuple[str, ...]:
    """A name for each column of a file; one without a header is named by its place."""
    met: Counter[str] = Counter()
    named = []
    for place, header in enumerate(headers, 1):
        text = visible(str(header if header is not None else "").strip()[:80]) or f"({place})"
        shape = _shape(text)
        met[shape] += 1
        named.append(text if met[shape] == 1 else f"{text} #{met[shape]}")
    return tuple(named)


def fingerprint(headers: Sequence[object]) -> str:
    """SHA-256 of what a file's columns are called, in whatever order they stand."""
    return hashlib.sha256("\n".join(sorted(map(_shape, names(headers)))).encode()).hexdigest()


def unused(headers: Sequence[object], mapping: ColumnMap) -> list[str]:
    """The columns of a file that nothing is taken from."""
    taken = {_shape(pick.theirs) for pick in mapping.picks}
    return [name for name in names(headers) if _shape(name) not in taken]


def _places(headers: Sequence[object]) -> dict[str, int]:
    return {_shape(name): place for place, name in enumerate(names(headers))}


def _shape(name: str) -> str:
    return spelled(name) or name


def complaints(
    mapping: ColumnMap, headers: Sequence[object], samples: Sequence[Sequence[str]], columns: Sequence[Column]
) -> list[Problem]:
    """What is wrong with a mapping; empty when files may be read by it. ``samples`` are the first rows."""
    places = _places(headers)
    ours = {column.name: column for column in columns}
    taken = Counter(pick.ours for pick in mapping.picks)
    found = []
    for pick in mapping.picks:
        column = ours.get(pick.ours)
        place = places.get(_shape(pick.theirs))
        if column is None or place is None:
            found.append(Problem(0, pick.ours, pick.theirs, "no_such_column"))
        elif taken[pick.ours] > 1:
            found.append(Problem(0, pick.ours, pick.theirs, "taken_twice"))
        elif pick.unit and column.cell.word not in UNITS.get(pick.unit, ()):
            found.append(Problem(0, pick.ours, pick.theirs, "unit_does_not_fit"))
        else:
            cells = [row[place] for row in samples if place < len(row)]
            found += _of_samples(column, pick, cells)
    for name, text in mapping.fixed.items():
        found += _of_fixed(ours.get(name), name, text, taken)
    given = set(taken) | set(mapping.fixed)
    needed = [column for column in columns if column.required and column.name not in given]
    return found + [Problem(0, column.name, "", "column_needed") for column in needed]


def _of_samples(column: Column, pick: Pick, cells: Sequence[str]) -> list[Problem]:
    """A column of which no cell can be read is the wrong one."""
    first: Problem | None = None
    for cell in cells:
        if is_nothing(cell):
            continue
        try:
            column.read(converted(cell, pick.unit))
        except Refused as refused:
            first = first or Problem(0, column.name, f"{pick.theirs}: {cell}", refused.code, refused.params)
        else:
            return []
    return [first] if first else []


def _of_fixed(column: Column | None, name: str, text: str, taken: Mapping[str, int]) -> list[Problem]:
    if column is None:
        return [Problem(0, name, text, "no_such_column")]
    if taken.get(name):
        return [Problem(0, name, text, "taken_and_fixed")]
    try:
        column.read(text)
    except Refused as refused:
        return [Problem(0, name, text, refused.code, refused.params)]
    return []


def applied(table: Table, mapping: ColumnMap) -> Table:
    """The table under our own headers, its cells in our own spelling; the values that hold for all of it
    stand in every row."""
    assert table.headers is not None
    places = _places(table.headers)
    picks = [(places[_shape(pick.theirs)], pick) for pick in mapping.picks]
    headers = (*(pick.ours for _, pick in picks), *mapping.fixed)
    rows = _rows(table.rows, picks, tuple(mapping.fixed.values()))
    return Table(table.format, table.encoding, headers, rows)


def _rows(rows: Iterator[Row], picks: list[tuple[int, Pick]], fixed: tuple[str, ...]) -> Iterator[Row]:
    for row in rows:
        assert not isinstance(row.cells, Mapping)
        cells = [
            converted(row.cells[place], pick.unit) if place < len(row.cells) else None
            for place, pick in picks
        ]
        yield Row(row.line, [*cells, *fixed], row.problem)


def converted(raw: object, unit: str) -> object:
    """A cell in our own spelling; nothing for a dash; what does not fit the unit as it was written."""
    if is_nothing(raw):
        return None
    if not unit:
        return raw
    try:
        return _converted(raw, unit)
    except (Refused, ValueError):
        return raw


def _converted(raw: object, unit: str) -> object:
    if unit in {"day_first", "month_first"}:
        return _turned(text_of(raw).strip(), day_first=unit == "day_first") or raw
    text = text_of(raw).strip()
    if unit == "wan":
        text = re.sub(r"\s*[万wW]$", "", text)
    found = number(text if isinstance(raw, str) else raw)
    if found is None:
        return raw
    if unit == "serial":
        whole = int(found)
        fits = found == whole and _FIRST_SERIAL <= whole <= _LAST_SERIAL
        return (_SERIAL_ZERO + timedelta(days=whole)).isoformat() if fits else raw
    return _plain(found * {"wan": 10_000, "fraction": 100}.get(unit, 1) if unit != "fen" else found / 100)


def _turned(text: str, *, day_first: bool) -> str:
    found = _TURNED.fullmatch(text)
    if found is None:
        return ""
    first, second, year = (int(part) for part in found.groups())
    day, month = (first, second) if day_first else (second, first)
    return date(year, month, day).isoformat()


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
