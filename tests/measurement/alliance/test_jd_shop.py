from __future__ import annotations

from typing import Any

import pytest

from measurement.alliance import jd
from measurement.alliance.facts import JoinKey, JoinKind
from measurement.alliance.orders import assemble

from .jd_wire import (
    NEVER,
    ORDER_ID,
    coupon,
    item,
    money,
    only_order,
    order,
    orders,
    read,
    refund,
    refunds,
    whole,
)

PUBLISHED = {
    "360buy_param_json": '{"end_date":null,"optional_fields":null,"order_state":"WAIT_SELLER_STOCK_OUT",'
    '"page":"1","page_size":"200","start_date":null}',
    "access_token": "yourtoken",
    "app_key": "yourappkey",
    "method": "jingdong.pop.order.search",
    "timestamp": "2021-05-07 09:20:39.683+0800",
    "v": "2.0",
}
SIGNED = "D70825340F4084360B9362B60DFD7930"


def test_the_published_call_is_signed_as_published_whatever_old_sign_it_carries() -> None:
    assert jd.sign({"secret": "yourappSecret", "params": PUBLISHED}) == SIGNED
    assert jd.sign({"secret": "yourappSecret", "params": {**PUBLISHED, "sign": "OLD"}}) == SIGNED
    text = "".join(name + PUBLISHED[name] for name in sorted(PUBLISHED))
    assert jd.sign({"secret": "yourappSecret", "string_before_secret": text}) == SIGNED


def test_optional_parameters_that_are_sent_are_signed() -> None:
    assert jd.sign({"secret": "yourappSecret", "params": {**PUBLISHED, "format": "json"}}) != SIGNED


def paid_by_line(*items: dict[str, Any], **changes: Any) -> list[int]:
    found = only_order(orders(order(*items, **changes)))
    assert (
        sum(line["paid_amount_fen"] for line in found["lines"]) + found["shipping_fen"]
        == found["paid_amount_fen"]
    )
    return [line["paid_amount_fen"] for line in found["lines"]]


def test_a_paid_order_is_what_was_actually_paid() -> None:
    found = only_order(orders(order()))
    assert found == {
        "platform": "jd",
        "order_id": ORDER_ID,
        "status": "paid",
        "paid_amount_fen": 10600,
        "refunded_amount_fen": 0,
        "shipping_fen": 600,
        "paid_at": "2026-03-01T02:03:30Z",
        "modified_at": "2026-03-01T02:03:31Z",
        "lines": [
            {
                "line_id": f"{ORDER_ID}:101000000001:0",
                "sku_id": "101000000001",
                "product_id": "9100001",
                "quantity": 1,
                "paid_amount_fen": 10000,
                "refunded_amount_fen": 0,
            }
        ],
    }


def test_goods_are_spread_by_price_and_pieces_with_the_odd_fen_to_the_largest_remainder() -> None:
    assert paid_by_line(item("1", itemTotal="2"), item("2"), actualPay="106.00") == [6667, 3333]
    assert paid_by_line(item("1"), item("2"), item("3")) == [3334, 3333, 3333]


def test_a_lines_own_coupons_lower_its_share_and_those_of_the_order_do_not() -> None:
    coupons = [coupon("50.00", "2"), coupon("30.00"), coupon("9.00", "absent")]
    assert paid_by_line(item("1"), item("2"), actualPay="126.00", couponDetailList=coupons) == [8000, 4000]


def test_coupons_of_one_sku_add_up_and_never_make_a_line_negative() -> None:
    coupons = [coupon("60.00", "2"), coupon("60.00", "2")]
    assert paid_by_line(item("1"), item("2"), couponDetailList=coupons) == [10000, 0]


def test_a_coupon_of_a_sku_on_two_lines_is_borne_by_the_line_that_costs() -> None:
    gift = item("1", jdPrice="0.00")
    coupons = [coupon("40.00", "1")]
    assert paid_by_line(gift, item("1"), item("2"), actualPay="166.00", couponDetailList=coupons) == [
        0,
        6000,
        10000,
    ]


def test_the_same_sku_twice_is_two_lines_numbered_in_feed_order() -> None:
    found = only_order(orders(order(item(), item("7"), item(jdPrice="0"))))
    assert [line["line_id"] for line in found["lines"]] == [
        f"{ORDER_ID}:101000000001:0",
        f"{ORDER_ID}:7:0",
        f"{ORDER_ID}:101000000001:1",
    ]
    (fact,) = assemble(jd.read(orders(order(item(), item(jdPrice="0")))).pieces)
    assert [line.is_gift for line in fact.lines] == [False, True]


