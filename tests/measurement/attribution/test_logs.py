"""An event log, counted without its paths, says what its paths say one by one."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from dataclasses import astuple, replace
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement.attribution import chains, games, logs
from measurement.attribution.journeys import journey
from measurement.attribution.paths import of_rows
from measurement.attribution.sources import Refused
from measurement.attribution.touches import tie
from tests.measurement.attribution.walks import rows_of_paths
from tests.measurement.attribution.worlds import WINDOWS, World, worlds

TOUCHES = """touch_id,person_id,product_id,channel_id,ts
10,ann,serum,live,300
9,ann,serum,note,300
1,ann,serum,search,100
2,ann,cream,live,100
3,bob,serum,search,250
4,bob,serum,note,200
5,,serum,note,200
6,eve,serum,,200
8,dan,serum,note,400
7,dan,serum,search,400
"""
ORDERS = """order_id,person_id,product_id,category_id,ts,value_cents
A,ann,serum,essence,300,1000
B,ann,serum,essence,86500,500
"""
CATEGORIES = """category_id,window_days
essence,1
"""


def written(folder: Path, **texts: str) -> list[Path]:
    paths = []
    for name, text in {"touches": TOUCHES, "orders": ORDERS, "categories": CATEGORIES, **texts}.items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(text)
    return paths


def test_a_log_counted_by_hand(tmp_path):
    """Order A has search, note, live (9 before 10 at one instant); so has B, whose window opens at 100 and
    holds the touch at its edge. Ann's cream, Bob's serum, note before search, and Dan's, search (7) and
    note (8) at one instant, ended without."""
    log = logs.read(*written(tmp_path))
    assert log.ordered.channels == ("live", "note", "search")
    assert log.ordered.steps.tolist() == [2, 1, 0, 2, 1, 0]
    assert log.ordered.value.tolist() == [1000, 500]
    assert log.walks.began.tolist() == [1, 1, 3]
    assert log.walks.among.tolist() == [[0, 0, 0], [2, 0, 1], [0, 3, 0]]
    assert log.walks.ended.tolist() == [3, 1, 1]
    assert log.walks.ordered.tolist() == [2, 0, 0]
    removal, conversions, value = log.credit()
    assert removal.base == pytest.approx(2 / 5, abs=1e-15)
    assert conversions["shapley"] == pytest.approx([2 / 3] * 3, abs=1e-15)
    assert value["shapley"] == pytest.approx([500] * 3, abs=1e-12)


def test_a_faulty_row_is_refused_with_its_place(tmp_path):
    with pytest.raises(Refused, match="line 3, column ts"):
        logs.read(
            *written(tmp_path, touches=TOUCHES.replace("9,ann,serum,note,300", "9,ann,serum,note,soon"))
        )


def test_a_log_without_orders_has_no_effects(tmp_path):
    log = logs.read(*written(tmp_path, orders=ORDERS.split()[0] + "\n"))
    assert len(log.ordered) == 0
    with pytest.raises(ValueError, match="no journey ends with an order"):
        log.credit()


@settings(deadline=None, max_examples=25)
@given(worlds(), st.sampled_from([(1, 0), (2**40, 0), (1, 2**62)]), st.sampled_from([63, 0]))
def test_counting_is_writing_down(world, numbering, bits):
    """The reference of journeys, path by path; ids as text, as near integers and as far ones, in any order; with
    the time in the integer that is sorted, and with the place where the time has no room."""
    orders = [order for order in world.orders if order.category_id in WINDOWS]
    rows = paths_of(World(orders, world.touches))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(logs, "_BITS", bits)
        log = logs.read(*stored(Path(folder), World(orders, world.touches), *numbering), ts_unit="us")
    if not rows:
        assert not log.walks.began.any()
        return
    paths = of_rows(rows)
    assert sorted(log.ordered.channels) == list(paths.channels)
    place = [log.ordered.channels.index(name) for name in paths.channels]
    counted = chains.walks(paths)
    assert log.walks.began[place].tolist() == counted.began.tolist()
    assert log.walks.among[np.ix_(place, place)].tolist() == counted.among.tolist()
    assert log.walks.ended[place].tolist() == counted.ended.tolist()
    assert log.walks.ordered[place].tolist() == counted.ordered.tolist()
    assert games.shapley(log.ordered, log.ordered.conversions)[place] == pytest.approx(
        games.shapley(paths, paths.conversions), abs=1e-12
    )


@given(rows_of_paths)
def test_counted_walks_have_the_effects_of_their_paths(rows):
    paths = of_rows(rows)
    counted, walked = chains.effects_of(chains.walks(paths)), chains.removal_effects(paths)
    assert counted.base == pytest.approx(walked.base, abs=1e-12)
    assert counted.effects == pytest.approx(walked.effects, abs=1e-12)
    assert (counted.states, counted.passages) == (walked.states, walked.passages)


def paths_of(world: World) -> list[tuple]:
    """Rows of paths: each order's journey, and the touches of each pair that never ordered."""
    rows = []
    for order in world.orders:
        met = journey(order, world.touches, WINDOWS).touches
        rows.append((tuple(touch.channel_id for touch in met if touch.channel_id), 1, order.value_cents, 0))
    lost = defaultdict(list)
    ordered = {(order.person_id, order.product_id) for order in world.orders}
    for touch in sorted(world.touches, key=lambda touch: (touch.ts, tie(touch.touch_id))):
        pair = (touch.person_id, touch.product_id)
        if None not in pair and pair not in ordered and touch.channel_id:
            lost[pair].append(touch.channel_id)
    return [row for row in rows if row[0]] + [(tuple(path), 0, 0, 1) for path in lost.values()]


def stored(folder: Path, world: World, apart: int, above: int) -> list[Path]:
    """The world as Parquet; with `above` or `apart` persons are integers, near each other or far."""
    person = {"p1": above + 1, "p2": above + 1 + apart, None: None}
    plain = apart == 1 and not above
    people = [
        replace(row, person_id=row.person_id if plain else person[row.person_id])
        for row in [*world.touches, *world.orders]
    ]
    kind = "varchar" if plain else "bigint"
    numbers = "ts bigint, value_cents bigint"
    tables = {
        "touches": (f"touch_id varchar, person_id {kind}, product_id varchar, channel_id varchar, ts bigint",
                    [astuple(row) for row in people[: len(world.touches)]]),
        "orders": (f"order_id varchar, person_id {kind}, product_id varchar, category_id varchar, {numbers}",
                   [astuple(row) for row in people[len(world.touches) :]]),
        "categories": ("category_id varchar, window_days bigint", list(WINDOWS.items())),
    }  # fmt: skip
    paths = []
    with duckdb.connect() as engine:
        for name, (columns, rows) in tables.items():
            engine.execute(f"create table {name} ({columns})")
            if rows:
                engine.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", rows)
            paths.append(folder / f"{name}.parquet")
            engine.execute(f"copy {name} to '{paths[-1]}' (format parquet)")
    return paths
