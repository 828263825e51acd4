"""A seeded world of touches and orders for the benchmarks: `python -m benchmarks.generate 1_000_000 FOLDER`.

A *journey* is one person looking at one product. Its length is skewed (median 2, 99th percentile near 37,
at most 400 touches), its touches fall into the category's window before a last one somewhere in the half
year, and about 3 % of journeys end in an order (longer ones more often), 12 % of those in a second one:
orders come to about 0.75 % of the touches. The same size and seed give the same world on every machine that
draws the same numbers from numpy.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

CHANNELS = 30
PRODUCTS = 400
WINDOW_DAYS = (29, 30, 30, 35, 40, 45, 45, 50, 60, 60, 70, 75)  # one for each category
DAY = 86_400
FIRST_SECOND = 1_735_689_600  # 2025-01-01T00:00:00Z
DAYS = 180
MEDIAN_LENGTH, SPREAD, LONGEST = 2.0, 1.254, 400
CONVERTING, AGAIN = 0.0223, 0.12  # the first is multiplied by the fourth root of the length
MEAN_LENGTH = 3.9  # of the rounded, cut lengths; only used to draw enough journeys in one go

Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class World:
    """Columns by name as `attribute` reads them; `ts` in whole seconds since 1970, money in fen."""

    touches: Columns
    orders: Columns
    categories: Columns


def world(touch_count: int, seed: int = 7) -> World:
    """Exactly `touch_count` touches in order of time, with the orders that go with them."""
    draw = np.random.default_rng(seed)
    lengths = _journey_lengths(touch_count, draw)
    journeys = len(lengths)
    person = draw.integers(1, int(journeys * 0.8) + 1, journeys)
    product = np.minimum((draw.random(journeys) ** 2 * PRODUCTS).astype(np.int64), PRODUCTS - 1) + 1
    window = np.array(WINDOW_DAYS)[category_of(product) - 1] * DAY
    end = FIRST_SECOND + draw.integers(0, DAYS * DAY, journeys)

    owner = np.repeat(np.arange(journeys), lengths)
    ts = end[owner] - (draw.random(touch_count) ** 1.5 * window[owner] * 1.1).astype(np.int64)
    in_time = np.argsort(ts, kind="stable")
    owner = owner[in_time]
    touches = {
        "touch_id": np.arange(1, touch_count + 1),
        "person_id": person[owner],
        "product_id": product[owner],
        "channel_id": np.minimum(draw.geometric(0.12, touch_count), CHANNELS),
        "ts": ts[in_time],
    }

    buying = np.flatnonzero(draw.random(journeys) < CONVERTING * lengths**0.25)
    again = buying[draw.random(len(buying)) < AGAIN]
    bought = np.concatenate([buying, again])
    delay = np.concatenate([draw.integers(0, 2 * DAY, len(buying)), draw.integers(DAY, 20 * DAY, len(again))])
    orders = {
        "order_id": np.arange(1, len(bought) + 1),
        "person_id": person[bought],
        "product_id": product[bought],
        "category_id": category_of(product[bought]),
        "ts": end[bought] + delay,
        "value_cents": draw.integers(990, 200_000, len(bought)),
    }
    categories = {
        "category_id": np.arange(1, len(WINDOW_DAYS) + 1),
        "window_days": np.array(WINDOW_DAYS),
    }
    return World(touches, orders, categories)


def category_of(product: np.ndarray) -> np.ndarray:
    """Category number (from 1) of each product number."""
    return (product - 1) % len(WINDOW_DAYS) + 1


def write(made: World, folder: Path, ending: str = "parquet") -> None:
    """`touches`, `orders` and `categories` in `folder`, as `parquet` or `csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as engine:
        for name in ("touches", "orders", "categories"):
            engine.register("made", getattr(made, name))
            form = "FORMAT parquet" if ending == "parquet" else "FORMAT csv, HEADER"
            engine.execute(f"COPY (SELECT * FROM made) TO '{folder / name}.{ending}' ({form})")
            engine.unregister("made")


def _journey_lengths(touch_count: int, draw: np.random.Generator) -> np.ndarray:
    lengths = np.empty(0, dtype=np.int64)
    while lengths.sum() < touch_count:
        drawn = MEDIAN_LENGTH * np.exp(SPREAD * draw.standard_normal(int(touch_count / MEAN_LENGTH) + 100))
        lengths = np.concatenate([lengths, np.clip(np.rint(drawn), 1, LONGEST).astype(np.int64)])
    reached = np.cumsum(lengths)
    last = int(np.searchsorted(reached, touch_count))
    lengths = lengths[: last + 1]
    lengths[-1] -= reached[last] - touch_count
    return lengths


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("touches", type=int, help="how many touches, 10_000_000 for example")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    write(world(asked.touches, asked.seed), asked.folder, asked.format)


if __name__ == "__main__":
    main()
