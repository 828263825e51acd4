"""`check_invariants`: exit 1 and a sentence for whatever is not as it must be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections

from measurement.operations import identities, recompute, tallies, touches
from measurement.operations.identities import LinkRow
from measurement.queries.ledger import SENTENCES
from tests.conftest import emptied
from tests.worlds import World, deliver, trade

pytestmark = pytest.mark.xdist_group("invariants")  # one worker, so that the books are written once
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def books(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A merchant in good order, beside one that has nothing."""
    with emptied(django_db_blocker):
        World.plant("empty")
        world = World.plant("glow")
        seen = [world.touch("1", "ann", 3 * DAY), world.touch("2", "ann", DAY, namespace="xhs")]
        touches.put(world.merchant, seen, source="feed", by="system:test")
        link = LinkRow(world.key("ann"), world.key("ann", "xhs"), "member id")
        identities.link(world.merchant, [link], source="crm", by="system:test")
        deliver(world.merchant, trade("1", [("700", 1001), ("701", 500)], buyer="ann", postage=800))
        recompute.drain(world.merchant)
        tallies.drain(world.merchant)
        yield world


def check(*words: str) -> tuple[int, str, str]:
    """(exit code, output, errors)."""
    out, err = StringIO(), StringIO()
    try:
        call_command("check_invariants", *words, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def tamper(books: World) -> Iterator[Any]:
    """Changes rows as nobody but a superuser could, and puts them back afterwards."""
    settings = connections["owner"].settings_dict
    superuser = psycopg.connect(
        dbname=settings["NAME"], user="postgres", host=settings["HOST"], port=settings["PORT"] or None
    )
    tables: list[str] = []

    def change(statement: str) -> None:
        table = statement.split()[1 if statement.startswith("UPDATE") else 2]
        name = table.removeprefix("measurement_")
        superuser.execute(f"CREATE TABLE kept_{name} AS SELECT * FROM {table}")
        tables.append(table)
        assert superuser.execute(statement).rowcount > 0
        superuser.commit()

    with superuser:
        yield change
        for table in tables:
            kept = f"kept_{table.removeprefix('measurement_')}"
            superuser.execute("SET session_replication_role = replica")  # no foreign key looks
            superuser.execute(f"DELETE FROM {table}")
            superuser.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM {kept}")
            superuser.execute(f"DROP TABLE {kept}")


def test_books_in_order_are_said_to_be(books: World) -> None:
    assert check() == (0, f"2 merchants, {len(SENTENCES)} invariants each: all hold.\n", "")
    assert check("--merchant", "empty")[1].startswith("1 merchants")


# What somebody might do to the tables, and the sentences that are broken by it.
SHARES = "each model shares a line's paid − refunded to the fen"
POSTED = "the credit of a touch is the sum of its postings"
SUMMED = "the rollups are the sums of the postings"
PRESENT = "the presence table names the lines behind the credit"
ORDERS = "the lines and the rest of an order add up to its paid − refunded"
TALLIED = "the tallies are a count of the touches that stand"
VERSIONS = "of all versions of a touch one stands"
GRADES = "grade C never enters the ledger"
COPIED = "the copy of a credit day says what its rows say"
GROUPS = "a joined key belongs to the lowest key of its group"
HARM = {
    "UPDATE measurement_credit SET fen_linear = fen_linear + 1 WHERE position = 1": {SHARES, POSTED, COPIED},
    "UPDATE measurement_credit SET fen_decay = fen_decay + CASE position WHEN 1 THEN 1 ELSE -1 END"
    " WHERE touch_count = 2": {POSTED, COPIED},
    "DELETE FROM measurement_credit WHERE position = 1": {SHARES, POSTED, PRESENT, COPIED},
    "UPDATE measurement_posting SET fen_first = fen_first - 1": {POSTED, SUMMED},
    "DELETE FROM measurement_posting WHERE fen_last > 0": {POSTED, SUMMED},
    "UPDATE measurement_rollup SET fen_position = fen_position + 1": {SUMMED},
    "DELETE FROM measurement_rollup": {SUMMED},
    "DELETE FROM measurement_presence": {PRESENT, COPIED},
    "UPDATE measurement_order SET paid_fen = paid_fen + 1": {ORDERS},
    "UPDATE measurement_orderline SET net_fen = net_fen - 1 WHERE net_fen > 0": {SHARES, ORDERS},
    "UPDATE measurement_touch SET retracted = true": {VERSIONS, TALLIED},
    "UPDATE measurement_touchtally SET people = people + 1": {TALLIED},
    "DELETE FROM measurement_touchtally": {TALLIED},
    "UPDATE measurement_credit SET grade = 'C' WHERE position = 1": {POSTED, PRESENT, GRADES, COPIED},
    "UPDATE measurement_creditday SET fen_first = fen_first || fen_last": {COPIED},
    "UPDATE measurement_creditday SET oldest = oldest - 1": {COPIED},
    "UPDATE measurement_identity SET person = gen_random_uuid()": {GROUPS},
}


@pytest.mark.parametrize("harm", HARM)
def test_a_change_past_the_rules_is_found_and_named(books: World, tamper: Any, harm: str) -> None:
    tamper(harm)
    code, out, err = check()
    assert (code, out) == (1, "")
    lines = err.splitlines()
    assert all(line.startswith("glow: not so: ") for line in lines)
    assert {line.removeprefix("glow: not so: ").partition(" (")[0] for line in lines} == HARM[harm]
    assert all("rows, such as" in line for line in lines)
    assert check("--merchant", "empty")[0] == 0


def test_every_sentence_is_broken_by_some_harm() -> None:
    assert set().union(*HARM.values()) == set(SENTENCES)
