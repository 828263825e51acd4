"""Credit from order lines and touches: exact, and the same in whatever order things arrive."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measurement.attribution.credit import credit
from measurement.attribution.decay import weights
from measurement.attribution.journeys import journey
from measurement.attribution.touches import Order, Touch
from measurement.choices import Model
from measurement.models import Credit, OrderLine, Posting, Presence, Rollup, Run
from measurement.models import Order as OrderRow
from measurement.operations import identities, recompute, rules, touches
from measurement.operations.identities import LinkRow
from measurement.operations.touches import TouchRow
from measurement.queries import ledger
from merchants import tenancy
from tests.worlds import BASE, World, deliver, refund, trade

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def shares(world: World, line: str, model: Model = Model.LINEAR) -> list[tuple[str, int, int]]:
    """(grade, position, fen) of a line under a model."""
    with tenancy.acting_for(world.merchant):
        rows = Credit.objects.filter(line__external_id=line).order_by("position")
        return list(rows.values_list("grade", "position", f"fen_{model}"))


def test_an_order_is_shared_among_the_touches_of_its_person_and_product_inside_the_window() -> None:
    world = World.plant()
    touches.put(
        world.merchant,
        [
            world.touch("1", "ann", 29 * DAY),  # the window is inclusive at its far end
            world.touch("2", "ann", timedelta(0)),  # and at the order itself
            world.touch("3", "ann", 29 * DAY + timedelta(microseconds=1)),  # too early
            world.touch("4", "ann", DAY, spu=1),  # another product
            world.touch("5", "bob", DAY),  # somebody else
            world.touch("6", "ann", -timedelta(seconds=1)),  # after the order
            world.touch("7", "ann", 3 * DAY),
        ],
        source="feed",
        by="system:test",
    )
    deliver(world.merchant, trade("1", [("700", 10_000)], buyer="ann"))

    assert recompute.drain(world.merchant) == recompute.Outcome(lines=1, changed=1)

    assert shares(world, "10") == [("A", 1, 3334), ("A", 2, 3333), ("A", 3, 3333)]
    assert shares(world, "10", Model.FIRST) == [("A", 1, 10_000), ("A", 2, 0), ("A", 3, 0)]
    assert shares(world, "10", Model.LAST) == [("A", 1, 0), ("A", 2, 0), ("A", 3, 10_000)]
    assert shares(world, "10", Model.POSITION) == [("A", 1, 4000), ("A", 2, 2000), ("A", 3, 4000)]


def test_an_order_nobody_can_join_stands_as_unjoined() -> None:
    world = World.plant()
    deliver(world.merchant, trade("1", [("700", 10_000)]))
    recompute.drain(world.merchant)
    assert shares(world, "10") == [("U", 0, 10_000)]


def test_a_refund_lowers_the_credit_and_every_change_is_posted() -> None:
    world = World.plant()
    tenancy.enter(world.merchant)
    touches.put(
        world.merchant, [world.touch(str(n), "ann", n * DAY) for n in (1, 2, 3)], source="f", by="system:t"
    )
    deliver(world.merchant, trade("1", [("700", 100)], buyer="ann"))
    recompute.drain(world.merchant)
    for n in range(100):  # refunds of one fen each: split on its own, each would leave the shares uneven
        deliver(world.merchant, refund(f"r{n}", "1", "10", 1, at=BASE + DAY))
        recompute.drain(world.merchant)
        assert sum(fen for _, _, fen in shares(world, "10")) == 99 - n
    assert shares(world, "10") == [("A", 1, 0), ("A", 2, 0), ("A", 3, 0)]
    with tenancy.acting_for(world.merchant):
        assert sum(Posting.objects.values_list("fen_linear", flat=True)) == 0
        assert Posting.objects.count() > 100
    assert ledger.breaches(world.merchant) == []


def test_a_late_touch_is_credited_and_a_corrected_one_gives_way() -> None:
    world = World.plant()
    deliver(world.merchant, trade("1", [("700", 900)], buyer="ann"))
    touches.put(world.merchant, [world.touch("1", "ann", DAY)], source="f", by="system:t")
    recompute.drain(world.merchant)
    assert shares(world, "10") == [("A", 1, 900)]
    late = touches.put(world.merchant, [world.touch("2", "ann", 2 * DAY)], source="f", by="system:t")
    recompute.drain(world.merchant)
    assert (late.added, shares(world, "10")) == (1, [("A", 1, 450), ("A", 2, 450)])
    moved = touches.put(
        world.merchant, [world.touch("2", "ann", 40 * DAY, modified_at=BASE)], source="f", by="system:t"
    )
    recompute.drain(world.merchant)
    assert (moved.retracted, shares(world, "10")) == (1, [("A", 1, 900)])


def test_joined_identities_share_a_journey_until_they_part() -> None:
    world = World.plant()
    touches.put(
        world.merchant, [world.touch("1", "u-1", DAY, namespace="xiaohongshu_ark")], source="f", by="system:t"
    )
    deliver(world.merchant, trade("1", [("700", 900)], buyer="ann"))
    recompute.drain(world.merchant)
    assert shares(world, "10") == [("U", 0, 900)]
    row = LinkRow(world.key("ann"), world.key("u-1", "xiaohongshu_ark"), "member id")
    identities.link(world.merchant, [row, row], source="crm", by="system:t")
    recompute.drain(world.merchant)
    assert shares(world, "10") == [("A", 1, 900)]
    identities.part(world.merchant, [row], by="system:t")
    recompute.drain(world.merchant)
    assert shares(world, "10") == [("U", 0, 900)]


def test_one_person_behind_two_orders_is_one_though_no_credit_moves() -> None:
    world = World.plant()
    ann, bea = sorted([world.key("ann"), world.key("bea")])
    deliver(world.merchant, trade("1", [("700", 900)], buyer="ann"), trade("2", [("700", 900)], buyer="bea"))
    recompute.drain(world.merchant)
    row = LinkRow(ann, bea, "member id")
    identities.link(world.merchant, [row], source="crm", by="system:t")
    assert recompute.drain(world.merchant) == recompute.Outcome(lines=2, changed=0)
    with tenancy.acting_for(world.merchant):
        assert set(Presence.objects.values_list("person", flat=True)) == {ann}


def test_another_cycle_another_mapping_and_another_rule_credit_anew() -> None:
    world = World.plant()
    merchant = world.merchant
    touches.put(
        merchant,
        [world.touch("1", "ann", 40 * DAY), world.touch("2", "ann", DAY, spu=1)],
        source="f",
        by="system:t",
    )
    deliver(merchant, trade("1", [("700", 900)], buyer="ann"))
    recompute.drain(merchant)
    assert shares(world, "10") == [("U", 0, 900)]
    rules.set_cycle(merchant, category=world.spus[0].category, days=40, source="tried out", by="user:1")
    recompute.drain(merchant)
    assert shares(world, "10") == [("A", 1, 900)]
    rules.set_rule(merchant, match_product=False, half_life_hours=168, by="user:1")
    recompute.drain(merchant)
    assert shares(world, "10") == [("A", 1, 450), ("A", 2, 450)]
    rules.set_rule(merchant, match_product=True, half_life_hours=168, by="user:1")
    rules.map_item(merchant, platform="taobao", item_id="700", spu=world.spus[1], by="user:1")
    recompute.drain(merchant)
    with tenancy.acting_for(merchant):
        assert OrderLine.objects.get().spu_id == world.spus[1].pk
    assert shares(world, "10") == [("A", 1, 900)]  # 70 days, and only the touch of that product
    assert ledger.breaches(merchant) == []


def test_a_rebuild_of_what_stands_writes_nothing() -> None:
    world = World.plant()
    touches.put(world.merchant, [world.touch("1", "ann", DAY)], source="f", by="system:t")
    deliver(world.merchant, trade("1", [("700", 900), ("701", 100)], buyer="ann", postage=1000))
    recompute.drain(world.merchant)
    rules.rebuild(world.merchant, by="user:1")
    assert recompute.drain(world.merchant) == recompute.Outcome(lines=2, changed=0)
    with tenancy.acting_for(world.merchant):
        assert OrderRow.objects.get().rest_fen == 1000
        assert Run.objects.order_by("-id").first().cause == "all"
        assert Posting.objects.count() == 2


def test_very_large_amounts_keep_every_fen() -> None:
    world = World.plant()
    touches.put(
        world.merchant, [world.touch(str(n), "ann", n * DAY) for n in range(7)], source="f", by="system:t"
    )
    deliver(world.merchant, trade("1", [("700", 10**12 + 1)], buyer="ann"))
    recompute.drain(world.merchant)
    for model in Model:
        assert sum(fen for _, _, fen in shares(world, "10", model)) == 10**12 + 1


# -- whole small worlds

_buyers = st.sampled_from(["ann", "bob", "cy"])
_touch = st.tuples(
    st.integers(1, 12),
    _buyers,
    st.integers(0, 75 * 24),
    st.integers(0, 1),
    st.sampled_from(["taobao", "xhs"]),
)
_order = st.tuples(
    st.sampled_from(["", "ann", "bob", "cy"]),
    st.integers(-48, 24 * 40),
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 99_999)), min_size=1, max_size=3),
    st.integers(0, 40),
)


@st.composite
def small_worlds(draw: Any) -> dict[str, Any]:
    orders = draw(st.lists(_order, min_size=1, max_size=5))
    return {
        "touches": draw(st.lists(_touch, max_size=12)),
        "orders": orders,
        "links": draw(st.lists(_buyers, max_size=2)),
        "seed": draw(st.integers(0, 2**32)),
    }


def facts_of(world: World, drawn: dict[str, Any]) -> list[Any]:
    """Everything that arrives: touches, exchanges with the platform, links between identities."""
    facts: list[Any] = []
    for n, (touch_id, buyer, hours, spu, space) in enumerate(drawn["touches"]):
        stated_at = BASE + timedelta(seconds=n % 3)  # the same touch again: a correction, or a contradiction
        before = timedelta(hours=hours)
        facts.append(
            world.touch(str(touch_id), buyer, before, spu=spu, namespace=space, modified_at=stated_at)
        )
    for n, (buyer, hours, lines, percent) in enumerate(drawn["orders"]):
        tid, paid_at = f"9{n}", BASE - timedelta(hours=hours)
        items = [(f"70{spu}", fen) for spu, fen in lines]
        facts.append(trade(tid, items, buyer=buyer, paid_at=paid_at))
        facts.append(refund(f"r{tid}", tid, f"{tid}0", items[0][1] * percent // 40, at=paid_at + DAY))
    links = [LinkRow(world.key(buyer), world.key(buyer, "xhs"), "member id") for buyer in drawn["links"]]
    return facts + links


def take_in(world: World, facts: list[Any]) -> None:
    """One batch of each kind."""
    merchant = world.merchant
    if seen := [fact for fact in facts if isinstance(fact, TouchRow)]:
        touches.put(merchant, seen, source="f", by="system:t")
    if said := [fact for fact in facts if isinstance(fact, dict)]:
        deliver(merchant, *said)
    if same := [fact for fact in facts if isinstance(fact, LinkRow)]:
        identities.link(merchant, same, source="crm", by="system:t")


def told(world: World) -> list[str]:
    return list(ledger.canonical(world.merchant))


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside is undone: the same merchant, with the same person keys, starts again."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def reference(world: World) -> dict[tuple[str, int], tuple[int, ...]]:
    """The same world by the plain Python rule: (line, position) -> fen of the five models."""
    with tenancy.acting_for(world.merchant), connection.cursor() as cursor:
        cursor.execute("""SELECT t.id, coalesce(i.person, t.person_key), coalesce(t.spu_id, c.spu_id),
            t.channel_id, (extract(epoch FROM t.occurred_at) * 1000000)::bigint, t.tie
            FROM measurement_touch t
            JOIN measurement_channel c ON c.id = t.channel_id
            LEFT JOIN measurement_identity i ON i.person_key = t.person_key AND i.merchant_id = t.merchant_id
            WHERE NOT retracted""")
        found = cursor.fetchall()
        cursor.execute("""SELECT l.external_id, coalesce(i.person, l.person_key), l.spu_id,
            (extract(epoch FROM l.paid_at) * 1000000)::bigint, l.net_fen FROM measurement_orderline l
            LEFT JOIN measurement_identity i ON i.person_key = l.person_key AND i.merchant_id = l.merchant_id
            WHERE l.paid_at IS NOT NULL""")
        lines = cursor.fetchall()
    days = {world.spus[0].pk: 29, world.spus[1].pk: 70}  # by category, and each SPU here has its own
    # the source's ids are whole numbers, so the id that breaks ties is read back from the tie
    seen = [
        Touch(int(tie.split(" ")[1]), str(who), spu, channel, ts) for _, who, spu, channel, ts, tie in found
    ]
    expected: dict[tuple[str, int], tuple[int, ...]] = {}
    for name, who, spu, ts, net in lines:
        order = Order(name, str(who) if who else None, spu, spu, ts, net)
        for row in credit(journey(order, seen, days), weights()):
            fens = (row.c_first, row.c_last, row.c_linear, row.c_position, row.c_decay)
            expected[name, row.position or 0] = fens if row.n_touches else (net,) * 5
    return expected


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(small_worlds())
def test_the_ledger_equals_the_plain_rule_in_any_order_of_arrival(drawn: dict[str, Any]) -> None:
    with taken_back():
        world = World.plant()
        tenancy.enter(world.merchant)
        facts = facts_of(world, drawn)
        with taken_back():
            take_in(world, facts)
            recompute.drain(world.merchant)
            expected = told(world)
            assert ledger.breaches(world.merchant) == []
            assert credited(world) == reference(world)

        chance = random.Random(drawn["seed"])
        facts += chance.sample(facts, k=len(facts) // 2)  # repeats
        chance.shuffle(facts)
        while facts:
            size = chance.randint(1, 4)
            take_in(world, facts[:size])
            del facts[:size]
            if chance.random() < 0.3:
                recompute.drain(world.merchant, batch=chance.choice([1, 2, 50]))
        recompute.drain(world.merchant)
        assert told(world) == expected
        assert ledger.breaches(world.merchant) == []

        rules.rebuild(world.merchant, by="system:t")
        assert recompute.drain(world.merchant).changed == 0
        assert told(world) == expected
        with tenancy.acting_for(world.merchant):
            assert sum(Rollup.objects.values_list("fen_decay", flat=True)) == sum(
                OrderLine.objects.exclude(paid_at=None).values_list("net_fen", flat=True)
            )


def credited(world: World) -> dict[tuple[str, int], tuple[int, ...]]:
    fens = ("fen_first", "fen_last", "fen_linear", "fen_position", "fen_decay")
    with tenancy.acting_for(world.merchant):
        rows = Credit.objects.values_list("line__external_id", "position", *fens)
        return {(name, position): tuple(fens) for name, position, *fens in rows}
