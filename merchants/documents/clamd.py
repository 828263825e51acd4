"""Asks a clamd daemon about a file, by its own INSTREAM protocol (clamd(8)): ``zINSTREAM\\0``, chunks of a length in
four bytes, greatest first, with that many bytes after it, a length of nought; the answer ends with a nought too."""

from __future__ import annotations

import socket
import struct

from merchants.documents.sniffing import Refused

CHUNK = 64 * 1024
SECONDS = 20
_LONGEST = 1024  # of an answer


def scan(address: str, data: bytes) -> None:
    """Raises :class:`Refused`: ``infected``, or ``not_scanned`` when the daemon cannot be asked, does not answer in
    time or says anything else than that the file is clean. ``address`` is ``host:port`` or the path of a socket."""
    try:
        said = _asked(address, data)
    except (OSError, ValueError):
        raise Refused("not_scanned") from None
    if said.endswith(b" FOUND"):
        raise Refused("infected")
    if said != b"stream: OK":
        raise Refused("not_scanned")


def _asked(address: str, data: bytes) -> bytes:
    with _connected(address) as daemon:
        daemon.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), CHUNK):
            chunk = data[start : start + CHUNK]
            daemon.sendall(struct.pack("!I", len(chunk)) + chunk)
        daemon.sendall(struct.pack("!I", 0))
        said = b""
        while not said.endswith(b"\0") and len(said) < _LONGEST and (more := daemon.recv(_LONGEST)):
            said += more
    return said.rstrip(b"\0")


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(SECONDS)
        made.connect(address)
        return made
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)
