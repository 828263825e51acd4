"""kill -9 of a worker at any statement: the ledger comes out as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from measurement.queries import ledger
from merchants.models import Merchant
from tests.reliability import facts
from tests.worlds import World

pytestmark = [pytest.mark.xdist_group("reliability"), pytest.mark.usefixtures("committed")]
ROOT = Path(__file__).resolve().parents[2]
POINTS = 50


class Workers:
    """`tests/reliability/killed.py`: one process that forks a worker for each order."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.killed"],
            cwd=ROOT,
            env=os.environ | {"SEEDBED_POOL": "0", "BROKER_URL": "memory://"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def carry_out(self, merchant: Merchant, *, statement: int = 0, before: bool = False) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        order = {"merchant": merchant.pk, "statement": statement, "before": before}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers()
    yield made
    made.process.communicate(timeout=30)


def planted(code: str) -> Merchant:
    """A merchant with a page of orders and the refunds of two, received and not yet read."""
    world = World.plant(code)
    found = facts.exchanges(6)
    trades = [one for one in found if one["request"]["method"].startswith("taobao.trade.")]
    for exchange in (facts.page(trades), *(one for one in found if one not in trades)):
        facts.receive(world, exchange)
    return world.merchant


def test_a_worker_killed_at_any_statement_changes_nothing_of_the_ledger(workers: Workers) -> None:
    unfaulted = planted("unfaulted")
    counted = workers.carry_out(unfaulted)
    assert counted["signal"] == 0
    expected = facts.told(unfaulted)
    assert len(expected) == 9
    assert sum("\tA\t" in line for line in expected) >= 4

    chance = random.Random(20260301)
    step = counted["statements"] / POINTS  # spread over the whole of the work, at random within each part
    for n in range(POINTS):
        statement = int(n * step) + chance.randint(1, max(1, int(step)))
        before = chance.random() < 0.5
        merchant = planted(f"killed-{n}")
        struck = workers.carry_out(merchant, statement=statement, before=before)
        assert struck["signal"] == signal.SIGKILL, (statement, struck)
        assert workers.carry_out(merchant)["signal"] == 0
        assert facts.told(merchant) == expected, (statement, before)
        assert ledger.breaches(merchant) == [], (statement, before)


def test_a_worker_killed_again_and_again_gets_to_the_end(workers: Workers) -> None:
    unfaulted, killed = planted("unfaulted"), planted("killed")
    statements = workers.carry_out(unfaulted)["statements"]
    chance = random.Random(20260302)
    for _ in range(20):
        workers.carry_out(killed, statement=chance.randint(1, statements), before=chance.random() < 0.5)
    assert workers.carry_out(killed)["signal"] == 0
    assert facts.told(killed) == facts.told(unfaulted)
    assert ledger.breaches(killed) == []