def test_lines_that_all_cost_nothing_share_equally_and_postage_never_exceeds_what_was_paid() -> None:
    assert paid_by_line(item("1", jdPrice="0"), item("2", jdPrice="0"), actualPay="7.01") == [51, 50]
    assert paid_by_line(actualPay="4.00") == [0]
    assert money(only_order(orders(order(actualPay="4.00")))) == ("paid", 400, 0, 400)


def test_item_total_is_a_quantity() -> None:
    found = only_order(orders(order(item(itemTotal=3))))
    assert found["lines"][0]["quantity"] == 3


def test_actual_pay_wins_over_the_retired_field_even_when_zero() -> None:
    assert money(only_order(orders(order(orderPayment="99.00"))))[1] == 10600
    assert money(only_order(orders(order(actualPay="0.00", orderPayment="99.00")))) == ("paid", 0, 0, 0)
    assert money(only_order(orders(order(actualPay=None, orderPayment="99.00"))))[1] == 9900
    assert money(only_order(orders(order(actualPay=None, orderSellerPrice="100.00"))))[1] == 10600


@pytest.mark.parametrize(
    "state", ["WAIT_SELLER_STOCK_OUT", "WAIT_SELLER_DELIVERY", "WAIT_GOODS_RECEIVE_CONFIRM"]
)
def test_open_states_after_payment_are_paid_and_cash_on_delivery_waits_for_its_money(state: str) -> None:
    assert money(only_order(orders(order(orderState=state)))) == ("paid", 10600, 0, 600)
    cod = {"orderState": state, "payType": "1-货到付款"}
    unpaid = only_order(orders(order(**cod, paymentConfirmTime=NEVER)))
    assert money(unpaid) == ("unpaid", 0, 0, 0)
    assert unpaid["paid_at"] is None
    assert money(only_order(orders(order(**cod)))) == ("paid", 10600, 0, 600)


def test_a_finished_order_is_paid_however_it_was_paid() -> None:
    finished = order(orderState="FINISHED_L", payType="1-货到付款", paymentConfirmTime=NEVER)
    assert money(only_order(orders(finished))) == ("paid", 10600, 0, 600)


def test_an_unpaid_order_counts_nothing() -> None:
    found = only_order(orders(order(orderState="NOT_PAY", paymentConfirmTime=NEVER)))
    assert money(found) == ("unpaid", 0, 0, 0)
    assert (found["paid_at"], found["lines"][0]["paid_amount_fen"]) == (None, 0)


@pytest.mark.parametrize("state", ["LOCKED", "PAUSE", "POP_ORDER_PAUSE", "SOMETHING_NEW"])
def test_a_held_order_keeps_its_evidence_of_payment(state: str) -> None:
    assert money(only_order(orders(order(orderState=state)))) == ("paid", 10600, 0, 600)
    for never in (NEVER, "", None):
        held = order(orderState=state, paymentConfirmTime=never)
        assert money(only_order(orders(held))) == ("unpaid", 0, 0, 0)


def test_an_order_cancelled_before_payment_is_cancelled_and_after_it_waits_for_the_refund() -> None:
    before = order(orderState="TRADE_CANCELED", paymentConfirmTime=NEVER)
    assert money(only_order(orders(before))) == ("cancelled", 0, 0, 0)
    after = orders(order(orderState="TRADE_CANCELED"))
    assert money(only_order(after)) == ("paid", 10600, 0, 600)
    assert money(only_order(after, refunds(refund(applyRefundSum=10600)))) == ("refunded", 10600, 10600, 600)


def test_a_cancelled_order_whose_goods_are_refunded_is_refunded_though_postage_stays() -> None:
    after = orders(order(orderState="TRADE_CANCELED"))
    assert money(only_order(after, refunds(refund(applyRefundSum=10000)))) == ("refunded", 10600, 10000, 600)
    assert money(only_order(after, refunds(refund(applyRefundSum=9999))))[0] == "refunded_partially"
    still_open = orders(order())
    assert money(only_order(still_open, refunds(refund(applyRefundSum=10000))))[0] == "refunded_partially"


def test_refunds_are_fen_and_name_no_line() -> None:
    found = only_order(
        orders(order()), refunds(refund(applyRefundSum="5000"), refund(71000002, applyRefundSum=1))
    )
    assert money(found) == ("refunded_partially", 10600, 5001, 600)
    assert found["lines"][0]["refunded_amount_fen"] is None


