"""The same rows by `COPY` alone: what anybody could reach who had the result already.

The superuser does it, because `COPY` is closed to roles that row policies bind; it pays for no policy.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql

TABLES = (
    "measurement_touch",
    "measurement_order",
    "measurement_orderpiece",
    "measurement_orderline",
    "measurement_run",
    "measurement_credit",
    "measurement_posting",
    "measurement_rollup",
    "measurement_presence",
)
CHUNK = 1 << 20


def admin(database: str = "", *, autocommit: bool = False) -> psycopg.Connection:
    """A superuser's connection to the database that is measured, or to another one."""
    url = os.environ["SEEDBED_BENCHMARK_ADMIN_URL"]
    own = psycopg.conninfo.conninfo_to_dict(url)
    return psycopg.connect(**{**own, "dbname": database or own["dbname"]}, autocommit=autocommit)


def lay_out() -> str:
    """A copy of the database that is measured, before anything is in its tables; returns its name."""
    connections.close_all()  # a database that somebody uses cannot be copied
    with admin("postgres", autocommit=True) as server:
        own = psycopg.conninfo.conninfo_to_dict(os.environ["SEEDBED_BENCHMARK_ADMIN_URL"])["dbname"]
        names = sql.Identifier(f"{own}_finished"), sql.Identifier(str(own))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER seedbed_owner").format(*names))
    return f"{own}_finished"


def copied(into: str, folder: Path) -> dict[str, Any]:
    """Seconds of `COPY` of the finished rows into the empty tables, with their indexes and checks; the touches
    by one connection, all the rest by another one at the same time."""
    with admin() as full:
        for table in TABLES:
            _export(full, table, folder / f"{table}.copy")
        span = full.execute(
            "SELECT min(occurred_at)::date, max(occurred_at)::date FROM measurement_touch"
        ).fetchone()
    with admin(into) as empty:
        empty.execute("SELECT measurement_add_touch_months(%s::date - 1, %s::date + 1)", span)
    spent: dict[str, float] = {}

    def load(*tables: str) -> None:
        with admin(into) as empty:
            for table in tables:
                begun = time.perf_counter()
                _load(empty, table, folder / f"{table}.copy")
                empty.commit()
                spent[table] = time.perf_counter() - begun
                (folder / f"{table}.copy").unlink()

    begun = time.perf_counter()
    with ThreadPoolExecutor(2) as threads:
        for done in (threads.submit(load, TABLES[0]), threads.submit(load, *TABLES[1:])):
            done.result()
    total = time.perf_counter() - begun
    with admin("postgres", autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(into)))
    return {"COPY of the finished touches, s": spent[TABLES[0]], "COPY of the finished rows, s": total}


def settle() -> None:
    """What autovacuum and the checkpointer do in the minutes after a bulk load."""
    with admin(autocommit=True) as full:
        full.execute("VACUUM ANALYZE")
        full.execute("CHECKPOINT")


def _export(full: psycopg.Connection, table: str, path: Path) -> None:
    rows = sql.SQL("COPY (SELECT * FROM {} ORDER BY id) TO STDOUT (FORMAT binary)").format(
        sql.Identifier(table)
    )
    with full.cursor().copy(rows) as copy, open(path, "wb") as out:
        for block in copy:
            out.write(block)


def _load(empty: psycopg.Connection, table: str, path: Path) -> None:
    rows = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))
    with empty.cursor().copy(rows) as copy, open(path, "rb") as stored:
        while block := stored.read(CHUNK):
            copy.write(block)
