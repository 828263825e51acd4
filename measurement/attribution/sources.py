"""Finds out what a CSV or Parquet file holds before it is read, and says in plain words what is wrong.

The engine reads fast and only tells that something is wrong; then the file is walked through once more,
slowly, to find the first line, column and value to complain about.
"""

# ruff: noqa: S608 - the queries are put together from names of this package and quoted paths

from __future__ import annotations

import csv
import glob
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import duckdb

ENDINGS = (".csv", ".parquet")
_WHOLE = r"[+-]?[0-9]{1,18}"
_DECIMAL = r"[+-]?([0-9]{1,100}(\.[0-9]{0,100})?|\.[0-9]{1,100})([eE][+-]?[0-9]{1,2})?"
_SURROGATES = {chr(code) for code in range(0xDC80, 0xDD00)}
_SIZES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
_INTEGERS = {*_SIZES, *(f"U{size}" for size in _SIZES)}


class Refused(ValueError):
    """A file that cannot be attributed as it is. The message names the file, the place and the remedy."""


@dataclass(frozen=True)
class Layout:
    """What a file must hold: ids, of which some may not be empty, and numbers, which never may: whole ones,
    and `decimals`, of which `counts` are not negative."""

    ids: tuple[str, ...]
    required: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    decimals: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.ids, *self.numbers, *self.decimals)

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that no row may leave empty."""
        return (*self.required, *self.numbers, *self.decimals)


@dataclass(frozen=True)
class Source:
    """A file whose columns were found, in the words of the engine.

    `scan` is its table function, `types` the type of each id (of integers, or VARCHAR), `values` an
    expression for each column (an id as it stands, a number as BIGINT or DOUBLE, or null where there is
    none), and `faulty` the condition of rows without a required id or a number, or with a negative count.
    """

    path: Path
    layout: Layout
    scan: str
    types: Mapping[str, str]
    values: Mapping[str, str]
    faulty: str


def find(engine: duckdb.DuckDBPyConnection, path: Path, layout: Layout) -> Source:
    """Reads the header or schema of `path`. Raises `Refused` if it lacks what `layout` asks for."""
    if path.suffix.lower() not in ENDINGS:
        raise Refused(f"{path}: the name ends neither in .csv nor in .parquet, which tells the format.")
    if not path.is_file():
        raise Refused(f"{path}: there is no such file.")
    return _csv(path, layout) if path.suffix.lower() == ".csv" else _parquet(engine, path, layout)


def complaint(engine: duckdb.DuckDBPyConnection, source: Source, said: str = "") -> Refused:
    """What is wrong with the first faulty row; the engine's own word `said` where none is found."""
    is_csv = source.path.suffix.lower() == ".csv"
    found = _first_fault(source) if is_csv else _first_null(engine, source)
    return Refused(f"{source.path}{found or ': it cannot be read. ' + said.partition(chr(10))[0]}")


def rows(engine: duckdb.DuckDBPyConnection, path: Path) -> int:
    """How many rows the file has; in CSV lines, so that one within quotes counts too. For rates only."""
    if path.suffix.lower() == ".csv":
        lines, end = 0, b"\n"
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                lines, end = lines + block.count(b"\n"), block[-1:]
        return max(0, lines - (end == b"\n"))
    found = engine.execute(f"select count(*) from read_parquet({literal(glob.escape(str(path)))})").fetchone()
    assert found is not None
    return int(found[0])


