"""What the processes of a run find in their environment, and `STATE/env` for other shells."""

import os
from collections.abc import Mapping

from portal.embedded.postgres import Postgres
from portal.embedded.state import State
from portal.embedded.supervisor import Supervisor
from portal.embedded.valkey import Valkey

ROLES = {  # environment variable -> role of roles.sql
    "DATABASE_URL": "seedbed_app",
    "DATABASE_OWNER_URL": "seedbed_owner",
    "DATABASE_REPORT_URL": "seedbed_report",
    "DATABASE_OPERATOR_URL": "seedbed_operator",
    "DATABASE_DISPATCH_URL": "seedbed_dispatch",
}
# Says that the URLs come from an embedded run: a shell that took them over must not pass for production.
MARK = "SEEDBED_EMBEDDED"


def given(name: str) -> str | None:
    """A server address that somebody set on purpose, not one inherited from a shell that read `STATE/env`."""
    return None if os.environ.get(MARK) else os.environ.get(name) or None


def database_urls(postgres: Postgres, database: str) -> dict[str, str]:
    return {name: postgres.url(role, database) for name, role in ROLES.items()}


def start_servers(supervisor: Supervisor, state: State) -> dict[str, str]:
    """Start the servers that the environment does not replace; returns the addresses of both kinds."""
    addresses = {name: url for name in (*ROLES, "BROKER_URL") if (url := given(name))}
    if "DATABASE_URL" not in addresses:
        postgres = Postgres(state)
        postgres.start(supervisor)
        addresses |= database_urls(postgres, "seedbed")
    if "BROKER_URL" not in addresses:
        valkey = Valkey(state)
        valkey.start(supervisor)
        addresses["BROKER_URL"] = valkey.url
    return addresses


def export(state: State, addresses: Mapping[str, str]) -> dict[str, str]:
    """Write `STATE/env` and return the whole environment of a child."""
    exports = {
        **addresses,
        **state.secrets(),
        "SEEDBED_STATE": str(state.folder),
        "SEEDBED_HOSTS": os.environ.get("SEEDBED_HOSTS") or "127.0.0.1,localhost",
        # for trying out and for tests nobody must scan a code before the first page, unless asked for
        "SEEDBED_SECOND_FACTOR_OF": os.environ.get("SEEDBED_SECOND_FACTOR_OF", ""),
        MARK: "1",
    }
    state.write_private("env", "".join(f"{key}={value}\n" for key, value in exports.items()))
    inherited = {key: value for key, value in os.environ.items() if key != "SEEDBED_DEBUG"}
    return {**inherited, **exports, "PYTHONUNBUFFERED": "1"}
