"""How fast the inbox is: `python -m benchmarks.inbox --consultations 1e5 --streams 200`.

Starts a Postgres and a Valkey of its own in a temporary folder, plants consultations and measures in a process
of its own (`benchmarks.desk`): the page, its parts and one conversation, with queries; then the same page from
gunicorn as production runs it, without streams and beside them, and how long a signal takes to the last of them.
Prints one table and writes `benchmarks/results/inbox-*.json` with the machine and the day.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.database import ADMIN, RESULTS, SETTINGS, machine, table
from portal.embedded import environment
from portal.embedded.demo import COLLECT, MIGRATE, PYTHON, Progress, run_together
from portal.embedded.postgres import Postgres
from portal.embedded.state import ROOT, State
from portal.embedded.supervisor import Supervisor
from portal.embedded.valkey import Valkey


def run(consultations: int, streams: int, folder: Path) -> list[dict[str, Any]]:
    """The figures: first a desk whose past is closed, then one where every consultation is open."""
    state = State(folder)
    state.take()
    with Supervisor(state) as supervisor:
        say = Progress()
        postgres = Postgres(state, SETTINGS)
        postgres.start(supervisor)
        valkey = Valkey(state)
        valkey.start(supervisor)
        addresses = {"BROKER_URL": valkey.url} | environment.database_urls(postgres, "seedbed")
        env = environment.export(state, addresses)
        run_together(supervisor, (MIGRATE, COLLECT), env, say)
        env |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "SEEDBED_POOL": "0"}
        env |= {ADMIN: postgres.url("postgres", "seedbed")}
        out = folder / "figures.json"
        argv = [PYTHON, "-m", "benchmarks.desk", str(consultations), str(streams), out]
        supervisor.finish(supervisor.start("desk", argv, env=env, show=True))
        measured: list[dict[str, Any]] = json.loads(out.read_text())
    return measured


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--consultations", default="1e5", help="how many there are")
    parser.add_argument("--streams", type=int, default=200, help="open inboxes beside the page")
    asked = parser.parse_args()
    about = machine()
    begun = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="seedbed-benchmark-") as folder:
        measured = run(int(float(asked.consultations)), asked.streams, Path(folder))
    print(table(measured))
    RESULTS.mkdir(exist_ok=True)
    out = RESULTS / f"inbox-{begun:%Y%m%d-%H%M}.json"
    out.write_text(json.dumps({"begun": begun.isoformat(), "machine": about, "desks": measured}, indent=1))
    print(f"Written to {out.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
