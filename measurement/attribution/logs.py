"""Counts the journeys of an event log for the models of all journeys, without writing a path down.

A person's touches of a product are one journey for each order of it, with the touches of its window, as
`files.attribute` credits them; where no order came, all of them are one journey that ended without. Journeys
without an order are most of a log and matter to the chain alone, as sums, so they are only counted: the
person, the product, the place in time and the channel of a touch are packed into one integer, and sorting
integers puts all journeys in order.
"""

# ruff: noqa: S608 - the queries are put together from names of this module and quoted paths

from __future__ import annotations

from collections.abc import Sequence
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

_BITS = 63
"""Of a signed integer without its sign."""


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
        ts = seen.values["ts"]
        times = _one(engine, f"select coalesce(min({ts}), 0), coalesce(max({ts}), 0) from {seen.scan}")
        shape = (person.size * product.size, times, channel.size.bit_length())
        every = _Journeys.of(engine, _met(seen, pair, channel.code), *shape).counted(channel.size)
        tie = by_id(engine, "candidates", "touch_id")
        engine.execute(
            f"create table met as select person_id, product_id, ts, {tie} as tie, {pair} as pair,"
            f" {channel.code} as channel from candidates where channel_id is not null"
        )
        of_buyers = _Journeys.of(engine, "from met", *shape).counted(channel.size)
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


@dataclass(frozen=True)
class _Journeys:
    """Touches as integers in the order of their journeys: a touch's pair, after it `rest` bits of its moment
    and its channel, of these `of_channel` for the channel."""

    touches: Whole
    rest: int
    of_channel: int

    @classmethod
    def of(
        cls, engine: duckdb.DuckDBPyConnection, met: str, pairs: int, times: tuple[int, int], of_channel: int
    ) -> _Journeys:
        """Those of the query `met` with the columns pair, channel, ts and tie; touches of a pair at the same
        time stand in the order of `tie`."""
        of_time = (times[1] - times[0]).bit_length()
        if pairs.bit_length() + of_time + of_channel > _BITS:
            places, codes = _columns(engine, f"select pair, channel from ({met}) order by ts, tie")
            return cls._by_place(places, codes, of_channel)
        moment = f"((pair << {of_time}) + ts - {times[0]})"
        (touches,) = _columns(engine, f"select ({moment} << {of_channel}) + channel from ({met})")
        touches.sort()
        moments = touches >> of_channel
        same = moments[1:] == moments[:-1]
        if same.any():
            tied = np.append(same, False) | np.append(False, same)
            found = np.unique(moments[tied])
            engine.register("tied", {"moment": found, "met_at": (found & ((1 << of_time) - 1)) + times[0]})
            in_order = (
                f"select channel from (from ({met}) where ts in (select met_at from tied))"
                f" where {moment} in (select moment from tied) order by {moment}, tie"
            )
            touches[tied] = (moments[tied] << of_channel) | _columns(engine, in_order)[0]
        return cls(touches, of_time + of_channel, of_channel)

    @classmethod
    def _by_place(cls, pairs: Whole, channels: Whole, of_channel: int) -> _Journeys:
        """From touches in the order of time, where a pair and a time are too large for one integer: pairs are
        numbered anew, and a touch's place stands for its time."""
        of_place = len(pairs).bit_length()
        touches = np.unique(pairs, return_inverse=True)[1].astype(np.int64) << of_place
        touches |= np.arange(len(pairs))
        touches = (touches << of_channel) | channels.astype(np.int64)
        touches.sort()
        return cls(touches, of_place + of_channel, of_channel)

    def counted(self, size: int) -> tuple[Floats, Floats, Floats]:
        """How many begin with each channel, go from one to the other, and end with each."""
        table = np.zeros((size + 1) * size, np.int64)
        for start in range(0, len(self.touches), _BLOCK):
            block = self.touches[max(0, start - 1) : start + _BLOCK]
            codes = block & ((1 << self.of_channel) - 1)
            block = block >> self.rest
            came = np.where(block[1:] == block[:-1], codes[:-1], size)
            if not start:
                came = np.concatenate([np.full(1, size), came])
            table += np.bincount(came * size + codes[-len(came) :], minlength=len(table))
        square = table.reshape(size + 1, size).astype(np.float64)
        began, among = square[size], square[:size]
        return began, among, square.sum(axis=0) - among.sum(axis=1)


def _met(seen: Source, pair: str, channel: str) -> str:
    """The query of all touches that belong to a journey."""
    columns = ", ".join(f"{seen.values[column]} as {column}" for column in seen.layout.columns)
    tie = "touch_id" if seen.types["touch_id"] != "VARCHAR" else sql.tie("touch_id")
    return (
        f"select {pair} as pair, {channel} as channel, ts, {tie} as tie from (select {columns} from {seen.scan})"
        " where person_id is not null and product_id is not null and channel_id is not null"
    )


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
