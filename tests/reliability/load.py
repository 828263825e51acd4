"""Writers and a worker on one database, as one process that outlives the database.

    python -m tests.reliability.load NAME SIZE [ACKNOWLEDGED]

Plants a merchant NAME and lets everything of that SIZE happen to it. With ACKNOWLEDGED, four threads do
so at once while a fifth works off what waits; each call that returned is written to that file, and one
that the database broke is made again, as a client or Celery would. Without it, all happens once, in order.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django

django.setup()

from django.db import InterfaceError, OperationalError, connections  # noqa: E402 - Django must be set up first

from measurement import tasks  # noqa: E402
from tests.reliability import facts  # noqa: E402
from tests.worlds import World  # noqa: E402

PAUSE = threading.Event()


def insist(call: Callable[[], object]) -> None:
    """Until the database has taken it."""
    while True:
        try:
            call()
        except (OperationalError, InterfaceError):
            connections.close_all()
            PAUSE.wait(0.1)
        else:
            return


def write(calls: list[tuple[int, facts.Call]], acknowledged: Path) -> None:
    with acknowledged.open("a") as file:
        for number, call in calls:
            insist(call)
            file.write(f"{number}\n")
            file.flush()
    connections.close_all()


def work(world: World, done: threading.Event) -> None:
    while not done.is_set():
        insist(lambda: tasks.work(merchant_id=world.merchant.pk))
    connections.close_all()


def main(name: str, size: int, acknowledged: str = "") -> None:
    sizes = {"orders": size, "seen": 2 * size, "at_once": 2}
    if not acknowledged:
        facts.serial(name, **sizes)
        return
    world = World.plant(name)
    calls = list(enumerate(facts.calls(world, **sizes)))
    done = threading.Event()
    with ThreadPoolExecutor(5) as threads:
        working = threads.submit(work, world, done)
        writing = [threads.submit(write, calls[n::4], Path(acknowledged)) for n in range(4)]
        for one in writing:
            one.result()
        done.set()
        working.result()
    insist(lambda: facts.settle(world.merchant))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