def literal(text: str) -> str:
    """`text` as a string literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _csv(path: Path, layout: Layout) -> Source:
    with _open(path) as file:
        header = _names(next(csv.reader(file), []))
    _require(path, header, layout)
    name = {column: f"c{header.index(column)}" for column in layout.columns}
    number = {column: f"regexp_full_match({name[column]}, '{_WHOLE}')" for column in layout.numbers}
    number |= {column: f"regexp_full_match({name[column]}, '{_DECIMAL}')" for column in layout.decimals}
    kind = dict.fromkeys(layout.numbers, "bigint") | dict.fromkeys(layout.decimals, "double")
    types = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(header)))
    return Source(
        path,
        layout,
        scan=f"read_csv({literal(glob.escape(str(path)))}, auto_detect = false, strict_mode = true,"
        f" header = true, delim = ',', quote = '\"', escape = '\"', columns = {{{types}}})",
        types=dict.fromkeys(layout.ids, "VARCHAR"),
        values={column: name[column] for column in layout.ids}
        | {
            column: f"case when {test} then {name[column]}::{kind[column]} end"
            for column, test in number.items()
        },
        faulty=" or ".join(
            [f"{name[column]} is null" for column in layout.needed]
            + [f"not {test}" for test in number.values()]
            + [f"try_cast({name[column]} as double) < 0" for column in layout.counts]
        ),
    )


def _parquet(engine: duckdb.DuckDBPyConnection, path: Path, layout: Layout) -> Source:
    scan = f"read_parquet({literal(glob.escape(str(path)))}, hive_partitioning = false)"
    try:
        found = {row[0]: row[1] for row in engine.execute(f"describe from {scan}").fetchall()}
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0]
        raise Refused(f"{path}: it cannot be read as Parquet. {reason}") from None
    _require(path, list(found), layout)
    for column in layout.numbers:
        if found[column] not in _INTEGERS:
            raise Refused(
                f"{path}, column {column}: holds {found[column]}, not whole numbers. Store it as INT64."
            )
    for column in layout.decimals:
        if found[column] not in {*_INTEGERS, "FLOAT", "DOUBLE"} and not found[column].startswith("DECIMAL"):
            raise Refused(f"{path}, column {column}: holds {found[column]}, not numbers. Store it as DOUBLE.")
    types = {column: _id_type(path, column, found[column]) for column in layout.ids}
    return Source(
        path,
        layout,
        scan,
        types=types,
        values={column: f"{column}::{types[column]}" for column in layout.ids}
        | {column: f"{column}::bigint" for column in layout.numbers}
        | {
            column: f"case when isfinite({column}::double) then {column}::double end"
            for column in layout.decimals
        },
        faulty=" or ".join(
            [f"{column} is null" for column in layout.needed]
            + [f"not isfinite({column}::double)" for column in layout.decimals]
            + [f"{column} < 0" for column in layout.counts]
        ),
    )


def _names(header: Sequence[str]) -> list[str]:
    return [name.strip() for name in header]


def _require(path: Path, found: Sequence[str], layout: Layout) -> None:
    missing = [column for column in layout.columns if column not in found]
    if missing:
        raise Refused(
            f"{path}: column {', '.join(missing)} is missing; it has {', '.join(found) or 'none at all'}."
            f" The columns {', '.join(layout.columns)} are needed, in any order."
        )
    for column in layout.columns:
        if found.count(column) > 1:
            raise Refused(f"{path}: column {column} is there more than once. Rename all but one.")


def _id_type(path: Path, column: str, found: str) -> str:
    if found in _INTEGERS:
        return found
    if found in ("VARCHAR", "UUID") or found.startswith("ENUM"):
        return "VARCHAR"
    raise Refused(
        f"{path}, column {column}: holds {found}, but ids are integers or text. Store it as INT64 or string."
    )


def _open(path: Path) -> TextIO:
    """The text of a CSV file; what is not UTF-8 comes as surrogates, to be found with its line."""
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _first_fault(source: Source) -> str:
    """Walks through a CSV file with Python's own reader, up to the first row that is wrong."""
    line = 0
    csv.field_size_limit(2**31 - 1)
    try:
        with _open(source.path) as file:
            reader = csv.reader(file, strict=True)
            header = _names(next(reader))
            for row in reader:
                line = reader.line_num
                if row and (fault := _fault(row, header, source.layout)):
                    return f", line {line}{fault}"
    except csv.Error as error:
        return f", after line {line}: {error}. A quote within a quoted field is written twice."
    return ""


def _fault(row: Sequence[str], header: Sequence[str], layout: Layout) -> str:
    if not _SURROGATES.isdisjoint("".join(row)):
        return ": not UTF-8. Save the file as CSV UTF-8."
    if len(row) == len(header) + 1 and not row[-1]:
        row = row[:-1]  # the engine, too, lets a comma at the end pass
    if len(row) != len(header):
        return f": {len(row)} fields under a header of {len(header)}. Put fields with commas into quotes."
    value = dict(zip(header, row, strict=True))
    for column in layout.needed:
        if not value[column]:
            return f", column {column}: empty. Every row needs one."
    for column in layout.numbers:
        if not re.fullmatch(_WHOLE, value[column], re.ASCII):
            return (
                f", column {column}: '{value[column]}' is not a whole number. Write at most 18 digits,"
                " without point, comma or exponent."
            )
    return _odd_decimal(value, layout)


def _odd_decimal(value: Mapping[str, str], layout: Layout) -> str:
    for column in layout.decimals:
        if not re.fullmatch(_DECIMAL, value[column], re.ASCII):
            return (
                f", column {column}: '{value[column]}' is not a number. Write digits, with a point at most."
            )
        if column in layout.counts and float(value[column]) < 0:
            return f", column {column}: {value[column]} is negative. Count what happened; take nothing away."
    return ""


def _first_null(engine: duckdb.DuckDBPyConnection, source: Source) -> str:
    tests = [(column, f"{column} is null", "empty. Every row needs one.") for column in source.layout.needed]
    tests += [
        (column, f"not isfinite({column}::double)", "is not a number.") for column in source.layout.decimals
    ]
    tests += [(column, f"{column} < 0", "negative. Count what happened.") for column in source.layout.counts]
    for column, test, remedy in tests:
        found = engine.execute(
            f"select row from (select row_number() over () as row, {column} from {source.scan})"
            f" where {test} order by row limit 1"
        ).fetchone()
        if found:
            return f", row {found[0]}, column {column}: {remedy}"
    return ""
