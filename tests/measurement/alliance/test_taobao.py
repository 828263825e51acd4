from __future__ import annotations

from typing import Any

import pytest

from measurement.alliance import taobao
from measurement.alliance.facts import JoinKey, JoinKind
from measurement.alliance.orders import assemble

from .taobao_wire import (
    TID,
    line,
    money,
    of_lines,
    only_order,
    read,
    refund,
    refunds,
    refused,
    trade,
    trades,
    whole,
)

PUBLISHED = {
    "app_key": "12345678",
    "fields": "num_iid,title,nick,price,num",
    "format": "json",
    "method": "taobao.item.seller.get",
    "num_iid": "11223344",
    "session": "test",
    "timestamp": "2016-01-01 12:00:00",
    "v": "2.0",
}


@pytest.mark.parametrize(
    ("sign_method", "signature"),
    [
        ("md5", "66987CB115214E59E6EC978214934FB8"),
        ("hmac", "D56D7858309C31B6251083A874D48273"),
        ("hmac-sha256", "04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8"),
    ],
)
def test_the_published_call_is_signed_as_published(sign_method: str, signature: str) -> None:
    params = {**PUBLISHED, "sign_method": sign_method}
    assert taobao.sign({"secret": "helloworld", "params": params}) == signature


def test_empty_parameters_and_an_old_sign_are_not_signed() -> None:
    params = {
        **PUBLISHED,
        "sign_method": "md5",
        "sign": "OLD",
        "nick": "",
        "": "x",
        "none": None,
        "img": b"\x89",
    }
    assert taobao.sign({"secret": "helloworld", "params": params}) == "66987CB115214E59E6EC978214934FB8"


def test_a_string_given_ready_made_is_signed_as_it_is() -> None:
    text = "".join(name + value for name, value in sorted({**PUBLISHED, "sign_method": "md5"}.items()))
    vector = {"secret": "helloworld", "string_before_secret": text}
    assert taobao.sign(vector) == "66987CB115214E59E6EC978214934FB8"


def test_a_paid_trade_is_its_divided_fees_and_its_postage() -> None:
    order = only_order(trades(trade()))
    assert money(order) == ("paid", 17000, 0, 1000)
    assert of_lines(order) == [(8000, 0), (8000, 0)]
    assert order["paid_at"] == "2026-03-01T02:02:05Z"
    assert order["modified_at"] == "2026-03-01T02:02:06Z"
    assert order["order_id"] == TID
    assert order["lines"][0] == {
        "line_id": "3911000000000000002",
        "sku_id": "511000000001",
        "product_id": "711000000001",
        "quantity": 2,
        "paid_amount_fen": 8000,
        "refunded_amount_fen": 0,
    }


@pytest.mark.parametrize(
    "state", ["TRADE_NO_CREATE_PAY", "WAIT_BUYER_PAY", "PAY_PENDING", "WAIT_PRE_AUTH_CONFIRM"]
)
def test_an_open_unpaid_trade_counts_nothing(state: str) -> None:
    order = only_order(trades(trade(status=state, pay_time=None)))
    assert money(order) == ("unpaid", 0, 0, 0)
    assert of_lines(order) == [(0, 0), (0, 0)]
    assert order["paid_at"] is None


@pytest.mark.parametrize(
    "state",
    [
        "WAIT_SELLER_SEND_GOODS",
        "SELLER_CONSIGNED_PART",
        "PAID_FORBID_CONSIGN",
        "WAIT_BUYER_CONFIRM_GOODS",
        "TRADE_BUYER_SIGNED",
        "TRADE_FINISHED",
    ],
)
def test_every_state_after_payment_is_paid(state: str) -> None:
    assert money(only_order(trades(trade(status=state)))) == ("paid", 17000, 0, 1000)


def test_a_trade_closed_before_payment_is_cancelled() -> None:
    order = only_order(trades(trade(status="TRADE_CLOSED_BY_TAOBAO", pay_time=None)))
    assert money(order) == ("cancelled", 0, 0, 0)
    assert of_lines(order) == [(0, 0), (0, 0)]
    assert order["paid_at"] is None


