"""Work in the background: the base of every task, and the hint that wakes one.

Postgres holds the work, a message is a hint: one that cannot be sent is dropped, because the beat looks
for work anyway. A broker that refuses or hangs therefore never fails a request, and slows at most one
in :data:`REST_SECONDS` by :data:`PATIENCE_SECONDS`. A burst of equal hints is one now and one for the rest.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import celery
from django.db import InterfaceError, OperationalError, transaction
from kombu.connection import Connection

from merchants.models import Merchant

PATIENCE_SECONDS = 0.5  # for one step of talking to the broker; a healthy one answers within 1 ms
REST_SECONDS = 15.0  # after a failure nobody knocks for this long
MERGE_SECONDS = 0.1  # the same hint again within this time is held back and sent once, at its end

log = logging.getLogger(__name__)


class Task(celery.Task):  # type: ignore[misc]  # celery ships no types
    """A task that comes back: its message is acknowledged late, a lost database connection or a killed
    worker repeats it, and after four repeats it stays where its row says. So every task must be safe to
    run twice, and short (the soft limit is 30 s): it does one chunk and wakes itself for the next."""

    acks_late = True
    reject_on_worker_lost = True
    retry_on_worker_lost = True  # counts against max_retries: a task that kills its worker gives up
    max_retries = 4
    default_retry_delay = 1
    rests = False  # waits while its merchant is suspended or has left: what it is to do stands in a row
    autoretry_for = (OperationalError, InterfaceError)  # late acknowledgement does not cover exceptions
    retry_backoff = 1
    retry_backoff_max = 30
    retry_jitter = True
    ignore_result = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.rests and _is_closed(kwargs["merchant_id"]):
            return None
        return super().__call__(*args, **kwargs)


RESTING = {"rests": True}
"""Of tasks that reach somebody outside, or set people to work."""


def _is_closed(merchant_id: int) -> bool:
    return Merchant.objects.filter(pk=merchant_id, status__in=Merchant.CLOSED).exists()


def wake(task_name: str, **kwargs: Any) -> None:
    """Asks a worker to run the named task once this transaction has committed; plain JSON arguments.

    Never raises and never waits long: the work must already stand in a row that the beat finds.
    """
    if is_alone():
        return
    transaction.on_commit(lambda: _bell.knock(task_name, kwargs))


@contextmanager
def alone() -> Iterator[None]:
    """For bulk loads that do the work themselves: inside, nobody is woken for it."""
    before = _alone.set(True)
    try:
        yield
    finally:
        _alone.reset(before)


def is_alone() -> bool:
    return _alone.get()


_alone: ContextVar[bool] = ContextVar("alone", default=False)


class _Bell:
    """One connection to the broker for a process, with short patience; threads take turns, and one that
    would have to wait for its turn drops its hint instead."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._connection: Connection | None = None
        self._process = 0
        self._rests_until = 0.0
        self._merging = threading.Lock()
        self._rung: dict[str, float] = {}  # when each hint went out last, or is to go out

    def knock(self, task_name: str, kwargs: dict[str, Any]) -> None:
        """Sends the hint, or holds it back with others like it: a worker that is woken reads all there is, and
        at 200 pushes a second waking it costs more than what it does."""
        hint = json.dumps([task_name, kwargs], sort_keys=True)
        with self._merging:
            now = time.monotonic()
            due = self._rung.get(hint, -MERGE_SECONDS) + MERGE_SECONDS
            if due > now + MERGE_SECONDS:
                return  # one that has not gone out yet speaks for this too
            if len(self._rung) > 1_000:
                self._rung = {told: at for told, at in self._rung.items() if at + MERGE_SECONDS > now}
            self._rung[hint] = max(due, now)
        if due <= now:
            self.ring(task_name, kwargs)
            return
        later = threading.Timer(due - now, self.ring, (task_name, kwargs))
        later.daemon = True
        later.start()

    def ring(self, task_name: str, kwargs: dict[str, Any]) -> bool:
        """Sends the hint; False when it was dropped."""
        if time.monotonic() < self._rests_until:
            return False
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            return False
        try:
            app = celery.current_app
            with app.amqp.Producer(self._open(app)) as producer:
                app.send_task(task_name, kwargs=kwargs, producer=producer, retry=False)
        except Exception as refused:  # whatever a broker can do wrong, the row is committed
            self._rests_until = time.monotonic() + REST_SECONDS
            self._connection = None
            log.warning("The broker did not take a hint for %s: %s", task_name, type(refused).__name__)
            return False
        finally:
            self._turn.release()
        return True

    def _open(self, app: celery.Celery) -> Connection:
        """The connection of this process; a fork makes its own."""
        if self._connection is None or self._process != os.getpid():
            self._process = os.getpid()
            self._connection = app.connection_for_write(
                transport_options={
                    "socket_timeout": PATIENCE_SECONDS,
                    "socket_connect_timeout": PATIENCE_SECONDS,
                    "max_retries": 0,
                    "interval_start": 0,
                }
            )
        return self._connection


_bell = _Bell()
