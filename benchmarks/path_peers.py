"""One contender from an event log to the channel table: `python -m benchmarks.path_peers NAME FOLDER`.

Prints one line of JSON: seconds with everything imported, of these the seconds of building paths and of the
chain, peak memory, and what `benchmarks.paths` compares: orders with a touch, journeys, and the removal effect
or the share of each channel. The peers take text paths, which Polars builds for them, grouped; the window of the
category, both ends included, belongs to the path, and a person's touches of a product without any order are one
journey that ended without.
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

Figures = dict[str, Any]


def seedbed(folder: Path) -> Figures:
    """Markov and Shapley, exactly, for orders and for fen."""
    from measurement.attribution import logs

    begun = time.perf_counter()
    log = logs.read(*(folder / f"{name}.parquet" for name in ("touches", "orders", "categories")))
    built = time.perf_counter()
    removal, conversions, _value = log.credit()
    named = dict(zip(log.ordered.channels, removal.effects.tolist(), strict=True))
    shapley = dict(zip(log.ordered.channels, conversions["shapley"].tolist(), strict=True))
    return {
        "paths": built - begun,
        "markov": time.perf_counter() - built,
        "orders": len(log.ordered),
        "journeys": round(float(log.walks.began.sum())),
        "effects": named,
        "shapley": shapley,
    }


def channel_attribution(folder: Path) -> Figures:
    """Its Markov chain of order 1, which it simulates, as it comes; the free edition has no Shapley."""
    from ChannelAttribution import markov_model

    begun = time.perf_counter()
    data = text_paths(folder).to_pandas()
    built = time.perf_counter()
    found = markov_model(
        data, "path", "conversions", var_value="value", var_null="nulls", sep=">", out_more=True,
        flg_pro=False, verbose=False,
    )  # fmt: skip
    effects = found["removal_effects"]
    return {
        "paths": built - begun,
        "markov": time.perf_counter() - built,
        "orders": int(data["conversions"].sum()),
        "journeys": int((data["conversions"] + data["nulls"]).sum()),
        "effects": dict(
            zip(
                effects["channel_name"].astype(str),
                effects["removal_effects_conversion"].astype(float),
                strict=True,
            )
        ),
    }


def marketing_attribution_models(folder: Path) -> Figures:
    """Its Markov chain from grouped paths, without Shapley."""
    return _mam(folder, shapley=False)


def marketing_attribution_models_shapley(folder: Path) -> Figures:
    """The same and its Shapley of at most 4 channels a journey, which is another game: conversion rates."""
    return _mam(folder, shapley=True)


def _mam(folder: Path, *, shapley: bool) -> Figures:
    import polars as pl
    from mam import MAM

    begun = time.perf_counter()
    grouped = text_paths(folder)
    rows = pl.concat(
        [
            grouped.filter(pl.col("conversions") > 0).select(
                "path", pl.lit(1).alias("bought"), pl.col("conversions").alias("times"), "value"
            ),
            grouped.filter(pl.col("nulls") > 0).select(
                "path", pl.lit(0).alias("bought"), pl.col("nulls").alias("times"), pl.lit(0).alias("value")
            ),
        ],
        how="vertical_relaxed",
    )
    built = time.perf_counter()
    model = MAM(
        rows, format_type="grouped_journey", channels_colname="path", journey_with_conv_colname="bought",
        occurrences_colname="times", conversion_value_colname="value",
    )  # fmt: skip
    markov = model.run_markov()
    solved = time.perf_counter()
    effects = markov.metadata["removal_effect"]["removal_effect"]
    figures: Figures = {
        "paths": built - begun,
        "markov": solved - built,
        "orders": int(grouped["conversions"].sum()),
        "journeys": int((grouped["conversions"] + grouped["nulls"]).sum()),
        "effects": {str(name): float(effect) for name, effect in effects.items()},
    }
    if shapley:
        model.run_shapley()
        figures["shapley_seconds"] = time.perf_counter() - solved
    return figures


def text_paths(folder: Path) -> Any:
    """Grouped paths as text with conversions, value and nulls, by Polars; those of a CSV file as they stand."""
    import polars as pl

    if folder.suffix == ".csv":
        named = {"conversions": "total_conversions", "value": "total_conversion_value", "nulls": "total_null"}
        return pl.read_csv(folder).select("path", **{name: pl.col(of) for name, of in named.items()})

    touches, orders, categories = (
        pl.scan_parquet(folder / f"{name}.parquet") for name in ("touches", "orders", "categories")
    )
    pair = ["person_id", "product_id"]
    in_order = pl.col("channel_id").cast(pl.String).sort_by("ts", "touch_id").str.join(" > ")
    one, none = pl.lit(1, pl.Int64), pl.lit(0, pl.Int64)
    ordered = (
        touches.join(orders.join(categories, on="category_id"), on=pair, suffix="_order")
        .filter(
            pl.col("ts") <= pl.col("ts_order"),
            pl.col("ts") >= pl.col("ts_order") - pl.col("window_days") * DAY,
        )
        .group_by("order_id")
        .agg(path=in_order, value=pl.col("value_cents").first())
        .select("path", "value", conversions=one, nulls=none)
    )
    lost = (
        touches.join(orders, on=pair, how="anti")
        .group_by(pair)
        .agg(path=in_order)
        .select("path", value=none, conversions=none, nulls=one)
    )
    return (
        pl.concat([ordered, lost])
        .group_by("path")
        .agg(pl.col("value", "conversions", "nulls").sum())
        .collect(engine="streaming")
    )


CONTENDERS: dict[str, tuple[Callable[[Path], Figures], tuple[str, ...]]] = {
    "Seedbed, Markov and Shapley": (seedbed, ("measurement.attribution.logs",)),
    "ChannelAttribution, Markov": (channel_attribution, ("polars", "pyarrow", "ChannelAttribution")),
    "marketing-attribution-models, Markov": (marketing_attribution_models, ("polars", "mam")),
    "marketing-attribution-models, both": (marketing_attribution_models_shapley, ("polars", "mam")),
}
"""Each contender with the modules that are imported before the clock starts."""


def main() -> None:
    name, folder = sys.argv[1:]
    run, modules = CONTENDERS[name]
    for module in modules:
        importlib.import_module(module)
    started, worked = time.perf_counter(), time.process_time()
    figures = run(Path(folder))
    figures["seconds"] = time.perf_counter() - started
    figures["cpu_seconds"] = time.process_time() - worked
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
