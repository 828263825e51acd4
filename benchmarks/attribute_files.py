"""How fast `attribute` is beside its peers: `python -m benchmarks.attribute_files --sizes 1e5,1e6,1e7`.

Makes the worlds (`benchmarks.generate`) and an environment for the peers (the extra `bench` of
pyproject.toml) below `benchmarks/data/`, runs every contender (`benchmarks.peers`) in a process of its own,
one after another, round after round, and prints the medians. Writes `benchmarks/results/files-*.json` with
machine and day.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import tomllib
import venv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.generate import world, write
from benchmarks.peers import CONTENDERS

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "benchmarks" / "data"
RESULTS = ROOT / "benchmarks" / "results"
BARE = "DuckDB"

Runs = list[dict[str, Any]]


def peers_python() -> Path:
    """The interpreter of the peers' environment, which is built on first use and when what it needs changed."""
    folder = DATA / "venv"
    python, complete = folder / "bin" / "python", folder / "complete"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    shared = [need for need in project["dependencies"] if need.startswith(("duckdb", "numpy"))]
    needs = [*shared, *project["optional-dependencies"]["bench"]]
    if not complete.exists() or complete.read_text() != "\n".join(needs):
        print("Installing the peers; ChannelAttribution is compiled.", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *needs], check=True)
        complete.write_text("\n".join(needs))
    return python


def files_of(size: int, ending: str) -> Path:
    """The folder of a world of `size` touches, which is made on first use."""
    folder = DATA / str(size)
    if not (folder / f"categories.{ending}").exists():
        write(world(size), folder, ending)
    return folder


def measure(name: str, python: Path, folder: Path, ending: str) -> dict[str, Any]:
    """One run of one contender in a process of its own; start-up is what the clock inside did not see."""
    started = time.perf_counter()
    done = subprocess.run(
        [python, "-m", "benchmarks.peers", name, folder, ending],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures | {"startup": time.perf_counter() - started - figures["seconds"]}


def compare(size: int, ending: str, rounds: int) -> dict[str, Runs]:
    """All runs by contender, which take turns so that a noisy moment hits everybody."""
    folder, peers = files_of(size, ending), peers_python()
    runs: dict[str, Runs] = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name, seen in runs.items():
            python = Path(sys.executable) if name == "attribute" else peers
            seen.append(measure(name, python, folder, ending))
    agreed = {(run["rows"], round(run["linear"])) for seen in runs.values() for run in seen}
    if len(agreed) > 1:
        sys.exit(f"The contenders did different work: {agreed}")
    return runs


def median(runs: Runs, figure: str) -> float:
    return statistics.median(run[figure] for run in runs)


def table(size: int, ending: str, runs: dict[str, Runs]) -> str:
    """Medians of each contender; the ratio is to the bare join of DuckDB in the same rounds."""
    bare = median(runs[BARE], "seconds")
    lines = [
        f"{size:,} touches from {ending}, {runs[BARE][0]['rows']:,} credited rows",
        f"{'':<33}{'s':>8}{'CPU s':>8}{'M/s':>8}{'to DuckDB':>11}{'start s':>9}{'peak MB':>9}",
    ]
    for name, seen in runs.items():
        seconds = median(seen, "seconds")
        lines.append(
            f"{name:<33}{seconds:>8.3f}{median(seen, 'cpu_seconds'):>8.3f}{size / seconds / 1e6:>8.2f}"
            f"{seconds / bare:>11.2f}{median(seen, 'startup'):>9.2f}{median(seen, 'peak_mb'):>9.0f}"
        )
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    cpus = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "cpu": cpus[0].partition(":")[2].strip() if cpus else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": os.getloadavg(),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1e5,1e6,1e7", help="touches, e.g. 1e5,1e6")
    parser.add_argument("--formats", default="parquet,csv", help="of the input, e.g. parquet")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    about, begun = machine(), datetime.now(UTC)
    results = []
    for size in (int(float(size)) for size in asked.sizes.split(",")):
        for ending in asked.formats.split(","):
            runs = compare(size, ending, asked.rounds)
            print(table(size, ending, runs), end="\n\n", flush=True)
            results.append({"touches": size, "format": ending, "runs": runs})
    RESULTS.mkdir(exist_ok=True)
    out = RESULTS / f"files-{begun:%Y%m%d-%H%M}.json"
    out.write_text(json.dumps({"begun": begun.isoformat(), "machine": about, "results": results}, indent=1))
    print(f"Written to {out.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
