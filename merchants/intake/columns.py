"""The columns of what may be handed in: names, other spellings of their headers, what a cell must hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from merchants.intake.cells import Cell, visible
from merchants.intake.problems import FileRefused, Refused

PROBLEM_HEADER = "_problem"  # of the file of rejected rows; handed in again it is passed over


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` stands in headers, JSON and templates; ``aliases`` are other headers, Chinese and English.
    ``label`` and ``meaning`` are sentences for people (translated when shown)."""

    name: str
    cell: Cell
    label: Any
    meaning: Any = ""
    aliases: tuple[str, ...] = ()
    required: bool = False
    personal: bool = False  # names a person: never shown, never kept in the clear
    constant: bool = False  # often the same for a whole file, and then no column of it

    def read(self, raw: object) -> Any:
        """The value, or None for an empty cell. Raises ``Refused``."""
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            if self.required:
                raise Refused("missing", self.name)
            return None
        return self.cell.read(raw)


def spelled(header: object) -> str:
    """A header as it is compared: width, case, spaces, underscores and a unit in brackets do not matter. What
    holds a figure does: visitors (15 days) are not visitors (30 days)."""
    text = unicodedata.normalize("NFKC", str(header if header is not None else "")).casefold()
    return re.sub(r"\([^)\d]*\)|[\s_\-:*]+", "", text)


def spellings(columns: Iterable[Column]) -> dict[str, Column]:
    """Every spelling of every column. Raises ``ValueError`` when two columns share one."""
    known: dict[str, Column] = {}
    for column in columns:
        for header in (column.name, *column.aliases):
            if known.setdefault(spelled(header), column) is not column:
                raise ValueError(f"Two columns are spelled {header!r}.")
    return known


@dataclass(frozen=True, slots=True)
class Layout:
    """Which position of a row holds which column, and the headers that mean nothing to us."""

    width: int
    places: tuple[tuple[Column, int], ...]
    unused: tuple[str, ...]


def lay_out(headers: Sequence[object], known: Mapping[str, Column]) -> Layout:
    """Finds the columns in a header row. Raises ``FileRefused`` for one twice or a needed one missing."""
    found: dict[str, tuple[Column, int]] = {}
    unused = []
    for place, header in enumerate(headers):
        column = known.get(spelled(header))
        if column is None:
            if text := str(header if header is not None else "").strip():
                unused.append(visible(text[:80]))
        elif column.name in found:
            raise FileRefused("column_twice", column=column.name)
        else:
            found[column.name] = (column, place)
    missing = [name for name, column in by_name(known).items() if column.required and name not in found]
    if missing:
        raise FileRefused("columns_missing", columns=", ".join(missing))
    return Layout(
        len(headers), tuple(found.values()), tuple(text for text in unused if text != PROBLEM_HEADER)
    )


def by_name(known: Mapping[str, Column]) -> dict[str, Column]:
    return {column.name: column for column in known.values()}
