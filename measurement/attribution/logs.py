"""Counts the journeys of an event log for the models of all journeys, without writing a path down.

A person's touches of a product are one journey for each order of it, with the touches of its window, as
`files.attribute` credits them; where no order came, all of them are one journey that ended without. Journeys
without an order are most of a log and matter to the chain alone, as sums, so they are only counted: the
person, the product, the place in time and the channel of a touch are packed into one integer, and sorting
integers puts all journeys in order.
"""

# ruff: noqa: S608 - the queries are put together from names of this module and quoted paths

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from measurement.attribution import games, sql
from measurement.attribution.chains import Removal, Walks, effects_of, walks
from measurement.attribution.files import TICKS_PER_HOUR, by_id, load
from measurement.attribution.paths import Floats, Paths, Whole
from measurement.attribution.sources import Source

_NEAR = 2**30
"""Whole numbers of a smaller range are numbered by taking the least of them away."""

_BLOCK = 1 << 18
"""Touches that are counted at once; their columns stay in the processor's cache."""

_FEW = 1 << 20
"""Touches that are sorted in one go: to part them costs more than it saves."""


@dataclass(frozen=True)
class Log:
    """What an event log holds: the journeys of its orders one by one, and all of its journeys counted."""

    ordered: Paths
    walks: Walks

    def credit(self) -> tuple[Removal, dict[str, Floats], dict[str, Floats]]:
        """The removal effects, then conversions and value by model, channels in the order of the paths'."""
        removal = effects_of(self.walks)
        by_metric = [
            {"markov": removal.shares * float(weight.sum()), "shapley": games.shapley(self.ordered, weight)}
            for weight in (self.ordered.conversions, self.ordered.value)
        ]
        return removal, by_metric[0], by_metric[1]


def read(touches: Path, orders: Path, categories: Path, *, ts_unit: str = "s") -> Log:
    """The journeys of a log. Touches of nobody, of no product or in no channel belong to none. Raises
    `Refused` with the place and the remedy if a file cannot be used as it is."""
    with duckdb.connect() as engine:
        seen = load(engine, touches, orders, categories)
        person, product, channel = (
            _Numbers.of(engine, seen, column) for column in ("person_id", "product_id", "channel_id")
        )
        pair = f"({person.code}) * {product.size} + {product.code}"
        pairs, channels = _in_time(engine, seen, pair, channel.code)
        every = _counted(pairs, channels, channel.size)
        engine.execute(
            f"create table met as select person_id, product_id, ts, {by_id(engine, 'candidates', 'touch_id')} as tie,"
            f" {pair} as pair, {channel.code} as channel from candidates where channel_id is not null"
        )
        pairs, channels = _columns(engine, "select pair, channel from met order by ts, tie")
        of_buyers = _counted(pairs, channels, channel.size)
        ordered = _paths(engine, 24 * TICKS_PER_HOUR[ts_unit])
        names = channel.names(engine)
    began, among, ended = (both - theirs for both, theirs in zip(every, of_buyers, strict=True))
    used = np.union1d(np.flatnonzero(began + among.sum(axis=0)), ordered.steps)
    lost = Walks(began[used], among[np.ix_(used, used)], ended[used], np.zeros(len(used)))
    named = tuple(names[code] for code in used)
    paths = replace(ordered, channels=named, steps=np.searchsorted(used, ordered.steps))
    return Log(paths, lost.joined(walks(paths)))


@dataclass(frozen=True)
class _Numbers:
    """How the ids of a column are numbered: `code` is the expression of the engine, below `size`; `least` is
    the id with number 0, None where an enumeration of the engine numbers them."""

    column: str
    code: str
    size: int
    least: int | None = None

    @classmethod
    def of(cls, engine: duckdb.DuckDBPyConnection, seen: Source, column: str) -> _Numbers:
        """Integers near each other lose the least of them; all others are numbered by an enumeration."""
        value = seen.values[column]
        if seen.types[column] != "VARCHAR":
            least, most = _one(engine, f"select coalesce(min({value}), 0), max({value}) from {seen.scan}")
            if most is None or (most - least < _NEAR and most < 2**63):
                return cls(column, f"{column}::bigint - {least}", (most or least) - least + 1, least)
        engine.execute(
            f"create type {column}s as enum (select distinct {value}::varchar as id from {seen.scan}"
            " where id is not null order by id)"
        )
        (size,) = _one(engine, f"select len(enum_range(null::{column}s))")
        return cls(column, f"enum_code({column}::varchar::{column}s)::bigint", max(1, size))

    def names(self, engine: duckdb.DuckDBPyConnection) -> Sequence[str]:
        """The ids in the order of their numbers."""
        if self.least is not None:
            return [str(self.least + code) for code in range(self.size)]
        (names,) = _one(engine, f"select enum_range(null::{self.column}s)")
        return list(names)


