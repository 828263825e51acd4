"""Reads a file of paths: one row for each path with its counts, in CSV or Parquet.

The columns are `path,total_conversions,total_conversion_value,total_null`; further ones are ignored. A path is
the names of its channels with a separator between them; spaces around a name do not belong to it.
"""

# ruff: noqa: S608 - the queries are put together from names of this package

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import numpy as np

from measurement.attribution.paths import Paths
from measurement.attribution.sources import Layout, Refused, Source, complaint, find

COUNTS = ("total_conversions", "total_null")
COLUMNS = ("path", "total_conversions", "total_conversion_value", "total_null")
_LAYOUT = Layout(ids=("path",), required=("path",), decimals=COLUMNS[1:], counts=COUNTS)


def read(path: Path, separator: str = " > ") -> Paths:
    """The paths of a file; channels are numbered by name. Raises `Refused` with the place and the remedy if
    a row cannot be used, or there is none."""
    if not separator:
        raise Refused("--sep: the separator is empty. Name the sign between two channels.")
    with duckdb.connect() as engine:
        source = find(engine, path, _LAYOUT)
        numbers = ", ".join(f"{source.values[column]} as {column}" for column in COLUMNS[1:])
        try:
            engine.execute(
                f"create table rows as select list_transform(string_split({source.values['path']}::varchar, $1),"
                f" lambda name: trim(name, $2)) as names, {numbers}, {source.faulty} as faulty"
                f" from {source.scan}",
                [separator, _BLANKS],
            )
        except duckdb.Error as error:
            raise complaint(engine, source, str(error)) from None
        if _one(engine, "select count(*) from rows where faulty"):
            raise complaint(engine, source)
        if _one(engine, "select count(*) from rows where list_contains(names, '')"):
            raise Refused(_empty_step(source, separator))
        if not _one(engine, "select count(*) from rows"):
            raise Refused(f"{path}: there is no path in it. Write a row for each path below the header.")
        return _columns(engine)


_BLANKS = " \t\r\n\u00a0\u3000\ufeff"


def _columns(engine: duckdb.DuckDBPyConnection) -> Paths:
    """The table `rows` as numbers; the names become an enumeration of the engine, sorted by name."""
    engine.execute(
        "create type channel as enum (select distinct unnest(names) as name from rows order by name)"
    )
    found = engine.execute(
        "select len(names) as length, total_conversions, total_conversion_value, total_null from rows"
    ).fetchnumpy()
    steps = engine.execute("select enum_code(unnest(names::channel[])) as code from rows").fetchnumpy()
    names = engine.execute("select unnest(enum_range(null::channel))").fetchall()
    counts = [np.asarray(found[column], dtype=np.float64) for column in COLUMNS[1:]]
    return Paths(
        tuple(name for (name,) in names),
        np.asarray(steps["code"], dtype=np.int64),
        np.cumsum(np.asarray(found["length"], dtype=np.int64)),
        *counts,
    )


def _one(engine: duckdb.DuckDBPyConnection, query: str) -> int:
    found = engine.execute(query).fetchone()
    assert found is not None
    return int(found[0])


def _empty_step(source: Source, separator: str) -> str:
    """Where the first path without a channel at one of its places stands."""
    if source.path.suffix.lower() == ".csv":
        with source.path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            place = [name.strip() for name in next(reader)].index("path")
            for row in reader:
                if row and not all(name.strip(_BLANKS) for name in row[place].split(separator)):
                    return (
                        f"{source.path}, line {reader.line_num}, column path: '{row[place]}' has a place without"
                        " a channel. Name one between any two separators, and leave out a separator at the end."
                    )
    return f"{source.path}, column path: a path has a place without a channel. Name one at every place."
