"""Experiments of a small world: people who bought before, a draft about them, and its way to the end."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import numpy as np

from measurement.lift.plan import ExperimentKind
from measurement.models import Experiment, Order, OrderLine
from measurement.operations import experiments, readouts
from measurement.operations.experiments import Draft
from measurement.queries import experiments as reading
from merchants.models import AuditEvent
from tests.measurement.world import World, at, key

NOW = datetime(2026, 11, 1, 2, tzinfo=UTC)
START, END = date(2026, 11, 3), date(2026, 11, 16)
AFTER = datetime(2026, 11, 17, 2, tzinfo=UTC)
DURING = datetime(2026, 11, 10, 2, tzinfo=UTC)
BY = "system:test"


def draft(kind: ExperimentKind = ExperimentKind.HOLDOUT, **other) -> Draft:
    told = {
        "name": "Winter repair", "hypothesis": "Seeding brings a tenth more", "starts_on": START,
        "ends_on": END, "hoped_lift": 0.2,
    }  # fmt: skip
    return Draft(kind=kind, **{**told, **other})


def buy(world: World, sales: list[tuple[str, str, int]]) -> None:
    """(person, day, fen) as paid orders, in two statements however many."""
    spu = world.spu()
    orders = Order.objects.bulk_create(
        Order(
            merchant=world.merchant, platform="taobao", feed="shop", external_id=str(uuid.uuid4()), status="paid",
            paid_fen=fen, refunded_fen=0, shipping_fen=0, paid_at=at(day), person_key=key(person), received_at=at(day),
        )
        for person, day, fen in sales
    )  # fmt: skip
    OrderLine.objects.bulk_create(
        OrderLine(
            merchant=world.merchant, order=order, external_id=f"{order.external_id}-1", item_id="item", spu=spu,
            quantity=1, paid_fen=order.paid_fen, refunded_fen=0, net_fen=order.paid_fen, platform="taobao",
            paid_at=order.paid_at, person_key=order.person_key, bucket=0,
        )
        for order in orders
    )  # fmt: skip


def people(count: int) -> list[str]:
    return [f"p{number}" for number in range(count)]


def looked(row: Experiment, now: datetime) -> Experiment:
    readouts.look(row.merchant, row.pk, now=now)
    row.refresh_from_db()
    return row


def acts(row: Experiment) -> list[str]:
    rows = AuditEvent.objects.for_merchant(row.merchant).filter(object_kind="experiment").order_by("id")
    return [act.removeprefix("measurement.experiment.") for act in rows.values_list("act", flat=True)]


def run(world: World, row: Experiment, *, lift_fen: int = 6_000) -> Experiment:
    """Registers, lets everybody buy during the test (the treated for more), and lets it end."""
    row = experiments.register(world.merchant, row, by=BY, now=NOW)
    arms = dict(reading.participants(world.merchant, row))
    chance = np.random.default_rng(4)
    buy(
        world,
        [
            (p, "2026-11-08", int(chance.integers(5_000, 15_000)) + lift_fen * arms[str(key(p))])
            for p in people(400)
        ],
    )
    return row
