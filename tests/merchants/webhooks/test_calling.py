"""The call itself: over a real socket, to the checked address only, bounded in size and time."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from merchants.operations import calling
from merchants.operations.calling import Unreachable, post
from tests.merchants.webhooks.receiver import Receiver, answer


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[Any]:
    """Lets every name resolve to these; what was asked."""
    asked: list[Any] = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append((host, port))
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    monkeypatch.setattr(calling.socket, "getaddrinfo", resolve)
    return asked


def test_a_call_arrives_as_it_was_meant_and_its_answer_comes_back(receiver: Receiver) -> None:
    receiver.answers = [answer(200, "X-Note: kept", body="thanks")]
    told = post(
        receiver.origin + "/in?a=1", {"webhook-id": "msg_1"}, "草".encode(), origins=[receiver.origin]
    )
    assert told.status == 200
    assert told.head == "HTTP/1.1 200 Told\r\nX-Note: kept\r\nContent-Length: 6\r\n\r\nthanks"
    ((path, headers, body),) = receiver.came
    assert (path, body) == ("/in?a=1", "草".encode())
    assert headers == {
        "host": receiver.origin.removeprefix("http://"),
        "content-type": "application/json",
        "content-length": "3",
        "user-agent": "Seedbed-Webhooks/1",
        "accept": "*/*",
        "connection": "close",
        "webhook-id": "msg_1",
    }


def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [answer(302, f"Location: {receiver.origin}/elsewhere")]
    assert post(receiver.origin + "/in", {}, b"{}", origins=[receiver.origin]).status == 302
    assert [path for path, _, _ in receiver.came] == ["/in"]


def test_interim_answers_are_passed_over(receiver: Receiver) -> None:
    receiver.answers = [b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + answer(410)]
    assert post(receiver.origin, {}, b"{}", origins=[receiver.origin]).status == 410


@pytest.mark.parametrize(
    "said", [b"no http at all\r\n\r\n", b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 200 and no end"]
)
def test_an_answer_that_is_none_says_so(receiver: Receiver, said: bytes) -> None:
    receiver.answers = [said]
    with pytest.raises(Unreachable, match="no_http"):
        post(receiver.origin, {}, b"{}", origins=[receiver.origin])


def test_a_head_without_end_is_not_read_forever(receiver: Receiver) -> None:
    receiver.answers = [b"HTTP/1.1 200 Told\r\n" + b"X: y\r\n" * 100_000]
    with pytest.raises(Unreachable):
        post(receiver.origin, {}, b"{}", origins=[receiver.origin])


def test_silence_ends_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "PATIENCE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        origin = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Unreachable, match="timeout"):
            post(origin, {}, b"{}", origins=[origin])


def test_nobody_at_home_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        origin = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(Unreachable, match="refused"):
        post(origin, {}, b"{}", origins=[origin])


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"]
)
def test_the_machine_itself_is_not_reached_in_any_spelling(receiver: Receiver, host: str) -> None:
    port = receiver.origin.rpartition(":")[2]
    with pytest.raises(Unreachable, match="inside"):
        post(f"https://{host}:{port}/", {}, b"{}")
    assert receiver.came == []


@pytest.mark.parametrize(
    "addresses", [("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("169.254.169.254", "8.8.8.8"), ("8.8.8.8", "::1")]
)
def test_a_name_of_which_one_address_lies_inside_is_not_called(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    names(monkeypatch, *addresses)
    monkeypatch.setattr(calling.socket, "socket", None)  # a line that is opened anyway breaks the test
    with pytest.raises(Unreachable, match="inside"):
        post("https://hooks.example.com/", {}, b"{}")


def test_a_name_is_asked_once_and_its_checked_address_is_called(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    """The name would lead elsewhere the second time: rebinding finds nothing to rebind."""
    port = int(receiver.origin.rpartition(":")[2])
    asked = names(monkeypatch, "127.0.0.1")
    origin = f"http://hooks.example.com:{port}"
    assert post(origin + "/in", {}, b"{}", origins=[origin]).status == 204
    assert asked == [("hooks.example.com", port)]
    assert receiver.came[0][1]["host"] == f"hooks.example.com:{port}"
