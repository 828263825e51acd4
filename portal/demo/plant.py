"""The world goes in through the same doors as real data, step by step; what was done is not done again.

Each finished step is a job row of its merchant, and every operation behind a step may be repeated, so an
interrupted planting goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from types import ModuleType
from typing import Any

from django.db import connections
from django.db.models import Model

from measurement.models import (
    Channel,
    DirtyMark,
    Identity,
    IdentityLink,
    Order,
    OrderKey,
    OrderLine,
    OrderPiece,
    Touch,
    TouchedPerson,
)
from measurement.operations import (
    cycle_learning,
    deliveries,
    identities,
    journey_models,
    journeys,
    recompute,
    sales,
    tallies,
    touches,
)
from merchants import tenancy
from merchants.background import alone
from merchants.models import Connection, Job, Merchant
from portal.demo import (
    agreements,
    alliance,
    comments,
    crowds,
    experiments,
    lead_pushes,
    leads,
    moves,
    readiness,
    shelves,
    spending,
    whole,
)
from portal.demo.cast import Shop
from portal.demo.partners import jd, taobao, vipshop, xiaohongshu_ark, xiaohongshu_juguang
from portal.demo.people import People, touch_rows
from portal.demo.shelves import BY, connection_of
from portal.demo.world import World

KIND = "demo"  # of the job rows
COMPLETE = "complete"  # the last step
SOURCE = "xiaohongshu"  # of the touches
SILENT_SINCE = timedelta(days=3)
PARTNERS: dict[str, ModuleType] = {
    "taobao": taobao,
    "jd": jd,
    "vipshop": vipshop,
    "xiaohongshu_ark": xiaohongshu_ark,
}
EXCHANGES = 40  # of one step
BULKY: tuple[type[Model], ...] = (
    Touch, TouchedPerson, Channel, IdentityLink, Identity, Order, OrderLine, OrderKey, OrderPiece, DirtyMark,
)  # fmt: skip

Call = dict[str, Any]
Steps = Iterator[tuple[str, Callable[[], object]]]


@dataclass(slots=True)
class Planted:
    """What a planting came to; ``steps`` 0 when all of it had been done before."""

    steps: int = 0
    touches: int = 0
    orders: int = 0


def plant(merchant: Merchant, build: Callable[[], World], say: Callable[[str], None]) -> Planted:
    """Brings a merchant's world in, as far as it is not in yet. The world is built only if needed."""
    done = _done(merchant)
    planted = Planted()
    if COMPLETE in done:
        return planted
    world = build()
    planted.touches, planted.orders = len(world.touches), len(world.sales)
    say(f"{world.brand.name}: {planted.touches:,} touchpoints, {planted.orders:,} orders")
    for name, work in _steps(merchant, world):
        if name not in done:
            with alone():
                work()
            _finish(merchant, name)
            planted.steps += 1
    return planted


def _steps(merchant: Merchant, world: World) -> Steps:
    people = People(merchant, world.brand)
    yield "catalogue", lambda: shelves.fill(merchant, world.content)
    yield "codes", lambda: shelves.map_codes(merchant, world.content)
    if len(world.touches):
        yield "touches", lambda: touches.put(merchant, touch_rows(people, world), source=SOURCE, by=BY)
        yield "tallies", lambda: tallies.drain(merchant)
    links = people.links_of_all([*world.sales, *world.unplaced])
    yield "links", lambda: identities.link(merchant, links, source="会员系统", by=BY)
    yield "spend", lambda: _spend(merchant, world)
    yield "sums", lambda: whole.put(merchant, world, by=BY)
    yield "statistics", analyze
    # changes so far hit no order yet; expanded later, each would mark all of them
    yield "no orders yet", lambda: recompute.drain(merchant)
    for shop in world.brand.shops:
        calls = PARTNERS[shop.platform].exchanges([sale for sale in world.sales if sale.shop is shop])
        for number, batch in enumerate(_batches(calls), start=1):
            connection = connection_of(merchant, shop.platform, shop.code)
            yield f"orders {shop.code} {number}", partial(_deliver_all, connection, batch, world.until)
        yield f"statistics {shop.code}", analyze
        yield f"credit {shop.code}", lambda: recompute.drain(merchant)
    yield "sales", lambda: sales.renew(merchant, force=True)
    yield "alliance", lambda: alliance.put(merchant, world)
    for shop in world.brand.silent:
        yield f"refused {shop.code}", partial(_refuse, merchant, shop, world.until - SILENT_SINCE)
    yield "comments", lambda: comments.put(merchant, until=world.until)
    yield "wholes", lambda: whole.estimate(merchant, world, by=BY)
    yield "experiments", lambda: experiments.plant(merchant, world)
    yield "journeys", partial(_journeys, merchant)
    yield "cycles", lambda: _cycles(merchant)
    yield "moves", lambda: moves.put(merchant, world.content, world.until)
    yield "crowds", lambda: crowds.put(merchant, people, world)
    yield "agreements", lambda: agreements.put(merchant, world.brand)
    if world.brand.consults:
        yield "desk", lambda: leads.put(merchant, world.content, world.until)
        yield "forms", lambda: lead_pushes.put(merchant, world.until)
    if world.brand.kind != "agency":
        yield "readiness", lambda: readiness.put(merchant)
    yield COMPLETE, lambda: None


