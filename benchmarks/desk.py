"""The figures of one desk: `python -m benchmarks.desk CONSULTATIONS STREAMS OUT`, started by `benchmarks.inbox`."""

from __future__ import annotations

import http.client
import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import psycopg

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks.database import ADMIN  # noqa: E402
from leads import sealing  # noqa: E402
from leads.models import Agent, Consultation, Contact, Conversation, Message  # noqa: E402
from leads.operations import setup  # noqa: E402
from leads.queries import rules  # noqa: E402
from merchants import live, tenancy  # noqa: E402
from merchants.models import Membership, Merchant, User  # noqa: E402

OPEN = 1_000  # consultations that are not closed; of these three in ten wait, two wrote again
PEOPLE, OF_A_PERSON = 50, 4  # agents, and inboxes that each has open at most
ASKED = 60  # times each page is asked for
MESSAGES = 3  # of a consultation
BATCH = 5_000
PATIENCE = 120  # seconds; a busy machine takes long to load everything for the first page
SOURCE = "xiaohongshu_im"


def plant(merchant: Merchant, many: int) -> None:
    """Consultations of a year, one each four minutes back from an hour ago: no deadline passes meanwhile."""
    with tenancy.acting_for(merchant):
        agents = list(Agent.objects.for_merchant(merchant).order_by("pk")[:8])
        hours, policy = rules.schedule_of(merchant, None), rules.policy_of(merchant, None)
        said = sealing.seal(merchant, "message", "你好，请问海边的套系多少钱？12 月还有档期吗")
        now = datetime.now(UTC) - timedelta(hours=1)
        for first in range(0, many, BATCH):
            numbers = range(first, min(first + BATCH, many))
            contacts = Contact.objects.bulk_create(
                Contact(merchant=merchant, name=f"客人 {number}") for number in numbers
            )
            threads = Conversation.objects.bulk_create(
                Conversation(merchant=merchant, source=SOURCE, external_id=str(number), contact=contact,
                             origin={"note_title": "两天一岛"}, revision=MESSAGES)
                for number, contact in zip(numbers, contacts, strict=True)
            )  # fmt: skip
            sessions = Consultation.objects.bulk_create(
                _session(merchant, number, thread, agents, now, schedule=hours, policy=policy)
                for number, thread in zip(numbers, threads, strict=True)
            )
            Message.objects.bulk_create(
                Message(merchant=merchant, conversation_id=one.conversation_id, session=one, source=SOURCE,
                        external_id=f"{one.pk}.{place}", author="user" if place % 2 == 0 else "agent",
                        sealed=said, sent_at=one.enquired_at + place * timedelta(minutes=1))
                for one in sessions
                for place in range(MESSAGES)
            )  # fmt: skip
    _tidied()


def _tidied() -> None:
    """As autovacuum leaves the tables within a minute; the app's role may not."""
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as full:
        full.execute("VACUUM ANALYZE")


def _session(
    merchant: Merchant, number: int, thread: Conversation, agents: list[Agent], now: datetime, **versions: Any
) -> Consultation:
    at = now - number * timedelta(minutes=4)
    waiting, again = number < OPEN * 3 // 10, OPEN * 3 // 10 <= number < OPEN // 2
    closed = number >= OPEN
    return Consultation(
        merchant=merchant, conversation=thread, contact_id=thread.contact_id, number=1,
        state="closed" if closed else "waiting" if waiting else "answered", enquired_at=at, opened_at=at,
        last_message_at=at, waiting_since=at if waiting or again else None, due_at=at + timedelta(minutes=3),
        agent=None if waiting else agents[number % len(agents)], closed_at=at if closed else None, **versions,
    )  # fmt: skip


