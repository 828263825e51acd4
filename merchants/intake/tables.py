"""What every reader gives: headers and numbered rows, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from merchants.intake.cells import EXACT_DIGITS, Rounded
from merchants.intake.problems import Refused


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read. ``cell`` counts characters; a longer one is a problem of its row."""

    rows: int = 1_000_000
    columns: int = 200
    cell: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """``cells`` by position, or by name where a row names its own fields. ``problem`` when the row as a
    whole could not be read; its cells are then what was seen of it."""

    line: int
    cells: Sequence[object] | Mapping[str, object]
    problem: Refused | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """``headers`` is None where each row names its fields. Reading ``rows`` may raise ``FileRefused``."""

    format: str  # csv, xlsx, ndjson, parquet
    encoding: str
    headers: tuple[str, ...] | None
    rows: Iterator[Row]


def exact(number: float) -> object:
    """A binary float as the number that was written: whole numbers as int, others to 15 digits; more than
    that a float does not hold. Not-a-number and infinities stay text, which no cell takes for a number."""
    if number != number or number in (float("inf"), float("-inf")):
        return str(number)
    if abs(number) >= 10**EXACT_DIGITS:
        return Rounded(repr(number))
    return int(number) if number.is_integer() else Decimal(f"{number:.15g}")


def is_empty(cells: Sequence[object]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def header_texts(cells: Sequence[object]) -> tuple[str, ...]:
    """Headers without the empty ones at the end."""
    texts = [str(cell).strip() if cell is not None else "" for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)
