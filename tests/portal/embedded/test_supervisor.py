"""The supervisor and its guard, with processes that behave badly."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portal.embedded import processes
from portal.embedded.state import ROOT, State

pytestmark = pytest.mark.xdist_group("embedded")

# Ignores the stop signal, and has a child that ignores it too and left for a session of its own.
STUBBORN = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
open(sys.argv[1] + f"/{os.getpid()}", "w").close()
while True:
    signal.pause()
"""

# A supervisor over one such process; says when both are there, then waits to be killed or to be asked.
SUPERVISOR = """
import sys
from pathlib import Path
from portal.embedded.state import State
from portal.embedded.supervisor import Stopped, Supervisor
folder, program, names = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
state = State(folder)
state.take()
try:
    with Supervisor(state) as supervisor:
        supervisor.start("stubborn", [sys.executable, "-c", program, str(names)], grace=0.3)
        supervisor.wait_for("stubborn", lambda: len(list(names.iterdir())) == 2, 30)
        print("ready", flush=True)
        supervisor.watch()
except Stopped:
    print("stopped", flush=True)
"""


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_no_grandchild_outlives_the_supervisor(tmp_path: Path, signum: int) -> None:
    names = tmp_path / "names"
    names.mkdir()
    argv = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "state"), STUBBORN, str(names)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == b"ready\n"
        pids = [int(path.name) for path in names.iterdir()]
        assert all(map(processes.is_alive, pids))
        supervisor.send_signal(signum)
    assert processes.wait_until_gone(pids, 20) == []


def test_a_new_start_waits_for_the_guard_of_a_killed_one(tmp_path: Path) -> None:
    names = tmp_path / "names"
    names.mkdir()
    argv = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "state"), STUBBORN, str(names)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        supervisor.stdout.readline()
        supervisor.kill()
    State(tmp_path / "state").take()
    assert not [path.name for path in names.iterdir() if processes.is_alive(int(path.name))]


def test_a_failing_step_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    program = f"""
from portal.embedded.state import State
from portal.embedded.supervisor import Died, Supervisor
import sys
from pathlib import Path
state = State(Path({str(tmp_path / "state")!r}))
state.take()
try:
    with Supervisor(state) as supervisor:
        argv = [sys.executable, "-c", "print('no such table'); raise SystemExit(3)"]
        supervisor.finish(supervisor.start("migrate", argv))
except Died as died:
    print(died)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    log = tmp_path / "state" / "log" / "migrate.log"
    assert done.stdout == f"migrate failed (exit code 3). The end of {log}:\n    no such table\n"
