"""Signals between processes and browsers: who hears what, and what happens when nobody listens."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress

import pytest
from django.db import transaction
from django.test import Client

from merchants import background, live
from merchants.live import streams
from merchants.models import Merchant
from tests.conftest import make_member
from tests.reliability.conftest import until


class Reader:
    """The browser's end of a stream that the hub has taken over."""

    def __init__(self, hub: streams.Hub, channel: str, *, person: int = 1, lives: float = 60) -> None:
        ours, self.socket = socket.socketpair()
        ours.setblocking(False)
        self.socket.setblocking(False)
        self.stream = streams.Stream(ours, channel, person, True, time.monotonic() + lives)
        self.heard = b""
        hub.adopt(self.stream)

    def hears(self, words: bytes) -> bool:
        with suppress(BlockingIOError):
            self.heard += self.socket.recv(65536)
        return words in self.heard


@pytest.fixture
def hub() -> streams.Hub:
    return streams.Hub()


@pytest.fixture
def mine(hub: streams.Hub) -> Iterator[Reader]:
    """A reader of merchant 1 who already hears."""
    made = Reader(hub, live.channel_of(1))
    until(lambda: made.hears(b"event: ready"))
    yield made
    made.socket.close()


def test_a_signal_reaches_the_readers_of_its_merchant_and_nobody_else(hub: streams.Hub, mine: Reader) -> None:
    other = Reader(hub, live.channel_of(2), person=2)
    assert live._horn.sound(live.channel_of(1), "conversation 17")
    assert live._horn.sound(live.channel_of(2), "conversation 18")
    until(lambda: mine.hears(b"event: changed\ndata: conversation 17\n\n"))
    until(lambda: other.hears(b"event: changed\ndata: conversation 18\n\n"))
    assert not mine.hears(b"conversation 18")
    assert not other.hears(b"conversation 17")


def test_a_canary_has_travelled_through_the_broker_and_says_how_many_share_the_desk(
    hub: streams.Hub, mine: Reader
) -> None:
    until(lambda: mine.hears(b"event: canary\ndata: 125\n\n"))
    assert mine.heard.index(b"event: ready") < mine.heard.index(b"event: canary")


def test_a_stream_that_has_lived_long_enough_ends_as_an_answer_ends(hub: streams.Hub, mine: Reader) -> None:
    brief = Reader(hub, live.channel_of(1), lives=0)
    until(lambda: brief.hears(b"\r\n0\r\n\r\n"))
    assert brief.socket.recv(1) == b""
    assert not mine.hears(b"\r\n0\r\n\r\n")


def test_a_person_has_room_for_four_streams_and_for_another_when_one_has_gone(hub: streams.Hub) -> None:
    readers = [Reader(hub, live.channel_of(1), person=7) for _ in range(4)]
    assert not hub.has_room_for(7)
    assert hub.has_room_for(8)
    readers[0].socket.close()
    assert hub.has_room_for(7)


def test_nothing_is_said_before_the_commit_nor_during_a_load_in_bulk(
    merchant: Merchant, django_capture_on_commit_callbacks: Callable[[], AbstractContextManager[list[object]]]
) -> None:
    with django_capture_on_commit_callbacks() as told:
        live.tell(merchant, "conversation", 17)
        with background.alone():
            live.tell(merchant, "conversation", 18)
        with suppress(RuntimeError):
            _change_that_fails(merchant)
    assert len(told) == 1


def _change_that_fails(merchant: Merchant) -> None:
    with transaction.atomic():
        live.tell(merchant, "conversation", 19)
        raise RuntimeError("rolled back")


def test_a_broker_that_is_not_there_costs_a_signal_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams.live, "broker", lambda: live.redis.Redis(unix_socket_path="/nowhere/v.sock"))
    horn = live._Horn()
    assert not horn.sound(live.channel_of(1), "conversation 17")
    monkeypatch.undo()
    assert not horn.sound(live.channel_of(1), "conversation 18")  # it rests
    until(lambda: horn.sound(live.channel_of(1), "conversation 19"), seconds=5)


def test_a_server_that_lends_no_socket_leaves_the_page_to_look_by_itself(
    merchant: Merchant, client: Client
) -> None:
    client.force_login(make_member(merchant, "agent"))
    assert client.get("/m/glow/inbox/live/").status_code == 204


def test_who_may_not_see_the_desk_hears_nothing_of_it(
    merchant: Merchant, stranger: Merchant, client: Client
) -> None:
    client.force_login(make_member(merchant, "viewer"))
    assert client.get("/m/glow/inbox/live/").status_code == 403
    assert client.get("/m/stranger/inbox/live/").status_code == 404
    client.logout()
    assert client.get("/m/glow/inbox/live/").status_code == 302
