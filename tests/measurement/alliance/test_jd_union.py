from __future__ import annotations

from typing import Any

import pytest

from measurement.alliance import jd
from measurement.alliance.facts import Feed, JoinKey, JoinKind
from measurement.alliance.orders import assemble

from .jd_wire import only_order, order, orders, read, row, union

NO_COMMISSION = [*range(4, 15), *range(19, 24), *range(25, 29)]


def test_a_paid_row_is_an_affiliate_order_on_the_commission_base() -> None:
    assert only_order(union(row())) == {
        "platform": "jd",
        "order_id": "291000000301",
        "status": "paid",
        "paid_amount_fen": 9000,
        "refunded_amount_fen": None,
        "shipping_fen": 0,
        "paid_at": "2026-03-01T02:02:00Z",
        "paid_at_source": "order_time",
        "modified_at": "2026-03-01T02:02:30Z",
        "feed": "affiliate",
        "amount_basis": "commission_base",
        "commission_fen": 810,
        "commission_valid": True,
        "lines": [
            {
                "line_id": "291000000301_1",
                "sku_id": "101000000301",
                "product_id": None,
                "quantity": 2,
                "paid_amount_fen": 9000,
                "refunded_amount_fen": None,
                "refunded_quantity": 0,
            }
        ],
    }


@pytest.mark.parametrize(
    ("codes", "status", "paid", "valid"),
    [
        ([15, 24, -1, None, "15"], "unpaid", 0, False),
        ([16, 17, 18, "17"], "paid", 9000, True),
        ([3], "cancelled", 0, False),
        (NO_COMMISSION, "paid", 9000, False),
    ],
)
def test_every_valid_code_has_its_meaning(codes: list[Any], status: str, paid: int, valid: bool) -> None:
    for code in codes:
        found = only_order(union(row(validCode=code, actualCosPrice=90)))
        assert (found["status"], found["paid_amount_fen"], found["commission_valid"]) == (status, paid, valid)
        assert found["refunded_amount_fen"] is None
        assert (found["paid_at"] is None) == (status in {"unpaid", "cancelled"})
        assert ("paid_at_source" in found) == (found["paid_at"] is not None)


@pytest.mark.parametrize("code", [17, 18])
def test_actual_figures_replace_the_estimates_once_the_row_is_final(code: int) -> None:
    final = row(validCode=code, actualCosPrice=45.5, actualFee="4.09")
    found = only_order(union(final))
    assert (found["paid_amount_fen"], found["commission_fen"]) == (4550, 409)
    waiting = only_order(union(row(validCode=16, actualCosPrice=45.5, actualFee="4.09")))
    assert (waiting["paid_amount_fen"], waiting["commission_fen"]) == (9000, 810)


@pytest.mark.parametrize(
    ("returned", "status"), [(0, "paid"), (1, "refunded_partially"), (2, "refunded"), ("2", "refunded")]
)
def test_pieces_that_came_back_decide_the_status(returned: Any, status: str) -> None:
    found = only_order(union(row(skuReturnNum=returned)))
    assert found["status"] == status
    assert found["lines"][0]["refunded_quantity"] == int(returned)
    assert found["paid_at"] == "2026-03-01T02:02:00Z"


def test_pieces_still_in_after_sale_did_not_come_back() -> None:
    assert only_order(union(row(skuFrozenNum=2)))["status"] == "paid"


def test_rows_of_one_order_are_its_lines_and_add_up() -> None:
    rows = [
        row("r2", skuReturnNum=2),
        row("r1", estimateCosPrice=10.01, estimateFee=1, orderTime="2026-03-01 10:00:00"),
    ]
    found = only_order(union(*rows))
    assert [line["line_id"] for line in found["lines"]] == ["r1", "r2"]
    assert (found["paid_amount_fen"], found["commission_fen"]) == (10001, 910)
    assert found["status"] == "refunded_partially"
    assert found["paid_at"] == "2026-03-01T02:00:00Z"


def test_an_order_is_paid_as_far_as_its_rows_are() -> None:
    found = only_order(union(row("r1"), row("r2", validCode=3), row("r3", validCode=25, estimateFee=0)))
    assert (found["status"], found["commission_valid"], found["commission_fen"]) == ("paid", True, 810)
    assert [line["paid_amount_fen"] for line in found["lines"]] == [9000, 0, 9000]