def _one(engine: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    found = engine.execute(query).fetchone()
    assert found is not None
    return tuple(found)


def _columns(engine: duckdb.DuckDBPyConnection, query: str) -> list[NDArray[Any]]:
    return [np.asarray(column) for column in engine.execute(query).fetchnumpy().values()]


def _in_time(engine: duckdb.DuckDBPyConnection, seen: Source, pair: str, channel: str) -> list[NDArray[Any]]:
    """Pair and channel of every touch, by time and id. A log mostly stands in that order; only another one
    is sorted."""
    columns = ", ".join(f"{seen.values[column]} as {column}" for column in seen.layout.columns)
    tie = "touch_id" if seen.types["touch_id"] != "VARCHAR" else sql.tie("touch_id")
    query = (
        f"select {pair} as pair, ({channel})::uinteger as channel, ts, {tie} as tie"
        f" from (select {columns} from {seen.scan})"
        " where person_id is not null and product_id is not null and channel_id is not null"
    )
    before = "ts < lag(ts) over () or (ts = lag(ts) over () and tie < lag(tie) over ())"
    pairs, channels, early = _columns(
        engine, f"select pair, channel, coalesce({before}, false) from ({query})"
    )
    if early.any():
        pairs, channels = _columns(engine, f"select pair, channel from ({query}) order by ts, tie")
    return [pairs, channels]


def _counted(pairs: Whole, channels: Whole, size: int) -> tuple[Floats, Floats, Floats]:
    """How many journeys begin with each channel, go from one to the other, and end with each: a journey is the
    touches of one pair, in the order in which they stand."""
    of_channel, of_place = size.bit_length(), len(pairs).bit_length()
    if int(pairs.max(initial=0)).bit_length() + of_channel + of_place > 63:
        pairs = np.unique(pairs, return_inverse=True)[1]
    packed = pairs.astype(np.int64) << of_place
    packed |= np.arange(len(pairs))
    packed <<= of_channel
    packed |= channels
    table = np.sum(list(_tables(_parts(packed, pairs), size, of_channel, of_place)), axis=0)
    square = table.reshape(size + 1, size).astype(np.float64)
    began, among = square[size], square[:size]
    return began, among, square.sum(axis=0) - among.sum(axis=1)


def _parts(packed: Whole, pairs: Whole) -> list[Whole]:
    """All touches of a pair in one part, and as many parts as the processor sorts at once."""
    count = 1 << min(3, (os.cpu_count() or 1).bit_length() - 1) if len(packed) > _FEW else 1
    if count == 1:
        return [packed]
    part = pairs & (count - 1)
    return [packed[part == number] for number in range(count)]


def _tables(parts: Sequence[Whole], size: int, of_channel: int, of_place: int) -> Iterator[Whole]:
    """The table of each part; sorting leaves the interpreter to the other parts."""
    with ThreadPoolExecutor(len(parts)) as threads:
        yield from threads.map(lambda part: _table(part, size, of_channel, of_place), parts)


def _table(packed: Whole, size: int, of_channel: int, of_place: int) -> Whole:
    """Steps from each channel to each other; in the last row from nothing, where journeys begin."""
    packed.sort()
    table = np.zeros((size + 1) * size, np.int64)
    for start in range(0, len(packed), _BLOCK):
        block = packed[max(0, start - 1) : start + _BLOCK]
        codes = block & ((1 << of_channel) - 1)
        block = block >> (of_channel + of_place)
        came = np.where(block[1:] == block[:-1], codes[:-1], size)
        if not start:
            came = np.concatenate([np.full(1, size), came])
        table += np.bincount(came * size + codes[-len(came) :], minlength=len(table))
    return table


_ORDERED = """
select o.rowid, o.value_cents, t.channel
  from orders o join categories c using (category_id)
  join met t on t.person_id = o.person_id and t.product_id = o.product_id
   and t.ts >= o.ts - c.window_days * {day} and t.ts <= o.ts
 order by o.rowid, t.ts, t.tie
"""


def _paths(engine: duckdb.DuckDBPyConnection, day: int) -> Paths:
    """A path for each order that has a touch; its steps are numbers of channels, which have no names yet."""
    order, fen, steps = _columns(engine, _ORDERED.format(day=day))
    starts = np.flatnonzero(np.diff(order, prepend=-1))
    return Paths(
        channels=(),
        steps=steps.astype(np.int64),
        ends=np.append(starts[1:], len(steps))[: len(starts)],
        conversions=np.ones(len(starts)),
        value=fen[starts].astype(np.float64),
        nulls=np.zeros(len(starts)),
    )
