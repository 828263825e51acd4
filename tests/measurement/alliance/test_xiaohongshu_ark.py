from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.alliance import xiaohongshu_ark as ark
from measurement.alliance.facts import JoinKey, JoinKind
from measurement.alliance.orders import assemble
from tests.measurement.alliance.ark_wire import (
    LATER_MS,
    ORDER_ID,
    PAID_MS,
    RETURNS_ID,
    answered,
    applied,
    delivery,
    money,
    of_lines,
    only_order,
    pushed,
    read,
    row,
    rows,
    sale,
    sale_rows,
    sales,
    sku,
    whole,
)


def test_a_detail_tells_the_whole_order() -> None:
    assert only_order(rows(row()), answered(whole())) == {
        "platform": "xiaohongshu_ark",
        "order_id": ORDER_ID,
        "status": "paid",
        "paid_amount_fen": 21790,
        "refunded_amount_fen": 0,
        "shipping_fen": 1000,
        "paid_at": "2026-03-01T02:01:30Z",
        "modified_at": "2026-03-01T02:01:30Z",
        "lines": [
            {
                "line_id": f"{ORDER_ID}:s1:0",
                "sku_id": "s1",
                "product_id": "i1",
                "quantity": 2,
                "paid_amount_fen": 15800,
                "refunded_amount_fen": 0,
            },
            {
                "line_id": f"{ORDER_ID}:s2:0",
                "sku_id": "s2",
                "product_id": "i2",
                "quantity": 1,
                "paid_amount_fen": 4990,
                "refunded_amount_fen": 0,
            },
        ],
    }
    assert only_order(answered(whole())) == only_order(rows(row()), answered(whole()))


def test_a_row_without_its_detail_is_no_order_because_it_has_no_money() -> None:
    for status in (1, 4, 9):
        assert read(rows(row(orderStatus=status)))["orders"] == []


@pytest.mark.parametrize("code", [2, 3, 4, 5, 6, 7, 10, "4"])
def test_states_after_payment_are_paid(code: Any) -> None:
    assert money(only_order(answered(whole(orderStatus=code)))) == ("paid", 21790, 0, 1000)


@pytest.mark.parametrize("deposit", [{}, {"orderType": 2, "totalDepositAmount": 5000, "paidTime": PAID_MS}])
def test_a_placed_order_is_unpaid_also_with_its_deposit_in(deposit: dict[str, Any]) -> None:
    order = only_order(answered(whole(**{"orderStatus": 1, "paidTime": 0, **deposit})))
    assert money(order) == ("unpaid", 0, 0, 0)
    assert of_lines(order) == [(0, 0), (0, 0)]
    assert order["paid_at"] is None


def test_an_order_cancelled_without_payment_counts_nothing() -> None:
    order = only_order(answered(whole(orderStatus=9, paidTime=0)))
    assert money(order) == ("cancelled", 0, 0, 0)
    assert order["paid_at"] is None


@pytest.mark.parametrize("missing", [0, None, "0", ""])
def test_an_order_cancelled_after_payment_goes_by_its_refunds(missing: Any) -> None:
    cancelled = answered(whole(orderStatus=9))
    assert money(only_order(cancelled)) == ("paid", 21790, 0, 1000)
    assert money(only_order(cancelled, sales(sale()))) == ("refunded_partially", 21790, 4990, 1000)
    everything = sale(applied("s1", 158, 2), applied(), refundAmountYuan=207.9)
    assert money(only_order(cancelled, sales(everything))) == ("refunded", 21790, 20790, 1000)
    # the pay time may stand in the list only
    pages = rows(row(orderStatus=9)), answered(whole(orderStatus=9, paidTime=missing))
    assert money(only_order(*pages)) == ("paid", 21790, 0, 1000)


def test_an_order_closed_by_after_sale_has_given_everything_back() -> None:
    closed = answered(whole(orderStatus=8))
    unread = only_order(closed)
    assert money(unread) == ("refunded", 21790, 21790, 1000)
    assert of_lines(unread) == [(15800, 15800), (4990, 4990)]
    one_unread = only_order(closed, sales(sale()))
    assert money(one_unread) == ("refunded", 21790, 20790, 1000)
    assert of_lines(one_unread) == [(15800, 15800), (4990, 4990)]
    nameless = only_order(closed, sales(sale(refundAmountYuan=217.9, skus=[])))
    assert money(nameless) == ("refunded", 21790, 21790, 1000)


