"""kill -9 of Postgres under load: what was acknowledged is there, and the ledger settles."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portal.embedded import processes
from tests.portal.embedded.conftest import Command, command  # noqa: F401 - the fixture
from tests.reliability.conftest import ROOT, ended, started, until

pytestmark = pytest.mark.xdist_group("reliability")
SIZE = 30  # orders; enough that the load outlasts the kills
KILLS = 2


def environment_of(servers: Command) -> dict[str, str]:
    """Of a process beside these servers, none of the database that the tests use."""
    return servers.addresses() | {
        "SEEDBED_POOL": "0",
        "BROKER_URL": "memory://",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }


def manage(*words: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def acknowledged(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def test_a_killed_postgres_loses_nothing_that_was_acknowledged(command, tmp_path: Path) -> None:  # noqa: F811
    state, file = tmp_path / "state", tmp_path / "acknowledged"
    servers = command(state, "servers").ready()
    environment = environment_of(servers)
    manage("migrate", "--database", "owner", "--noinput", environment=environment)
    load = started(
        sys.executable, "-m", "tests.reliability.load", "busy", str(SIZE), str(file),
        log=tmp_path / "load.log", **environment,
    )  # fmt: skip
    try:
        for kill in range(KILLS):
            until(lambda n=kill: len(acknowledged(file)) > 5 * (n + 1) or load.poll() is not None, seconds=60)
            assert load.poll() is None, (tmp_path / "load.log").read_text()  # still at it
            before = acknowledged(file)
            processes.send(servers.pids()["postgres"], signal.SIGKILL, group=True)
            assert servers.wait() == 1
            servers = command(state, "servers").ready()
            assert set(before) <= set(acknowledged(file)), kill
        until(lambda: load.poll() is not None, seconds=120)
        assert load.returncode == 0, (tmp_path / "load.log").read_text()
    finally:
        ended(load)

    done = acknowledged(file)
    assert len(done) == len(set(done))
    serial = [sys.executable, "-m", "tests.reliability.load", "calm", str(SIZE)]
    subprocess.run(serial, cwd=ROOT, env=os.environ | environment, check=True)
    ledgers = {
        name: [
            line.partition("\t")[2]
            for line in manage(
                "ledger_export", "--canonical", "--merchant", name, environment=environment
            ).splitlines()
        ]
        for name in ("busy", "calm")
    }
    assert len(ledgers["calm"]) > SIZE
    assert ledgers["busy"] == ledgers["calm"]
    assert "all hold" in manage("check_invariants", environment=environment)
