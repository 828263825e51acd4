from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.alliance import vipshop
from measurement.alliance.facts import JoinKey, JoinKind
from measurement.alliance.orders import assemble
from tests.measurement.alliance.vipshop_wire import (
    MINUTE,
    ORDERED_MS,
    UNION_ID,
    after_sale,
    answered,
    back,
    backs,
    goods,
    money,
    of_lines,
    only_order,
    piece,
    read,
    union,
    unions,
)


def test_an_affiliate_order_is_told_with_its_commission() -> None:
    assert only_order(unions(union())) == {
        "platform": "vipshop",
        "order_id": UNION_ID,
        "feed": "affiliate",
        "status": "paid",
        "paid_amount_fen": 19900,
        "refunded_amount_fen": 0,
        "shipping_fen": 0,
        "paid_at": "2026-03-01T02:05:00Z",
        "paid_at_source": "order_time",
        "modified_at": "2026-03-01T02:05:00Z",
        "commission_fen": 1592,
        "commission_valid": True,
        "lines": [
            {
                "line_id": f"{UNION_ID}:S8001:0",
                "sku_id": "S8001",
                "product_id": "SPU8001",
                "quantity": 1,
                "paid_amount_fen": 19900,
                "refunded_amount_fen": 0,
            }
        ],
    }


@pytest.mark.parametrize("state", ["已付款", "已签收", "待结算", "已结算"])
def test_every_state_after_payment_is_paid(state: str) -> None:
    assert money(only_order(unions(union(orderSubStatusName=state)))) == ("paid", 19900, 0, 0)


def test_a_placed_order_is_unpaid() -> None:
    order = only_order(unions(union(orderSubStatusName="已下单")))
    assert money(order) == ("unpaid", 0, 0, 0)
    assert of_lines(order) == [(0, 0)]
    assert order["paid_at"] is None
    assert "paid_at_source" not in order


def test_a_void_order_is_cancelled() -> None:
    order = only_order(unions(union(orderSubStatusName="已失效")))
    assert money(order) == ("cancelled", 0, 0, 0)
    assert (order["commission_fen"], order["commission_valid"]) == (1592, False)


@pytest.mark.parametrize(
    ("status", "valid"), [(0, False), ("0", False), (1, True), (2, True), ("2", True), (None, True)]
)
def test_a_commission_is_valid_unless_the_order_does_not_qualify(status: Any, valid: bool) -> None:
    assert only_order(unions(union(status=status)))["commission_valid"] is valid


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"status": 2}, "paid"),
        ({"status": 1}, "unpaid"),
        ({"status": 1, "settled": "1"}, "paid"),
        ({"status": 1, "signTime": ORDERED_MS}, "paid"),
        ({"status": 0}, "cancelled"),
        ({"status": None}, "unpaid"),
    ],
)
def test_without_a_known_state_the_flags_tell(changes: dict[str, Any], state: str) -> None:
    for name in (None, "", "新状态"):
        assert only_order(unions(union(orderSubStatusName=name, **changes)))["status"] == state


def test_a_void_order_of_which_every_piece_came_back_is_refunded() -> None:
    lines = (
        goods(2, "50.00", "S1", afterSaleInfo=[after_sale(sn="A1"), after_sale(sn="A2")]),
        goods(1, "99.00", "S2", afterSaleInfo=after_sale(count="1", sn="A3")),
    )
    order = only_order(unions(union(*lines, orderSubStatusName="已失效")))
    assert money(order) == ("refunded", 19900, 19900, 0)
    assert of_lines(order) == [(10000, 10000), (9900, 9900)]
    assert order["paid_at"] == "2026-03-01T02:05:00Z"


@pytest.mark.parametrize(
    "infos",
    [
        [],
        None,
        [after_sale(status=1, count=2)],
        [after_sale(status=3, count=2)],
        [after_sale(kind=2, count=2)],
        [after_sale(count=1)],
        [after_sale(count=1, sn="A1"), after_sale(count=1, sn="A1")],
        [after_sale(count=1, sn="A1"), after_sale(count=1, sn="A2", kind=2)],
    ],
)
def test_a_void_order_with_a_piece_not_returned_is_cancelled(infos: Any) -> None:
    line = goods(2, "99.50", afterSaleInfo=infos)
    assert money(only_order(unions(union(line, orderSubStatusName="已失效")))) == ("cancelled", 0, 0, 0)