def test_the_later_of_row_and_detail_tells_the_state() -> None:
    detail = answered(whole(updateTime=PAID_MS, orderStatus=4))
    later = rows(row(updateTime=LATER_MS, orderStatus=9, paidTime=0))
    for pages in ((detail, later), (later, detail)):
        order = only_order(*pages)
        assert money(order) == ("paid", 21790, 0, 1000)  # paid, as the detail knew: look at the refunds
        assert order["modified_at"] == "2026-03-01T03:01:30Z"
    earlier = rows(row(updateTime=PAID_MS - 1000, orderStatus=1, paidTime=0))
    assert money(only_order(detail, earlier))[0] == "paid"


def test_of_two_states_of_one_instant_the_later_state_stands() -> None:
    unpaid = answered(whole(orderStatus=1, paidTime=0))
    for pages in ((unpaid, answered(whole())), (answered(whole()), unpaid)):
        assert money(only_order(*pages))[0] == "paid"


def test_goods_sent_again_in_exchange_are_no_revenue() -> None:
    order = only_order(rows(row(orderType=5)), answered(whole(orderType=5)))
    assert money(order) == ("paid", 0, 0, 0)
    assert of_lines(order) == [(0, 0), (0, 0)]
    assert money(only_order(answered(whole(orderType="5", orderStatus=9)))) == ("cancelled", 0, 0, 0)


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
def test_a_paid_presale_counts_like_any_order(kind: int) -> None:
    detail = answered(whole(orderType=kind, totalDepositAmount=5000))
    assert money(only_order(detail)) == ("paid", 21790, 0, 1000)


def test_a_gift_is_a_line_of_nothing() -> None:
    detail = whole(sku(), sku("g1", 0, 1, skuTag=1), totalPayAmount=16800)
    order = only_order(answered(detail))
    assert of_lines(order) == [(15800, 0), (0, 0)]
    (fact,) = assemble(ark.read(answered(detail)).pieces)
    assert [line.is_gift for line in fact.lines] == [False, True]


def test_one_sku_on_two_lines_is_numbered_in_feed_order() -> None:
    lines = sku("s1", 666, 2), sku("s1", 334, 1)
    order = only_order(answered(whole(*lines, totalPayAmount=1000, totalShippingFree=0)))
    assert [line["line_id"] for line in order["lines"]] == [f"{ORDER_ID}:s1:0", f"{ORDER_ID}:s1:1"]
    assert of_lines(order) == [(666, 0), (334, 0)]


@pytest.mark.parametrize(
    ("yuan", "lines"),
    [(3.34, [0, 334]), (6.66, [666, 0]), (10, [666, 334]), (3.33, [333, 0]), (7.0, [666, 34])],
)
def test_a_refund_of_a_sku_on_two_lines_is_the_line_it_fits_else_fills_them(
    yuan: float, lines: list[int]
) -> None:
    detail = whole(sku("s1", 666, 2), sku("s1", 334, 1), totalPayAmount=1000, totalShippingFree=0)
    refund = sale(applied("s1", yuan), refundAmountYuan=yuan)
    assert [back for _, back in of_lines(only_order(answered(detail), sales(refund)))] == lines


def test_a_refund_names_its_line_and_may_come_before_the_order() -> None:
    for pages in ((answered(whole()), sales(sale())), (sales(sale()), answered(whole()))):
        order = only_order(*pages)
        assert money(order) == ("refunded_partially", 21790, 4990, 1000)
        assert of_lines(order) == [(15800, 0), (4990, 4990)]
    assert read(sales(sale()))["orders"] == []


@pytest.mark.parametrize("status", [108, 1, 3, 101, 201, 301, 302, 401, 402, None, 0])
def test_only_a_refund_that_succeeded_counts(status: Any) -> None:
    order = only_order(answered(whole()), sales(sale(refundStatus=status)))
    assert money(order) == ("paid", 21790, 0, 1000)
    assert of_lines(order) == [(15800, 0), (4990, 0)]


def test_an_expected_refund_is_no_refund() -> None:
    basic = {"returnsId": RETURNS_ID, "orderId": ORDER_ID, "status": 4, "expectedRefundAmountYuan": 49.9}
    assert money(only_order(answered(whole()), sale_rows(basic))) == ("paid", 21790, 0, 1000)
    without = sales(sale(refundAmountYuan=None))
    assert money(only_order(answered(whole()), without)) == ("paid", 21790, 0, 1000)


@pytest.mark.parametrize("yuan", [49.9, "49.90", "49.9"])
def test_refunds_are_yuan_read_to_the_fen(yuan: Any) -> None:
    order = only_order(answered(whole()), sales(sale(refundAmountYuan=yuan, refundStatus="2")))
    assert money(order) == ("refunded_partially", 21790, 4990, 1000)


