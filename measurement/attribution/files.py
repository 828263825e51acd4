"""The rule over files: CSV or Parquet in, CSV or Parquet out, streamed through DuckDB in little memory.

`attribute` reads the touches once, keeps those whose person ordered their product, runs the one SQL text over
them and writes the rows by order and position. No database, no settings, no clock; a refusal writes nothing.
"""

# ruff: noqa: S608 - the queries are put together from names of this module and quoted paths

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from measurement.attribution import decay, sql
from measurement.attribution.credit import MODELS
from measurement.attribution.sources import ENDINGS, Layout, Refused, Source, complaint, find, literal, rows

TICKS_PER_HOUR: Mapping[str, int] = {"s": 3_600, "ms": 3_600_000, "us": 3_600_000_000}
"""The units that a file's times may be counted in."""

LONGEST_WINDOW = 10_000_000
"""Days; its microseconds still fit where they are added to times."""

_TOUCHES = Layout(
    ids=("touch_id", "person_id", "product_id", "channel_id"), required=("touch_id",), numbers=("ts",)
)
_ORDERS = Layout(
    ids=("order_id", "person_id", "product_id", "category_id"),
    required=("order_id", "category_id"),
    numbers=("ts", "value_cents"),
)
_CATEGORIES = Layout(ids=("category_id",), required=("category_id",), numbers=("window_days",))

_ENGINE: dict[str, str | int | float | list[str]] = {
    "memory_limit": "320MB",
    "threads": min(os.cpu_count() or 1, 8),  # each takes memory of its own
    "preserve_insertion_order": False,
}


@dataclass(frozen=True)
class Total:
    """What the touches of one channel were credited with, in fen by model."""

    channel_id: int | str | None
    fen: Mapping[str, int]


@dataclass(frozen=True)
class Outcome:
    """What was read and written.

    `ordered` are the times of the first and the last order in the file's own unit, None without orders;
    `unattributed_fen` is the value of the orders without a touch.
    """

    touches: int
    orders: int
    rows: int
    ordered: tuple[int, int] | None
    channels: tuple[Total, ...]
    unattributed_orders: int
    unattributed_fen: int


def attribute(
    touches: Path,
    orders: Path,
    categories: Path,
    out: Path,
    *,
    ts_unit: str = "s",
    half_life_days: Decimal = decay.HALF_LIFE_DAYS,
) -> Outcome:
    """Writes the credit of every order to `out`. Raises `Refused` if a file cannot be used as it is."""
    _check_out(out, (touches, orders, categories))
    hour = TICKS_PER_HOUR[ts_unit]
    with tempfile.TemporaryDirectory(prefix=".attribute-", dir=out.parent) as folder:
        with duckdb.connect(config={**_ENGINE, "temp_directory": folder}) as engine:
            load(engine, touches, orders, categories)
            _compute(engine, hour, half_life_days)
            written = Path(folder, "credits")
            _write(engine, written, out.suffix.lower())
            outcome = _outcome(engine, touches)
        written.replace(out)
    return outcome


def _check_out(out: Path, inputs: tuple[Path, ...]) -> None:
    if out.suffix.lower() not in ENDINGS:
        raise Refused(f"{out}: the name ends neither in .csv nor in .parquet, which tells the format.")
    if not out.parent.is_dir():
        raise Refused(f"{out}: there is no folder {out.parent}. Make it first.")
    if out.is_dir():
        raise Refused(f"{out}: is a folder. Name a file.")
    if out.exists() and any(path.exists() and out.samefile(path) for path in inputs):
        raise Refused(f"{out}: is one of the files to be read. Name another.")


def load(engine: duckdb.DuckDBPyConnection, touches: Path, orders: Path, categories: Path) -> Source:
    """Makes the tables `categories`, `orders` and `candidates`, the touches of pairs that ordered, and returns
    the touches as they were found. Raises `Refused` if a file cannot be used as it is."""
    seen, ordered, told = (
        find(engine, touches, _TOUCHES),
        find(engine, orders, _ORDERS),
        find(engine, categories, _CATEGORIES),
    )
    texts = {
        column
        for one, other, column in (
            (seen, ordered, "person_id"),
            (seen, ordered, "product_id"),
            (ordered, told, "category_id"),
        )
        if "VARCHAR" in (one.types[column], other.types[column])
    }
    _fill(engine, "categories", told, texts)
    _fill(engine, "orders", ordered, texts)
    _check_unique(engine, "categories", categories, "category_id")
    _check_unique(engine, "orders", orders, "order_id")
    _check_windows(engine, orders, categories)
    pair = f"({_value(seen, 'person_id', texts)}, {_value(seen, 'product_id', texts)})"
    _fill(
        engine,
        "candidates",
        seen,
        texts,
        # The faulty come along to be refused. Beside an `or` the engine cannot turn the search around,
        # which would put the touches into memory and look the orders up in them.
        where=f"{pair} in (select person_id, product_id from orders) or {seen.faulty}",
    )
    _check_repeated(engine, touches)
    return seen


def _value(source: Source, column: str, texts: set[str]) -> str:
    """The expression of a column; ids are compared as text unless both files hold integers."""
    value = source.values[column]
    return f"cast({value} as varchar)" if column in texts else value


def _fill(
    engine: duckdb.DuckDBPyConnection, table: str, source: Source, texts: set[str], where: str = "true"
) -> None:
    columns = ", ".join(f"{_value(source, column, texts)} as {column}" for column in source.layout.columns)
    try:
        engine.execute(f"create table {table} as select {columns} from {source.scan} where {where}")
    except duckdb.Error as error:
        raise complaint(engine, source, str(error)) from None
    lacking = " or ".join(f"{column} is null" for column in source.layout.needed)
    if _count(engine, f"{table} where {lacking}"):
        raise complaint(engine, source)


