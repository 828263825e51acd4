"""Postgres and Valkey under the supervisor: whatever ends them, no process is left and no row is lost."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from portal.embedded import processes
from tests.portal.embedded.conftest import Command

pytestmark = pytest.mark.xdist_group("embedded")
Start = Callable[..., Command]


def test_kill_9_of_the_supervisor_leaves_no_process_and_loses_no_row(command: Start, deep: Path) -> None:
    assert len(str(deep)) >= 135
    first = command(deep, "servers").ready()
    pids = first.pids()
    with psycopg.connect(first.addresses()["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    first.process.kill()
    assert first.wait() == -signal.SIGKILL

    second = command(deep, "servers").ready()  # begins at once, while the guard still cleans up
    assert not [pid for pid in pids.values() if processes.is_alive(pid)]
    with psycopg.connect(second.addresses()["DATABASE_OWNER_URL"]) as connection:
        assert connection.execute("SELECT value FROM kept").fetchall() == [(7,)]

    second.process.kill()
    assert second.left(pids | second.pids()) == []


def test_ctrl_c_twice_stops_everything_and_a_new_start_has_the_data(command: Start, tmp_path: Path) -> None:
    first = command(tmp_path / "state", "servers").ready()
    pids = first.pids()
    with psycopg.connect(first.addresses()["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    first.process.send_signal(signal.SIGINT)
    first.process.send_signal(signal.SIGINT)
    assert first.wait() == 0
    assert first.left(pids) == []
    assert not (tmp_path / "state" / "pids.json").exists()
    assert not (tmp_path / "state" / "env").exists()

    second = command(tmp_path / "state", "servers").ready()
    with psycopg.connect(second.addresses()["DATABASE_OWNER_URL"]) as connection:
        assert connection.execute("SELECT value FROM kept").fetchall() == [(7,)]


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP])
def test_a_start_can_be_ended_before_it_is_complete(command: Start, tmp_path: Path, signum: int) -> None:
    starting = command(tmp_path / "state", "demo", PORT="0")
    starting.read_until("starting")
    starting.process.send_signal(signum)
    assert starting.wait() == 0
    assert starting.left({}) == []


def test_a_second_start_is_refused_with_the_pid_and_another_folder_is_not(
    command: Start, tmp_path: Path
) -> None:
    first = command(tmp_path / "one", "servers").ready()
    again = command(tmp_path / "one", "servers")
    assert again.wait() == 1
    assert f"Already running in {tmp_path / 'one'} (pid {first.process.pid})" in again.output

    beside = command(tmp_path / "two", "servers").ready()
    assert beside.addresses()["BROKER_URL"] != first.addresses()["BROKER_URL"]

    emptying = command(tmp_path / "one", "reset")
    assert emptying.wait() == 1
    assert f"(pid {first.process.pid})" in emptying.output
    assert (tmp_path / "one" / "pgdata").exists()


def test_a_server_that_dies_stops_the_other_and_is_named_with_its_log(command: Start, tmp_path: Path) -> None:
    running = command(tmp_path / "state", "servers").ready()
    pids = running.pids()
    os.kill(pids["valkey"], signal.SIGKILL)
    assert running.wait() == 1
    assert "valkey ended by itself (exit code -9)" in running.output
    assert "Ready to accept connections" in running.output
    assert running.left(pids) == []


def test_a_cut_off_initdb_and_a_foreign_lock_file_do_not_stop_a_start(command: Start, tmp_path: Path) -> None:
    state = tmp_path / "state"
    (state / "pgdata.tmp").mkdir(parents=True)
    (state / "pgdata.tmp" / "PG_VERSION").touch()
    (state / "seedbed.lock").touch()
    first = command(state, "servers").ready()
    first.process.send_signal(signal.SIGINT)
    first.wait()
    # a machine that crashed leaves the lock file, and its pid is soon another's: here, our own
    (state / "pgdata" / "postmaster.pid").write_text(f"{os.getpid()}\n{state / 'pgdata'}\n")
    second = command(state, "servers").ready()
    assert second.pids()["postgres"] != os.getpid()


def test_the_roles_cannot_pass_by_row_policies_and_have_the_extensions(
    command: Start, tmp_path: Path
) -> None:
    running = command(tmp_path / "state", "servers").ready()
    addresses = running.addresses()
    for variable, role in {
        "DATABASE_URL": "seedbed_app",
        "DATABASE_OWNER_URL": "seedbed_owner",
        "DATABASE_REPORT_URL": "seedbed_report",
        "DATABASE_OPERATOR_URL": "seedbed_operator",
        "DATABASE_DISPATCH_URL": "seedbed_dispatch",
    }.items():
        with psycopg.connect(addresses[variable]) as connection:
            row = connection.execute(
                "SELECT current_user, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
                " FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            assert row == (role, False, False, False, False)
    with psycopg.connect(addresses["DATABASE_OWNER_URL"]) as connection:
        names = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
        assert {"btree_gist", "pg_trgm"} <= names
        assert connection.execute("SHOW server_version_num").fetchone()[0].startswith("18")


def test_secrets_are_made_once_and_private(command: Start, tmp_path: Path) -> None:
    state = tmp_path / "state"
    kept = []
    for _ in range(2):
        running = command(state, "servers").ready()
        kept.append({name: running.addresses()[name] for name in ("SEEDBED_SECRET", "SEEDBED_PEPPER")})
        assert (state / "env").stat().st_mode & 0o777 == 0o600
        running.process.send_signal(signal.SIGINT)
        running.wait()
    assert kept[0] == kept[1]
    assert kept[0]["SEEDBED_SECRET"] != kept[0]["SEEDBED_PEPPER"]
    assert (state / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert state.stat().st_mode & 0o777 == 0o700


def test_a_taken_port_is_said_and_nothing_is_started(command: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = command(tmp_path / "state", "demo", PORT=str(port))
        assert refused.wait() == 1
        assert f"Port {port} is taken" in refused.output
        assert f"PORT={port + 1} make demo" in refused.output
        assert not (tmp_path / "state" / "pgdata").exists()
        assert refused.left({}) == []


def test_a_port_must_be_a_number(command: Start, tmp_path: Path) -> None:
    refused = command(tmp_path / "state", "demo", PORT="http")
    assert refused.wait() == 1
    assert refused.output == "PORT must be a number from 1 to 65535, not 'http'.\n"


def test_a_folder_with_other_things_is_never_used_nor_emptied(command: Start, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    for word in ("servers", "reset"):
        refused = command(tmp_path, word)
        assert refused.wait() == 1
        assert "is not empty and no state folder of Seedbed" in refused.output
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_reset_empties_the_state_folder(command: Start, tmp_path: Path) -> None:
    (tmp_path / "pgdata" / "base").mkdir(parents=True)
    (tmp_path / "seedbed.lock").touch()
    assert command(tmp_path, "reset").wait() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["seedbed.lock"]