def test_without_skus_no_line_is_known() -> None:
    for nothing in ([], None):
        order = only_order(answered(whole()), sales({**sale(), "skus": nothing}))
        assert money(order) == ("refunded_partially", 21790, 4990, 1000)
        assert of_lines(order) == [(15800, None), (4990, None)]


def test_postage_goes_back_with_the_order_not_with_a_line() -> None:
    everything = sale(
        applied("s1", 158.0, 2), applied(), appliedShipFeeAmountYuan=10.0, refundAmountYuan=217.9
    )
    order = only_order(answered(whole()), sales(everything))
    assert money(order) == ("refunded", 21790, 21790, 1000)
    assert of_lines(order) == [(15800, 15800), (4990, 4990)]


@pytest.mark.parametrize(
    ("refunded", "postage", "line"), [(49.9, 10, 4990), (30, 0, 3000), (59.9, 10, 4990), (54.9, 10, 4990)]
)
def test_goods_come_before_postage(refunded: float, postage: float, line: int) -> None:
    told = sale(refundAmountYuan=refunded, appliedShipFeeAmountYuan=postage)
    assert of_lines(only_order(answered(whole()), sales(told)))[1] == (4990, line)


def test_a_refund_of_several_skus_is_shared_by_what_was_applied_for() -> None:
    told = sale(applied("s1", 100, 1), applied("s2", 50), refundAmountYuan=75.01)
    assert of_lines(only_order(answered(whole()), sales(told))) == [(15800, 5001), (4990, 2500)]


def test_after_sales_are_summed_by_their_own_number() -> None:
    first = sale(refundAmountYuan=20)
    second = sale(applied("s1", 158), returnsId="R2", refundAmountYuan=158)
    order = only_order(answered(whole()), sales(first), sales(second), sales(first))
    assert money(order) == ("refunded_partially", 21790, 17800, 1000)
    assert of_lines(order) == [(15800, 15800), (4990, 2000)]


def test_the_later_state_of_an_after_sale_stands() -> None:
    running = sales(sale(refundStatus=1, updatedAt=PAID_MS))
    same_instant = sales(sale(refundStatus=1))
    for other in (running, same_instant):
        for pages in ((other, sales(sale())), (sales(sale()), other)):
            assert money(only_order(answered(whole()), *pages))[2] == 4990
    undone = sales(sale(refundStatus=3, updatedAt=LATER_MS + 1))
    assert money(only_order(answered(whole()), undone, sales(sale())))[2] == 0


