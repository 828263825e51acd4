"""The broker may refuse, hang or forget: requests are answered, rows are committed, nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from django.test import Client

from measurement.operations import identities, touches
from measurement.queries import ledger, work
from merchants.models import User
from merchants.operations import tokens
from tests.reliability import facts
from tests.reliability.conftest import PATIENCE, Broker, until
from tests.worlds import World

pytestmark = pytest.mark.xdist_group("reliability")
Processes = list[subprocess.Popen[bytes]]
SIZES = {"orders": 9, "seen": 9}
SLOWEST = 3.0  # seconds for one call on a busy machine; the broker's own time-outs are longer


class Traffic:
    """What comes in while the broker is ill: deliveries, touches, links, and a batch by the API."""

    def __init__(self, code: str) -> None:
        self.world = World.plant(code)
        user = User.objects.create(username=f"owner of {code}")
        _, self.secret = tokens.issue(self.world.merchant, name="feed", scopes=tokens.SCOPES, user=user)
        self.exchanges = facts.exchanges(SIZES["orders"])
        self.touches = facts.touch_rows(self.world, SIZES["seen"])
        self.client = Client()
        self.client.get("/healthz")  # the first request makes the middleware
        self.slowest = 0.0

    def comes(self, part: int, parts: int) -> None:
        """One part of it; every call must answer quickly."""
        merchant = self.world.merchant
        for exchange in self.exchanges[part::parts]:
            self._timed(lambda one=exchange: facts.receive(self.world, one))
        for row in self.touches[part::parts]:
            self._timed(lambda one=row: touches.put(merchant, [one], source="feed", by="system:test"))
        for row in facts.links(self.world)[part::parts]:
            self._timed(lambda one=row: identities.link(merchant, [one], source="crm", by="system:test"))
        self._timed(lambda: self._post(part))

    def _timed(self, call: facts.Call) -> None:
        begun = time.monotonic()
        call()
        self.slowest = max(self.slowest, time.monotonic() - begun)

    def _post(self, part: int) -> None:
        row = {
            "order_id": f"H{part}", "platform": "store", "paid_at": "2026-02-20 12:00:00", "paid_amount": "5.00",
        }  # fmt: skip
        answer = self.client.post(
            "/api/v1/orders",
            [row],
            "application/json",
            headers={"Authorization": f"Bearer {self.secret}", "Idempotency-Key": f"batch-{part}"},
        )
        assert answer.status_code == 200, answer.content

    def is_settled(self) -> bool:
        return facts.pending(self.world.merchant).settled


def expected_of(parts: int) -> list[str]:
    """The ledger when no broker and no worker has anything to do with it."""
    quiet = Traffic("quiet")
    for part in range(parts):
        quiet.comes(part, parts)
    facts.settle(quiet.world.merchant)
    return facts.told(quiet.world.merchant)


def test_a_broker_that_refuses_hangs_or_forgets_loses_nothing_and_stops_nobody(
    broker: Broker, workers: Processes, tmp_path: Path
) -> None:
    traffic = Traffic("loud")
    merchant = traffic.world.merchant

    broker.stop()  # refused
    traffic.comes(0, 3)
    assert not traffic.is_settled()  # nobody could be told
    broker.start()
    assert until(traffic.is_settled) < PATIENCE

    broker.hang()  # connections are taken, nothing is answered
    traffic.comes(1, 3)
    broker.go_on()
    assert until(traffic.is_settled) < PATIENCE

    os.killpg(workers[0].pid, signal.SIGSTOP)  # so that the hints are still in the queue when it forgets them
    traffic.comes(2, 3)
    assert broker.says("FLUSHALL").startswith(b"+OK")
    os.killpg(workers[0].pid, signal.SIGCONT)
    assert until(traffic.is_settled) < PATIENCE

    assert traffic.slowest < SLOWEST
    assert [process.poll() for process in workers] == [None, None]
    assert facts.told(merchant) == expected_of(3)
    assert ledger.breaches(merchant) == []


def test_a_hint_reaches_a_worker_long_before_the_sweep_would(broker: Broker, workers: Processes) -> None:
    world = World.plant("prompt")
    until(lambda: broker.waiting() == 0)
    facts.receive(world, facts.exchanges(1)[0])
    took = until(lambda: facts.pending(world.merchant).settled and bool(facts.told(world.merchant)))
    assert took < work.PATIENCE.total_seconds()


def test_after_a_broker_has_forgotten_everything_hints_travel_again(
    broker: Broker, workers: Processes
) -> None:
    """Wiped are also the names of the queues, which clients declare once and then take for granted."""
    world = World.plant("forgotten")
    first, second = facts.exchanges(2)[0], facts.exchanges(2)[-1]
    facts.receive(world, first)
    until(lambda: facts.pending(world.merchant).settled)
    assert broker.says("FLUSHALL").startswith(b"+OK")
    facts.receive(world, second)
    took = until(lambda: facts.pending(world.merchant).settled)
    assert took < PATIENCE
