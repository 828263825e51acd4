"""Orders in the ledger's books: pieces kept, lines and rest adding up, codes lent by affiliate rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from measurement.alliance import reader
from measurement.models import (
    Blogger,
    Channel,
    Credit,
    DirtyMark,
    Order,
    OrderKey,
    OrderLine,
    OrderPiece,
    RuleSetting,
    Spu,
)
from measurement.operations import deliveries, orders, recompute, rules
from measurement.operations.channels import ChannelRef, resolve
from measurement.queries import ledger
from merchants import tenancy
from merchants.models import AuditEvent, Connection, Merchant, RawDelivery
from tests.worlds import BASE, World, body, deliver, refund, shanghai, trade, yuan

pytestmark = pytest.mark.django_db


def jd_order(
    order_id: str, items: list[tuple[str, int]], *, freight: int = 0, parent: str = "0"
) -> dict[str, Any]:
    """One order as `jingdong.pop.order.get` answers it; items are (sku, fen)."""
    info = {
        "orderId": order_id,
        "parentOrderId": parent,
        "directParentOrderId": parent,
        "payType": "4-在线支付",
        "orderState": "WAIT_SELLER_STOCK_OUT",
        "orderTotalPrice": yuan(sum(fen for _, fen in items)),
        "freightPrice": yuan(freight),
        "actualPay": yuan(sum(fen for _, fen in items) + freight),
        "orderStartTime": shanghai(BASE),
        "paymentConfirmTime": shanghai(BASE),
        "modified": shanghai(BASE),
        "open_id_buyer": "jd-ann",
        "itemInfoList": [
            {"skuId": sku, "wareId": f"w{sku}", "skuName": sku, "jdPrice": yuan(fen), "itemTotal": "1"}
            for sku, fen in items
        ],
        "couponDetailList": [],
    }
    return {
        "request": {"method": "jingdong.pop.order.get"},
        "response": {"jingdong_pop_order_get_responce": {"code": "0", "orderDetailInfo": {
            "apiResult": {"success": True}, "orderInfo": info}}},
    }  # fmt: skip


def jd_refund(refund_id: int, order_id: str, fen: int) -> dict[str, Any]:
    row = {"id": refund_id, "orderId": order_id, "applyRefundSum": fen, "status": 3,
           "applyTime": shanghai(BASE), "checkTime": shanghai(BASE + timedelta(days=1))}  # fmt: skip
    return {
        "request": {"method": "jingdong.pop.afs.soa.refundapply.queryPageList"},
        "response": {"jingdong_pop_afs_soa_refundapply_queryPageList_responce": {
            "code": "0", "queryResult": {"success": True, "totalCount": 1, "result": [row]}}},
    }  # fmt: skip


def jd_union_row(order_id: str, sub_union_id: str) -> dict[str, Any]:
    row = {"id": f"{order_id}_1", "orderId": int(order_id), "parentId": 0, "orderTime": shanghai(BASE),
           "modifyTime": shanghai(BASE), "skuId": 1, "skuName": "x", "skuNum": 1, "skuReturnNum": 0, "price": 90.0,
           "estimateCosPrice": 90.0, "estimateFee": 8.1, "validCode": 16, "positionId": 0,
           "subUnionId": sub_union_id}  # fmt: skip
    text = json.dumps({"code": 200, "message": "success", "hasMore": False, "data": [row]})
    return {
        "request": {"method": "jd.union.open.order.row.query"},
        "response": {"jd_union_open_order_row_query_responce": {"code": "0", "queryResult": text}},
    }


def put_jd(merchant: Merchant, *exchanges: dict[str, Any]) -> orders.Receipt:
    pieces = [piece for exchange in exchanges for piece in reader("jd").read(exchange).pieces]
    return orders.put_pieces(merchant, pieces, by="system:test")


def test_a_refund_that_names_no_line_is_laid_on_the_lines_by_what_was_paid() -> None:
    world = World.plant()
    put_jd(
        world.merchant,
        jd_order("801", [("1", 10_000), ("2", 5_000)], freight=600),
        jd_refund(1, "801", 1_001),
    )
    with tenancy.acting_for(world.merchant):
        lines = OrderLine.objects.order_by("external_id").values_list(
            "refunded_fen", "net_fen", "refund_assumed"
        )
        assert list(lines) == [(667, 9_333, True), (334, 4_666, True)]
        assert Order.objects.values_list("refunded_fen", "rest_fen").get() == (1_001, 600)


def test_a_refund_of_everything_leaves_nothing_on_the_lines_nor_on_the_postage() -> None:
    world = World.plant()
    put_jd(
        world.merchant,
        jd_refund(1, "801", 15_600),
        jd_order("801", [("1", 10_000), ("2", 5_000)], freight=600),
    )
    recompute.drain(world.merchant)
    with tenancy.acting_for(world.merchant):
        assert set(OrderLine.objects.values_list("net_fen", flat=True)) == {0}
        assert Order.objects.values_list("status", "rest_fen").get() == ("refunded", 0)
        assert list(Credit.objects.values_list("grade", "fen_linear")) == [("U", 0), ("U", 0)]
    assert ledger.breaches(world.merchant) == []


@pytest.mark.parametrize("arrival", list(permutations(range(3))))
def test_a_split_order_counts_once_whatever_comes_first(arrival: tuple[int, ...]) -> None:
    world = World.plant()
    told = [
        jd_order("900", [("1", 10_000), ("2", 5_000)]),
        jd_order("901", [("1", 10_000)], parent="900"),
        jd_order("902", [("2", 5_000)], parent="900"),
    ]
    for n in arrival:
        put_jd(world.merchant, told[n])
        recompute.drain(world.merchant)
    with tenancy.acting_for(world.merchant):
        standing = Order.objects.filter(superseded=False).order_by("external_id")
        assert list(standing.values_list("external_id", "paid_fen")) == [("901", 10_000), ("902", 5_000)]
        assert sum(Credit.objects.values_list("fen_first", flat=True)) == 15_000
    assert ledger.breaches(world.merchant) == []


@pytest.mark.parametrize("affiliate_first", [True, False])
def test_an_affiliate_row_lends_its_code_and_is_never_a_second_order(affiliate_first: bool) -> None:
    world = World.plant()
    told = [jd_order("801", [("1", 10_000)]), jd_union_row("801", "note-7")]
    for exchange in reversed(told) if affiliate_first else told:
        put_jd(world.merchant, exchange)
    recompute.drain(world.merchant)
    with tenancy.acting_for(world.merchant):
        assert OrderLine.objects.count() == 1
        assert list(Credit.objects.values_list("grade", "fen_first")) == [("U", 10_000)]
        channel = resolve(world.merchant, [ref := ChannelRef(kind="declared", note_id="n0")])[ref]
    rules.map_code(
        world.merchant, kind="sub_union_id", namespace="jd", code="note-7",
        channel=Channel(pk=channel, merchant=world.merchant, key=ref.key), by="user:1",
    )  # fmt: skip
    recompute.drain(world.merchant)
    with tenancy.acting_for(world.merchant):
        row = Credit.objects.get()
        assert (row.grade, row.channel_id, row.fen_first, row.touch_id) == ("B", channel, 10_000, None)
        assert row.line.declared_reason == "sub_union_id:note-7"
        assert Order.objects.filter(feed="affiliate").get().rest_fen == 0
    assert ledger.breaches(world.merchant) == []


def test_a_buyer_is_stored_as_a_key_and_nowhere_in_the_clear() -> None:
    world = World.plant()
    deliver(world.merchant, trade("1", [("700", 900)], buyer="open-uid-of-ann"))
    with tenancy.acting_for(world.merchant):
        assert Order.objects.get().person_key == world.key("open-uid-of-ann")
        told = json.dumps(list(OrderPiece.objects.values_list("body", flat=True)))
        assert world.key("open-uid-of-ann").hex in told
        assert "open-uid-of-ann" not in told
        assert not OrderKey.objects.filter(value__contains="open-uid").exists()


def test_the_same_page_twice_changes_nothing_and_marks_nothing() -> None:
    world = World.plant()
    first = deliver(world.merchant, trade("1", [("700", 900)], buyer="ann"))
    recompute.drain(world.merchant)
    again = deliver(world.merchant, trade("1", [("700", 900)], buyer="ann"))
    assert (first.orders, again.orders, again.repeated, again.lines) == (1, 0, 1, 0)
    with tenancy.acting_for(world.merchant):
        assert not DirtyMark.objects.exists()


def test_an_older_page_never_overwrites_a_newer_one() -> None:
    world = World.plant()
    hour = timedelta(hours=1)
    deliver(world.merchant, trade("1", [("700", 900)], buyer="ann", modified_at=BASE + hour))
    deliver(world.merchant, trade("1", [("700", 700)], buyer="ann", modified_at=BASE))
    with tenancy.acting_for(world.merchant):
        assert OrderLine.objects.get().paid_fen == 900


def test_an_unpaid_order_takes_credit_only_once_it_is_paid_and_none_once_it_is_cancelled() -> None:
    world = World.plant()
    hour = timedelta(hours=1)
    for n, (status, expected) in enumerate(
        [("WAIT_BUYER_PAY", 0), ("WAIT_SELLER_SEND_GOODS", 1), ("TRADE_CLOSED_BY_TAOBAO", 0)]
    ):
        deliver(world.merchant, trade("1", [("700", 900)], status=status, modified_at=BASE + n * hour))
        recompute.drain(world.merchant)
        with tenancy.acting_for(world.merchant):
            assert Credit.objects.count() == expected
    assert ledger.breaches(world.merchant) == []


def test_a_delivery_is_stored_whole_and_encrypted_before_it_is_read() -> None:
    world = World.plant()
    told = body(trade("1", [("700", 900)], buyer="ann"))
    row = deliveries.receive(world.connection(), body=told, received_at=datetime.now(UTC), by="system:test")
    with tenancy.acting_for(world.merchant):
        assert b"buyer_open_uid" not in bytes(RawDelivery.objects.get().body)
    receipt = deliveries.apply(world.merchant, row.pk)
    assert receipt is not None
    assert receipt.orders == 1
    again = deliveries.apply(world.merchant, row.pk)
    assert again is not None
    assert (again.orders, again.repeated) == (0, 1)
    with tenancy.acting_for(world.merchant):
        assert RawDelivery.objects.get().state == "applied"
        assert Connection.objects.get().last_received_at == row.received_at


def test_a_refused_call_is_stated_on_its_delivery_and_changes_nothing() -> None:
    world = World.plant()
    refusal = {"response": {"error_response": {"code": 27, "msg": "Invalid session"}}}
    row = deliveries.receive(
        world.connection(), body=body(refusal), received_at=datetime.now(UTC), by="system:test"
    )
    garbage = deliveries.receive(
        world.connection(), body=b"<html>", received_at=datetime.now(UTC), by="system:test"
    )
    assert deliveries.apply(world.merchant, row.pk) is None
    assert deliveries.apply(world.merchant, garbage.pk) is None
    with tenancy.acting_for(world.merchant):
        states = RawDelivery.objects.order_by("pk").values_list("state", flat=True)
        assert list(states) == ["refused", "refused"]
        assert "auth 27" in RawDelivery.objects.get(pk=row.pk).error
        assert not Order.objects.exists()


def test_a_merchant_sets_its_own_cycle_and_the_trail_says_who() -> None:
    world = World.plant()
    category = world.spus[0].category
    with pytest.raises(ValueError, match="1 to 730"):
        rules.set_cycle(world.merchant, category=category, days=731, source="a guess", by="user:1")
    rules.set_cycle(world.merchant, category=category, days=45, source="our own data", by="user:1")
    with pytest.raises(ValueError, match="1 hour to 1 year"):
        rules.set_rule(world.merchant, match_product=True, half_life_hours=0, by="user:1")
    with tenancy.acting_for(world.merchant):
        event = AuditEvent.objects.get(act="measurement.cycle.set")
        assert (event.actor, event.data) == (
            "user:1",
            {"category": "facial-essence", "before": 29, "after": 45},
        )
        assert not RuleSetting.objects.exists()


def test_channels_are_known_by_what_they_name_and_made_once() -> None:
    world = World.plant()
    refs = [ChannelRef(kind="read", note_id="n0"), ChannelRef(kind="read", note_id="new", blogger_id="b|1")]
    with tenancy.acting_for(world.merchant):
        first = resolve(world.merchant, refs)
        assert resolve(world.merchant, refs) == first
        known = Channel.objects.get(pk=first[refs[0]])
        new = Channel.objects.get(pk=first[refs[1]])
        assert known.spu == Spu.objects.get(code="S0")
        assert (new.note.external_id, new.spu, new.blogger) == (
            "new",
            None,
            Blogger.objects.get(external_id="b|1"),
        )


def test_a_taobao_refund_may_come_before_its_order() -> None:
    world = World.plant()
    early = deliver(world.merchant, refund("r1", "1", "10", 300))
    assert (early.orders, early.pieces) == (0, 1)
    deliver(world.merchant, trade("1", [("700", 900)], buyer="ann"))
    with tenancy.acting_for(world.merchant):
        assert OrderLine.objects.values_list("net_fen", "refund_assumed").get() == (600, False)