def _journeys(merchant: Merchant) -> None:
    """Counts the journeys of every day, and what the models page opens with."""
    journeys.drain(merchant)
    journey_models.prepare(merchant)
    journey_models.drain(merchant)


def _cycles(merchant: Merchant) -> None:
    """Learns how long people take. A merchant without orders has nothing to learn from yet."""
    try:
        cycle_learning.begin(merchant, by=BY)
    except cycle_learning.NothingKnown:
        return
    cycle_learning.finish(merchant)


def analyze() -> None:
    """Tells the planner of tables that were empty a moment ago; autovacuum would come a minute later."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in BULKY)}")


def deliver(connection: Connection, call: Call, *, received_at: datetime) -> int:
    """Receives one exchange as from outside; its number."""
    body = json.dumps(call, ensure_ascii=False, separators=(",", ":")).encode()
    return int(deliveries.receive(connection, body=body, received_at=received_at, by=BY).pk)


def _deliver_all(connection: Connection, calls: list[Call], received_at: datetime) -> None:
    """Received and applied in one transaction: a year of pages would otherwise wait for the disk for each."""
    with tenancy.acting_for(connection.merchant):
        for call in calls:
            deliveries.apply(connection.merchant, deliver(connection, call, received_at=received_at))


def _refuse(merchant: Merchant, shop: Shop, at: datetime) -> None:
    """A source that answered until its token ran out."""
    empty = PARTNERS[shop.platform].orders_page([], 1, 0)
    refusal = {**empty, "response": PARTNERS[shop.platform].EXPIRED}
    connection = connection_of(merchant, shop.platform, shop.code)
    _deliver_all(connection, [empty, refusal], at)


def _spend(merchant: Merchant, world: World) -> None:
    calls: list[Call] = []
    if world.ad_days or world.cooperations:
        last = world.content.today - timedelta(days=1)
        calls += xiaohongshu_juguang.exchanges(world.content, world.ad_days, world.cooperations, last)
        connection = connection_of(merchant, shelves.REPORTS, world.content.advertiser_id)
        _deliver_all(connection, calls, world.until)
    spending.put(merchant, world, calls, by=BY)


def _batches(calls: Iterator[Call]) -> Iterator[list[Call]]:
    while batch := list(islice(calls, EXCHANGES)):
        yield batch


def is_complete(merchant: Merchant) -> bool:
    return COMPLETE in _done(merchant)


def _done(merchant: Merchant) -> set[str]:
    with tenancy.acting_for(merchant):
        rows = Job.objects.for_merchant(merchant).filter(kind=KIND, state=Job.State.DONE)
        return set(rows.values_list("key", flat=True))


def _finish(merchant: Merchant, name: str) -> None:
    with tenancy.acting_for(merchant):
        Job.objects.create(
            merchant=merchant,
            kind=KIND,
            key=name,
            state=Job.State.DONE,
            requested_by=BY,
            finished_at=datetime.now(UTC),
        )
