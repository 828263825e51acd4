"""How fast the layers of people are: `python -m benchmarks.crowds --people 1e5,1e6`.

Half a year of touches, about five for each person with one of 40 products, in a Postgres of its own:
everybody rebuilt, then one more day's touches (the same number at every size), then the matrix between two
days. A day that costs the same at every size follows its own events and not the history. Writes
`benchmarks/results/crowds-*.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.database import ADMIN, RESULTS, SETTINGS, machine, table
from benchmarks.generate import CHANNELS, DAY, DAYS, FIRST_SECOND
from portal.embedded import environment
from portal.embedded.demo import COLLECT, MIGRATE, PYTHON, Progress, run_together
from portal.embedded.postgres import Postgres
from portal.embedded.state import ROOT, State
from portal.embedded.supervisor import Supervisor
from portal.embedded.valkey import Valkey

TOUCHES_EACH = 5
OF_A_DAY = 30_000
OF_ITS = 40  # products of the merchant
BLOCK = 100_000
FOLDER = "SEEDBED_BENCHMARK_FOLDER"  # says that this process is the one inside


def run(sizes: list[int], folder: Path) -> list[dict[str, Any]]:
    """The figures of each number of people, each in a database of its own."""
    state = State(folder)
    state.take()
    measured = []
    with Supervisor(state) as supervisor:
        postgres = Postgres(state, SETTINGS)
        postgres.start(supervisor)
        valkey = Valkey(state)
        valkey.start(supervisor)
        addresses = {"BROKER_URL": valkey.url}
        env = environment.export(state, addresses | environment.database_urls(postgres, "seedbed"))
        run_together(supervisor, (MIGRATE, COLLECT), env, Progress())
        for size in sizes:
            name = f"people_{size}"
            postgres.sql("postgres", f"CREATE DATABASE {name} TEMPLATE seedbed OWNER seedbed_owner")
            env |= addresses | environment.database_urls(postgres, name)
            env |= {
                ADMIN: postgres.url("postgres", name),
                "DJANGO_SETTINGS_MODULE": "portal.settings",
                "SEEDBED_POOL": "0",
                FOLDER: str(folder),
            }
            argv = [PYTHON, "-m", "benchmarks.crowds", "--people", str(size)]
            supervisor.finish(supervisor.start(name, argv, env=env, show=True))
            measured.append(json.loads((folder / f"{name}.json").read_text()))
            postgres.sql("postgres", f"DROP DATABASE {name} WITH (FORCE)")
    return measured


def inside(people: int, folder: Path) -> None:
    """One size, in a fresh database."""
    import django

    django.setup()
    from django.db import connection

    from benchmarks import planted
    from measurement.choices import TouchKind
    from measurement.models import Channel, CrowdRule, CrowdSpell
    from measurement.operations import crowd_flows, crowd_spells, expand, statistics, touches
    from merchants import tenancy

    merchant = planted.plant("bench")
    kinds = [TouchKind.IMPRESSION, TouchKind.READ, TouchKind.READ, TouchKind.SAVE, TouchKind.LIKE]
    with tenancy.acting_for(merchant):
        for number in range(1, CHANNELS + 1):
            Channel.objects.filter(pk=number).update(kind=kinds[number % len(kinds)])
    count = people * TOUCHES_EACH
    draw = np.random.default_rng(7)
    figures: dict[str, Any] = {"people": people, "touches": count}
    days = draw.integers(0, (DAYS - 1) * DAY, count)
    figures["load, s"] = seconds(
        lambda: touches.put_columns(merchant, blocks(draw, people, FIRST_SECOND + np.sort(days), 0))
    )
    statistics.refresh()
    with tenancy.acting_for(merchant):  # the rebuild below stands for the marks of this load
        connection.cursor().execute("DELETE FROM measurement_bulkchange")
    rebuilt = seconds(lambda: crowd_spells.drain(merchant))
    statistics.refresh()
    with connections_of_owner() as cursor:
        cursor.execute("ANALYZE measurement_crowdspell, measurement_crowdmove, measurement_crowdentry")
    with tenancy.acting_for(merchant):
        spells = CrowdSpell.objects.for_merchant(merchant).count()
    figures |= {
        "full rebuild, s": rebuilt,
        "full rebuild, touches/s": count / rebuilt,
        "spells": spells,
        "spells/s": spells / rebuilt,
    }
    last = FIRST_SECOND + (DAYS - 1) * DAY + np.sort(draw.integers(0, DAY, OF_A_DAY))
    touches.put_columns(merchant, blocks(draw, people, last, count))
    figures["one day's touches"] = OF_A_DAY
    figures["one day: marks, s"] = seconds(lambda: expand.pending(merchant))
    figures["one day: layers, s"] = seconds(lambda: crowd_spells.drain(merchant))
    until = date(1970, 1, 1) + timedelta(days=FIRST_SECOND // DAY + DAYS)
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        rule = CrowdRule.objects.for_merchant(merchant).get()
        figures["matrix of two days, all products, s"] = seconds(
            lambda: crowd_flows.matrix(cursor, merchant, rule.pk, until - timedelta(days=28), until)
        )
    (folder / f"people_{people}.json").write_text(json.dumps(figures))


def connections_of_owner() -> Any:
    from django.db import connections

    return connections["owner"].cursor()


def blocks(draw: np.random.Generator, people: int, seconds_since: np.ndarray, first: int) -> Iterator[Any]:
    """Touches of random people, block by block; products and channels skewed as in `benchmarks.generate`."""
    from benchmarks import planted

    for begin in range(0, len(seconds_since), BLOCK):
        ts = seconds_since[begin : begin + BLOCK]
        size = len(ts)
        yield planted.columns_of(
            {
                "touch_id": np.arange(first + begin + 1, first + begin + size + 1),
                "person_id": draw.integers(1, people + 1, size),
                "product_id": np.minimum((draw.random(size) ** 2 * OF_ITS).astype(np.int64), OF_ITS - 1) + 1,
                "channel_id": np.minimum(draw.geometric(0.12, size), CHANNELS),
                "ts": ts,
            }
        )


def seconds(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", default="1e5,1e6", help="people, e.g. 1e5,1e6")
    asked = parser.parse_args()
    sizes = [int(float(size)) for size in asked.people.split(",")]
    if FOLDER in os.environ:
        inside(sizes[0], Path(os.environ[FOLDER]))
        return 0
    about, begun = machine(), datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="seedbed-benchmark-") as temporary:
        measured = run(sizes, Path(temporary))
    print(table(measured))
    RESULTS.mkdir(exist_ok=True)
    out = RESULTS / f"crowds-{begun:%Y%m%d-%H%M}.json"
    out.write_text(json.dumps({"begun": begun.isoformat(), "machine": about, "sizes": measured}, indent=1))
    print(f"Written to {out.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
