"""`recompute` and `ledger_export`: the ledger can be made anew, and two makings compared as text."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import connection

from measurement.models import Credit, Posting, Rollup, Run
from measurement.operations import touches
from merchants import tenancy
from merchants.models import AuditEvent
from tests.worlds import BASE, World, deliver, refund, trade

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def run(*words: str) -> str:
    told = StringIO()
    call_command(*words, stdout=told)
    return told.getvalue()


def plant(code: str) -> World:
    """Two orders: one shared by two touches and refunded in part, one of nobody known."""
    world = World.plant(code)
    seen = [world.touch("1", "ann", 3 * DAY), world.touch("2", "ann", DAY)]
    touches.put(world.merchant, seen, source="feed", by="system:test")
    deliver(
        world.merchant,
        trade("11", [("700", 1001)], buyer="ann"),
        trade("12", [("701", 500)]),
        refund("r1", "11", "110", 100, at=BASE + DAY),
    )
    return world


def count(world: World) -> tuple[int, int, int]:
    with tenancy.acting_for(world.merchant):
        return Credit.objects.count(), Posting.objects.count(), Rollup.objects.count()


def test_recompute_works_off_what_waits_and_says_how_much() -> None:
    plant("glow")
    assert re.fullmatch(r"glow: 2 lines computed, 2 changed, \d+\.\d s\n", run("recompute"))
    assert run("recompute").startswith("glow: 0 lines computed, 0 changed")


def test_a_full_recompute_of_what_stands_writes_no_posting_and_stands_in_the_trail() -> None:
    world = plant("glow")
    run("recompute")
    before, ledger = count(world), run("ledger_export", "--canonical")
    assert run("recompute", "--full").startswith("glow: 2 lines computed, 0 changed")
    assert count(world) == before
    assert run("ledger_export", "--canonical") == ledger
    with tenancy.acting_for(world.merchant):
        asked = AuditEvent.objects.get(act="measurement.rebuild.asked")
        assert asked.actor == "system:recompute"
        assert Run.objects.order_by("-pk")[0].cause == "all"


def test_a_full_recompute_computes_anew_what_somebody_changed_by_hand() -> None:
    world = plant("glow")
    run("recompute")
    ledger = run("ledger_export", "--canonical")
    with tenancy.acting_for(world.merchant), connection.cursor() as cursor:
        cursor.execute("UPDATE measurement_credit SET fen_linear = fen_linear + 7 WHERE position = 1")
    assert run("ledger_export", "--canonical") != ledger
    assert run("recompute", "--full").startswith("glow: 2 lines computed, 1 changed")
    assert run("ledger_export", "--canonical") == ledger


def test_one_merchant_can_be_named() -> None:
    plant("glow"), plant("moss")
    assert run("recompute", "--merchant", "moss").splitlines()[0].startswith("moss: 2 lines")
    assert {line.split("\t")[0] for line in run("ledger_export").splitlines()} == {"moss"}
    run("recompute")
    assert {line.split("\t")[0] for line in run("ledger_export").splitlines()} == {"glow", "moss"}
    assert run("ledger_export", "--merchant", "glow") == "".join(
        f"{line}\n" for line in run("ledger_export").splitlines() if line.startswith("glow\t")
    )


def test_the_canonical_ledger_is_sorted_text_of_natural_keys_whole_weights_and_fen() -> None:
    plant("glow")
    run("recompute")
    lines = run("ledger_export", "--canonical").splitlines()
    rows = [line.split("\t") for line in lines]
    assert all(one.encode() < other.encode() for one, other in pairwise(lines))
    assert [row[:8] for row in rows] == [
        ["glow", "taobao", "", "11", "110", "00001", "A", rows[0][7]],
        ["glow", "taobao", "", "11", "110", "00002", "A", rows[1][7]],
        ["glow", "taobao", "", "12", "120", "00000", "U", "-"],
    ]
    # channel, SPU, day of the order, day of the touch, touches, weights of position and decay, fen
    assert rows[0][8:14] == ["read|n0|||||", "S0", "2026-03-01", "2026-02-26", "2", "1"]
    assert [row[15:] for row in rows] == [
        ["901", "0", "451", "451", rows[0][19]],
        ["0", "901", "450", "450", rows[1][19]],
        ["500"] * 5,
    ]
    assert int(rows[0][19]) + int(rows[1][19]) == 901
    assert int(rows[0][14]) < int(rows[1][14]) < 2**30  # the older touch weighs less


def test_two_installations_that_were_told_the_same_export_the_same() -> None:
    """Row ids, runs and times differ; the text does not."""
    one = plant("glow")
    run("recompute")
    told = run("ledger_export", "--merchant", "glow")
    other = World.plant("moss")
    for _ in range(2):  # everything twice, the other way round, computed after each step
        deliver(other.merchant, refund("r1", "11", "110", 100, at=BASE + DAY))
        deliver(other.merchant, trade("12", [("701", 500)]))
        run("recompute")
        deliver(other.merchant, trade("11", [("700", 1001)], buyer="ann"))
        for seen in (other.touch("2", "ann", DAY), other.touch("1", "ann", 3 * DAY)):
            touches.put(other.merchant, [seen], source="feed", by="system:test")
            run("recompute")
    assert run("ledger_export", "--merchant", "moss").replace("moss", "glow") == told
    assert count(one)[1] < count(other)[1]  # the way there was another