def test_a_trade_closed_after_payment_has_given_all_back_even_before_its_refund_is_read() -> None:
    order = only_order(trades(trade(status="TRADE_CLOSED", payment="0.00")))
    assert money(order) == ("refunded", 17000, 17000, 1000)
    assert of_lines(order) == [(8000, 8000), (8000, 8000)]
    assert order["paid_at"] == "2026-03-01T02:02:05Z"


def test_a_closed_trade_whose_refunds_leave_the_postage_is_refunded_by_what_really_went_back() -> None:
    first = refund("1", refund_fee="80.00")
    second = refund("2", oid=3911000000000000003, refund_fee="80.00")
    order = only_order(trades(trade(status="TRADE_CLOSED")), refunds(first, second))
    assert money(order) == ("refunded", 17000, 16000, 1000)
    assert of_lines(order) == [(8000, 8000), (8000, 8000)]


@pytest.mark.parametrize("step", ["FRONT_NOPAID_FINAL_NOPAID", "FRONT_PAID_FINAL_NOPAID"])
@pytest.mark.parametrize("state", ["WAIT_BUYER_PAY", "WAIT_SELLER_SEND_GOODS"])
def test_a_presale_is_unpaid_until_the_final_payment(step: str, state: str) -> None:
    presale = trade(type="step", status=state, step_trade_status=step, step_paid_fee="20.00")
    order = only_order(trades(presale))
    assert money(order) == ("unpaid", 0, 0, 0)
    assert order["paid_at"] is None


def test_a_presale_is_paid_with_its_final_payment_and_cancelled_with_only_the_deposit() -> None:
    paid = trade(type="step", step_trade_status="FRONT_PAID_FINAL_PAID", step_paid_fee="20.00")
    assert money(only_order(trades(paid))) == ("paid", 17000, 0, 1000)
    lost = trade(type="step", status="TRADE_CLOSED", step_trade_status="FRONT_PAID_FINAL_NOPAID")
    assert money(only_order(trades(lost))) == ("cancelled", 0, 0, 0)


def test_cash_on_delivery_is_unpaid_until_signed_for() -> None:
    cod = {"type": "cod", "pay_time": None}
    assert money(only_order(trades(trade(**cod))))[0] == "unpaid"
    assert money(only_order(trades(trade(status="WAIT_BUYER_CONFIRM_GOODS", **cod))))[0] == "unpaid"
    assert money(only_order(trades(trade(status="TRADE_BUYER_SIGNED", **cod))))[:2] == ("paid", 17000)
    assert money(only_order(trades(trade(status="TRADE_CLOSED", **cod)))) == ("cancelled", 0, 0, 0)


def test_a_refund_counts_by_its_fee_once_it_succeeded_and_payment_is_what_stayed() -> None:
    kept = refund(refund_fee="30.00", payment="50.00")
    order = only_order(trades(trade()), refunds(kept))
    assert money(order) == ("refunded_partially", 17000, 3000, 1000)
    assert of_lines(order) == [(8000, 3000), (8000, 0)]


@pytest.mark.parametrize(
    "state",
    [
        "WAIT_SELLER_AGREE",
        "WAIT_BUYER_RETURN_GOODS",
        "WAIT_SELLER_CONFIRM_GOODS",
        "SELLER_REFUSE_BUYER",
        "CLOSED",
        "WAIT_SELLER_SEND_GOODS",
        "",
    ],
)
def test_a_refund_that_did_not_succeed_moves_no_money(state: str) -> None:
    order = only_order(trades(trade()), refunds(refund(status=state)))
    assert money(order) == ("paid", 17000, 0, 1000)


@pytest.mark.parametrize(
    ("changes", "refunded"),
    [
        ({"dispute_type": "REFUND"}, 4000),
        ({"dispute_type": "REFUND_AND_RETURN"}, 4000),
        ({"dispute_type": None}, 4000),
        ({"dispute_type": "TMALL_EXCHANGE", "refund_fee": "0.00"}, 0),
        ({"dispute_type": "EXCHANGE"}, 0),
        ({"dispute_type": "REPAIR"}, 0),
        ({"refund_fee": None}, 0),
    ],
)
def test_exchange_and_repair_move_no_money(changes: dict[str, Any], refunded: int) -> None:
    assert only_order(trades(trade()), refunds(refund(**changes)))["refunded_amount_fen"] == refunded