def _check_unique(engine: duckdb.DuckDBPyConnection, table: str, path: Path, column: str) -> None:
    twice = _some(engine, f"select {column} from {table} group by 1 having count(*) > 1")
    if twice:
        raise Refused(f"{path}, column {column}: {twice} stands in more than one row. Keep one of them.")


def _check_repeated(engine: duckdb.DuckDBPyConnection, path: Path) -> None:
    by = "touch_id, person_id, product_id"
    twice = _some(engine, f"select touch_id from candidates group by {by} having count(*) > 1")
    if twice:
        raise Refused(
            f"{path}, column touch_id: {twice} stands in more than one row of one person and product, and"
            " would be credited twice. Keep one of them, or give each touch its own id."
        )


def _check_windows(engine: duckdb.DuckDBPyConnection, orders: Path, categories: Path) -> None:
    odd = _some(
        engine, f"from categories select category_id where window_days not between 0 and {LONGEST_WINDOW}"
    )
    if odd:
        raise Refused(
            f"{categories}, column window_days: 0 to {LONGEST_WINDOW} days are possible, not for {odd}."
        )
    missing = _some(
        engine, "select distinct category_id from orders anti join categories using (category_id)"
    )
    if missing:
        raise Refused(f"{categories}: no row for category {missing} of {orders}. Give it a window.")


def _compute(engine: duckdb.DuckDBPyConnection, hour: int, half_life_days: Decimal) -> None:
    """Makes the table `credits` by the one SQL text."""
    table = decay.weights(half_life_days, _longest_age(engine, hour))
    engine.execute(
        "create table decay as select unnest(range(len($1))) as age_hours, unnest($1) as weight", [table]
    )
    engine.execute(
        f"create view touches as select *, {by_id(engine, 'candidates', 'touch_id')} as tie from candidates"
    )
    wide = _count(engine, f"orders where value_cents not between {1 - sql.NARROW} and {sql.NARROW - 1}") > 0
    engine.execute(f"create table credits as {sql.credit_sql(sql.DUCKDB, wide=wide, hour=hour)}")


def _longest_age(engine: duckdb.DuckDBPyConnection, hour: int) -> int:
    """No touch of these files can be older than this when it counts, in hours."""
    found = engine.execute(
        "select max(window_days) * 24, (max(ts) - (select min(ts) from candidates)) // $1"
        " from orders join categories using (category_id)",
        [hour],
    ).fetchone()
    return max(0, min(found)) if found and None not in found else 0


def by_id(engine: duckdb.DuckDBPyConnection, table: str, column: str) -> str:
    """The expression that sorts ids: integers as they are, text as `touches.tie` says."""
    types = {row[0]: row[1] for row in engine.execute(f"describe {table}").fetchall()}
    return sql.tie(column) if types[column] == "VARCHAR" else column


def _write(engine: duckdb.DuckDBPyConnection, path: Path, ending: str) -> None:
    """Writes the rows in order. Turning ratios to text costs more than all else here, so the few different
    ones of linear and position come from a small table."""
    number = "varchar" if ending == ".csv" else "double"
    engine.execute(
        "create table ratios as select n_touches, k_position,"
        f" (1 / n_touches)::{number} as w_linear, (k_position / s_position)::{number} as w_position"
        " from (select distinct n_touches, k_position, s_position from credits where n_touches > 0)"
    )
    one, nothing = (f"(1::double)::{number}", f"(0::double)::{number}")
    fen = ", ".join(f"c_{model}" for model in MODELS)
    form = "format csv, header" if ending == ".csv" else "format parquet"
    engine.execute("set preserve_insertion_order = true")
    engine.execute(
        "copy (select order_id, touch_id, channel_id, position, n_touches,"
        f" case when position = 1 then {one} when position > 1 then {nothing} end as w_first,"
        f" case when position = n_touches then {one} when position < n_touches then {nothing} end as w_last,"
        f" w_linear, w_position, (k_decay / s_decay)::{number} as w_decay, {fen}"
        " from (from credits left join ratios using (n_touches, k_position)"
        f" order by {by_id(engine, 'orders', 'order_id')}, position)) to {literal(str(path))} ({form})"
    )


def _outcome(engine: duckdb.DuckDBPyConnection, touches: Path) -> Outcome:
    sums = ", ".join(f"sum(c_{model})" for model in MODELS)
    totals = engine.execute(
        f"select channel_id, {sums} from credits where n_touches > 0 group by 1"
        " order by sum(c_linear) desc, 1"
    ).fetchall()
    found = engine.execute(
        "select count(*), min(ts), max(ts), count(*) filter (n_touches = 0),"
        " coalesce(sum(value_cents) filter (n_touches = 0), 0)"
        " from orders join credits using (order_id) where coalesce(position, 1) = 1"
    ).fetchone()
    assert found is not None
    return Outcome(
        touches=rows(engine, touches),
        orders=found[0],
        rows=_count(engine, "credits"),
        ordered=None if found[1] is None else (found[1], found[2]),
        channels=tuple(Total(channel, dict(zip(MODELS, fen, strict=True))) for channel, *fen in totals),
        unattributed_orders=found[3],
        unattributed_fen=found[4],
    )


def _count(engine: duckdb.DuckDBPyConnection, rows: str) -> int:
    found = engine.execute(f"select count(*) from {rows}").fetchone()
    assert found is not None
    return int(found[0])


def _some(engine: duckdb.DuckDBPyConnection, query: str) -> str:
    """The first few ids that a query of one column finds, for a message; empty if there are none."""
    found = [str(row[0]) for row in engine.execute(f"{query} order by 1 limit 6").fetchall()]
    return ", ".join(found[:5]) + (" and others" if len(found) > 5 else "")
