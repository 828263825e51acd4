"""Many open inboxes on one small web server: everybody is told, and the pages still come."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from merchants.models import Merchant
from tests.conftest import make_member, make_merchant
from tests.leads.desks import Desk
from tests.reliability.conftest import Broker, ended, started, until

pytestmark = pytest.mark.xdist_group("reliability")

THREADS, AGENTS, OF_AN_AGENT = 4, 8, 4
PATIENCE = 60  # seconds for one answer of a busy machine


class Web:
    """gunicorn with one worker of four threads, and agents who are logged in."""

    def __init__(self, merchant: Merchant, broker: Broker, folder: Path) -> None:
        self.merchant = merchant
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] = started(
            sys.executable, "-m", "gunicorn", "portal.wsgi", "-w", "1", "--threads", str(THREADS),
            "-b", f"127.0.0.1:{self.port}",
            log=folder / "web.log", BROKER_URL=broker.url, SEEDBED_POOL="0",
        )  # fmt: skip
        until(self._answers, seconds=PATIENCE)

    def cookie(self, name: str) -> str:
        client = Client()
        client.force_login(make_member(self.merchant, "agent", name))
        return f"sessionid={client.cookies['sessionid'].value}"

    def asked(self, path: str, cookie: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", f"/m/{self.merchant.code}/inbox/{path}", headers={"Cookie": cookie})
        return connection.getresponse()

    def _answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def web(committed: None, broker: Broker, tmp_path: Path) -> Iterator[Web]:
    made = Web(make_merchant("crowd", kind="service"), broker, tmp_path)
    yield made
    ended(made.process)


def hears(stream: http.client.HTTPResponse, words: bytes) -> bool:
    """Reads on until the words come."""
    while line := stream.readline():
        if words in line:
            return True
    return False


def test_thirty_two_streams_leave_four_threads_to_the_pages_and_all_hear(web: Web) -> None:
    desk = Desk(web.merchant)
    cookies = [web.cookie(f"agent-{number}") for number in range(AGENTS)]
    streams = [web.asked("live/", cookie) for cookie in cookies for _ in range(OF_AN_AGENT)]
    assert {stream.status for stream in streams} == {200}
    assert {stream.headers["Content-Type"] for stream in streams} == {"text/event-stream"}
    assert all(hears(stream, b"event: ready") for stream in streams)
    assert web.asked("live/", cookies[0]).status == 204  # a fifth of the same person
    assert {web.asked("", cookie).status for cookie in cookies} == {200}
    session = desk.say("ann", at=datetime.now(UTC))
    told = f"conversation {session.conversation_id}\n".encode()
    assert all(hears(stream, told) for stream in streams)
