"""From an event log to Markov and Shapley beside the peers: `python -m benchmarks.paths --sizes 1e5,1e6,1e7`.

Every contender (`benchmarks.path_peers`) runs in a process of its own, in turn, round after round; printed are
medians, and the ratio to the faster peer. All must count the same orders and journeys, and the removal effects
of the exact peer must be ours. Then `attribute_paths` runs as a command on grouped paths, the peers on the same
file, and chains of 31, 181 and 1,001 channels are solved with one BLAS thread. Writes
`benchmarks/results/paths-*.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.attribute_files import DATA, RESULTS, ROOT, files_of, machine, median, peers_python
from benchmarks.path_peers import CONTENDERS

OURS = "Seedbed, Markov and Shapley"
EXACT = "marketing-attribution-models, Markov"
PEERS = ("ChannelAttribution, Markov", EXACT)
SAME = 1e-9
"""How far the effects of two exact solutions may lie apart."""

Runs = list[dict[str, Any]]


def measure(name: str, python: Path, folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [python, "-m", "benchmarks.path_peers", name, folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def compare(size: int, rounds: int) -> dict[str, Runs]:
    """All runs by contender. Ends the run if they did different work, or the exact ones disagree."""
    folder, peers = files_of(size, "parquet"), peers_python()
    runs: dict[str, Runs] = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name, seen in runs.items():
            seen.append(measure(name, Path(sys.executable) if name == OURS else peers, folder))
    work = {(run["orders"], run["journeys"]) for seen in runs.values() for run in seen}
    if len(work) > 1:
        sys.exit(f"The contenders did different work: {work}")
    if apart(runs, EXACT) > SAME:
        sys.exit(f"The removal effects lie {apart(runs, EXACT)} apart.")
    return runs


def apart(runs: dict[str, Runs], name: str) -> float:
    """The largest difference of a contender's removal effects from ours."""
    ours, theirs = runs[OURS][0]["effects"], runs[name][0]["effects"]
    if ours.keys() != theirs.keys():
        sys.exit(f"{name} knows other channels: {sorted(ours.keys() ^ theirs.keys())}")
    return max(abs(ours[channel] - theirs[channel]) for channel in ours)


def table(size: int, runs: dict[str, Runs]) -> str:
    ours = median(runs[OURS], "seconds")
    first = runs[OURS][0]
    done = f"{first['orders']:,} orders, {first['journeys']:,} journeys"
    lines = [
        f"{size:,} touches from Parquet, {done}, load {os.getloadavg()[0]:.1f}",
        f"{'':<42}{'s':>8}{'paths s':>9}{'chain s':>9}{'CPU s':>8}{'to ours':>9}{'apart':>10}{'peak MB':>9}",
    ]
    for name, seen in runs.items():
        seconds = median(seen, "seconds")
        lines.append(
            f"{name:<42}{seconds:>8.3f}{median(seen, 'paths'):>9.3f}{median(seen, 'markov'):>9.3f}"
            f"{median(seen, 'cpu_seconds'):>8.2f}{seconds / ours:>9.1f}{apart(runs, name):>10.1e}"
            f"{median(seen, 'peak_mb'):>9.0f}"
        )
    fastest = min(median(runs[name], "seconds") for name in PEERS)
    lines.append(f"the faster peer takes {fastest / ours:.1f} x our time")
    return "\n".join(lines)


def grouped_paths(count: int) -> Path:
    """A file of `count` different paths with their counts, as `attribute_paths` takes it."""
    out = DATA / f"paths-{count}.csv"
    if out.exists():
        return out
    DATA.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(11)
    seen: set[str] = set()
    with out.open("w") as file:
        file.write("path,total_conversions,total_conversion_value,total_null\n")
        while len(seen) < count:
            length = min(40, 1 + int(draw.lognormal(1.2, 0.8)))
            path = " > ".join(f"channel {min(29, step)}" for step in draw.geometric(0.12, length))
            if path in seen:
                continue
            seen.add(path)
            bought = int(draw.poisson(0.4))
            value = int(draw.integers(990, 200_000)) * bought
            file.write(f"{path},{bought},{value},{int(draw.poisson(2))}\n")
    return out


def command(count: int, rounds: int) -> dict[str, float]:
    """`attribute_paths` as it is called, and the peers on the same file, start-up included: medians of seconds
    by name, `ours` first."""
    path, peers = grouped_paths(count), peers_python()
    called: dict[str, list[str | Path]] = {
        "ours": [sys.executable, "manage.py", "attribute_paths", path],
        **{name: [peers, "-m", "benchmarks.path_peers", name, path] for name in PEERS},
    }
    seen: dict[str, list[float]] = {name: [] for name in called}
    for _ in range(rounds):
        for name, argv in called.items():
            begun = time.perf_counter()
            subprocess.run(argv, cwd=ROOT, capture_output=True, check=True)
            seen[name].append(time.perf_counter() - begun)
    return {"paths": count, **{name: statistics.median(spent) for name, spent in seen.items()}}


def solved(channels: int, rounds: int = 50) -> dict[str, float]:
    """Milliseconds of all removal effects of that many channels, from counts, with one BLAS thread."""
    from threadpoolctl import threadpool_limits

    from measurement.attribution import chains

    draw = np.random.default_rng(channels)
    began = draw.integers(0, 1_000, channels).astype(float)
    among = draw.integers(0, 50, (channels, channels)).astype(float)
    came = began + among.sum(axis=0)
    ended = np.maximum(came - among.sum(axis=1), 1.0)
    among[np.arange(channels), np.arange(channels)] += np.maximum(among.sum(axis=1) + ended - came, 0)
    began += np.maximum(among.sum(axis=1) + ended - began - among.sum(axis=0), 0)
    walks = chains.Walks(began, among, ended, np.floor(ended * 0.6) + 1)
    seen = []
    with threadpool_limits(1):
        for _ in range(rounds):
            begun = time.perf_counter()
            chains.effects_of(walks)
            seen.append((time.perf_counter() - begun) * 1e3)
    return {"channels": channels, "ms": statistics.median(seen), "worst_ms": max(seen)}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1e5,1e6,1e7", help="touches, e.g. 1e5,1e6")
    parser.add_argument("--paths", default="1e4,1e6", help="paths for attribute_paths, e.g. 1e4")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    about, begun = machine(), datetime.now(UTC)
    results = []
    for size in (int(float(size)) for size in asked.sizes.split(",") if size):
        runs = compare(size, asked.rounds)
        print(table(size, runs), end="\n\n", flush=True)
        results.append({"touches": size, "runs": runs})
    commands = [command(int(float(count)), asked.rounds) for count in asked.paths.split(",") if count]
    for done in commands:
        beside = ", ".join(f"{name} {done[name]:.2f} s" for name in PEERS)
        print(f"attribute_paths, {done['paths']:,} paths: {done['ours']:.2f} s with start-up; {beside}")
    chains = [solved(channels) for channels in (31, 181, 1_001)]
    for one in chains:
        print(
            f"{one['channels']:,} channels solved in {one['ms']:.2f} ms (worst of 50: {one['worst_ms']:.2f} ms)"
        )
    RESULTS.mkdir(exist_ok=True)
    out = RESULTS / f"paths-{begun:%Y%m%d-%H%M}.json"
    told = {"touches": results, "attribute_paths": commands, "chains": chains}
    out.write_text(json.dumps({"begun": begun.isoformat(), "machine": about, **told}, indent=1))
    print(f"Written to {out.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