@pytest.mark.parametrize("moment", [LATER_MS, LATER_MS // 1000, 0, None, "2026-03-01 11:01:30"])
def test_the_time_of_a_refund_may_be_in_any_unit(moment: Any) -> None:
    (piece,) = ark.read(sales(sale(refundTime=moment))).pieces
    assert piece.body["refunded_at"] == ("2026-03-01T03:01:30Z" if moment else None)


def test_a_second_envelope_is_unwrapped() -> None:
    inner = {"code": 0, "msg": "", "success": True, "data": {"afterSaleInfo": sale()}}
    assert money(only_order(answered(whole()), answered(inner)))[2] == 4990
    refused = {"code": -9013, "msg": "too many", "success": False, "data": None}
    assert read(answered(refused))["errors"] == [
        {"exchange": 0, "class": "throttle", "platform_code": "-9013"}
    ]


def test_old_names_are_accepted() -> None:
    old = {
        name.replace("order", "package", 1)
        if name in ("orderId", "orderStatus", "orderType")
        else name: value
        for name, value in whole().items()
    }
    old["itemList"] = old.pop("skuList")
    page = answered({"packageList": [{"packageId": ORDER_ID, "packageStatus": 4, "paidTime": PAID_MS}]})
    assert only_order(page, answered(old)) == only_order(answered(whole()))


@pytest.mark.parametrize(
    "data", [None, [], {}, {"orderList": None, "total": 0}, {"orderList": []}, {"afterSaleBasicInfos": None}]
)
def test_an_empty_answer_is_empty_whatever_its_shape(data: Any) -> None:
    assert (read(answered(data))["orders"], read(answered(data))["errors"]) == ([], [])


def test_bare_objects_stand_for_lists_of_one() -> None:
    single = whole(totalPayAmount="16800", skuList=sku(paid="15800", quantity="2.0"))
    order = only_order(answered({"orderList": row()}), answered(single))
    assert of_lines(order) == [(15800, 0)]


def test_lines_that_do_not_add_up_are_brought_to_what_the_buyer_paid() -> None:
    order = only_order(answered(whole(totalPayAmount=11395)))
    assert money(order) == ("paid", 11395, 0, 1000)
    assert of_lines(order) == [(7900, 0), (2495, 0)]


def test_a_line_without_its_amount_is_told_by_its_pieces() -> None:
    pieces = [{"pricePerSku": 400, "paidAmountPerSku": 333}, {"pricePerSku": 400, "paidAmountPerSku": 334}]
    lines = sku("s1", None, 2, skuDetailList=pieces), sku("s2", None, 3, skuDetailList=pieces[:1])
    order = only_order(answered(whole(*lines, totalPayAmount=1666, totalShippingFree=0)))
    assert of_lines(order) == [(667, 0), (999, 0)]


def test_without_a_total_the_lines_and_the_postage_are_the_order() -> None:
    assert money(only_order(answered(whole(totalPayAmount=None)))) == ("paid", 21790, 0, 1000)
    assert read(answered(whole(sku(paid=None), totalPayAmount=None)))["orders"] == []


def test_the_buyer_and_the_blogger_of_a_line_are_join_keys() -> None:
    (order,) = assemble(ark.read(answered(whole(sku(kolId="kol-7"), sku("s2", 4990, 1)))).pieces)
    assert order.join_keys == (JoinKey(JoinKind.BUYER, "xiaohongshu_ark", "u-7"),)
    assert [line.join_keys for line in order.lines] == [
        (JoinKey(JoinKind.KOL_ID, "xiaohongshu_ark", "kol-7"),),
        (),
    ]


def test_the_times_of_delivery_stay_with_the_order() -> None:
    detail = whole(deliveryTime=LATER_MS, promiseLastDeliveryTime=LATER_MS + 1000)
    (order,) = assemble(ark.read(answered(detail)).pieces)
    assert str(order.shipped_at) == "2026-03-01 03:01:30+00:00"
    assert str(order.promised_at) == "2026-03-01 03:01:31+00:00"
    assert str(order.created_at) == "2026-03-01 02:01:00+00:00"


def test_a_page_knows_whether_another_follows() -> None:
    page = ark.read(answered({"orderList": [], "total": 3, "pageNo": 1, "maxPageNo": 2}))
    assert (page.total, page.has_next) == (3, True)
    assert ark.read(rows(row())).has_next is False
    assert ark.read(answered(whole())).has_next is None


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        ({"success": False, "error_code": 401, "error_msg": "x"}, "auth", "401"),
        ({"success": False, "error_code": "-9013", "error_msg": "token"}, "throttle", "-9013"),
        ({"success": False, "error_code": -2000400, "error_msg": ""}, "bad_request", "-2000400"),
        ({"success": False, "error_code": -2000101}, "bad_request", "-2000101"),
        ({"success": False, "error_code": -2000500, "error_msg": "参数"}, "transient", "-2000500"),
        ({"success": True, "error_code": 50209, "error_msg": "签名错误"}, "signature", "50209"),
        ({"success": True, "error_code": 50209, "error_msg": ""}, "transient", "50209"),
        ({"success": False, "error_code": 0, "error_msg": "无权限"}, "permission", None),
        ({"success": False}, "transient", None),
        ({}, "transient", None),
    ],
)
def test_good_only_when_success_is_true_and_the_code_is_0(
    answer: dict[str, Any], error: str, code: str | None
) -> None:
    result = read({"response": {**answer, "data": whole()} if answer else {}})
    assert result["orders"] == []
    assert result["errors"] == [{"exchange": 0, "class": error, "platform_code": code}]


def test_success_may_come_as_text() -> None:
    page = {"response": {"success": "true", "error_code": "0", "data": whole()}}
    assert money(only_order(page)) == ("paid", 21790, 0, 1000)


def test_a_push_asks_for_each_order_once() -> None:
    state = {"orderId": ORDER_ID, "packageId": ORDER_ID, "orderStatus": 4, "updateTime": LATER_MS}
    tag = "msg_fulfillment_status_change"
    assert pushed(delivery((tag, state), (tag, state)), delivery((tag, {"packageId": "P2"}))) == {
        "refetch_orders": [ORDER_ID, "P2"],
        "refetch_after_sales": [],
        "reply": {"success": True, "error_code": 0, "error_msg": ""},
    }


