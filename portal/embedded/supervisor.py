"""Starts processes, watches them, stops them in order; nothing is left behind however it ends.

One thread. Signal handlers only remember that the end was asked for, so a second Ctrl-C changes nothing.
Every wait goes through `pause`, which raises `Stopped` or `Died` as soon as there is a reason.
"""

import contextlib
import json
import os
import secrets
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from portal.embedded import processes
from portal.embedded.state import ROOT, State

TETHER = Path(__file__).with_name("tether.py")
ASKED_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Ctrl-C, SIGTERM or SIGHUP: the end was asked for."""


class Died(Exception):
    """A process ended that should run on, or a step failed. The message holds the tail of its log."""


@dataclass(frozen=True)
class Child:
    """A process of ours, leader of its own session. `grace`: seconds between the stop signal and SIGKILL."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals
    grace: float
    server: bool  # stopped after all that is not a server

    def tail(self, lines: int = 20) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


class Supervisor:
    """`with Supervisor(state) as supervisor:` stops all it started on leaving, in whatever way."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.children: list[Child] = []
        self.mark = f"SEEDBED_RUN={secrets.token_hex(8)}"
        self._ending: signal.Signals | None = None

    def __enter__(self) -> Self:
        self._wake, wake_writer = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(wake_writer, False)
        signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for signum in ASKED_TO_END:  # set, not inherited: a shell starts background jobs with SIGINT ignored
            signal.signal(signum, self._remember)
        assert self.state.lock is not None
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "portal.embedded.guard"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            pass_fds=[self.state.lock],
            start_new_session=True,
        )
        self._tell(mark=self.mark)
        return self

    def __exit__(self, *_: object) -> None:
        for signum in ASKED_TO_END:
            signal.signal(signum, signal.SIG_IGN)
        self.stop()
        self._tell(done=True)
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        self._guard.wait()

    def _remember(self, signum: int, _frame: object) -> None:
        self._ending = signal.Signals(signum)

    def _tell(self, **word: object) -> None:
        assert self._guard.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # somebody killed it; the death signals are still there
            self._guard.stdin.write(json.dumps(word).encode() + b"\n")
            self._guard.stdin.flush()

    def start(
        self,
        name: str,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        user: str = "same",
        stop_signal: signal.Signals = signal.SIGTERM,
        grace: float = 10,
        server: bool = False,
        pass_fds: Sequence[int] = (),
        show: bool = False,
    ) -> Child:
        """Start a process that ends with us. Output goes to `log/NAME.log`, with `show` to the terminal."""
        log = self.state.subfolder("log") / f"{name}.log"
        key, _, value = self.mark.partition("=")
        tether = [sys.executable, "-I", "-S", str(TETHER), stop_signal.name, user, str(os.getpid())]
        with open(log, "wb") as out:
            process = subprocess.Popen(
                [*tether, *map(str, argv)],
                cwd=ROOT,
                env={**(os.environ if env is None else env), key: value},
                stdin=None if show else subprocess.DEVNULL,
                stdout=None if show else out,
                stderr=None if show else subprocess.STDOUT,
                pass_fds=pass_fds,
                start_new_session=True,
            )
        child = Child(name, process, log, stop_signal, grace, server)
        self.children.append(child)
        self._tell(name=name, pid=process.pid, signal=int(stop_signal), grace=grace)
        self._write_pids()
        return child

    def finish(self, *steps: Child, may_fail: bool = False) -> int:
        """Wait for steps that end by themselves, watching everything else; returns the highest exit code.

        Raises Died when one fails, unless `may_fail`.
        """
        while any(step.process.poll() is None for step in steps):
            self.pause(1, steps)
        for step in steps:
            self._forget(step)
            code = step.process.returncode
            if code and not may_fail:
                raise Died(f"{step.name} failed (exit code {code}). The end of {step.log}:\n{step.tail()}")
        return max((step.process.returncode for step in steps), default=0)

    def wait_for(self, what: str, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready()`; raises Died after `seconds`."""
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise Died(
                    f"{what} was not ready after {seconds:.0f} s; its log is in {self.state.folder / 'log'}."
                )
            self.pause(0.03)

    def pause(self, seconds: float, steps: Sequence[Child] = ()) -> None:
        """Sleep until something happens. `steps` may end; any other end is a death."""
        select.select([self._wake], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)
        if self._ending:
            raise Stopped(self._ending.name)
        for child in self.children:
            if child not in steps and child.process.poll() is not None:
                raise Died(
                    f"{child.name} ended by itself (exit code {child.process.returncode}), so everything was "
                    f"stopped. The end of {child.log}:\n{child.tail()}"
                )

    def watch(self) -> None:
        """Until the end: raises Stopped or Died, never returns."""
        while True:
            self.pause(3600)

    def stop(self) -> None:
        """The applications at once, then the servers in reverse order; each in its time or by force."""
        self._stop_all([child for child in self.children if not child.server])
        for child in reversed([child for child in self.children if child.server]):
            self._stop_all([child])
        processes.end_marked(self.mark)
        for name in ("pids.json", "env"):  # they speak of what runs now
            (self.state.folder / name).unlink(missing_ok=True)

    def _stop_all(self, children: list[Child]) -> None:
        for child in children:
            if child.process.poll() is None:
                child.process.send_signal(child.stop_signal)
        begun = time.monotonic()
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, begun + child.grace - time.monotonic()))
            processes.send(child.process.pid, signal.SIGKILL, group=True)  # it, if it hung, and its children
            child.process.wait()
            self._forget(child)

    def _forget(self, child: Child) -> None:
        self.children.remove(child)
        self._tell(gone=child.process.pid)
        self._write_pids()

    def _write_pids(self) -> None:
        pids = {"supervisor": os.getpid(), "guard": self._guard.pid}
        pids |= {child.name: child.process.pid for child in self.children}
        self.state.write_private("pids.json", json.dumps(pids, indent=1))
