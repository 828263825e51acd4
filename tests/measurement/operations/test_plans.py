"""What Postgres does for a few dirty lines among many rows: it goes by indexes, whatever statistics say."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from measurement.choices import TouchKind
from measurement.operations import recompute, touches
from measurement.operations.touches import TouchRow
from tests.worlds import BASE, World, deliver, trade

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def crowd(people: int) -> Iterator[TouchRow]:
    """Two months of touches of people who buy nothing, never analysed, as after a bulk load."""
    for n in range(people * 2):
        yield TouchRow(
            external_id=f"c{n}",
            person_key=uuid.uuid5(uuid.NAMESPACE_OID, str(n // 2)),
            kind=TouchKind.READ,
            occurred_at=BASE - 10 * n * MINUTE,
            note_id="n0",
        )


def scans(act: Callable[[], object]) -> set[tuple[str, str]]:
    """(table or index, kind of scan) of every statement that runs in ``act``."""
    found: set[tuple[str, str]] = set()

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(("WITH", "INSERT", "DELETE", "SELECT")) and "measurement_" in sql:
            execute(f"EXPLAIN (FORMAT JSON) {sql}", params, many, context)
            found.update(_scans(context["cursor"].fetchone()[0][0]["Plan"]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        act()
    return found


def _scans(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "Relation Name" in node:
        yield node["Relation Name"], node["Node Type"]
    if "Index Name" in node:
        yield node["Index Name"], node["Node Type"]
    for inner in node.get("Plans", []):
        yield from _scans(inner)


def read_whole(found: set[tuple[str, str]], table: str) -> set[str]:
    """Tables read from end to end; to look into an empty month is nothing, and Postgres knows it is empty once
    other tests had it analysed."""
    names = {name for name, kind in found if name.startswith(table) and kind == "Seq Scan"}
    with connection.cursor() as cursor:
        # by rows, not by bytes: what a former test rolled back leaves a file that is long and empty
        cursor.execute(f"SELECT DISTINCT tableoid::regclass::text FROM {table}")
        return names & {row[0] for row in cursor.fetchall()}


@pytest.fixture
def world(db: None) -> World:
    """4,000 touches of strangers and 2,000 orders with a touch each, all credited."""
    made = World.plant()
    touches.put(made.merchant, crowd(2_000), source="crowd", by="system:t")
    rows = [made.touch(str(n), f"b{n}", n * MINUTE) for n in range(2_000)]
    touches.put(made.merchant, rows, source="f", by="system:t")
    deliver(made.merchant, *[trade(str(n), [("700", 900)], buyer=f"b{n}") for n in range(2_000)])
    recompute.drain(made.merchant)
    return made


def test_one_dirty_line_reads_the_touches_of_its_person_alone(world: World) -> None:
    deliver(world.merchant, trade("7", [("700", 800)], buyer="b7", modified_at=BASE + MINUTE))
    found = scans(lambda: recompute.compute(world.merchant))
    assert read_whole(found, "measurement_touch") == set()
    assert read_whole(found, "measurement_credit") == set()
    assert read_whole(found, "measurement_presence") == set()
    assert read_whole(found, "measurement_orderline") == set()
    assert any("person_key" in index for index, kind in found if kind.startswith("Index"))
