"""`make test`: the servers in a state folder of their own, a fresh migrated database, then pytest."""

import os
import signal

from portal.embedded import chromium, environment
from portal.embedded.demo import COLLECT, MIGRATE, PYTHON, Progress, run_together
from portal.embedded.postgres import TEST_SETTINGS, Postgres
from portal.embedded.state import State
from portal.embedded.supervisor import Supervisor
from portal.embedded.valkey import Valkey

DATABASE = (
    "seedbed_test"  # workers of pytest-xdist copy it: CREATE DATABASE seedbed_test_gw0 TEMPLATE seedbed_test
)
ADMIN = "SEEDBED_TEST_ADMIN_URL"


def test(arguments: list[str]) -> int:
    """Run pytest with `arguments`; returns its exit code, and nothing is left running.

    `DATABASE_URL` alone is ignored, lest tests run on somebody's data. Whoever wants another server names its
    superuser in `SEEDBED_TEST_ADMIN_URL` and all addresses with it, of an empty database.
    """
    state = State.from_environment(".seedbed-test")
    state.take()
    with Supervisor(state) as supervisor:
        say = Progress()
        browser = chromium.find_or_install(state, say)
        say(f"starting the servers in {state.folder}")
        env = environment.export(state, _servers(supervisor, state)) | {"SEEDBED_CHROMIUM": browser}
        env["SEEDBED_SECOND_LOOKS"] = "0"  # whom the lot falls on is for a test to say
        run_together(supervisor, (MIGRATE, COLLECT), env, say)
        say("running pytest")
        argv = [PYTHON, "-m", "pytest", *arguments]
        pytest = supervisor.start("pytest", argv, env=env, show=True, stop_signal=signal.SIGINT, grace=20)
        return supervisor.finish(pytest, may_fail=True)


def _servers(supervisor: Supervisor, state: State) -> dict[str, str]:
    if environment.given(ADMIN):
        return {name: os.environ[name] for name in (*environment.ROLES, "BROKER_URL", ADMIN)}
    postgres = Postgres(state, TEST_SETTINGS)
    postgres.start(supervisor)
    postgres.create_database(DATABASE, afresh=True)
    valkey = Valkey(state)
    valkey.start(supervisor)
    return {
        **environment.database_urls(postgres, DATABASE),
        ADMIN: postgres.url("postgres", "postgres"),
        "BROKER_URL": valkey.url,
    }
