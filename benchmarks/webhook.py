"""How fast a push is answered durably: `python -m benchmarks.webhook --rate 200 --seconds 60`.

Starts a Postgres, a Valkey, gunicorn as the demo has it, a worker and beat of its own in a temporary folder, and
a client beside them (`benchmarks.pushes`) that sends signed forms at fixed times, whatever became of the ones
before: a time is counted from when the push was due, so that a queue shows. Then it counts rows: everything
that was answered 200 must be stored, and once the worker is through there is one lead for each form. Prints one
table and writes `benchmarks/results/webhook-*.json` with the machine and the day.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.database import RESULTS, machine, table
from portal.embedded import environment
from portal.embedded.demo import (
    BACKGROUND,
    COLLECT,
    MIGRATE,
    PYTHON,
    WEB,
    Progress,
    run_together,
    start_service,
    wait_for_page,
)
from portal.embedded.state import ROOT, State
from portal.embedded.supervisor import Supervisor


def run(rate: int, seconds: int, folder: Path) -> dict[str, Any]:
    state = State(folder)
    state.take()
    with Supervisor(state) as supervisor, socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        say = Progress()
        env = environment.export(state, environment.start_servers(supervisor, state))
        run_together(supervisor, (MIGRATE, COLLECT), env, say)
        start_service(supervisor, WEB, env, listener)
        port = listener.getsockname()[1]
        wait_for_page(supervisor, port)
        for service in BACKGROUND:
            start_service(supervisor, service, env)
        say(f"{rate} pushes a second for {seconds} s")
        figures = folder / "figures.json"
        argv = [PYTHON, "-m", "benchmarks.pushes", str(port), str(rate), str(seconds), figures]
        env |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "SEEDBED_POOL": "0"}
        supervisor.finish(supervisor.start("pushes", argv, env=env, show=True))
        told: dict[str, Any] = json.loads(figures.read_text())
        return told


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=int, default=200, help="pushes a second")
    parser.add_argument("--seconds", type=int, default=60, help="for how long")
    asked = parser.parse_args()
    about, begun = machine(), datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="seedbed-benchmark-") as temporary:
        measured = run(asked.rate, asked.seconds, Path(temporary))
    print(table([measured]))
    RESULTS.mkdir(exist_ok=True)
    out = RESULTS / f"webhook-{begun:%Y%m%d-%H%M}.json"
    out.write_text(json.dumps({"begun": begun.isoformat(), "machine": about, "figures": measured}, indent=1))
    print(f"Written to {out.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
