"""A worker that is killed at a statement: reads orders from standard input, one JSON object a line.

    {"merchant": 7, "statement": 31, "before": true}    → {"signal": 9, "statements": 31}
    {"merchant": 7, "statement": 0}                     → {"signal": 0, "statements": 212}

Each order is carried out in a fork, so that SIGKILL ends a process and not this one. With statement 0 it
works to the end: it does what a worker finds to do, as often as there is something.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import django

django.setup()

from django.db import connection, connections  # noqa: E402 - Django must be set up first

from measurement import tasks  # noqa: E402
from measurement.operations import identities, touches  # noqa: E402
from merchants import tenancy  # noqa: E402
from merchants.models import Merchant, RawDelivery  # noqa: E402
from tests.reliability import facts  # noqa: E402
from tests.worlds import World  # noqa: E402


class Fault:
    """Ends this process, as kill -9 does, right before or after its n-th statement."""

    def __init__(self, statement: int, *, before: bool) -> None:
        self.at, self.before, self.count = statement, before, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        if self.count == self.at and self.before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def work_once(merchant: Merchant) -> None:
    """Half the touches, the deliveries, a computation, then what changes it: each as its task does it."""
    world = World(merchant)
    rows = facts.touch_rows(world, 9)
    touches.put(merchant, rows[:5], source="feed", by="system:test")
    with tenancy.acting_for(merchant):
        waiting = RawDelivery.objects.for_merchant(merchant).filter(state=RawDelivery.State.RECEIVED)
        ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    for delivery_id in ids:
        tasks.apply_delivery(merchant_id=merchant.pk, delivery_id=delivery_id)
    tasks.work(merchant_id=merchant.pk)
    touches.put(merchant, rows[5:], source="feed", by="system:test")
    identities.link(merchant, facts.links(world), source="crm", by="system:test")
    tasks.work(merchant_id=merchant.pk)


def carry_out(order: dict[str, Any], answer: int) -> None:
    merchant = Merchant.objects.get(pk=order["merchant"])
    connections.close_all()
    fault = Fault(order["statement"], before=order.get("before", False))
    with connection.execute_wrapper(fault):
        work_once(merchant)
    while not facts.pending(merchant).settled:  # a killed one may still hold its locks for an instant
        work_once(merchant)
    os.write(answer, str(fault.count).encode())


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        hear, answer = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                carry_out(order, answer)
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        os.close(answer)
        counted = os.read(hear, 32)
        os.close(hear)
        ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)
        told = {"signal": ended, "statements": int(counted or order["statement"])}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