def test_a_void_order_may_be_returned_by_both_feeds_together() -> None:
    lines = (goods(1, "100.00", "S1"), goods(1, "99.00", "S2", afterSaleInfo=[after_sale(sn="A2")]))
    page = unions(union(*lines, orderSubStatusName="已失效"))
    refund = backs(back(1, piece("100.00", size="S1"), sn="A1"))
    assert money(only_order(page)) == ("cancelled", 0, 0, 0)
    order = only_order(page, refund)
    assert money(order) == ("refunded", 19900, 19900, 0)
    assert of_lines(order) == [(10000, 10000), (9900, 9900)]


def test_one_after_sale_told_by_both_feeds_counts_once() -> None:
    line = goods(2, "99.50", afterSaleInfo=[after_sale(count=1, sn="A1")])
    refund = backs(back(1, piece("99.50"), sn="A1"))
    order = only_order(unions(union(line)), refund)
    assert money(order) == ("refunded_partially", 19900, 9950, 0)
    void = unions(union(line, orderSubStatusName="已失效"))
    assert money(only_order(void, refund)) == ("cancelled", 0, 0, 0)


def test_the_payment_is_shared_by_final_price_times_count() -> None:
    lines = (goods("3", "33.00", "S1"), goods(1, "50.00", "S2"), goods(1, "1.00", "S2"))
    order = only_order(unions(union(*lines, totalCost="100.00")))
    assert of_lines(order) == [(6600, 0), (3333, 0), (67, 0)]
    assert [line["line_id"] for line in order["lines"]] == [
        f"{UNION_ID}:S1:0",
        f"{UNION_ID}:S2:0",
        f"{UNION_ID}:S2:1",
    ]


@pytest.mark.parametrize(("kind", "refunded"), [(1, 5000), (2, 0), (3, 5000), (4, 5000), (5, 0), ("4", 5000)])
@pytest.mark.parametrize(("status", "counts"), [(1, False), (2, True), (3, False), ("2", True)])
def test_only_finished_returns_protections_and_refunds_move_money(
    kind: Any, refunded: int, status: Any, counts: bool
) -> None:
    refund = backs(back(kind, piece("50.00"), status=status))
    expected = refunded if counts else 0
    order = only_order(unions(union()), refund)
    assert money(order) == ("refunded_partially" if expected else "paid", 19900, expected, 0)
    assert of_lines(order) == [(19900, expected)]
    assert only_order(refund, unions(union())) == order


def test_refunds_are_summed_by_their_own_number() -> None:
    refunds = [back(3, piece("9.90"), sn="A1"), back(4, piece("189.10"), sn="A2")]
    order = only_order(unions(union()), backs(*refunds), backs(*refunds))
    assert money(order) == ("refunded", 19900, 19900, 0)


def test_a_refund_finished_does_not_run_again() -> None:
    running, finished = back(1, status=1), back(1, status=2)
    for rows in ((running, finished), (finished, running)):
        assert money(only_order(unions(union()), *(backs(row) for row in rows)))[0] == "refunded"


def test_a_refund_names_its_line() -> None:
    lines = (goods(1, "100.00", "S1"), goods(1, "99.00", "S2"))
    order = only_order(unions(union(*lines)), backs(back(1, piece("99.00", size="S2"))))
    assert of_lines(order) == [(10000, 0), (9900, 9900)]


def test_a_refund_of_goods_not_in_the_order_is_known_for_no_line() -> None:
    order = only_order(unions(union()), backs(back(1, piece("50.00", size="S9"))))
    assert money(order) == ("refunded_partially", 19900, 5000, 0)
    assert of_lines(order) == [(19900, None)]


def test_a_refund_without_total_is_price_times_count() -> None:
    line = goods(2, "99.50")
    refund = backs(back(1, {**piece(None, count="2"), "goodsPrice": "99.50"}))
    assert money(only_order(unions(union(line)), refund)) == ("refunded", 19900, 19900, 0)


def test_a_finished_return_told_by_the_order_alone_takes_its_pieces_part() -> None:
    line = goods(3, "66.33", afterSaleInfo=[after_sale(count=1)])
    order = only_order(unions(union(line)))
    assert money(order) == ("refunded_partially", 19900, 6633, 0)
    line = goods(3, "66.33", afterSaleInfo=[after_sale(count="3")])
    assert money(only_order(unions(union(line)))) == ("refunded", 19900, 19900, 0)


