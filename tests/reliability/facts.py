"""What happens to a merchant in the tests of reliability: small, but of every kind, and the same each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from measurement import tasks
from measurement.operations import deliveries, identities, rules, touches
from measurement.operations.identities import LinkRow
from measurement.queries import ledger, work
from merchants import tenancy
from merchants.models import Merchant, RawDelivery
from tests.worlds import BASE, World, body, refund, trade

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BUYERS = ("ann", "bob", "cy")
Call = Callable[[], object]


def exchanges(count: int) -> list[dict[str, Any]]:
    """Orders of three people, one of them nobody's, of two products; each third is refunded in part."""
    told = []
    for n in range(count):
        tid, paid_at = str(1000 + n), BASE - n * HOUR
        buyer = ("", *BUYERS)[n % 4]
        lines = [("700", 1000 + 7 * n), ("701", 333)] if n % 2 else [("700", 2500 + n)]
        told.append(trade(tid, lines, buyer=buyer, paid_at=paid_at))
        if n % 3 == 0:
            told.append(refund(f"r{tid}", tid, f"{tid}0", 100 + n, at=paid_at + DAY))
    return told


def page(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Several trades as one page of a list of sold trades."""
    trades = [one["response"]["trade_fullinfo_get_response"]["trade"] for one in found]
    return {
        "request": {"method": "taobao.trades.sold.get"},
        "response": {"trades_sold_get_response": {"trades": {"trade": trades}, "total_results": len(trades)}},
    }


def touch_rows(world: World, count: int) -> list[touches.TouchRow]:
    return [
        world.touch(str(n), BUYERS[n % 3], n * 5 * HOUR, spu=n % 2, namespace="taobao" if n % 4 else "xhs")
        for n in range(count)
    ]


def links(world: World) -> list[LinkRow]:
    return [LinkRow(world.key(buyer), world.key(buyer, "xhs"), "member id") for buyer in BUYERS[:2]]


def calls(world: World, *, orders: int, seen: int, at_once: int = 4) -> Iterator[Call]:
    """All of it as calls that may come in any order and more than once."""
    merchant = world.merchant
    rows = touch_rows(world, seen)
    for start in range(0, len(rows), at_once):
        yield lambda some=rows[start : start + at_once]: touches.put(
            merchant, some, source="feed", by="system:test"
        )
    for exchange in exchanges(orders):
        yield lambda one=exchange: take_in(world, one)
    for row in links(world):
        yield lambda one=row: identities.link(merchant, [one], source="crm", by="system:test")
    # a third item, sold by nobody so far, and a note that turns out to speak of the other product
    yield lambda: rules.map_item(
        merchant, platform="taobao", item_id="702", spu=world.spus[1], by="system:test"
    )


def receive(world: World, exchange: dict[str, Any]) -> RawDelivery:
    return deliveries.receive(world.connection(), body=body(exchange), received_at=BASE, by="system:test")


def take_in(world: World, exchange: dict[str, Any]) -> None:
    tasks.apply_delivery(merchant_id=world.merchant.pk, delivery_id=receive(world, exchange).pk)


def told(merchant: Merchant) -> list[str]:
    """The canonical ledger without the merchant's code, so that two merchants can be compared."""
    return [line.partition("\t")[2] for line in ledger.canonical(merchant)]


def pending(merchant: Merchant) -> work.Pending:
    with tenancy.acting_for(merchant):
        return work.pending(merchant)


def settle(merchant: Merchant) -> None:
    """What workers do, to the end."""
    while not pending(merchant).settled:
        for merchant_id, delivery_id in work.deliveries_to_apply():
            tasks.apply_delivery(merchant_id=merchant_id, delivery_id=delivery_id)
        tasks.work(merchant_id=merchant.pk)


def serial(code: str, **sizes: int) -> list[str]:
    """The ledger when everything happens once, in order, on one connection."""
    world = World.plant(code)
    for call in calls(world, **sizes):
        call()
    settle(world.merchant)
    return told(world.merchant)
