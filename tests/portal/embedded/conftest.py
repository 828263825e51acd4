"""Starts the package's commands as a person does: as a process, with a nearly empty environment."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.embedded import processes
from portal.embedded.state import ROOT

PATIENCE = 60  # seconds; the machine may be busy


class Command:
    """`python -m portal.embedded ...` in a state folder; its output so far is in `output`."""

    def __init__(self, state: Path, *words: str, **environment: str) -> None:
        self.state = state
        self.output = ""
        env = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "SEEDBED_STATE": str(state)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portal.embedded", *words],
            cwd=ROOT,
            env=env | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # as a shell starts a job with "&": Ctrl-C must work all the same
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509
        )

    def read_until(self, text: str) -> None:
        """Collect output until it holds `text`."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + PATIENCE
        while text not in self.output:
            ready = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))[0]
            piece = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            assert piece, f"no {text!r} in:\n{self.output}"
            self.output += piece.decode()

    def ready(self) -> "Command":
        self.read_until("# Running")
        return self

    def wait(self) -> int:
        """The exit code; reads the rest of the output."""
        code = self.process.wait(PATIENCE)
        assert self.process.stdout is not None
        self.output += self.process.stdout.read().decode()
        return code

    def pids(self) -> dict[str, int]:
        return json.loads((self.state / "pids.json").read_text())

    def addresses(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in (self.state / "env").read_text().splitlines())

    def running(self) -> list[int]:
        """Every process of this state folder: those that it was given to, and those that name it."""
        own = {os.getpid()}
        named = {
            int(folder.name)
            for folder in Path("/proc").glob("[0-9]*")
            if str(self.state) in processes.command_of(int(folder.name))
            and processes.is_alive(int(folder.name))
        }
        return sorted(set(processes.marked_with(f"SEEDBED_STATE={self.state}")) | named - own)

    def left(self, pids: dict[str, int]) -> list[int]:
        """What still runs when all had time to end."""
        deadline = time.monotonic() + PATIENCE
        while (left := sorted({*self.running(), *filter(processes.is_alive, pids.values())})) and (
            time.monotonic() < deadline
        ):
            processes.wait_until_gone(left, 1)
        return left


@pytest.fixture
def command() -> Iterator[Callable[..., Command]]:
    """Makes commands and ends those that a failed test left."""
    made: list[Command] = []

    def start(state: Path, *words: str, **environment: str) -> Command:
        made.append(Command(state, *words, **environment))
        return made[-1]

    yield start
    for each in made:
        if each.process.poll() is None:
            each.process.terminate()
            each.process.wait(PATIENCE)


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    """A state folder at a path of at least 135 characters, some of them spaces."""
    parent = tmp_path / "a folder with spaces"
    return parent / ("x" * max(1, 134 - len(str(parent))))
