"""Parquet, streamed by DuckDB, which sees this one file and nothing else."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, BinaryIO

import duckdb

from merchants.intake.problems import FileRefused
from merchants.intake.tables import Limits, Row, Table, exact, header_texts

_PLAIN = (
    "VARCHAR", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
    "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL", "DATE", "TIMESTAMP", "UUID",
)  # fmt: skip
_BATCH = 2_048


def read(file: BinaryIO, limits: Limits) -> Table:
    """The table of a Parquet file. Raises ``FileRefused`` for broken files and too many rows or columns."""
    opened = ExitStack()
    try:
        path = opened.enter_context(_Path(file))
        database = opened.enter_context(duckdb.connect())
        database.execute("SET memory_limit = '512MB'; SET threads = 1; SET TimeZone = 'UTC'")
        count, described = _look(database, path)
    except duckdb.Error:
        opened.close()
        raise FileRefused("broken_parquet") from None
    if count > limits.rows:
        opened.close()
        raise FileRefused("too_many_rows", limit=limits.rows)
    if len(described) > limits.columns:
        opened.close()
        raise FileRefused("too_many_columns", limit=limits.columns)
    headers = header_texts([name for name, _ in described])
    return Table("parquet", "", headers, _rows(database, path, described, opened))


def _look(database: Any, path: str) -> tuple[int, list[tuple[str, str]]]:
    """(rows, (name, type) of each column); afterwards the database is locked to this file."""
    database.execute(f"SET allowed_paths = ['{path}']; SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    count = database.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [path]).fetchone()[0]
    described = database.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()
    return int(count or 0), [(row[0], row[1]) for row in described]


def _rows(database: Any, path: str, described: list[tuple[str, str]], opened: ExitStack) -> Iterator[Row]:
    listed = ", ".join(_selected(name, kind) for name, kind in described)
    with opened:
        try:
            result = database.execute(f"SELECT {listed} FROM read_parquet(?)", [path])  # noqa: S608 - quoted
            line = 0
            while batch := result.fetchmany(_BATCH):
                for cells in batch:
                    line += 1
                    yield Row(line, [_value(cell) for cell in cells])
        except duckdb.Error:
            raise FileRefused("broken_parquet") from None


def _selected(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    plain = kind.split("(")[0] in _PLAIN and not kind.endswith("]")
    # nested values become text, which no number or time is made of; times with a zone keep it as text
    return quoted if plain else f"CAST({quoted} AS VARCHAR)"


def _value(cell: object) -> object:
    if isinstance(cell, float):
        return exact(cell)
    if cell is None or isinstance(cell, str | int | Decimal | date | datetime):
        return cell
    return str(cell)


class _Path:
    """A path by which DuckDB can open the bytes of ``file``: memory where Linux gives it, else a private
    file that is gone afterwards. A file that lies in the clear on disk already is opened where it is."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._kept = file, ExitStack()

    def __enter__(self) -> str:
        self._file.seek(0)
        name = getattr(self._file, "name", "")
        if isinstance(name, str) and os.path.isfile(name) and "'" not in name:
            return name
        if hasattr(os, "memfd_create"):
            copy: IO[bytes] = self._kept.enter_context(os.fdopen(os.memfd_create("upload"), "wb"))
            path = f"/proc/{os.getpid()}/fd/{copy.fileno()}"
        else:
            copy = self._kept.enter_context(tempfile.NamedTemporaryFile(suffix=".parquet"))
            path = copy.name
        while block := self._file.read(1 << 20):
            copy.write(block)
        copy.flush()
        return path

    def __exit__(self, *_: object) -> None:
        self._kept.close()
