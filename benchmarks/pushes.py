"""A source that pushes at a steady rate, and counts what became of it: run by `benchmarks.webhook`."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from leads.models import Lead, Source  # noqa: E402
from leads.operations import setup, sources  # noqa: E402
from merchants import tenancy  # noqa: E402
from merchants.models import Merchant, RawDelivery  # noqa: E402

TOKEN = "benchmark-token"
PATIENCE = 10.0  # seconds for one answer
READ_PATIENCE = 1_800.0  # until the worker has read everything
WARM = 40  # pushes before the measurement, so that nothing is loaded for the first time in it

Sent = tuple[int, float]
"""Status of an answer (0: none came), and seconds from when the push was due."""


def main() -> None:
    port, rate, seconds = (int(word) for word in sys.argv[1:4])
    merchant = Merchant.objects.create(code="bench", name="Bench", kind=Merchant.Kind.SERVICE)
    setup.ensure(merchant)
    source = sources.open_source(
        merchant, channel="xiaohongshu_form", name="Page", tokens=(TOKEN,), by="system:benchmark"
    )
    count = rate * seconds
    asyncio.run(_pushed(port, source, range(WARM), rate))
    sent = asyncio.run(_pushed(port, source, range(WARM, WARM + count), rate))
    begun = time.perf_counter()
    statuses = Counter(status for status, _ in sent)
    took = [spent * 1000 for status, spent in sent if status == 200]
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    figures: dict[str, Any] = {
        "pushes": count,
        "a second": rate,
        "answered 200": statuses[200],
        "answered otherwise or not at all": count - statuses[200],
        "p50, ms": cuts[49],
        "p95, ms": cuts[94],
        "p99, ms": cuts[98],
        "longest, ms": max(took),
    }
    with tenancy.acting_for(merchant):
        figures["stored"] = RawDelivery.objects.for_merchant(merchant).count() - WARM
        waiting = RawDelivery.objects.for_merchant(merchant).filter(state=RawDelivery.State.RECEIVED)
        figures["not read when the last was answered"] = waiting.count()
    print(json.dumps(figures), flush=True)  # what follows takes longer than what was measured
    while _waiting(merchant) and time.perf_counter() - begun < READ_PATIENCE:
        time.sleep(0.5)
    figures["until all were read, s"] = time.perf_counter() - begun
    with tenancy.acting_for(merchant):
        figures["leads"] = Lead.objects.for_merchant(merchant).count() - WARM
    Path(sys.argv[4]).write_text(json.dumps(figures))


def _waiting(merchant: Merchant) -> bool:
    connection.ensure_connection()
    with tenancy.acting_for(merchant):
        rows = RawDelivery.objects.for_merchant(merchant).filter(state=RawDelivery.State.RECEIVED)
        return bool(rows.exists())


async def _pushed(port: int, source: Source, numbers: range, rate: int) -> list[Sent]:
    """Each at its time; none waits for another."""
    begun = time.perf_counter() + 0.5
    return await asyncio.gather(
        *(_one(port, source, number, begun + place / rate) for place, number in enumerate(numbers))
    )


async def _one(port: int, source: Source, number: int, due: float) -> Sent:
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    request = _request(port, source.address, number)
    try:
        status = await asyncio.wait_for(_asked(port, request), PATIENCE)
    except (OSError, ValueError):  # a timeout is an OSError
        status = 0
    return status, time.perf_counter() - due


async def _asked(port: int, request: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        line = await reader.readline()
        await reader.read()
        return int(line.split()[1]) if line else 0
    finally:
        writer.close()


def _request(port: int, address: str, number: int) -> bytes:
    """A signed form as the platform sends it: another person each."""
    answers = [{"label": "姓名", "value": f"客{number}"}, {"label": "电话", "value": f"138{number:08}"}]
    told = {
        "data": {
            "leads_id": f"L{number}",
            "landing_page_id": 600000000001,
            "submitted_time": "2026-03-01 10:20:30",
            "campaign_id": "c1",
            "data": answers,
        },
        "timestamp": int(time.time() * 1000),
        "source": "benchmark",
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    signature = hmac.new(TOKEN.encode(), body, hashlib.sha1).hexdigest()
    head = (
        f"POST /in/{address}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nX-Red-Signature: sha1={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    main()
