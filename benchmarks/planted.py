"""The generated world in Seedbed's terms: a merchant with its catalogue, and files as they would arrive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks.generate import CHANNELS, PRODUCTS, WINDOW_DAYS, Columns, category_of, world, write
from measurement.alliance import reader
from measurement.alliance.facts import Piece
from measurement.alliance.veil import MARK
from measurement.choices import CycleBasis, TouchKind
from measurement.models import Category, CategoryCycle, ItemMapping, Spu
from measurement.operations.channels import ChannelRef, resolve
from measurement.operations.staging import NULL, TouchColumns
from merchants import tenancy
from merchants.models import Merchant

BLOCK = 100_000
PAGE = 100  # orders of one page of a platform
SHANGHAI = timezone(timedelta(hours=8))


def plant(code: str) -> Merchant:
    """A merchant whose products, windows and channels are those of `benchmarks.generate`.

    Ids of SPUs and of channels are the numbers of the generated world: the database must be fresh.
    """
    merchant = Merchant.objects.create(code=code, name=code)
    first = (Category.objects.order_by("-id").values_list("id", flat=True).first() or 0) + 1
    for number, days in enumerate(WINDOW_DAYS):  # shared by all merchants: the owner of the tables writes it
        row = Category.objects.using("owner").create(
            id=first + number, code=f"{code}-{number}", name_zh=code, name_en=code
        )
        CategoryCycle.objects.using("owner").create(
            category=row, days=days, basis=CycleBasis.HAND, source=code, recorded_by=code
        )
    with tenancy.acting_for(merchant):
        spus = Spu.objects.bulk_create(
            Spu(merchant=merchant, id=n, code=str(n), name=f"Product {n}", category_id=first + category - 1)
            for n, category in enumerate(category_of(np.arange(1, PRODUCTS + 1)).tolist(), start=1)
        )
        ItemMapping.objects.bulk_create(
            ItemMapping(merchant=merchant, platform="taobao", item_id=spu.code, spu=spu) for spu in spus
        )
        for number in range(1, CHANNELS + 1):
            ref = ChannelRef(kind=TouchKind.READ, note_id=f"note-{number}")
            if resolve(merchant, [ref])[ref] != number:
                raise RuntimeError("the database is not fresh")
    return merchant


def write_files(size: int, folder: Path) -> None:
    """`touches.parquet`, and `orders.ndjson` in Taobao's own words, one page of trades on a line."""
    made = world(size)
    write(made, folder)
    trades = [trade(*row) for row in zip(*(made.orders[name].tolist() for name in _ORDER), strict=True)]
    with open(folder / "orders.ndjson", "w") as out:
        for start in range(0, len(trades), PAGE):
            page = {"trades": {"trade": trades[start : start + PAGE]}, "total_results": len(trades)}
            exchange = {
                "request": {"method": "taobao.trades.sold.get"},
                "response": {"trades_sold_get_response": page},
            }
            out.write(json.dumps(exchange) + "\n")


def touches_of(folder: Path) -> Iterator[TouchColumns]:
    """The touches of the file, block by block."""
    with duckdb.connect() as engine:
        file = f"'{folder / 'touches.parquet'}'"
        count = engine.execute(f"SELECT count(*) FROM {file}").fetchall()[0][0]
        for first in range(1, count + 1, BLOCK):
            block = f"SELECT * FROM {file} WHERE touch_id BETWEEN {first} AND {first + BLOCK - 1}"
            yield columns_of(engine.execute(block).fetchnumpy())


def pieces_of(folder: Path) -> Iterator[Piece]:
    """What the file says of orders, read as a platform's answers are."""
    with open(folder / "orders.ndjson") as pages:
        for page in pages:
            yield from reader("taobao").read(json.loads(page)).pieces


def columns_of(rows: Columns) -> TouchColumns:
    """The rows as the intake would give them: persons, names and versions are 128-bit hashes."""
    ids = rows["touch_id"]
    digits = ids.astype(np.bytes_)
    length = np.strings.zfill(np.strings.str_len(digits).astype(np.bytes_), 3)
    tie = np.strings.add(np.strings.add(b"1", length), np.strings.add(digits, np.strings.add(b" ", digits)))
    return TouchColumns(
        person=hashes(rows["person_id"], 1),
        spu=rows["product_id"],
        channel=rows["channel_id"],
        occurred=rows["ts"] * 1_000_000,
        tie=tie,
        natural=hashes(ids, 2),
        revision=hashes(ids, 3),
        modified=np.full(len(ids), NULL, dtype=np.int64),
    )


def hashes(numbers: np.ndarray, about: int) -> np.ndarray:
    """16 well mixed bytes for each number (splitmix64, twice)."""
    halves = np.empty((len(numbers), 2), dtype=np.uint64)
    for half in range(2):
        mixed = numbers.astype(np.uint64) * np.uint64(8) + np.uint64(about * 2 + half)
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        halves[:, half] = mixed ^ (mixed >> np.uint64(31))
    return halves.view("V16").ravel()


def person_mark(person_id: int) -> str:
    """The buyer id of an order whose person key is that of the touches."""
    return MARK + hashes(np.array([person_id]), 1).tobytes().hex()


_ORDER = ("order_id", "person_id", "product_id", "ts", "value_cents")


def trade(order_id: int, person_id: int, product_id: int, ts: int, fen: int) -> dict[str, Any]:
    """A paid trade of one line."""
    paid = datetime.fromtimestamp(ts, UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    yuan = f"{fen // 100}.{fen % 100:02d}"
    line = {
        "oid": f"{order_id}0",
        "num_iid": str(product_id),
        "title": f"item {product_id}",
        "num": 1,
        "price": yuan,
        "total_fee": yuan,
        "divide_order_fee": yuan,
        "refund_status": "NO_REFUND",
        "status": "WAIT_SELLER_SEND_GOODS",
    }
    return {
        "tid": str(order_id),
        "status": "WAIT_SELLER_SEND_GOODS",
        "type": "fixed",
        "created": paid,
        "pay_time": paid,
        "modified": paid,
        "payment": yuan,
        "post_fee": "0.00",
        "buyer_open_uid": person_mark(person_id),
        "orders": {"order": [line]},
    }