def test_a_row_invalid_because_split_is_dropped_and_its_children_carry_on() -> None:
    parent = union(row("p", orderId="100", validCode=16))
    split = union(row("p", orderId="100", validCode=2, modifyTime="2026-03-01 11:00:00"))
    child = union(row("c", orderId="101", parentId=100))
    for pages in ([parent, split, child], [child, split, parent], [split, child]):
        found = read(*pages)
        assert [(one["order_id"], one["parent_order_id"]) for one in found["orders"]] == [("101", "100")]
        assert found["superseded_orders"] == ["100"]
    assert read(split) == {"orders": [], "superseded_orders": ["100"], "errors": []}


def test_a_parent_named_by_a_child_is_retired_before_its_own_row_says_so() -> None:
    found = read(union(row("p", orderId="100"), row("c", orderId="101", parentId="100")))
    assert [one["order_id"] for one in found["orders"]] == ["101"]


def test_an_affiliate_order_never_mixes_with_the_shop_order_of_the_same_id() -> None:
    found = read(union(row(orderId="5", parentId="4")), orders(order(orderId="5"), order(orderId="4")))
    assert [(one["order_id"], one.get("feed")) for one in found["orders"]] == [
        ("4", None),
        ("5", None),
        ("5", "affiliate"),
    ]


def test_a_restated_row_replaces_itself_by_its_later_time_or_its_later_code() -> None:
    first = union(row(validCode=15))
    for modified in ("2026-03-01 10:02:30", "2026-03-01 12:00:00"):
        later = union(row(validCode=17, actualCosPrice=88, modifyTime=modified))
        for pages in ([first, later], [later, first, later]):
            assert only_order(*pages)["paid_amount_fen"] == 8800


def test_the_goods_spu_is_told_where_goods_info_was_asked_for() -> None:
    found = only_order(union(row(goodsInfo={"productId": 777, "shopId": 9})))
    assert found["lines"][0]["product_id"] == "777"


def test_channel_parameters_become_join_keys() -> None:
    (fact,) = assemble(jd.read(union(row(pid="p_1", ext1="e-1"))).pieces)
    assert fact.feed is Feed.AFFILIATE
    assert fact.join_keys == (
        JoinKey(JoinKind.PID, "jd", "p_1"),
        JoinKey(JoinKind.SUB_UNION_ID, "jd", "xhs_note_01"),
        JoinKey(JoinKind.POSITION_ID, "jd", "3000001"),
        JoinKey(JoinKind.STAT_PARAM, "jd", "e-1"),
    )


@pytest.mark.parametrize("empty", [None, [], {}])
def test_a_page_without_data_is_no_error(empty: Any) -> None:
    assert read(union(data=empty)) == {"orders": [], "superseded_orders": [], "errors": []}


def test_a_page_tells_whether_there_is_more_and_reads_a_bare_row_and_an_unwrapped_result() -> None:
    assert jd.read(union(row(), hasMore=True)).has_next is True
    assert jd.read(union(row(), hasMore=None)).has_next is None
    assert only_order(union(data=row()))["order_id"] == "291000000301"
    plain = {"jd_union_open_order_row_query_response": {"queryResult": {"code": "200", "data": [row()]}}}
    assert only_order({"response": plain})["order_id"] == "291000000301"


@pytest.mark.parametrize(
    ("result", "error_class", "code"),
    [
        ({"code": 400, "message": "参数错误"}, "bad_request", "400"),
        ({"code": "401", "message": ""}, "auth", "401"),
        ({"code": 403, "message": "无访问权限"}, "permission", "403"),
        ({"code": 429, "message": "x"}, "throttle", "429"),
        ({"code": 500, "message": "服务端异常"}, "transient", "500"),
        ({"code": 777, "message": "接口调用频率超限"}, "throttle", "777"),
        ({"code": 777, "message": None}, "transient", "777"),
    ],
)
def test_a_result_that_is_not_200_is_a_refusal(result: dict[str, Any], error_class: str, code: str) -> None:
    found = read(union(**{**result, "data": None}))
    assert found["errors"] == [{"exchange": 0, "class": error_class, "platform_code": code}]


@pytest.mark.parametrize("text", ["<html>", "", None, "[]"])
def test_a_result_that_is_not_json_is_transient(text: Any) -> None:
    answer = {"jd_union_open_order_row_query_responce": {"code": "0", "queryResult": text}}
    assert read({"response": answer})["errors"] == [
        {"exchange": 0, "class": "transient", "platform_code": None}
    ]
