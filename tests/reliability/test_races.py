"""Two transactions that overlap: what one changes while the other takes in rows is not missed for ever.

The rows are written first and committed last; in between somebody says what they mean.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, connections

from measurement import intake_kinds  # noqa: F401 - registers the kinds
from measurement.models import Channel, DirtyMark, Note, OrderLine
from measurement.operations import expand, identities, recompute, rules, touches
from measurement.operations.identities import LinkRow
from measurement.queries import ledger
from merchants import tenancy
from merchants.intake import kinds
from merchants.intake.tables import Row
from merchants.intake.validate import Good, Validator
from merchants.models import Merchant
from tests.reliability import facts
from tests.reliability.conftest import until
from tests.worlds import World, deliver, trade

pytestmark = [pytest.mark.xdist_group("reliability"), pytest.mark.usefixtures("committed")]


@pytest.fixture
def world() -> World:
    made = World.plant("late")
    facts.settle(made.merchant)  # the mappings of its items
    return made


@contextmanager
def uncommitted(merchant: Merchant, call: facts.Call) -> Iterator[None]:
    """Another connection has carried out ``call`` and commits at the end of the block."""
    written, commit = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with tenancy.acting_for(merchant):
                call()
                written.set()
                assert commit.wait(30)
        finally:
            written.set()
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        holding = threads.submit(hold)
        assert written.wait(30)
        try:
            yield
        finally:
            commit.set()
            holding.result()


def meanwhile(threads: ThreadPoolExecutor, *calls: facts.Call) -> Future[None]:
    """Carries out the calls on a connection of their own, until they are done or wait for a lock."""

    def carry_out() -> None:
        try:
            for call in calls:
                call()
        finally:
            connections.close_all()

    running = threads.submit(carry_out)
    until(lambda: running.done() or somebody_waits())
    return running


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def only_line(merchant: Merchant) -> OrderLine:
    with tenancy.acting_for(merchant):
        return OrderLine.objects.get()


def test_an_item_mapped_while_its_first_order_comes_in(world: World) -> None:
    merchant, spu = world.merchant, world.spus[0]
    with ThreadPoolExecutor(1) as threads:
        with uncommitted(merchant, lambda: deliver(merchant, trade("1", [("new item", 900)]))):
            mapping = meanwhile(
                threads,
                lambda: rules.map_item(
                    merchant, platform="taobao", item_id="new item", spu=spu, by="system:test"
                ),
                lambda: facts.settle(merchant),
            )
        mapping.result()
    facts.settle(merchant)
    assert only_line(merchant).spu_id == spu.pk


def test_a_code_given_its_meaning_while_an_order_that_carries_it_comes_in(world: World) -> None:
    merchant = world.merchant
    with tenancy.acting_for(merchant):
        channel = Channel.objects.create(
            merchant=merchant, key="live|1", kind="live", note=Note.objects.all()[0]
        )
    with ThreadPoolExecutor(1) as threads:
        with uncommitted(merchant, lambda: hand_in_with_coupon(merchant)):
            meaning = meanwhile(
                threads,
                lambda: rules.map_code(
                    merchant,
                    kind="coupon",
                    namespace="store",
                    code="SPRING",
                    channel=channel,
                    by="system:test",
                ),
                lambda: facts.settle(merchant),
            )
        meaning.result()
    facts.settle(merchant)
    assert only_line(merchant).declared_channel_id == channel.pk
    assert facts.told(merchant)[0].split("\t")[5] == "B"


def hand_in_with_coupon(merchant: Merchant) -> None:
    """An order with a coupon, as it is handed in."""
    kind = kinds.get("orders")
    row = {
        "order_id": "1", "platform": "store", "paid_at": "2026-02-20 12:00:00", "paid_amount": "9.00",
        "item_id": "700", "coupon": "SPRING",
    }  # fmt: skip
    checked = Validator(kind, kind.prepare(merchant), strict=True).check_row(Row(1, row))
    assert isinstance(checked, Good), checked
    kind.write(merchant, [checked.row], delivery=None, by="system:test")


def test_a_note_given_its_product_while_the_first_touch_by_it_comes_in(world: World) -> None:
    merchant, spu = world.merchant, world.spus[0]
    with tenancy.acting_for(merchant):
        note = Note.objects.create(merchant=merchant, external_id="unclear", title="unclear")
    deliver(merchant, trade("1", [("700", 900)], buyer="ann"))
    facts.settle(merchant)
    seen = world.touch("1", "ann", facts.DAY)
    row = touches.TouchRow("1", seen.person_key, seen.kind, seen.occurred_at, note_id="unclear")
    with ThreadPoolExecutor(1) as threads:
        with uncommitted(merchant, lambda: touches.put(merchant, [row], source="f", by="system:test")):
            saying = meanwhile(
                threads,
                lambda: rules.set_note_spu(merchant, note=note, spu=spu, by="system:test"),
                lambda: facts.settle(merchant),
            )
        saying.result()
    facts.settle(merchant)
    assert facts.told(merchant)[0].split("\t")[5] == "A"
    assert ledger.breaches(merchant) == []


@pytest.mark.parametrize("first", ["order", "touch", "link"])
def test_an_order_its_touch_and_the_link_between_them_in_overlapping_transactions(
    world: World, first: str
) -> None:
    """The one that began first commits last, after all others were computed."""
    merchant = world.merchant
    row = world.touch("1", "ann", facts.DAY, namespace="xhs")
    link = LinkRow(world.key("ann"), world.key("ann", "xhs"), "member id")
    happen: dict[str, facts.Call] = {
        "order": lambda: deliver(merchant, trade("1", [("700", 900)], buyer="ann")),
        "touch": lambda: touches.put(merchant, [row], source="f", by="system:test"),
        "link": lambda: identities.link(merchant, [link], source="crm", by="system:test"),
    }
    with uncommitted(merchant, happen.pop(first)):
        for call in happen.values():
            call()
        facts.settle(merchant)
    facts.settle(merchant)
    assert [line.split("\t")[5] for line in facts.told(merchant)] == ["A"]
    assert ledger.breaches(merchant) == []


def test_a_mark_that_comes_while_its_line_is_computed_is_kept(world: World) -> None:
    merchant = world.merchant
    deliver(merchant, trade("1", [("700", 900)], buyer="ann"))
    row = world.touch("1", "ann", facts.DAY)
    with uncommitted(merchant, lambda: recompute.compute(merchant)):  # has read that there is no touch
        touches.put(merchant, [row], source="f", by="system:test")
        assert expand.pending(merchant) == 1
        assert recompute.compute(merchant) is None  # the bucket is taken
        with tenancy.acting_for(merchant):
            assert DirtyMark.objects.filter(cause="touches").count() == 1
    facts.settle(merchant)
    assert [line.split("\t")[5] for line in facts.told(merchant)] == ["A"]
