"""The figures of one size, inside a fresh database: run by `benchmarks.database`, not by hand."""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from benchmarks import finished, latency, planted  # noqa: E402
from measurement.models import OrderLine  # noqa: E402
from measurement.operations import marks, orders, recompute, staging, states, touches  # noqa: E402
from measurement.queries import rules  # noqa: E402
from merchants import tenancy  # noqa: E402
from merchants.models import Merchant  # noqa: E402

STAGED = 1_000_000
REPEATS = 9
DIRTY = (1, 100, 1_000)
BY = "system:benchmark"

Figures = dict[str, Any]


def measure(size: int, folder: Path) -> Figures:
    """Everything that is measured at this many stored touches."""
    planted.write_files(size, folder)
    merchant = planted.plant("bench")
    empty = finished.lay_out()
    figures: Figures = {"touches": size}
    figures |= staged(folder)
    figures |= end_to_end(merchant, folder)
    figures |= finished.copied(empty, folder)
    figures["COPY / files to ledger"] = (
        figures["COPY of the finished rows, s"] / figures["files to ledger, s"]
    )
    finished.settle()
    figures |= dirty(merchant)
    figures |= latency.waited(merchant, folder)
    return figures


def staged(folder: Path) -> Figures:
    """Rows/s into the staging table, from columns in memory: packing and sending."""
    blocks = list(islice(planted.touches_of(folder), STAGED // planted.BLOCK))
    blocks *= STAGED // sum(map(len, blocks))
    spent = []
    with connection.cursor() as cursor:
        for _ in range(REPEATS):
            with transaction.atomic():
                staging.begin(cursor)
                spent.append(seconds(lambda: staging.load(cursor, blocks)))
    return {"staging, rows/s": round(STAGED / statistics.median(spent))}


def end_to_end(merchant: Merchant, folder: Path) -> Figures:
    """From the files to touches, orders, credit, postings and rollups; two at a time, as two workers would."""
    spent: dict[str, float] = {}

    def timed(name: str, act: Callable[[], Any]) -> None:
        spent[name] = seconds(act)
        connection.close()  # that of this thread

    def load_touches() -> None:
        touches.put_columns(merchant, planted.touches_of(folder))

    def load_orders() -> None:
        orders.put_pieces(merchant, planted.pieces_of(folder), by=BY)

    begun = time.perf_counter()
    together(lambda: timed("touches", load_touches), lambda: timed("orders", load_orders))
    loaded = time.perf_counter()
    together(*[lambda: timed("ledger", lambda: recompute.drain(merchant))] * 2)
    done = time.perf_counter()
    with tenancy.acting_for(merchant):
        lines = OrderLine.objects.for_merchant(merchant).count()
    return {
        "order lines": lines,
        "files to touches, s": spent["touches"],
        "files to orders, at once, s": spent["orders"],
        "marks to ledger, s": done - loaded,
        "files to ledger, s": done - begun,
    }


def dirty(merchant: Merchant) -> Figures:
    """Milliseconds for some dirty lines: their credit alone; the whole transaction when every amount moved;
    and when nothing did."""
    with tenancy.acting_for(merchant):
        lines = list(
            OrderLine.objects.for_merchant(merchant).exclude(paid_at=None).values_list("id", "bucket")
        )
    chance = random.Random(7)
    figures: Figures = {}
    for count in DIRTY:
        if count > len(lines):
            continue
        alone, moved, still = [], [], []
        for _ in range(REPEATS):
            some = chance.sample(lines, count)
            alone.append(credit_alone(merchant, [pk for pk, _ in some]))
            still.append(recomputed(merchant, some))
            refund_one_fen(merchant, some)
            moved.append(recomputed(merchant, some))
        for name, spent in (("credit alone", alone), ("all of it", moved), ("nothing moved", still)):
            figures[f"{count:,} dirty: {name}, ms"] = statistics.median(spent) * 1000
    return figures


def credit_alone(merchant: Merchant, lines: list[int]) -> float:
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        setting = rules.setting_of(merchant)
        return seconds(lambda: states.compute(cursor, merchant, sorted(lines), setting))


def recomputed(merchant: Merchant, lines: list[tuple[int, int]]) -> float:
    with tenancy.acting_for(merchant):
        marks.mark(merchant, lines, cause="order")
    spent = 0.0
    while True:  # more than one transaction only if the marks were not all claimed at once
        begun = time.perf_counter()
        if recompute.compute(merchant) is None:
            return spent
        spent += time.perf_counter() - begun


def refund_one_fen(merchant: Merchant, lines: list[tuple[int, int]]) -> None:
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE measurement_orderline SET refunded_fen = refunded_fen + 1, net_fen = net_fen - 1"
            " WHERE merchant_id = %s AND id = ANY(%s) AND net_fen > 0",
            [merchant.pk, [pk for pk, _ in lines]],
        )


def together(*acts: Callable[[], Any]) -> None:
    """Runs the acts in threads of their own, which mostly wait for Postgres; raises what one of them raised."""
    with ThreadPoolExecutor(len(acts)) as threads:
        for done in [threads.submit(act) for act in acts]:
            done.result()


def seconds(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def main() -> None:
    size, folder = int(sys.argv[1]), Path(sys.argv[2])
    figures = measure(size, folder)
    (folder / "figures.json").write_text(json.dumps(figures))


if __name__ == "__main__":
    main()
