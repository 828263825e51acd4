"""A load's tallies stand in their own queue: an order is credited although nobody takes that one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from measurement.operations import touches
from measurement.queries import ledger
from tests.reliability import facts
from tests.reliability.conftest import Broker, ended, started, until
from tests.worlds import World

pytestmark = pytest.mark.xdist_group("reliability")


def test_an_order_is_credited_while_tallies_wait_for_a_worker(
    broker: Broker, tmp_path: Path, committed: None
) -> None:
    world = World.plant("queues")
    celery = (sys.executable, "-m", "celery", "-A", "portal.celery", "worker", "-c", "1", "-l", "INFO")
    environment = {"BROKER_URL": broker.url, "SEEDBED_POOL": "0"}
    prompt = started(*celery, "-Q", "prompt", log=tmp_path / "worker.log", **environment)
    try:
        until(lambda: b"ready." in (tmp_path / "worker.log").read_bytes(), seconds=60)
        touches.put(world.merchant, facts.touch_rows(world, 9), source="feed", by="system:test")
        for exchange in facts.exchanges(9):
            facts.receive(world, exchange)
        until(lambda: facts.pending(world.merchant).settled and bool(facts.told(world.merchant)))
        assert broker.waiting("heavy") > 0
        assert ledger.breaches(world.merchant) == []
    finally:
        ended(prompt)