def test_an_exchange_told_by_the_order_moves_no_money() -> None:
    line = goods(1, afterSaleInfo=[after_sale(kind=2)])
    assert money(only_order(unions(union(line)))) == ("paid", 19900, 0, 0)


def test_a_refund_whose_order_has_not_come_is_no_order() -> None:
    assert read(backs(back()))["orders"] == []


def test_rows_without_the_buyers_payment_are_told_by_the_base_of_the_commission() -> None:
    lines = (goods(2, "99.50", "S1", afterSaleInfo=[after_sale(count=1)]), goods(1, "10.00", "S2"))
    order = only_order(unions(union(*lines, totalCost=None)))
    assert order["amount_basis"] == "commission_base"
    assert money(order) == ("refunded_partially", 36000, None, 0)
    assert [
        (line["paid_amount_fen"], line["refunded_amount_fen"], line["refunded_quantity"])
        for line in order["lines"]
    ] == [(18000, None, 1), (18000, None, 0)]
    void = only_order(unions(union(*lines, totalCost=None, orderSubStatusName="已失效")))
    assert money(void) == ("cancelled", 0, None, 0)
    assert read(unions(union(totalCost=None, detailList=None)))["orders"] == []


def test_the_children_of_a_split_order_replace_it() -> None:
    parent = union(orderSn="26030100008000", isSplit=1)
    children = [
        union(orderSn="26030100008001", parentSn="26030100008000", isSplit=1, totalCost="100.00"),
        union(orderSn="26030100008002", parentSn=26030100008000, isSplit=1, totalCost="99.00"),
    ]
    for rows in ([parent, *children], [*children, parent]):
        answer = read(unions(*rows))
        assert [(order["order_id"], order["parent_order_id"]) for order in answer["orders"]] == [
            ("26030100008001", "26030100008000"),
            ("26030100008002", "26030100008000"),
        ]
        assert answer["superseded_orders"] == ["26030100008000"]


@pytest.mark.parametrize("parent", ["", "0", 0, None, UNION_ID])
def test_an_order_that_was_not_split_has_no_parent(parent: Any) -> None:
    answer = read(unions(union(parentSn=parent)))
    assert "parent_order_id" not in answer["orders"][0]
    assert answer["superseded_orders"] == []


def test_the_same_id_in_both_feeds_is_two_statements() -> None:
    shop = {"order_id": UNION_ID, "status": "10", "payable_fee": "199.00", "created": "2026-03-01 10:05:00"}
    orders = read(unions(union()), answered({"orders": [shop]}))["orders"]
    assert [order.get("feed") for order in orders] == [None, "affiliate"]


def test_channel_parameters_are_join_keys() -> None:
    (order,) = assemble(vipshop.read(unions(union(adCode="ad-8"))).pieces)
    assert set(order.join_keys) == {
        JoinKey(JoinKind.BUYER, "vipshop_union", "open-8"),
        JoinKey(JoinKind.PID, "vipshop", "chan-8"),
        JoinKey(JoinKind.CHANNEL_TAG, "vipshop", "chan-8"),
        JoinKey(JoinKind.STAT_PARAM, "vipshop", "xhs_note_8"),
        JoinKey(JoinKind.AD_CODE, "vipshop", "ad-8"),
    }


def test_a_commission_missing_from_the_order_is_that_of_its_lines() -> None:
    lines = (goods(1, "100.00", "S1"), goods(1, "99.00", "S2", commission="0.08"))
    assert only_order(unions(union(*lines, commission=None)))["commission_fen"] == 1600
    assert "commission_fen" not in only_order(unions(union(goods(commission=None), commission=None)))


@pytest.mark.parametrize("result", [None, {"orderInfoList": None, "total": 0}, {"orderInfoList": []}])
def test_an_empty_page_is_empty(result: Any) -> None:
    assert read(answered(result))["orders"] == []