def test_a_push_of_an_after_sale_asks_for_the_after_sale() -> None:
    told = {"returnsId": RETURNS_ID, "orderId": ORDER_ID, "returnType": 1, "refundFee": 4990}
    answer = pushed(delivery(("msg_after_sale_create", told), ("msg_after_sale_transfer", told)))
    assert (answer["refetch_orders"], answer["refetch_after_sales"]) == ([], [RETURNS_ID])


@pytest.mark.parametrize(
    "tag",
    [
        "msg_fulfillment_receiver_change",
        "msg_fulfillment_seller_remark_change",
        "msg_fulfillment_delivery_time_change",
    ],
)
def test_every_push_of_an_order_is_a_hint_to_fetch_it(tag: str) -> None:
    assert pushed(delivery((tag, {"orderId": ORDER_ID})))["refetch_orders"] == [ORDER_ID]


def test_a_push_of_goods_or_of_nonsense_asks_for_nothing() -> None:
    goods = delivery(("msg_item_create", {"itemId": "i1"}))
    nonsense = {"raw_body": json.dumps([{"msgTag": "msg_fulfillment_status_change", "data": "{"}, None, 3])}
    for told in (goods, nonsense, {"raw_body": "[]"}):
        answer = pushed(told)
        assert (answer["refetch_orders"], answer["refetch_after_sales"]) == ([], [])
        assert answer["reply"]["success"] is True
    assert pushed({"raw_body": "<html>"})["reply"]["success"] is False


def test_the_signatures_of_the_sheet() -> None:
    call = {
        "method": "order.getOrderList",
        "appId": "demo-app-id",
        "timestamp": "1767225600",
        "version": "2.0",
        "appSecret": "demo-app-secret",
    }
    assert ark.sign(call) == "1829e87aaadf395b9226e49058c9e04e"
    assert ark.sign({**call, "timestamp": 1767225600, "accessToken": "t"}) == ark.sign(call)
    old = {
        "path": "/ark/open_api/v1/items",
        "params": {
            "timestamp": 1469902537,
            "status": 0,
            "page_size": 50,
            "page_no": 1,
            "app-key": "demo-key",
        },
        "secret": "demo-app-secret",
    }
    assert ark.sign(old) == "7477cbbec01a84e9e04b6c4ded065403"
    text = "/ark/open_api/v1/items?app-key=demo-key&page_no=1&page_size=50&status=0&timestamp=1469902537"
    ready = {"string_before_secret": text, "secret": "demo-app-secret"}
    assert ark.sign(ready) == "7477cbbec01a84e9e04b6c4ded065403"


@given(
    total=st.integers(0, 10**7),
    shipping=st.integers(0, 10**4),
    stated=st.lists(st.none() | st.integers(0, 10**6), min_size=1, max_size=5),
    code=st.integers(1, 10),
    refund=st.none() | st.integers(1, 10**6),
)
def test_lines_and_postage_always_add_up_to_what_was_paid(
    total: int, shipping: int, stated: list[int | None], code: int, refund: int | None
) -> None:
    lines = [sku(f"s{i % 2}", fen, 1) for i, fen in enumerate(stated)]
    pages = [answered(whole(*lines, totalPayAmount=total, totalShippingFree=shipping, orderStatus=code))]
    if refund:
        pages.append(sales(sale(applied("s0", refund / 100), refundAmountYuan=refund / 100)))
    order = only_order(*pages)
    assert sum(paid for paid, _ in of_lines(order)) + order["shipping_fen"] == order["paid_amount_fen"]
    assert order["paid_amount_fen"] == (0 if code == 1 else total)
    if code in (2, 3, 4, 5, 6, 7, 10):
        assert order["refunded_amount_fen"] == (refund or 0)
        assert sum(back or 0 for _, back in of_lines(order)) == (refund or 0)


@given(st.data())
def test_order_of_arrival_and_repeats_change_nothing(data: st.DataObject) -> None:
    pages = [
        rows(row(orderStatus=1, paidTime=0), row(orderId="P9")),
        rows(row(updateTime=LATER_MS, orderStatus=7)),
        answered(whole(orderStatus=1, paidTime=0)),
        answered(whole()),
        sales(sale(refundStatus=1, updatedAt=PAID_MS)),
        sales(sale()),
        sales(sale(applied("s1", 20), returnsId="R2", refundAmountYuan=20)),
        {"response": {"success": False, "error_code": -9013}},
    ]
    shuffled = data.draw(st.permutations(pages + data.draw(st.lists(st.sampled_from(pages[:7]), max_size=4))))
    assert read(*shuffled)["orders"] == read(*pages)["orders"]
