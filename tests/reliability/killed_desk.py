"""A worker of the desk that is killed at a statement: reads orders from standard input, one JSON object a line.

    {"statement": 31}    → {"signal": 9}     it reads what arrives until its 31st statement
    {"statement": 0}     → {"signal": 0}     it reads until nothing is left

Each order is carried out in a fork, so that SIGKILL ends a process and not this one.
"""

from __future__ import annotations

import json
import os
import sys

import django

django.setup()

from django.db import connection, connections  # noqa: E402 - Django must be set up first

from leads import tasks  # noqa: E402
from leads.queries import arrival  # noqa: E402
from tests.reliability.killed import Fault  # noqa: E402


def carry_out(statement: int) -> None:
    connections.close_all()
    with connection.execute_wrapper(Fault(statement, before=statement % 2 == 0)):
        while True:
            fresh, begun = arrival.merchants_with_deliveries(), arrival.deliveries_to_take(50)
            for merchant_id in fresh:
                tasks.take_deliveries(merchant_id=merchant_id)
            for merchant_id, delivery_id in begun:
                tasks.take_delivery(merchant_id=merchant_id, delivery_id=delivery_id)
            if not fresh and not begun and not statement:
                return
            connection.ensure_connection()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")  # it is also killed while it waits


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                carry_out(order["statement"])
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)
        sys.stdout.write(json.dumps({"signal": ended}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
