"""`make demo`: servers, migrations, demo world, web, worker and beat, until Ctrl-C.

What is run, in which order, stands in the tables below. The page is served before the demo world is
complete: the accounts are made first, the months of data while one can already look around.
"""

import hashlib
import os
import select
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from portal import queues
from portal.embedded import environment
from portal.embedded.state import ROOT, Refused, State
from portal.embedded.supervisor import Died, Supervisor

PYTHON = sys.executable


@dataclass(frozen=True)
class Step:
    """A `manage.py` command that runs to its end and may be repeated at every start.

    `inputs`: patterns of the files it reads, below the checkout; it is left out while they are as they were
    when it last succeeded. Without them it always runs.
    """

    name: str
    text: str
    command: tuple[str, ...]
    inputs: tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """Changes with the name, size or time of any input."""
        found = sorted(path for pattern in self.inputs for path in ROOT.glob(pattern) if path.is_file())
        lines = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in found]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True)
class Service:
    """A module that runs until it is stopped. `{state}` and `{fd}` in its arguments are filled in.

    `grace`: seconds it has to finish its work after SIGTERM. A worker that is killed then loses nothing: the
    marks in Postgres hold its work. `yields`: what somebody waits for on the same cores goes first.
    """

    name: str
    module: str
    arguments: tuple[str, ...]
    grace: float
    yields: bool = False


MIGRATE = Step("migrate", "preparing the database", ("migrate", "--database", "owner", "--noinput"))
COLLECT = Step(
    "collectstatic",
    "collecting styles and scripts",
    ("collectstatic", "--noinput"),
    inputs=("static/**/*", "*/static/**/*", "portal/settings.py", "requirements.txt"),
)
BEFORE_WEB = (MIGRATE, COLLECT)
ACCOUNTS = Step("accounts", "making accounts", ("seed", "--demo", "--accounts"))
WORLD = Step("seed", "filling in the demo world", ("seed", "--demo"))
WEB = Service(
    "web",
    "gunicorn",
    ("portal.wsgi", "-w", "2", "--threads", "4", "--bind", "fd://{fd}", "--graceful-timeout", "3"),
    8,
)
WORKER = ("-A", "portal.celery", "worker", "-c", "1", "-l", "INFO")
BACKGROUND = (
    Service("worker", "celery", (*WORKER, "-n", "worker@%h"), 20, yields=True),
    Service("prompt", "celery", (*WORKER, "-Q", queues.PROMPT, "-n", "prompt@%h"), 20, yields=True),
    Service(
        "beat",
        "celery",
        ("-A", "portal.celery", "beat", "-l", "INFO", "--schedule", "{state}/beat", "--pidfile="),
        5,
    ),
)
YIELDING = 10
FEED = "demo_feed"  # a manage.py command that keeps orders coming


def demo(_: list[str]) -> int:
    """Run everything until Ctrl-C; never returns otherwise."""
    state = State.from_environment(".seedbed")
    state.take()
    listener = reserve_port()
    with Supervisor(state) as supervisor:
        say = Progress()
        say(f"starting; data and logs are in {state.folder}")
        env = environment.export(state, environment.start_servers(supervisor, state)) | {"SEEDBED_DEMO": "1"}
        run_together(supervisor, BEFORE_WEB, env, say)
        start_service(supervisor, WEB, env, listener)
        run_together(supervisor, (ACCOUNTS,), env, say)  # while the web starts
        wait_for_page(supervisor, listener.getsockname()[1])
        say("ready")
        greet(state, listener.getsockname()[1])
        for service in BACKGROUND:
            start_service(supervisor, service, env)
        run_together(supervisor, (WORLD,), env, say)
        if (ROOT / "portal" / "management" / "commands" / f"{FEED}.py").exists():
            supervisor.start("feed", [PYTHON, "manage.py", FEED], env=env)
        say("the demo world is complete; Ctrl-C stops everything and keeps the data")
        supervisor.watch()
    return 0


class Progress:
    """Prints lines with the seconds since the start."""

    def __init__(self) -> None:
        self.begun = time.monotonic()

    def __call__(self, text: str) -> None:
        print(f"{time.monotonic() - self.begun:6.1f} s  {text}", flush=True)


def reserve_port() -> socket.socket:
    """Listen on 127.0.0.1:PORT at once, so that nobody else can take it. Raises Refused when it is taken."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 <= int(text) < 65536:
        raise Refused(f"PORT must be a number from 1 to 65535, not {text!r}.")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", int(text)))
        listener.listen(128)
    except PermissionError:
        raise Refused(f"Port {text} is for root only. Choose another one: PORT=8001 make demo") from None
    except OSError:
        raise Refused(
            f"Port {text} is taken by another program. Stop that, or choose another port: "
            f"PORT={int(text) + 1} make demo"
        ) from None
    return listener


def run_together(
    supervisor: Supervisor, steps: Sequence[Step], env: Mapping[str, str], say: Progress
) -> None:
    """Run steps that do not need each other at the same time; raises Died when one fails."""
    due = [step for step in steps if not is_done(step, supervisor.state)]
    say(" and ".join(step.text for step in due))
    argv = [PYTHON, "manage.py"]
    supervisor.finish(*[supervisor.start(step.name, [*argv, *step.command], env=env) for step in due])
    for step in due:
        if step.inputs:
            (supervisor.state.folder / f"{step.name}.done").write_text(step.fingerprint())


def is_done(step: Step, state: State) -> bool:
    done = state.folder / f"{step.name}.done"
    return bool(step.inputs) and done.exists() and done.read_text() == step.fingerprint()


def start_service(
    supervisor: Supervisor, service: Service, env: Mapping[str, str], listener: socket.socket | None = None
) -> None:
    fds = [listener.fileno()] if listener else []
    values = {"state": supervisor.state.folder, "fd": fds[0] if fds else None}
    argv = [PYTHON, "-m", service.module, *(word.format(**values) for word in service.arguments)]
    child = supervisor.start(service.name, argv, env=env, grace=service.grace, pass_fds=fds)
    if service.yields:
        let_go_first(child.process.pid)


def let_go_first(pid: int) -> None:
    """Makes a process, and what it starts, yield to others, as `Nice=10` of a unit does; Linux weighs sessions
    before processes where it groups them."""
    with suppress(OSError):  # it has ended, and whoever watches it says so; or nothing is grouped here
        os.setpriority(os.PRIO_PROCESS, pid, YIELDING)
        Path(f"/proc/{pid}/autogroup").write_text(str(YIELDING))


def wait_for_page(supervisor: Supervisor, port: int, seconds: float = 120) -> None:
    """Ask for the first page and wait until it comes. Raises Died when it is an error page."""
    with socket.create_connection(("127.0.0.1", port)) as asking:
        asking.sendall(f"GET / HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        supervisor.wait_for("web", lambda: bool(select.select([asking], [], [], 0)[0]), seconds)
        status = asking.recv(64).split(b"\r\n")[0].decode(errors="replace")
    if not status.startswith("HTTP/") or status.split()[1] >= "500":
        log = supervisor.state.folder / "log" / "web.log"
        raise Died(f"The first page failed ({status or 'no answer'}); its log is {log}.")


def greet(state: State, port: int) -> None:
    print(f"\n    http://127.0.0.1:{port}/\n", flush=True)
    logins = state.folder / "logins.txt"
    if logins.exists():
        print("".join(f"    {line}\n" for line in logins.read_text().splitlines()), flush=True)
