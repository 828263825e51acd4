"""How long people wait: from one new order to the page that shows its credit, and for the page alone."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks import past, planted
from measurement.models import Credit
from measurement.operations import deliveries
from merchants import tenancy
from merchants.models import Connection, Membership, Merchant, User
from portal.queues import PROMPT
from tests.worlds import body

ORDERS = 60
PAGES = 40
PATIENCE = 60.0
MONTH = "from=2025-05-01&to=2025-05-31"
QUESTIONS = ("", "&by=spu", "&by=platform", "&by=day", "&axis=order", "&model=decay", "&compare=none")
OTHERS = {
    "home": "portal:home",
    "over time": "measurement:curve",
    "models": "measurement:models",
    "matrix": "measurement:matrix",
    "performance": "measurement:process",
    "orders": "measurement:orders",
    "cycles": "measurement:cycles",
}
REPEATS = 20
BY = "system:benchmark"


def waited(merchant: Merchant, folder: Path) -> dict[str, Any]:
    """Seconds from a delivery to the page, with a real worker; milliseconds and queries of the page alone."""
    client = _reader(merchant)
    page = reverse("measurement:results", args=[merchant.code])
    with _worker():
        spent = [_until_shown(merchant, client, page, *order) for order in _new_orders(folder)]
    asked, queries = [], set()
    for number in range(PAGES):
        address = f"{page}?{MONTH}{QUESTIONS[number % len(QUESTIONS)]}"
        with CaptureQueriesContext(connection) as captured:
            begun = time.perf_counter()
            _read(client, address)
            asked.append(time.perf_counter() - begun)
        queries.add(len(captured))
    figures = {
        "order to page, p50, s": statistics.median(spent[1:]),  # the first one wakes the worker up
        "order to page, p95, s": _p95(spent[1:]),
        "results page, p50, ms": statistics.median(asked) * 1000,
        "results page, p95, ms": _p95(asked) * 1000,
        "results page, most queries": max(queries),
    }
    figures |= {f"{name} page, p95, ms": _others(client, merchant, name) for name in OTHERS}
    return figures | past.measured(client, merchant)


def _others(client: Client, merchant: Merchant, name: str) -> float:
    page = reverse(OTHERS[name], args=[merchant.code])
    _read(client, f"{page}?{MONTH}")  # its templates are read once for a process
    spent = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        _read(client, f"{page}?{MONTH}")
        spent.append(time.perf_counter() - begun)
    return _p95(spent) * 1000


def _until_shown(
    merchant: Merchant, client: Client, page: str, order_id: int, trade: dict[str, Any]
) -> float:
    with tenancy.acting_for(merchant):
        source, _ = Connection.objects.get_or_create(
            merchant=merchant,
            source="taobao",
            shop="",
            defaults={"name": "Taobao", "legal_basis": "contract"},
        )
    exchange = {
        "request": {"method": "taobao.trade.fullinfo.get"},
        "response": {"trade_fullinfo_get_response": {"trade": trade}},
    }
    begun = time.perf_counter()
    deliveries.receive(source, body=body(exchange), received_at=datetime.now(UTC), by=BY)
    while not _credited(merchant, f"{order_id}0"):
        if time.perf_counter() - begun > PATIENCE:
            raise TimeoutError("no worker credits the order")
        time.sleep(0.005)
    _read(client, f"{page}?{MONTH}&axis=order")
    return time.perf_counter() - begun


def _credited(merchant: Merchant, line: str) -> bool:
    with tenancy.acting_for(merchant):
        found = Credit.objects.for_merchant(merchant).filter(line__external_id=line)
        return bool(found.exists())


def _new_orders(folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Second orders, a minute later, of buyers who had bought in the month that is shown."""
    with duckdb.connect() as engine:
        rows = engine.execute(
            f"SELECT person_id, product_id, ts, value_cents FROM '{folder / 'orders.parquet'}'"
            " WHERE ts BETWEEN epoch(DATE '2025-05-02') AND epoch(DATE '2025-05-30') ORDER BY order_id"
        ).fetchall()
    for number, (person, product, ts, fen) in enumerate(random.Random(7).sample(rows, ORDERS), start=10**9):
        yield number, planted.trade(number, person, product, ts + 60, fen)


def _reader(merchant: Merchant) -> Client:
    user = User.objects.create_user(username="reader", password=os.urandom(12).hex())
    Membership.objects.create(user=user, merchant=merchant, role="owner")
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _read(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")


@contextmanager
def _worker() -> Iterator[None]:
    """Two processes as the demo has them: one takes everything, one leaves heavy work alone."""
    argv = [sys.executable, "-m", "celery", "-A", "portal.celery", "worker", "-c", "1", "-l", "WARNING"]
    both = [
        subprocess.Popen([*argv, *more]) for more in (("-n", "worker@%h"), ("-Q", PROMPT, "-n", "prompt@%h"))
    ]
    try:
        yield
    finally:
        for process in both:
            process.terminate()
        for process in both:
            process.wait(30)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]
