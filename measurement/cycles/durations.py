"""Durations from a CSV file (pure): columns ``T``, the duration, and ``E``, 1 bought and 0 still open."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from pathlib import Path

from measurement.cycles.survival import Tally

COLUMNS = ("T", "E")
_NUMBER = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
_SHOWN = 40


class Refused(ValueError):
    """A file from which no durations can be read. The message names file, line, column, value, remedy."""


def read(path: Path) -> Tally:
    """The durations of a file; further columns and empty lines are ignored. Raises :class:`Refused`, and
    ``OSError`` when the file cannot be opened."""
    if not path.is_file():
        raise Refused(f"{path}: there is no such file.")
    tally: dict[float, list[int]] = {}
    for time, bought in _rows(path):
        tally.setdefault(time, [0, 0])[0 if bought else 1] += 1
    if not tally:
        raise Refused(f"{path}: there are no durations below the header. Write one line for each person.")
    return {time: (counts[0], counts[1]) for time, counts in tally.items()}


def _rows(path: Path) -> Iterator[tuple[float, bool]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True)
        try:
            header = [name.strip() for name in next(lines, [])]
            places = [_place(path, header, name) for name in COLUMNS]
            for row in lines:
                if any(cell.strip() for cell in row):
                    yield _read(path, lines.line_num, row, places)
        except UnicodeDecodeError as wrong:
            raise Refused(f"{path}: the text is not UTF-8. Save the file as CSV in UTF-8.") from wrong
        except csv.Error as wrong:
            raise Refused(f"{path}, line {lines.line_num}: this is not CSV ({wrong}).") from wrong


def _place(path: Path, header: list[str], name: str) -> int:
    found = header.count(name)
    if found == 1:
        return header.index(name)
    fault = f"has no column {name}" if not found else f"names the column {name} {found} times"
    raise Refused(
        f"{path}, line 1: the header {fault}. Write T (duration in days) and E (1 bought, 0 still open)."
    )


def _read(path: Path, line: int, row: list[str], places: list[int]) -> tuple[float, bool]:
    time, bought = (row[place].strip() if place < len(row) else "" for place in places)
    duration = float(time) if _NUMBER.fullmatch(time) else math.nan
    if not (math.isfinite(duration) and duration >= 0):
        raise Refused(_fault(path, line, "T", time, "a duration", "Write a number of days, 0 or more."))
    event = float(bought) if _NUMBER.fullmatch(bought) else math.nan
    if event not in (0.0, 1.0):
        raise Refused(_fault(path, line, "E", bought, "1 or 0", "Write 1 for bought, 0 for still open."))
    return duration, event == 1.0


def _fault(path: Path, line: int, column: str, value: str, wanted: str, remedy: str) -> str:
    shown = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
    return f"{path}, line {line}, column {column}: {shown!r} is not {wanted}. {remedy}"
