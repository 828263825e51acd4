"""The steps of `make demo`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.embedded import demo
from portal.embedded.state import State


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "app.css").write_text("a{}")
    return tmp_path


def test_a_step_is_left_out_while_its_inputs_are_as_they_were(checkout: Path) -> None:
    step = demo.Step("collect", "collecting", ("collectstatic",), inputs=("static/**/*",))
    state = State(checkout)
    assert not demo.is_done(step, state)
    (checkout / "collect.done").write_text(step.fingerprint())
    assert demo.is_done(step, state)

    css = checkout / "static" / "app.css"
    os.utime(css, ns=(0, css.stat().st_mtime_ns + 1))
    assert not demo.is_done(step, state)


def test_a_step_without_inputs_always_runs(checkout: Path) -> None:
    step = demo.Step("migrate", "migrating", ("migrate",))
    (checkout / "migrate.done").write_text(step.fingerprint())
    assert not demo.is_done(step, State(checkout))


def test_workers_let_go_first_whom_somebody_waits_for() -> None:
    argv = [sys.executable, "-c", "import signal; signal.pause()"]
    with subprocess.Popen(argv, start_new_session=True) as worker:
        demo.let_go_first(worker.pid)
        assert os.getpriority(os.PRIO_PROCESS, worker.pid) == demo.YIELDING
        worker.kill()
    demo.let_go_first(worker.pid)  # it is gone: nothing to weigh
    assert {service.name for service in demo.BACKGROUND if service.yields} == {"worker", "prompt"}
