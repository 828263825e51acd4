"""One contender over one world, in a process of its own: `python -m benchmarks.peers NAME FOLDER ENDING`.

Prints one line of JSON: seconds from the files to the result with everything imported, peak memory, and the
rows and fen of linear credit by which `benchmarks.attribute_files` sees that all did the same work. Each
function imports its library itself, so that none pays for another's memory.

`attribute` writes a CSV file of whole fen. The others do the bare windowed join: orders with the touches of
the same person and product in the category's window, five float weights for each touch, kept in memory.
ChannelAttribution takes text paths, which Polars builds for it.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DAY = 86_400
HALF_LIFE = 168.0  # hours

Figures = dict[str, Any]


def attribute(folder: Path, ending: str) -> Figures:
    from measurement.attribution.files import attribute as run

    files = (folder / f"{name}.{ending}" for name in ("touches", "orders", "categories"))
    outcome = run(*files, folder / "credits.csv")
    return {
        "rows": outcome.rows - outcome.unattributed_orders,
        "linear": sum(total.fen["linear"] for total in outcome.channels),
    }


def duckdb(folder: Path, ending: str) -> Figures:
    import duckdb

    relation = {name: f"'{folder / name}.{ending}'" for name in ("touches", "orders", "categories")}
    engine = duckdb.connect()
    engine.execute(f"""
        create table credits as
        with journeys as (
          select o.order_id, t.touch_id, t.channel_id, o.value_cents, (o.ts - t.ts) // 3600 as age,
                 row_number() over journey as position, count(*) over (partition by o.order_id) as n
            from {relation["orders"]} o join {relation["categories"]} c using (category_id)
            join {relation["touches"]} t on t.person_id = o.person_id and t.product_id = o.product_id
             and t.ts between o.ts - c.window_days * {DAY} and o.ts
          window journey as (partition by o.order_id order by t.ts, t.touch_id)
        )
        select order_id, touch_id, channel_id, position, n, value_cents, 1 / n as w_linear,
               (position = 1)::int::double as w_first, (position = n)::int::double as w_last,
               case when n < 3 then 1 / n when position in (1, n) then 0.4 else 0.2 / (n - 2) end
                 as w_position,
               pow(2, -age / {HALF_LIFE}) / sum(pow(2, -age / {HALF_LIFE})) over (partition by order_id)
                 as w_decay
          from journeys""")
    rows, linear = engine.execute("select count(*), sum(w_linear * value_cents) from credits").fetchone() or (
        0,
        0,
    )
    return {"rows": rows, "linear": linear}


def polars(folder: Path, ending: str) -> Figures:
    import polars as pl

    scan = pl.scan_parquet if ending == "parquet" else pl.scan_csv
    touches, orders, categories = (
        scan(folder / f"{name}.{ending}") for name in ("touches", "orders", "categories")
    )
    position, n = pl.col("position"), pl.col("n")
    decayed = pl.lit(2.0).pow(-((pl.col("ts_order") - pl.col("ts")) // 3600) / HALF_LIFE)
    joined = (
        touches.join(
            orders.join(categories, on="category_id"), on=["person_id", "product_id"], suffix="_order"
        )
        .filter(
            pl.col("ts") <= pl.col("ts_order"),
            pl.col("ts") >= pl.col("ts_order") - pl.col("window_days") * DAY,
        )
        .sort("order_id", "ts", "touch_id")
        .with_columns(
            position=pl.int_range(1, pl.len() + 1).over("order_id"), n=pl.len().over("order_id"), k=decayed
        )
        .select(
            "order_id",
            "touch_id",
            "channel_id",
            "position",
            "n",
            "value_cents",
            w_first=(position == 1).cast(pl.Float64),
            w_last=(position == n).cast(pl.Float64),
            w_linear=1 / n,
            w_position=pl.when(n < 3)
            .then(1 / n)
            .when((position == 1) | (position == n))
            .then(0.4)
            .otherwise(0.2 / (n.cast(pl.Int64) - 2)),
            w_decay=pl.col("k") / pl.col("k").sum().over("order_id"),
        )
    )
    credits = joined.collect(engine="streaming")
    return {"rows": credits.height, "linear": (credits["w_linear"] * credits["value_cents"]).sum()}


def pandas(folder: Path, ending: str) -> Figures:
    import numpy as np
    import pandas as pd

    read = pd.read_parquet if ending == "parquet" else pd.read_csv
    touches, orders, categories = (
        read(folder / f"{name}.{ending}") for name in ("touches", "orders", "categories")
    )
    joined = touches.merge(
        orders.merge(categories, on="category_id"), on=["person_id", "product_id"], suffixes=("", "_order")
    )
    opens = joined["ts_order"] - joined["window_days"] * DAY
    joined = joined[(joined["ts"] <= joined["ts_order"]) & (joined["ts"] >= opens)]
    joined = joined.sort_values(["order_id", "ts", "touch_id"], ignore_index=True)
    by_order = joined.groupby("order_id", sort=False)
    n = by_order["touch_id"].transform("size")
    position = by_order.cumcount() + 1
    ends = (position == 1) | (position == n)
    joined["k"] = 2.0 ** (-((joined["ts_order"] - joined["ts"]) // 3600) / HALF_LIFE)
    credits = pd.DataFrame(
        {
            "order_id": joined["order_id"],
            "touch_id": joined["touch_id"],
            "channel_id": joined["channel_id"],
            "w_first": (position == 1).astype(float),
            "w_last": (position == n).astype(float),
            "w_linear": 1 / n,
            "w_position": np.where(n < 3, 1 / n, np.where(ends, 0.4, 0.2 / np.maximum(n - 2, 1))),
            "w_decay": joined["k"] / joined.groupby("order_id", sort=False)["k"].transform("sum"),
        }
    )
    return {"rows": len(credits), "linear": float((credits["w_linear"] * joined["value_cents"]).sum())}


def channel_attribution(folder: Path, ending: str) -> Figures:
    """First, last and linear over the paths of all journeys, with and without an order."""
    return _heuristics(folder, ending, converting_only=False)


def channel_attribution_orders_only(folder: Path, ending: str) -> Figures:
    """The same over the paths of orders alone: enough for these three models, not for its Markov chain."""
    return _heuristics(folder, ending, converting_only=True)


def _heuristics(folder: Path, ending: str, *, converting_only: bool) -> Figures:
    import polars as pl
    from ChannelAttribution import heuristic_models

    scan = pl.scan_parquet if ending == "parquet" else pl.scan_csv
    touches, orders, categories = (
        scan(folder / f"{name}.{ending}") for name in ("touches", "orders", "categories")
    )
    pair = ["person_id", "product_id"]
    in_order = pl.col("channel_id").cast(pl.String).sort_by("ts", "touch_id").str.join(" > ")
    windowed = (
        touches.join(orders.join(categories, on="category_id"), on=pair, suffix="_order")
        .filter(
            pl.col("ts") <= pl.col("ts_order"),
            pl.col("ts") >= pl.col("ts_order") - pl.col("window_days") * DAY,
        )
        .group_by("order_id")
        .agg(path=in_order, value=pl.col("value_cents").first(), rows=pl.len(), conversions=pl.lit(1))
    )
    paths = [windowed.select("path", "value", "rows", "conversions")]
    if not converting_only:
        lost = touches.join(orders, on=pair, how="anti").group_by(pair).agg(path=in_order)
        paths.append(
            lost.select("path", value=pl.lit(0, pl.Int64), rows=pl.lit(0, pl.UInt32), conversions=pl.lit(0))
        )
    data = (
        pl.concat(paths)
        .group_by("path")
        .agg(pl.col("value").sum(), pl.col("rows").sum(), pl.col("conversions").sum())
        .collect(engine="streaming")
        .to_pandas()
    )
    found = heuristic_models(data, "path", "conversions", var_value="value", sep=">", flg_pro=False)
    return {"rows": int(data["rows"].sum()), "linear": float(found["linear_touch_value"].sum())}


CONTENDERS: dict[str, tuple[Callable[[Path, str], Figures], tuple[str, ...]]] = {
    "attribute": (attribute, ("measurement.attribution.files",)),
    "DuckDB": (duckdb, ("duckdb",)),
    "Polars": (polars, ("polars",)),
    "pandas": (pandas, ("pandas", "pyarrow")),
    "ChannelAttribution": (channel_attribution, ("polars", "pyarrow", "ChannelAttribution")),
    "ChannelAttribution, orders only": (
        channel_attribution_orders_only,
        ("polars", "pyarrow", "ChannelAttribution"),
    ),
}
"""Each contender with the modules that are imported before the clock starts."""


def main() -> None:
    name, folder, ending = sys.argv[1:]
    run, modules = CONTENDERS[name]
    for module in modules:
        importlib.import_module(module)
    started, worked = time.perf_counter(), time.process_time()
    figures = run(Path(folder), ending)
    figures["seconds"] = time.perf_counter() - started
    figures["cpu_seconds"] = time.process_time() - worked
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
