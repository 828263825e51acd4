"""A broker of our own to stop, hang and wipe; workers and beat as they run in production."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import celery
import pytest

from merchants import background, live
from portal.embedded import valkey
from portal.embedded.supervisor import TETHER

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30  # seconds in which everything must be settled after a fault


def until(holds: Callable[[], bool], *, seconds: float = PATIENCE) -> float:
    """Waits for something to hold; how long that took. Fails when it does not come true in time."""
    begun, pause = time.monotonic(), threading.Event()
    while not holds():
        assert time.monotonic() - begun < seconds, "not in time"
        pause.wait(0.1)
    return time.monotonic() - begun


def started(*argv: str | Path, log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """A process that ends with this one, however that ends; its children die with its group."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(TETHER), "SIGKILL", "same", str(os.getpid()), *map(str, argv)],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def ended(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGCONT)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Broker:
    """Valkey from the wheel on a socket of its own; keeps what it has when it is stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "v.sock"
        self.url = f"redis+socket://{self.socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = started(
            valkey.binary(), "--port", "0", "--unixsocket", self.socket, "--dir", self.folder,
            "--appendonly", "yes", "--save", "", log=self.folder / "valkey.log",
        )  # fmt: skip
        until(lambda: self.says("PING").startswith(b"+PONG"))

    def stop(self) -> None:
        """From now on connections are refused."""
        assert self.process is not None
        ended(self.process)
        self.socket.unlink(missing_ok=True)

    def hang(self) -> None:
        """From now on it takes connections and answers nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def says(self, command: str) -> bytes:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            try:
                client.connect(str(self.socket))
                client.sendall(f"{command}\r\n".encode())
                return client.recv(64)
            except OSError:
                return b""

    def waiting(self, queue: str = "prompt") -> int:
        """Messages in a queue."""
        answer = self.says(f"LLEN seedbed:{queue}")
        return int(answer[1:]) if answer.startswith(b":") else -1


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """Started, and this process sends its hints there."""
    made = Broker(tmp_path)
    made.start()
    monkeypatch.setattr(celery.current_app.conf, "broker_write_url", made.url)
    monkeypatch.setattr(background, "_bell", background._Bell())
    monkeypatch.setattr(live, "_horn", live._Horn())
    yield made
    ended(made.process)  # type: ignore[arg-type]


@pytest.fixture
def workers(broker: Broker, tmp_path: Path, committed: None) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two worker processes and the beat."""
    celery_of = (sys.executable, "-m", "celery", "-A", "portal.celery")
    environment = {"BROKER_URL": broker.url, "SEEDBED_POOL": "0"}
    with ExitStack() as stack:
        running = [
            started(*celery_of, *words, log=tmp_path / f"{words[0]}.log", **environment)
            for words in (
                ("worker", "-c", "2", "-l", "INFO"),
                ("beat", "-l", "INFO", "--schedule", str(tmp_path / "beat"), "--pidfile="),
            )
        ]
        for process in running:
            stack.callback(ended, process)
        until(lambda: b"ready." in (tmp_path / "worker.log").read_bytes(), seconds=60)
        yield running