def pages(merchant: Merchant) -> dict[str, Any]:
    """Milliseconds and queries of each address, asked in this process."""
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username="agent-0"))
    with tenancy.acting_for(merchant):
        session = Consultation.objects.for_merchant(merchant).filter(state="waiting").latest("pk")
    at = f"/m/{merchant.code}/inbox/"
    seen = client.get(f"{at}queue/").content.decode().split("?seen=")[1].split("&")[0]
    figures: dict[str, Any] = {}
    for name, address, status in (
        ("inbox page", at, 200),
        ("one conversation", f"{at}{session.pk}/", 200),
        ("queue alone", f"{at}queue/", 200),
        ("queue, nothing new", f"{at}queue/?seen={seen}", 204),
    ):
        took, queries, worked = [], set(), time.process_time()
        for _ in range(ASKED):
            with CaptureQueriesContext(connection) as captured:
                begun = time.perf_counter()
                answer = client.get(address)
                took.append((time.perf_counter() - begun) * 1000)
            if answer.status_code != status:
                raise RuntimeError(f"{address} answered {answer.status_code}")
            queries.add(len(captured))
        worked = (time.process_time() - worked) / ASKED * 1000
        figures |= {f"{name}, p50, ms": statistics.median(took), f"{name}, p95, ms": _p95(took),
                    f"{name}, own processor time, ms": worked,
                    f"{name}, most queries": max(queries)}  # fmt: skip
    return figures


def beside_streams(merchant: Merchant, many: int) -> dict[str, Any]:
    """The page from gunicorn, without and with open streams; a signal until the last of them has it."""
    cookies = [_cookie(f"agent-{number}") for number in range(PEOPLE)]
    at = f"/m/{merchant.code}/inbox/"
    with _gunicorn() as port:
        alone = [_asked(port, at, cookies[0]) for _ in range(ASKED)]
        streams = [
            _listens(port, f"{at}live/", cookies[number // OF_A_PERSON % PEOPLE]) for number in range(many)
        ]
        _until_all(streams, b"event: ready")
        took = []
        for number in range(20):
            begun = time.perf_counter()
            live._horn.sound(live.channel_of(merchant), f"conversation {number}")
            took.append((_until_all(streams, f"conversation {number}\n".encode()) - begun) * 1000)
        beside = [_asked(port, at, cookies[0]) for _ in range(ASKED)]
    return {
        "served page without streams, p95, ms": _p95(alone),
        f"served page beside {many} streams, p95, ms": _p95(beside),
        f"signal to the last of {many}, p95, ms": _p95(took),
    }


def _cookie(username: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return f"sessionid={client.cookies['sessionid'].value}"


def _asked(port: int, path: str, cookie: str) -> float:
    connected = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    begun = time.perf_counter()
    connected.request("GET", path, headers={"Cookie": cookie})
    answer = connected.getresponse()
    answer.read()
    took = (time.perf_counter() - begun) * 1000
    connected.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return took


def _listens(port: int, path: str, cookie: str) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    opened.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode())
    return opened


def _until_all(streams: list[socket.socket], words: bytes) -> float:
    """When the last stream had them."""
    heard = dict.fromkeys(streams, b"")
    with selectors.DefaultSelector() as waits:
        for stream in streams:
            waits.register(stream, selectors.EVENT_READ)
        while waits.get_map():
            ready = waits.select(timeout=PATIENCE)
            if not ready:
                raise TimeoutError(f"{len(waits.get_map())} streams did not hear {words!r}")
            for key, _ in ready:
                more = key.fileobj.recv(65536)  # type: ignore[union-attr]
                if not more:
                    raise RuntimeError("a stream ended")
                heard[key.fileobj] += more  # type: ignore[index]
                if words in heard[key.fileobj]:  # type: ignore[index]
                    waits.unregister(key.fileobj)
    return time.perf_counter()


@contextmanager
def _gunicorn() -> Iterator[int]:
    """As in docs/production.md."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    argv = [sys.executable, "-m", "gunicorn", "portal.wsgi", "-w", "2", "--threads", "4"]
    process = subprocess.Popen([*argv, "--bind", f"127.0.0.1:{port}", "--log-level", "warning"])
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> int:
    many, streams, out = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    merchant = Merchant.objects.create(code="studio", name="Studio", kind=Merchant.Kind.SERVICE)
    setup.ensure(merchant)
    for number in range(PEOPLE):
        user = User.objects.create(username=f"agent-{number}")
        Membership.objects.create(user=user, merchant=merchant, role="agent")
        setup.set_agent(merchant, user=user, name=f"Agent {number}", by="system:benchmark", presence="online")
    plant(merchant, many)
    usual = (
        {"consultations": many, "open": min(OPEN, many)} | pages(merchant) | beside_streams(merchant, streams)
    )
    with tenancy.acting_for(merchant):
        Consultation.objects.for_merchant(merchant).filter(state="closed").update(
            state="answered", closed_at=None
        )
    _tidied()
    everything = {"consultations": many, "open": many} | pages(merchant)
    out.write_text(json.dumps([usual, everything]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
