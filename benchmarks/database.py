"""How fast the ledger is: `python -m benchmarks.database --sizes 1e5,1e6,1e7`.

Starts a Postgres and a Valkey of its own in a temporary folder, with the settings of a small production
server (`SETTINGS`), and measures each size in a database and a process of its own (`benchmarks.ledger`):
staging, files to ledger against `COPY` of the finished rows, dirty orders, and one new order until it stands
on the report. Prints one table and writes `benchmarks/results/database-*.json` with the machine and the day.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.embedded import environment
from portal.embedded.demo import COLLECT, MIGRATE, PYTHON, Progress, run_together
from portal.embedded.postgres import SETTINGS as EMBEDDED
from portal.embedded.postgres import Postgres
from portal.embedded.state import ROOT, State
from portal.embedded.supervisor import Supervisor
from portal.embedded.valkey import Valkey

RESULTS = ROOT / "benchmarks" / "results"
ADMIN = "SEEDBED_BENCHMARK_ADMIN_URL"  # the superuser: row policies forbid COPY to everybody else
SETTINGS = {  # fsync, synchronous commit and full-page writes stay on
    "shared_buffers": "2GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "effective_cache_size": "8GB",
}


def run(sizes: list[int], folder: Path, *, keep: bool) -> list[dict[str, Any]]:
    """The figures of each size, smallest first. ``keep``: the databases stay in `folder`, to look into."""
    state = State(folder)
    state.take()
    measured = []
    with Supervisor(state) as supervisor:
        say = Progress()
        postgres = Postgres(state, SETTINGS)
        postgres.start(supervisor)
        valkey = Valkey(state)
        valkey.start(supervisor)
        addresses = {"BROKER_URL": valkey.url}
        env = environment.export(state, addresses | environment.database_urls(postgres, "seedbed"))
        run_together(supervisor, (MIGRATE, COLLECT), env, say)
        for size in sizes:
            name = f"touches_{size}"
            postgres.sql("postgres", f"CREATE DATABASE {name} TEMPLATE seedbed OWNER seedbed_owner")
            addresses[ADMIN] = postgres.url("postgres", name)
            env |= (
                addresses
                | environment.database_urls(postgres, name)
                | {
                    "DJANGO_SETTINGS_MODULE": "portal.settings",
                    "SEEDBED_POOL": "0",
                }
            )
            argv = [PYTHON, "-m", "benchmarks.ledger", str(size), folder / name]
            supervisor.finish(supervisor.start(name, argv, env=env, show=True))
            measured.append(json.loads((folder / name / "figures.json").read_text()))
            if not keep:
                postgres.sql("postgres", f"DROP DATABASE {name} WITH (FORCE)")
                shutil.rmtree(folder / name)
    return measured


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    cpus = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": cpus[0].split(":")[1].strip() if cpus else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgres": {**EMBEDDED, **SETTINGS},
        "load_before": os.getloadavg(),
    }


def table(measured: list[dict[str, Any]]) -> str:
    """One row for each figure, one column for each size."""
    names = list(dict.fromkeys(name for figures in measured for name in figures))
    width = max(map(len, names)) + 2
    rows = []
    for name in names:
        cells = "".join(f"{_told(figures.get(name)):>16}" for figures in measured)
        rows.append(f"{name:<{width}}{cells}")
    return "\n".join(rows)


def _told(value: float | int | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 or isinstance(value, int) else f"{value:.3g}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1e5,1e6,1e7", help="stored touches, e.g. 1e5,1e6")
    parser.add_argument(
        "--folder", type=Path, help="keep the servers and databases here (default: a temporary folder)"
    )
    asked = parser.parse_args()
    about = machine()
    begun = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="seedbed-benchmark-") as temporary:
        measured = run(
            [int(float(size)) for size in asked.sizes.split(",")],
            asked.folder or Path(temporary),
            keep=asked.folder is not None,
        )
    print(table(measured))
    RESULTS.mkdir(exist_ok=True)
    out = RESULTS / f"database-{begun:%Y%m%d-%H%M}.json"
    out.write_text(json.dumps({"begun": begun.isoformat(), "machine": about, "sizes": measured}, indent=1))
    print(f"Written to {out.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