def test_several_refunds_of_a_line_add_up_by_their_ids_and_repeats_do_not() -> None:
    early, late = refund("1", refund_fee="10.00"), refund("2", refund_fee="15.50")
    order = only_order(trades(trade()), refunds(early, late), refunds(late, early))
    assert money(order) == ("refunded_partially", 17000, 2550, 1000)
    assert of_lines(order) == [(8000, 2550), (8000, 0)]


def test_a_refund_is_restated_by_its_later_time_whatever_comes_last() -> None:
    waiting = refund(status="WAIT_SELLER_AGREE", modified="2026-03-02 09:00:00")
    done = refund(modified="2026-03-02 12:00:00")
    for pages in ([waiting, done], [done, waiting]):
        assert only_order(trades(trade()), *map(refunds, pages))["refunded_amount_fen"] == 4000


def test_all_money_back_is_refunded_with_the_postage_counted_for_the_order() -> None:
    single = trade(line(int(TID)), payment="90.00")
    order = only_order(trades(single), refunds(refund(oid=int(TID), refund_fee="90.00")))
    assert money(order) == ("refunded", 9000, 9000, 1000)


def test_a_refund_that_names_no_known_line_leaves_the_lines_unknown() -> None:
    order = only_order(trades(trade()), refunds(refund(oid=None)))
    assert money(order) == ("refunded_partially", 17000, 4000, 1000)
    assert of_lines(order) == [(8000, None), (8000, None)]


def test_a_refund_seen_before_its_order_waits_for_it() -> None:
    assert read(refunds(refund()))["orders"] == []
    assert money(only_order(refunds(refund()), trades(trade()))) == ("refunded_partially", 17000, 4000, 1000)


def test_payment_lowered_by_a_refund_does_not_lower_what_was_paid() -> None:
    lowered = trade(
        line(payment="40.00", refund_status="SUCCESS"), line(3911000000000000003), payment="130.00"
    )
    order = only_order(trades(lowered), refunds(refund()))
    assert money(order) == ("refunded_partially", 17000, 4000, 1000)
    assert of_lines(order) == [(8000, 4000), (8000, 0)]


def test_a_refund_that_succeeded_but_was_not_read_yet_is_not_guessed() -> None:
    assert money(only_order(trades(trade(line(refund_status="SUCCESS"))))) == ("paid", 9000, 0, 1000)


def test_without_a_divided_fee_the_line_is_its_total_less_its_share_of_the_discount() -> None:
    order = only_order(trades(trade(line(divide_order_fee=None), line(3911000000000000003))))
    assert of_lines(order) == [(8000, 0), (8000, 0)]
    assert money(order) == ("paid", 17000, 0, 1000)


def test_a_discount_shared_with_no_line_is_taken_off_the_lines_that_state_no_fee() -> None:
    bare = {"divide_order_fee": None, "part_mjz_discount": None}
    lines = [line(**bare), line(3911000000000000003, total_fee="50.01", **bare)]
    order = only_order(trades(trade(*lines, payment="110.00")))
    assert of_lines(order) == [(6666, 0), (3334, 0)]
    assert money(order) == ("paid", 11000, 0, 1000)


def test_without_a_total_either_the_line_is_price_by_pieces_with_its_changes() -> None:
    bare = {"divide_order_fee": None, "part_mjz_discount": None, "total_fee": None}
    changed = line(adjust_fee="-5.00", discount_fee="15.00", **bare)
    order = only_order(trades(trade(changed, payment=None)))
    assert money(order) == ("paid", 9000, 0, 1000)


def test_a_gift_is_a_line_of_its_own_without_money() -> None:
    gift = line(
        3911000000000000009, price="0.00", total_fee="0.00", part_mjz_discount=None, divide_order_fee="0.00"
    )
    exchange = trades(trade(line(), gift, payment="90.00"))
    assert of_lines(only_order(exchange)) == [(8000, 0), (0, 0)]
    (fact,) = assemble(taobao.read(exchange).pieces)
    assert [one.is_gift for one in fact.lines] == [False, True]