@pytest.mark.parametrize("status", [0, 1, 2, 4, 5, 6, 7, 9, "1", None])
def test_only_finance_done_is_money_back(status: Any) -> None:
    found = only_order(orders(order()), refunds(refund(status=status)))
    assert money(found) == ("paid", 10600, 0, 600)
    assert found["lines"][0]["refunded_amount_fen"] == 0


def test_a_refund_done_in_the_minute_it_was_checked_stands_over_its_earlier_states() -> None:
    pages = [refunds(refund(status=status)) for status in (3, 0, 1, "3")]
    for arranged in (pages, pages[::-1]):
        assert money(only_order(*arranged, orders(order())))[:3] == ("refunded_partially", 10600, 5000)


@pytest.mark.parametrize(
    "result",
    [
        {"result": refund()},
        {"result": {"success": True, "totalCount": 1, "result": [refund()]}},
        {"result": {"queryResult": {"result": [refund()]}}},
        {"success": "true", "totalCount": "1"},
    ],
)
def test_refund_pages_are_read_in_old_and_odd_shapes(result: dict[str, Any]) -> None:
    found = only_order(orders(order()), refunds(refund(), **result))
    assert found["refunded_amount_fen"] == 5000


def test_an_older_refund_answer_with_one_more_level_is_read() -> None:
    root = "jingdong_pop_afs_soa_refundapply_queryPageList_responce"
    old = {
        "response": {
            root: {"code": "0", "queryResult": {"queryResult": {"success": True, "result": [refund()]}}}
        }
    }
    assert only_order(orders(order()), old)["refunded_amount_fen"] == 5000


def test_a_split_parent_is_retired_by_its_children_in_whatever_order() -> None:
    parent = orders(order(orderId="29100"))
    children = orders(
        order(orderId="29101", parentOrderId="29100", directParentOrderId="29100", actualPay="60.00"),
        order(orderId="29102", parentOrderId=29100, directParentOrderId=29100, actualPay="46.00"),
    )
    for pages in ([parent, children], [children, parent]):
        found = read(*pages, refunds(refund(orderId="29100")))
        assert [(one["order_id"], one["parent_order_id"]) for one in found["orders"]] == [
            ("29101", "29100"),
            ("29102", "29100"),
        ]
        assert found["superseded_orders"] == ["29100"]


def test_a_child_split_again_is_retired_with_its_parent() -> None:
    found = read(
        orders(
            order(orderId="1"),
            order(orderId="2", parentOrderId="1", directParentOrderId="1"),
            order(orderId="3", parentOrderId="1", directParentOrderId="2"),
        )
    )
    assert [one["order_id"] for one in found["orders"]] == ["3"]
    assert found["superseded_orders"] == ["1", "2"]


@pytest.mark.parametrize("none", ["", "0", 0, None, ORDER_ID])
def test_an_order_that_was_not_split_has_no_parent(none: Any) -> None:
    found = read(orders(order(parentOrderId=none, directParentOrderId=none)))
    assert found["superseded_orders"] == []
    assert "parent_order_id" not in found["orders"][0]


@pytest.mark.parametrize(
    "root",
    [
        "jingdong_pop_order_search_responce",
        "jingdong_pop_order_search_response",
        "jingdong_pop_order_enSearch_responce",
    ],
)
def test_orders_are_read_under_every_spelling_of_the_root(root: str) -> None:
    assert only_order(orders(order(), root=root))["order_id"] == ORDER_ID


def test_one_order_asked_for_by_id_is_read_and_agrees_with_its_page() -> None:
    assert (
        only_order(whole(order()))
        == only_order(orders(order()))
        == only_order(orders(order()), whole(order()))
    )


@pytest.mark.parametrize(
    "odd",
    [
        {"orderInfoList": order()},
        {"orderTotal": None},
        {"apiResult": {"success": "true"}},
        {"apiResult": None},
        {"apiResult": {}},
    ],
)
def test_odd_shapes_of_a_page_are_read(odd: dict[str, Any]) -> None:
    assert only_order(orders(order(), **odd))["order_id"] == ORDER_ID


@pytest.mark.parametrize("empty", [None, [], {}, ""])
def test_every_empty_page_is_no_error(empty: Any) -> None:
    nothing = {"orders": [], "superseded_orders": [], "errors": []}
    assert read(orders(orderInfoList=empty, orderTotal="0")) == nothing
    assert read(refunds(result=empty)) == nothing
    assert jd.read(orders(orderTotal="0")).total == 0


