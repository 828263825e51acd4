"""The SQL text and the plain Python say the same of every small world, in both engines that carry it."""

from __future__ import annotations

import duckdb
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measurement.attribution import sql
from tests.measurement.attribution.worlds import (
    DECAY,
    TABLES,
    WINDOWS,
    World,
    all_amounts,
    in_order,
    rows_of,
    worlds,
)

TEXT_BY_BYTES = 'text collate "C"'
thorough = settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect(config={"threads": 1}) as opened:
        for name, columns in TABLES.items():
            opened.execute(f"create table {name} ({columns.format(text='varchar')})")
        opened.executemany("insert into categories values (?, ?)", list(WINDOWS.items()))
        opened.execute("insert into decay select unnest(range(len($1))), unnest($1)", [list(DECAY)])
        yield opened


def in_duckdb(engine: duckdb.DuckDBPyConnection, world: World, **choices: bool) -> list[tuple]:
    for name, rows in rows_of(world).items():
        engine.execute(f"delete from {name}")
        if rows:
            marks = ", ".join(["(" + ", ".join("?" * len(rows[0])) + ")"] * len(rows))
            engine.execute(f"insert into {name} values {marks}", [value for row in rows for value in row])
    return engine.execute(sql.credit_sql(sql.DUCKDB, **choices)).fetchall()


@pytest.fixture
def postgres(db):
    with connection.cursor() as cursor:
        for name, columns in TABLES.items():
            cursor.execute(f"create temp table {name} ({columns.format(text=TEXT_BY_BYTES)})")
        copy_into(cursor, "categories", list(WINDOWS.items()))
        copy_into(cursor, "decay", list(enumerate(DECAY)))
        yield cursor


def in_postgres(cursor, world: World, **choices: bool) -> list[tuple]:
    for name, rows in rows_of(world).items():
        cursor.execute(f"truncate {name}")
        copy_into(cursor, name, rows)
    cursor.execute(sql.credit_sql(sql.POSTGRES, **choices))
    return cursor.fetchall()


def copy_into(cursor, name: str, rows: list[tuple]) -> None:
    with cursor.copy(f"copy {name} from stdin") as copy:
        for row in rows:
            copy.write_row(row)


@thorough
@given(world=worlds(), match_product=st.booleans())
def test_duckdb_agrees_with_the_reference(engine, world, match_product):
    assert in_order(in_duckdb(engine, world, match_product=match_product)) == in_order(
        world.credits(match_product=match_product)
    )


@thorough
@given(world=worlds(all_amounts))
def test_duckdb_agrees_on_amounts_of_any_size_when_wide(engine, world):
    assert in_order(in_duckdb(engine, world, wide=True)) == in_order(world.credits())


@thorough
@given(world=worlds(), match_product=st.booleans())
def test_postgres_agrees_with_the_reference(postgres, world, match_product):
    assert in_order(in_postgres(postgres, world, match_product=match_product)) == in_order(
        world.credits(match_product=match_product)
    )


@thorough
@given(world=worlds(all_amounts))
def test_postgres_agrees_on_amounts_of_any_size_when_wide(postgres, world):
    assert in_order(in_postgres(postgres, world, wide=True)) == in_order(world.credits())
