"""Every row of a table checked to the end: good rows for the writer, problems for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from merchants.intake.cells import SHANGHAI, text_of, visible
from merchants.intake.columns import Column, Layout, by_name, lay_out, spelled
from merchants.intake.kinds import Kind, Shape
from merchants.intake.problems import FileRefused, Problem, Refused
from merchants.intake.tables import Limits, Row, Table

MASK = "•••"
SHOWN = 80  # characters of a value that are shown
REMEMBERED = 4_096  # texts a column whose value is remembered


@dataclass(frozen=True, slots=True)
class Good:
    line: int
    values: Mapping[str, Any]
    row: Any  # what the kind's writer takes


@dataclass(frozen=True, slots=True)
class Bad:
    line: int
    problems: tuple[Problem, ...]
    cells: Sequence[object] | Mapping[str, object]


Checked = Good | Bad


class Validator:
    """Reads rows by the columns of a kind. ``strict`` refuses fields it does not know (programs should learn
    of a misspelled field); otherwise they are passed over and listed in ``unused``."""

    def __init__(self, kind: Kind, shape: Shape, *, strict: bool = False) -> None:
        self._known = kind.spellings
        self._columns = list(by_name(self._known).values())
        self._shape = shape
        self._strict = strict
        self._fields: dict[str, Column | None] = {}  # names of fields met so far
        # columns repeat themselves: what the first texts of each came to is not worked out again
        self._read: dict[str, dict[str, Any]] = {column.name: {} for column in self._columns}
        self.unused: list[str] = []

    def check(self, table: Table, limits: Limits | None = None) -> Iterator[Checked]:
        """Every row, in order. Raises ``FileRefused`` where the file cannot be read on."""
        limits = limits or Limits()
        layout = None
        if table.headers is not None:
            layout = lay_out(table.headers, self._known)
            self.unused = list(layout.unused)
        for count, row in enumerate(table.rows, 1):
            if count > limits.rows:
                raise FileRefused("too_many_rows", limit=limits.rows)
            yield self.check_row(row, layout)

    def check_row(self, row: Row, layout: Layout | None = None) -> Checked:
        """One row. Without a layout its cells are named."""
        if row.problem is not None:
            return Bad(row.line, (_of_row(row.line, row.problem),), row.cells)
        problems: list[Problem] = []
        values: dict[str, Any] = {}
        for column, raw in self._raw(row, layout, problems):
            known = self._read[column.name]
            if type(raw) is str and raw in known:
                values[column.name] = known[raw]
                continue
            try:
                values[column.name] = value = column.read(raw)
            except Refused as refused:
                problems.append(_of_cell(row.line, column, raw, refused))
                continue
            if type(raw) is str and len(known) < REMEMBERED:
                known[raw] = value
        if not problems:
            try:
                return Good(row.line, values, self._shape(values))
            except Refused as refused:
                problems.append(self._of_rule(row, layout, refused))
        return Bad(row.line, tuple(problems), row.cells)

    def _raw(self, row: Row, layout: Layout | None, problems: list[Problem]) -> list[tuple[Column, object]]:
        """Each column of the file with its cell; of a row that names its fields, every column."""
        cells = row.cells
        if layout is not None:
            assert not isinstance(cells, Mapping)
            return [(column, cells[place]) for column, place in layout.places]
        assert isinstance(cells, Mapping)
        named = self._named(row.line, cells, problems)
        return [(column, named.get(column.name)) for column in self._columns]

    def _named(self, line: int, cells: Mapping[str, object], problems: list[Problem]) -> dict[str, object]:
        named: dict[str, object] = {}
        for field, raw in cells.items():
            column = self._column(field)
            if column is None:
                if self._strict:
                    problems.append(Problem(line, visible(field[:SHOWN]), "", "unknown_field"))
            elif column.name in named:
                problems.append(Problem(line, column.name, "", "field_twice", {"field": column.name}))
            else:
                named[column.name] = raw
        return named

    def _column(self, field: str) -> Column | None:
        if field not in self._fields:
            if len(self._fields) > 1_000:
                self._fields.clear()  # a file of ever new names must not fill the memory
            self._fields[field] = self._known.get(spelled(field[:SHOWN]))
            if self._fields[field] is None and len(self.unused) < 50:
                self.unused.append(visible(field[:SHOWN]))
        return self._fields[field]

    def _of_rule(self, row: Row, layout: Layout | None, refused: Refused) -> Problem:
        """A rule about the whole row names the column it means, if any."""
        for column, raw in self._raw(row, layout, []):
            if column.name == refused.column:
                return _of_cell(row.line, column, raw, refused)
        return Problem(row.line, refused.column, "", refused.code, refused.params)


def shown(column: Column, value: object) -> str:
    """A value for the screen: what names a person is masked, long text is cut."""
    text = visible(text_of(value))
    if column.personal and text:
        return MASK
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def understood(column: Column, value: Any) -> str:
    """A value as it was read, for the screen: money in yuan, instants in Shanghai time."""
    if value is not None and column.cell.word == "money":
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    return shown(column, value)


def _of_cell(line: int, column: Column, raw: object, refused: Refused) -> Problem:
    return Problem(line, column.name, shown(column, raw), refused.code, refused.params)


def _of_row(line: int, refused: Refused) -> Problem:
    return Problem(line, refused.column, "", refused.code, refused.params)
