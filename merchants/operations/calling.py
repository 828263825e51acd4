"""The one place where the foundation speaks to an address that a merchant named: one POST, no redirects."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from merchants.webhooks import targets

PATIENCE_SECONDS = 12.0  # for connecting, sending and the head of the answer together; a task has 30
HEAD_LIMIT = 16 * 1024  # bytes of an answer that are read
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)(?: [^\r\n]*)?\r?\n")


class Unreachable(Exception):
    """No answer came. ``args[0]`` is a code: those of :class:`~merchants.webhooks.targets.Refused`, or unknown_name,
    timeout, refused, tls, lost, no_http."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, and the beginning of what came with it: head and, where it came along, some of the body."""

    status: int
    head: str


def post(url: str, headers: Mapping[str, str], body: bytes, *, origins: Iterable[str] = ()) -> Answer:
    """The answer to a POST of JSON, whatever its status: a redirect is an answer too and is not followed. Raises
    :class:`Unreachable`; then it may have arrived."""
    until = time.monotonic() + PATIENCE_SECONDS
    try:
        target = targets.parse(url, origins=origins)
        with _connected(target, until) as line:
            line.settimeout(_left(until))
            line.sendall(_request(target, headers, body))
            return _answer(line, until)
    except targets.Refused as refused:
        raise Unreachable(refused.args[0]) from None
    except TimeoutError:
        raise Unreachable("timeout") from None
    except socket.gaierror:
        raise Unreachable("unknown_name") from None
    except ConnectionRefusedError:
        raise Unreachable("refused") from None
    except ssl.SSLError:
        raise Unreachable("tls") from None
    except (OSError, UnicodeError):
        raise Unreachable("lost") from None


def addresses_of(target: targets.Target) -> list[tuple[int, tuple[object, ...]]]:
    """(family, socket address) of a target, all of them on the open Internet. Raises
    :class:`~merchants.webhooks.targets.Refused` when a single one is not, whatever the others are."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    if not target.open_inside and any(targets.is_inside(str(address[0])) for *_, address in found):
        raise targets.Refused("inside")
    return [(family, address) for family, _, _, _, address in found]


def _connected(target: targets.Target, until: float) -> socket.socket:
    """A line to the first checked address that takes it: the address itself is called, the name is not asked again."""
    last: OSError = TimeoutError()
    for family, address in addresses_of(target):
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            line.settimeout(_left(until))
            line.connect(address)
            if target.scheme == "https":
                line = ssl.create_default_context().wrap_socket(line, server_hostname=target.host)
        except OSError as failed:
            line.close()
            last = failed
        else:
            return line
    raise last


def _request(target: targets.Target, headers: Mapping[str, str], body: bytes) -> bytes:
    told = {
        "Host": target.authority,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "User-Agent": "Seedbed-Webhooks/1",
        "Accept": "*/*",
        "Connection": "close",
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {target.path} HTTP/1.1\r\n{lines}\r\n".encode("ascii") + body


def _answer(line: socket.socket, until: float) -> Answer:
    """Reads until the head of the final answer is whole; interim ones (1xx) are passed over."""
    came = b""
    while len(came) < HEAD_LIMIT:
        line.settimeout(_left(until))
        block = line.recv(4096)
        came += block
        while (end := came.find(b"\r\n\r\n")) >= 0:
            status = _STATUS.match(came)
            if status is None:
                raise Unreachable("no_http")
            if not status[1].startswith(b"1"):
                return Answer(int(status[1]), came.decode("utf-8", "replace"))
            came = came[end + 4 :]
        if not block:
            break
    raise Unreachable("no_http" if came else "lost")


def _left(until: float) -> float:
    """Seconds that are left. Raises ``TimeoutError`` when none are."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
