"""CSV files of experiments, read whole, with plain words for the first thing that is wrong (pure)."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_SURROGATES = {chr(code) for code in range(0xDC80, 0xDD00)}


class Refused(ValueError):
    """A file that cannot be read out as it is. The message names the file, the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file as text, stripped, by column, and the line each row stands in."""

    path: Path
    columns: dict[str, list[str]]
    lines: list[int]

    def refused(self, row: int, column: str, said: str) -> Refused:
        return Refused(f"{self.path}, line {self.lines[row]}, column {column}: {said}")

    def require(self, *names: str) -> None:
        missing = [name for name in names if name not in self.columns]
        if missing:
            raise Refused(
                f"{self.path}: column {', '.join(missing)} is missing; it has {', '.join(self.columns)}."
            )

    def numbers(self, column: str) -> list[float]:
        """A column of finite numbers. Raises :class:`Refused` at the first cell that is none."""
        found = [number(text) for text in self.columns[column]]
        for row, value in enumerate(found):
            if value is None:
                text = self.columns[column][row]
                told = f"'{text}' is not a number." if text else "empty."
                raise self.refused(row, column, f"{told} Write a plain number, or leave the row out.")
        return [value for value in found if value is not None]

    def days(self, column: str) -> list[date]:
        found = []
        for row, text in enumerate(self.columns[column]):
            try:
                found.append(date.fromisoformat(text))
            except ValueError:
                raise self.refused(row, column, f"'{text}' is not a day. Write it as 2026-03-01.") from None
        return found

    def is_numeric(self, column: str) -> bool:
        """More than half of the cells are numbers: then it is meant as numbers, and the others are mistakes."""
        cells = self.columns[column]
        return 2 * sum(number(text) is not None for text in cells) > len(cells)


def number(text: str) -> float | None:
    """A finite number in plain spelling, else None: no NaN, no infinity, no underscores."""
    if "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def read(path: Path) -> Table:
    """Reads a CSV file with a header. Raises :class:`Refused`."""
    if not path.is_file():
        raise Refused(f"{path}: there is no such file.")
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            _check_header(path, header)
            rows = list(_rows(path, reader, len(header)))
        except csv.Error as error:
            raise Refused(
                f"{path}, after line {reader.line_num}: {error}. A quote within a quoted field is written twice."
            ) from None
    if not rows:
        raise Refused(f"{path}: there is no row below the header.")
    cells = zip(*(row for _, row in rows), strict=True)
    columns = {name: [text.strip() for text in column] for name, column in zip(header, cells, strict=True)}
    return Table(path, columns, [line for line, _ in rows])


def _check_header(path: Path, header: Sequence[str]) -> None:
    if not any(header):
        raise Refused(f"{path}: is empty. The first line names the columns.")
    for name in header:
        if header.count(name) > 1:
            raise Refused(
                f"{path}: column {name or 'without a name'} is there more than once. Rename all but one."
            )


def _rows(path: Path, reader: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[str]]]:
    for row in reader:
        line = getattr(reader, "line_num", 0)
        if not row:
            continue
        if len(row) != width:
            raise Refused(
                f"{path}, line {line}: {len(row)} fields under a header of {width}. Put fields with commas into quotes."
            )
        if not _SURROGATES.isdisjoint("".join(row)):
            raise Refused(f"{path}, line {line}: not UTF-8. Save the file as CSV UTF-8.")
        yield line, row
