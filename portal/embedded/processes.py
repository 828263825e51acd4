"""What runs on this machine: who is alive, who belongs to a run, ending whole groups."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")


def is_alive(pid: int) -> bool:
    """Whether `pid` is a process that still runs; a zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(") ")[2][:1] not in ("Z", "X")
    except OSError:
        return sys.platform != "linux"


def command_of(pid: int) -> str:
    """The command line of a process, empty when there is none."""
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        if sys.platform == "linux":
            return ""
    return subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True
    ).stdout


def marked_with(mark: str) -> list[int]:
    """Pids of all processes whose environment holds `mark` ("KEY=VALUE"); none where there is no /proc."""
    found = []
    for folder in PROC.glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes().split(b"\0") and is_alive(int(folder.name)):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def send(pid: int, signum: int, *, group: bool = False) -> None:
    """Signal a process or its whole group; one that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signum) if group else os.kill(pid, signum)


def wait_until_gone(pids: Iterable[int], seconds: float) -> list[int]:
    """Wait for processes that need not be our children; returns those that outlive the time."""
    deadline = time.monotonic() + seconds
    left = [pid for pid in pids if is_alive(pid)]
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = [pid for pid in left if is_alive(pid)]
    return left


def end_marked(mark: str) -> None:
    """Kill whatever of a run is still there; called last, when everything had its time to end by itself."""
    for _ in range(10):
        left = marked_with(mark)
        if not left:
            return
        for pid in left:
            send(pid, signal.SIGKILL)
        wait_until_gone(left, 1)
