"""A delivery that fails in a way nobody foresaw is tried a few times, set aside, and read once it can be."""

from __future__ import annotations

import contextlib

import pytest

from measurement import tasks
from measurement.operations import deliveries, orders
from measurement.queries import work
from merchants import tenancy
from merchants.models import RawDelivery
from tests.reliability import facts
from tests.worlds import World

pytestmark = [pytest.mark.xdist_group("reliability"), pytest.mark.usefixtures("committed")]


class WorkerLost(BaseException):
    """No code of ours sees the end of its own process."""


def row_of(delivery: RawDelivery) -> RawDelivery:
    with tenancy.acting_for(delivery.merchant):
        return RawDelivery.objects.get(pk=delivery.pk)


@pytest.mark.parametrize(
    ("wrong", "said"), [(ZeroDivisionError, "ZeroDivisionError"), (WorkerLost, "worker lost")]
)
def test_a_delivery_that_nobody_can_read_is_given_up_and_can_be_read_later(
    monkeypatch: pytest.MonkeyPatch, wrong: type[BaseException], said: str
) -> None:
    world = World.plant("poisoned")
    bad, good = (facts.receive(world, exchange) for exchange in facts.exchanges(2)[:2])
    put_pieces = orders.put_pieces

    def fail(merchant, pieces, *, delivery, **more):
        if delivery.pk == bad.pk:
            raise wrong
        return put_pieces(merchant, pieces, delivery=delivery, **more)

    monkeypatch.setattr(orders, "put_pieces", fail)
    begun = 0
    while waiting := work.deliveries_to_apply():
        for merchant_id, delivery_id in waiting:
            begun += delivery_id == bad.pk
            with contextlib.suppress(wrong):
                tasks.apply_delivery(merchant_id=merchant_id, delivery_id=delivery_id)
    assert begun == deliveries.ATTEMPTS + 1  # the last one sets it aside
    assert (row_of(bad).state, row_of(bad).error) == ("failed", said)
    assert row_of(good).state == "applied"  # and was not kept waiting

    monkeypatch.setattr(orders, "put_pieces", put_pieces)
    deliveries.again(world.merchant, row_of(bad), by="user:1")
    facts.settle(world.merchant)
    assert (row_of(bad).state, row_of(bad).attempts, row_of(bad).error) == ("applied", 1, "")
