"""A scanner spoken to by its own protocol, over a real socket."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from merchants.documents import clamd
from merchants.documents.sniffing import Refused

VIRUS = b"X5O!P%@AP"  # what this scanner finds


def received(peer: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = peer.recv(size - len(found))
        assert more, "the file ended early"
        found += more
    return found


def scan(peer: socket.socket, seen: list[bytes] | None = None) -> bytes:
    """INSTREAM as clamd(8) describes it; the answer. ``seen`` gets what was scanned."""
    command = b""
    while not command.endswith(b"\0"):
        command += received(peer, 1)
    if command != b"zINSTREAM\0":
        return b"UNKNOWN COMMAND\0"
    data = b""
    while size := struct.unpack("!I", received(peer, 4))[0]:
        data += received(peer, size)
    if seen is not None:
        seen.append(data)
    return b"stream: Test.Virus FOUND\0" if VIRUS in data else b"stream: OK\0"


@pytest.fixture
def daemon() -> Iterator[Callable[..., str]]:
    """Starts a scanner that answers so; its address."""
    opened: list[socket.socket] = []

    def start(answer: Callable[[socket.socket], bytes] = scan, at: Path | None = None) -> str:
        server = socket.socket(socket.AF_UNIX if at else socket.AF_INET)
        server.bind(str(at) if at else ("127.0.0.1", 0))
        server.listen()
        opened.append(server)

        def serve() -> None:
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    peer.sendall(answer(peer))

        threading.Thread(target=serve, daemon=True).start()
        return str(at) if at else "{}:{}".format(*server.getsockname())

    yield start
    for server in opened:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


@pytest.mark.parametrize("size", [1, clamd.CHUNK - 1, clamd.CHUNK, clamd.CHUNK + 1, 5 * clamd.CHUNK])
def test_a_clean_file_of_any_size_passes(daemon: Callable[..., str], size: int) -> None:
    seen: list[bytes] = []

    def keeps(peer: socket.socket) -> bytes:
        return scan(peer, seen)

    clamd.scan(daemon(keeps), b"a" * size)
    assert seen == [b"a" * size]


def test_a_virus_is_found_even_across_two_chunks(daemon: Callable[..., str]) -> None:
    data = b"a" * (clamd.CHUNK - 4) + VIRUS + b"a" * clamd.CHUNK
    with pytest.raises(Refused, match="infected"):
        clamd.scan(daemon(), data)


def test_it_listens_at_a_socket_of_the_file_system_too(daemon: Callable[..., str], tmp_path: Path) -> None:
    address = daemon(at=tmp_path / "clamd")
    clamd.scan(address, b"clean")
    with pytest.raises(Refused, match="infected"):
        clamd.scan(address, VIRUS)


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"x" * 5_000, b"stream: OK?\0"]
)
def test_an_answer_that_is_no_verdict_passes_nothing(daemon: Callable[..., str], answer: bytes) -> None:
    def said(peer: socket.socket) -> bytes:
        scan(peer)
        return answer

    with pytest.raises(Refused, match="not_scanned"):
        clamd.scan(daemon(said), b"clean")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd", "localhost", "127.0.0.1:port"])
def test_a_scanner_that_is_away_passes_nothing(address: str) -> None:
    with pytest.raises(Refused, match="not_scanned"):
        clamd.scan(address, b"clean")