def test_the_signature_of_the_published_call() -> None:
    params = {
        "appKey": "demo-key",
        "format": "json",
        "method": "orderListWithOauth",
        "service": "com.vip.adp.api.open.service.UnionOrderV2Service",
        "timestamp": "1767225600",
        "version": "2.0.0",
        "accessToken": "demo-token",
    }
    body = '{"queryModel":{"page":1,"pageSize":20}}'
    expected = "FD8B0746827C632750E98E4A141F0530"
    assert vipshop.sign({"secret": "demo-secret", "params": params, "body": body}) == expected
    text = "".join(name + params[name] for name in sorted(params)) + body
    assert vipshop.sign({"secret": "demo-secret", "string_before_secret": text}) == expected
    signed = {**params, "sign": "of an earlier call"}
    assert vipshop.sign({"secret": "demo-secret", "params": signed, "body": body}) == expected
    assert vipshop.sign({"secret": "demo-secret", "params": params, "body": body + " "}) != expected


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"returnCode": "vipapis.miss-parameter", "returnMessage": "缺少必要参数"}, "bad_request"),
        ({"returnCode": "vipapis.ip-in-blackList", "returnMessage": ""}, "permission"),
        ({"returnCode": "vipapis.sign-error"}, "signature"),
        ({"returnCode": "vipapis.access-token-expired"}, "auth"),
        ({"returnCode": "1001", "returnMessage": "调用频率超限"}, "throttle"),
        ({"returnCode": "1002", "returnMessage": "系统繁忙，请稍后"}, "transient"),
        ({"returnCode": "1003"}, "transient"),
        ({"success": False, "message": "accessToken已过期"}, "auth"),
        ({"success": "false"}, "transient"),
        ({"returnCode": "0", "success": False, "returnMessage": "参数错误"}, "bad_request"),
    ],
)
def test_a_refusal_is_classed_by_its_code_and_then_its_words(answer: dict[str, Any], error: str) -> None:
    result = read({"response": answer})
    assert result["orders"] == []
    code = answer.get("returnCode")
    assert result["errors"] == [
        {"exchange": 0, "class": error, "platform_code": None if code == "0" else code}
    ]


@pytest.mark.parametrize(
    ("exchange", "error"),
    [
        ({"http_status": 404, "response_text": "<html>"}, "bad_request"),
        ({"http_status": 502, "response": {"returnCode": "0"}}, "transient"),
        ({"response_text": "<html>gateway</html>"}, "transient"),
        ({"response_text": ""}, "transient"),
    ],
)
def test_what_is_no_answer_is_classed_by_what_came(exchange: dict[str, Any], error: str) -> None:
    assert read(exchange)["errors"] == [{"exchange": 0, "class": error, "platform_code": None}]


@pytest.mark.parametrize(
    "good", [{"returnCode": 0}, {"returnCode": "0"}, {"success": True}, {"success": "true"}]
)
def test_either_form_of_success_is_accepted(good: dict[str, Any]) -> None:
    page = {"response": {**good, "result": {"orderInfoList": [union()]}}}
    assert money(only_order(page)) == ("paid", 19900, 0, 0)


@given(
    total=st.integers(0, 10**6),
    lines=st.lists(st.tuples(st.integers(1, 5), st.integers(0, 10**5)), min_size=1, max_size=5),
    returned=st.integers(0, 5),
)
def test_lines_always_add_up_and_never_give_back_more_than_they_took(
    total: int, lines: list[tuple[int, int]], returned: int
) -> None:
    told = [
        goods(count, f"{price / 100:.2f}", f"S{i}", afterSaleInfo=[after_sale(count=min(returned, count))])
        for i, (count, price) in enumerate(lines)
    ]
    order = only_order(unions(union(*told, totalCost=f"{total / 100:.2f}")))
    assert sum(paid for paid, _ in of_lines(order)) == order["paid_amount_fen"] == total
    assert all(0 <= (refunded or 0) <= paid for paid, refunded in of_lines(order))
    assert order["refunded_amount_fen"] == sum(refunded or 0 for _, refunded in of_lines(order))


@given(st.data())
def test_order_of_arrival_and_repeats_change_nothing(data: st.DataObject) -> None:
    line = goods(2, "99.50")
    changed = goods(2, "99.50", afterSaleInfo=[after_sale(count=1, sn="A1")])
    pages = [
        unions(union(line, orderSubStatusName="已下单")),
        unions(union(line)),
        unions(union(changed, lastUpdateTime=ORDERED_MS + MINUTE)),
        unions(union(orderSn="26030100008009", parentSn="26030100008008"), union(orderSn="26030100008008")),
        backs(back(1, piece("99.50"), status=1)),
        backs(back(1, piece("99.50"))),
        backs(back(3, piece("1.00"), sn="A2"), back(4, piece("3.00", size="S9"), status=3, sn="A3")),
    ]
    shuffled = data.draw(st.permutations(pages + data.draw(st.lists(st.sampled_from(pages), max_size=4))))
    assert read(*shuffled) == read(*pages)