def test_a_line_closed_before_the_others_were_paid_has_no_money() -> None:
    order = only_order(trades(trade(line(status="TRADE_CLOSED_BY_TAOBAO"), line(3911000000000000003))))
    assert of_lines(order) == [(0, 0), (8000, 0)]
    assert money(order) == ("paid", 9000, 0, 1000)


def test_one_sku_on_two_lines_stays_two_lines() -> None:
    order = only_order(trades(trade(line(), line(3911000000000000003))))
    assert [one["line_id"] for one in order["lines"]] == ["3911000000000000002", "3911000000000000003"]


def test_lines_whose_id_was_not_asked_for_are_counted_per_sku() -> None:
    order = only_order(trades(trade(line(None), line(None), line(None, sku_id=None))))
    assert [one["line_id"] for one in order["lines"]] == [
        f"{TID}:511000000001:0",
        f"{TID}:511000000001:1",
        f"{TID}:711000000001:0",
    ]


@pytest.mark.parametrize("money_text", ["59", "59.0", 59, 59.0, "59.00"])
def test_money_is_read_in_every_form_it_comes(money_text: Any) -> None:
    order = only_order(trades(trade(line(divide_order_fee=money_text), payment=money_text, post_fee="0")))
    assert money(order) == ("paid", 5900, 0, 0)


def test_postage_that_was_not_asked_for_is_what_payment_leaves() -> None:
    assert money(only_order(trades(trade(post_fee=None)))) == ("paid", 17000, 0, 1000)


@pytest.mark.parametrize(
    "rows",
    [
        {"trade": trade()},
        {"trade": [trade()]},
        [trade()],
        trade(),
        {"trade": [None, trade()]},
        {"trade": [trade(orders=line())]},
        {"trade": [trade(orders=[line()])]},
        {"trade": [trade(orders={"order": line()})]},
    ],
)
def test_a_single_trade_is_read_in_every_shape(rows: Any) -> None:
    answer = {"response": {"trades_sold_increment_get_response": {"trades": rows, "total_results": "1"}}}
    assert only_order(answer)["order_id"] == TID


@pytest.mark.parametrize(
    "empty",
    [
        {},
        {"total_results": 0},
        {"trades": None},
        {"trades": {}},
        {"trades": []},
        {"trades": {"trade": None}},
        None,
        {"trades": "", "has_next": False},
        {"refunds": {}},
        {"trade": {}},
    ],
)
def test_every_empty_page_is_no_error(empty: Any) -> None:
    assert read({"response": {"trades_sold_increment_get_response": empty}}) == {
        "orders": [],
        "superseded_orders": [],
        "errors": [],
    }


def test_totals_and_the_next_page_are_told_and_missing_is_not_zero() -> None:
    first = taobao.read(trades(trade(), total_results="2"))
    assert (first.total, first.has_next) == (2, None)
    later = taobao.read(trades(trade(), has_next="true"))
    assert (later.total, later.has_next) == (None, True)
    assert taobao.read(trades(has_next=False)).has_next is False


def test_an_older_page_never_overwrites_a_newer_one() -> None:
    waiting = trades(trade(status="WAIT_BUYER_PAY", pay_time=None, modified="2026-03-01 10:01:10"))
    paid = trades(trade())
    assert money(only_order(waiting, paid)) == money(only_order(paid, waiting)) == ("paid", 17000, 0, 1000)


def test_of_two_states_in_one_second_the_later_state_stands() -> None:
    waiting = trades(trade(status="WAIT_BUYER_PAY", pay_time=None))
    paid = trades(trade())
    assert money(only_order(waiting, paid)) == money(only_order(paid, waiting)) == ("paid", 17000, 0, 1000)


def test_without_a_modified_time_the_latest_time_in_the_row_decides() -> None:
    waiting = trades(trade(status="WAIT_BUYER_PAY", pay_time=None, modified=None))
    paid = trades(trade(modified=None))
    order = only_order(paid, waiting)
    assert order == only_order(waiting, paid)
    assert order["status"] == "paid"
    assert "modified_at" not in order