@pytest.mark.parametrize("total", [7, "7"])
def test_the_total_is_told(total: Any) -> None:
    assert jd.read(orders(order(), orderTotal=total)).total == 7
    assert jd.read(refunds(refund(), totalCount=total)).total == 7


def test_a_service_order_is_a_request_and_not_money() -> None:
    service = {
        "applyId": 1,
        "serviceId": 2,
        "orderId": ORDER_ID,
        "customerExpect": 10,
        "actualPayPrice": 100.0,
    }
    answer = {"response": {"jingdong_asc_query_list_responce": {"code": "0", "result": {"data": [service]}}}}
    assert money(only_order(orders(order()), answer)) == ("paid", 10600, 0, 600)


def test_an_older_page_never_overwrites_a_newer_one_and_states_of_one_second_progress() -> None:
    for modified in ("2026-03-01 10:03:00", "2026-03-01 10:03:31", None):
        waiting = orders(order(orderState="NOT_PAY", paymentConfirmTime=NEVER, modified=modified))
        paid = orders(order())
        assert money(only_order(waiting, paid)) == money(only_order(paid, waiting)) == ("paid", 10600, 0, 600)


def test_buyers_are_told_by_open_id_and_never_by_the_masked_pin() -> None:
    (fact,) = assemble(jd.read(orders(order(pin="d**", xid="x-1"))).pieces)
    assert fact.join_keys == (
        JoinKey(JoinKind.BUYER, "jd", "openid-1"),
        JoinKey(JoinKind.BUYER, "jd:xid", "x-1"),
    )


def test_the_reason_and_the_times_of_an_order_come_with_it() -> None:
    finished = orders(order(orderState="FINISHED_L", orderEndTime="2026-03-08 12:00:00"))
    (fact,) = assemble([*jd.read(finished).pieces, *jd.read(refunds(refund())).pieces])
    assert fact.after_sale_reason == "不想要了"
    assert fact.created_at.isoformat() == "2026-03-01T02:03:00+00:00"
    assert fact.signed_at.isoformat() == "2026-03-08T04:00:00+00:00"


def test_a_row_that_cannot_be_read_is_told_and_the_page_goes_on() -> None:
    found = read(orders("?", order()), refunds({"id": 1}))
    assert [one["order_id"] for one in found["orders"]] == [ORDER_ID]
    assert [one["problem"] for one in found["problems"]] == [
        "an order without orderId",
        "a refund without id or orderId",
    ]


@pytest.mark.parametrize(
    ("answer", "error_class", "code"),
    [
        (
            {"error_response": {"code": "19", "zh_desc": "token已过期", "en_desc": "token expired"}},
            "auth",
            "19",
        ),
        ({"error_response": {"code": "19", "zh_desc": "", "en_desc": ""}}, "auth", "19"),
        ({"error_response": {"code": 19, "zh_desc": "调用次数超过限制"}}, "throttle", "19"),
        ({"error_response": {"code": "14", "en_desc": "Invalid signature"}}, "signature", "14"),
        ({"error_response": {"code": "11", "zh_desc": "无权限访问该接口"}}, "permission", "11"),
        ({"error_response": {"code": "10", "zh_desc": "缺少参数"}}, "bad_request", "10"),
        ({"error_response": {"code": "65", "zh_desc": "平台连接后端服务超时"}}, "transient", "65"),
        ({"error_response": {}}, "transient", None),
        (
            {"jingdong_pop_order_search_responce": {"code": "12", "en_desc": "invalid param"}},
            "bad_request",
            "12",
        ),
        ({}, "transient", None),
    ],
)
def test_a_refusal_is_classed_by_what_it_says(
    answer: dict[str, Any], error_class: str, code: str | None
) -> None:
    assert read({"response": answer})["errors"] == [
        {"exchange": 0, "class": error_class, "platform_code": code}
    ]


@pytest.mark.parametrize("no", [False, "false", 0])
def test_a_failure_inside_a_good_envelope_is_a_refusal(no: Any) -> None:
    failed = {
        "success": no,
        "chineseErrCode": "时间间隔不能超过一个月",
        "englishErrCode": "",
        "numberCode": 10400,
    }
    answer = read(orders(order(), apiResult=failed))
    assert answer["orders"] == []
    assert answer["errors"] == [{"exchange": 0, "class": "bad_request", "platform_code": "10400"}]
    answer = read(refunds(refund(), success=no, errorCode="E7", errorMsg="系统繁忙"))
    assert answer["errors"] == [{"exchange": 0, "class": "transient", "platform_code": "E7"}]
