"""Streams of signals to browsers (server-sent events), without a thread for each.

The web server's thread checks who asks and writes the head of the answer; then the socket is taken over by
the hub, one thread of the process with one subscription, and the server's thread is told that its client has
gone, which is true for it. So a stream costs a file descriptor, and two hundred of them leave the pages
their threads (docs/adr/0021-a-stream-holds-no-thread.md).

Every :data:`CANARY_SECONDS` the hub sends a canary through the broker to itself and on to every stream: a
page that hears none knows that it would hear nothing else. A stream ends after two minutes; the browser comes
back by itself and is checked again.
"""

from __future__ import annotations

import errno
import logging
import random
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import redis
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from merchants import live

CANARY_SECONDS = 5.0
DEAF_SECONDS = 3 * CANARY_SECONDS  # no canary for so long: the subscription is given up and made anew
KNOCK_SECONDS = 0.5  # between two attempts to reach the broker
COMES_BACK_MS = 500  # a browser waits this long before it asks for the next stream
LIFE_SECONDS = (110.0, 130.0)  # drawn for each stream, so that not all come back at once
MOST_OF_A_PERSON = 4  # streams in one process; browsers have six connections to a host without HTTP/2
ASKED_A_SECOND = 8  # questions of one merchant's pages to this process; each takes about 50 ms of it
LONGEST_PACE_MS = 10_000

NO_STREAM = 204  # tells a browser's EventSource to give up; the page goes on looking by itself

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Stream:
    """A browser that listens. ``chunked``: the head of the answer promised chunks."""

    socket: socket.socket
    channel: str
    person: int
    chunked: bool
    ends_at: float

    def send(self, event: str, told: str = "") -> bool:
        """False when the reader has gone, or reads so slowly that a line does not fit any more."""
        line = f"event: {event}\ndata: {told}\n\n".encode()
        return self._write(b"%x\r\n%s\r\n" % (len(line), line) if self.chunked else line)

    def has_gone(self) -> bool:
        try:
            return self.socket.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        if self.chunked:
            self._write(b"0\r\n\r\n")
        self.socket.close()

    def _write(self, wire: bytes) -> bool:
        try:
            return self.socket.send(wire) == len(wire)
        except OSError:  # one that would block among them
            return False


class Hub:
    """All streams of this process."""

    def __init__(self) -> None:
        self._turn = threading.RLock()
        self._streams: list[Stream] = []
        self._listens = False
        self._lost = False
        self._thread: threading.Thread | None = None

    def has_room_for(self, person: int) -> bool:
        self._sweep()
        with self._turn:
            return sum(stream.person == person for stream in self._streams) < MOST_OF_A_PERSON

    def adopt(self, stream: Stream) -> None:
        """Takes over a stream; it is told ``ready`` as soon as signals can reach it."""
        with self._turn:
            self._streams.append(stream)
            if self._listens:
                stream.send("ready", self._pace(stream.channel))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self._listen()
            except (redis.RedisError, OSError, ValueError) as lost:
                if not self._lost:
                    log.warning("Signals do not reach this process: %s", type(lost).__name__)
            self._listens, self._lost = False, True
            self._sweep()
            time.sleep(KNOCK_SECONDS)

    def _listen(self) -> None:
        """Passes signals on until the broker is lost, or is deaf to our own canary."""
        with live.broker() as broker, broker.pubsub() as heard:
            heard.psubscribe(live.channel_of("*"))
            canary, canary_at = live.channel_of("canary"), 0.0
            heard_at = time.monotonic()
            while (now := time.monotonic()) - heard_at < DEAF_SECONDS:
                if now >= canary_at:
                    broker.publish(canary, "")
                    canary_at = now + CANARY_SECONDS
                told = heard.get_message(timeout=min(1.0, canary_at - now))
                if told and told["type"] == "psubscribe":
                    self._begin()
                elif told and told["channel"].decode() == canary:
                    heard_at = now
                    self._say("canary")
                elif told:
                    self._say("changed", told["data"].decode(), told["channel"].decode())
                self._sweep()

    def _begin(self) -> None:
        """Whoever was here while nothing could be heard looks once."""
        with self._turn:
            self._listens, self._lost = True, False
            self._say("ready")

    def _say(self, event: str, told: str = "", channel: str = "") -> None:
        with self._turn:
            paces: dict[str, str] = {}
            for stream in [one for one in self._streams if channel in {"", one.channel}]:
                if not told and stream.channel not in paces:
                    paces[stream.channel] = self._pace(stream.channel)
                if not stream.send(event, told or paces[stream.channel]):
                    self._drop(stream)

    def _pace(self, channel: str) -> str:
        """Milliseconds over which the pages of a merchant spread their questions after a signal."""
        many = sum(stream.channel == channel for stream in self._streams)
        return str(min(LONGEST_PACE_MS, many * 1000 // ASKED_A_SECOND))

    def _sweep(self) -> None:
        now = time.monotonic()
        with self._turn:
            for stream in [one for one in self._streams if one.ends_at < now or one.has_gone()]:
                self._drop(stream)

    def _drop(self, stream: Stream) -> None:
        self._streams.remove(stream)
        stream.close()


hub = Hub()


def answer(request: HttpRequest, *, channel: str, person: int) -> HttpResponseBase:
    """A stream of the channel's signals, after the caller has checked who asks. 204 where the server lends no
    socket (another than gunicorn, or one that speaks TLS itself), or a person has too many open."""
    lent = request.META.get("gunicorn.socket")
    if not isinstance(lent, socket.socket) or isinstance(lent, ssl.SSLSocket) or request.method != "GET":
        return HttpResponse(status=NO_STREAM)
    if not hub.has_room_for(person):
        return HttpResponse(status=NO_STREAM)
    stream = Stream(
        socket=lent,
        channel=channel,
        person=person,
        chunked=request.META["SERVER_PROTOCOL"] != "HTTP/1.0",
        ends_at=time.monotonic() + random.uniform(*LIFE_SECONDS),  # noqa: S311 - spreads load
    )
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(_hand_over(stream), content_type="text/event-stream", headers=headers)


def _hand_over(stream: Stream) -> Iterator[bytes]:
    """The first line goes out through the server, which thereby writes the head. Then the hub keeps the
    connection and the server hears what it knows how to end without a word: the client has gone."""
    yield b"retry: %d\n\n" % COMES_BACK_MS
    stream.socket = stream.socket.dup()
    stream.socket.setblocking(False)
    hub.adopt(stream)
    raise BrokenPipeError(errno.EPIPE, "handed over to the hub")