def test_a_row_asked_for_without_lines_keeps_those_of_an_earlier_answer() -> None:
    news = {"tid": TID, "status": "TRADE_FINISHED", "modified": "2026-03-05 10:00:00"}
    order = only_order(trades(news), whole(trade()))
    assert money(order) == ("paid", 17000, 0, 1000)
    assert order["modified_at"] == "2026-03-05T02:00:00Z"
    assert order["paid_at"] == "2026-03-01T02:02:05Z"


def test_pages_that_shift_repeat_rows_and_each_trade_stands_once() -> None:
    one, two = trade(), trade(tid=3911000000000000101)
    found = read(trades(two, one), trades(one), trades(one, two))["orders"]
    assert [order["order_id"] for order in found] == [TID, "3911000000000000101"]


def test_a_row_that_cannot_be_read_is_told_and_the_page_goes_on() -> None:
    found = read(trades("nonsense", {"status": "TRADE_FINISHED"}, trade()), refunds({"tid": TID}))
    assert [order["order_id"] for order in found["orders"]] == [TID]
    assert found["problems"] == [
        {"exchange": 0, "problem": "a trade without tid"},
        {"exchange": 0, "problem": "a trade without tid"},
        {"exchange": 1, "problem": "a refund without refund_id or tid"},
    ]


def test_what_delivery_and_joining_need_comes_with_the_order() -> None:
    sent = trade(
        line(consign_time="2026-03-02 09:00:00", logistics_company="顺丰"),
        status="TRADE_FINISHED",
        consign_time="2026-03-02 09:00:00",
        end_time="2026-03-06 09:00:00",
    )
    pieces = [*taobao.read(trades(sent)).pieces, *taobao.read(refunds(refund(reason="破损"))).pieces]
    (order,) = assemble(pieces)
    assert order.join_keys == (JoinKey(JoinKind.BUYER, "taobao", "AAF-uid-1"),)
    assert (order.carrier, order.after_sale_reason) == ("顺丰", "破损")
    assert order.created_at.isoformat() == "2026-03-01T02:01:10+00:00"
    assert order.shipped_at.isoformat() == "2026-03-02T01:00:00+00:00"
    assert order.signed_at.isoformat() == "2026-03-06T01:00:00+00:00"
    assert order.lines[0].shipped_at == order.shipped_at
    assert order.lines[0].after_sale_reason == "破损"


@pytest.mark.parametrize(
    ("error", "error_class"),
    [
        ({"code": 7, "msg": "App Call Limited"}, "throttle"),
        ({"code": 15, "sub_code": "isp.remote-service-timeout", "sub_msg": "参数"}, "transient"),
        ({"code": 15, "sub_code": "isv.permission-denied", "sub_msg": "系统繁忙"}, "bad_request"),
        ({"code": 15, "sub_code": "x", "sub_msg": "session expired"}, "auth"),
        ({"code": 15}, "transient"),
        ({"code": 25, "msg": "Invalid signature"}, "signature"),
        ({"code": 26, "msg": "Missing session"}, "auth"),
        ({"code": "27", "msg": "Invalid session"}, "auth"),
        ({"code": 29, "msg": "Invalid app Key"}, "permission"),
        ({"code": 40, "msg": "Missing required arguments:fields"}, "bad_request"),
        ({"code": 41, "msg": "Invalid arguments:session"}, "bad_request"),
        ({"code": 11, "sub_code": "isv.permission-api-package-limit"}, "permission"),
        ({"code": 10, "msg": "Service currently unavailable"}, "transient"),
        ({"code": 999, "sub_code": "isv.trade-odd"}, "bad_request"),
        ({"code": 999, "msg": "?"}, "transient"),
        ({}, "transient"),
    ],
)
def test_a_refusal_is_classed_by_code_and_then_by_words(error: dict[str, Any], error_class: str) -> None:
    found = read(trades(trade()), refused(**error))
    code = str(error["code"]) if "code" in error else None
    assert found["errors"] == [{"exchange": 1, "class": error_class, "platform_code": code}]
    assert len(found["orders"]) == 1


@pytest.mark.parametrize("answer", [{}, {"request_id": "x"}, {"error_response": None}])
def test_an_answer_that_says_nothing_is_transient(answer: dict[str, Any]) -> None:
    assert read({"response": answer})["errors"] == [
        {"exchange": 0, "class": "transient", "platform_code": None}
    ]
