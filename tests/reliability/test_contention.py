"""Many at once on the orders of the same people: nobody deadlocks, and the ledger is the serial one."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from measurement import tasks
from measurement.queries import ledger
from tests.reliability import facts
from tests.worlds import World

pytestmark = [pytest.mark.xdist_group("reliability"), pytest.mark.usefixtures("committed")]
SIZES = {"orders": 12, "seen": 24}


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_two_workers_and_four_who_take_in_arrive_at_the_serial_ledger() -> None:
    before = deadlocks()
    world = World.plant("busy")
    chance = random.Random(20260303)
    shares = []
    for _ in range(4):  # each tells everything, in an order of its own: all of it comes four times
        own = list(facts.calls(world, **SIZES))
        chance.shuffle(own)
        shares.append(own)
    done = threading.Event()

    def take_in(own: Iterable[facts.Call]) -> None:
        try:
            for call in own:
                call()
        finally:
            connections.close_all()

    def work() -> None:
        try:
            while not done.is_set():
                tasks.work(merchant_id=world.merchant.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        workers = [threads.submit(work) for _ in range(2)]
        taking = [threads.submit(take_in, own) for own in shares]
        try:
            for one in taking:
                one.result()  # raises what the thread raised: a deadlock would be an OperationalError
        finally:
            done.set()
        for one in workers:
            one.result()
    facts.settle(world.merchant)

    assert facts.told(world.merchant) == facts.serial("calm", **SIZES)
    assert ledger.breaches(world.merchant) == []
    assert deadlocks() == before
