from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.alliance import vipshop
from measurement.alliance.facts import JoinKey, JoinKind
from measurement.alliance.orders import assemble
from tests.measurement.alliance.vipshop_wire import (
    SELLER_ID,
    answered,
    cancels,
    details,
    head,
    heads,
    money,
    of_lines,
    only_order,
    product,
    read,
)


def test_an_order_and_its_detail_make_the_whole_order() -> None:
    assert only_order(heads(head()), details(product())) == {
        "platform": "vipshop",
        "order_id": SELLER_ID,
        "status": "paid",
        "paid_amount_fen": 28000,
        "refunded_amount_fen": 0,
        "shipping_fen": 1000,
        "paid_at": "2026-03-01T02:10:00Z",
        "paid_at_source": "order_time",
        "modified_at": "2026-03-01T02:12:00Z",
        "lines": [
            {
                "line_id": f"{SELLER_ID}:S7001:0",
                "sku_id": "S7001",
                "product_id": "P7001",
                "quantity": 2,
                "paid_amount_fen": 27000,
                "refunded_amount_fen": 0,
            }
        ],
    }


def test_a_detail_read_before_its_order_gives_the_same() -> None:
    both = heads(head()), details(product())
    assert read(*both) == read(*reversed(both))


def test_a_detail_without_its_order_is_no_order_yet() -> None:
    assert read(details(product()))["orders"] == []


def test_an_order_whose_detail_has_not_come_has_money_but_no_lines() -> None:
    order = only_order(heads(head()))
    assert money(order) == ("paid", 28000, 0, 1000)
    assert order["lines"] == []


@pytest.mark.parametrize(
    "status", ["10", "22", "25", "60", "45", "53", "54", "55", "58", "117", "70", "118", "119"]
)
def test_money_is_not_back_while_a_refund_is_only_under_way(status: str) -> None:
    order = only_order(heads(head(status=status)), details(product()))
    assert money(order) == ("paid", 28000, 0, 1000)
    assert of_lines(order) == [(27000, 0)]


@pytest.mark.parametrize("status", ["49", 49])
def test_49_gives_the_whole_payment_back(status: object) -> None:
    order = only_order(heads(head(status=status)), details(product()))
    assert money(order) == ("refunded", 28000, 28000, 1000)
    assert of_lines(order) == [(27000, 27000)]
    assert order["paid_at"] == "2026-03-01T02:10:00Z"


def test_97_counts_nothing() -> None:
    order = only_order(heads(head(status="97")), details(product()))
    assert money(order) == ("cancelled", 0, 0, 0)
    assert of_lines(order) == [(0, 0)]
    assert order["paid_at"] is None
    assert "paid_at_source" not in order


def test_an_older_page_never_overwrites_a_newer_one() -> None:
    older = heads(head(status="10"))
    newer = heads(head(status="97", last_update_time="2026-03-01 12:00:00"))
    for pages in ((older, newer), (newer, older)):
        assert money(only_order(*pages, details(product()))) == ("cancelled", 0, 0, 0)


def test_of_two_states_of_one_second_the_later_state_stands() -> None:
    for pages in ((head(status="58"), head(status="49")), (head(status="49"), head(status="58"))):
        assert money(only_order(*(heads(page) for page in pages)))[0] == "refunded"


@pytest.mark.parametrize(
    ("audit", "state", "status"),
    [
        ("1", "10", "paid"),
        ("2", "10", "paid"),
        ("2", "97", "cancelled"),
        ("2", "49", "refunded"),
        ("3", "97", "paid"),
        ("4", "10", "paid"),
    ],
)
def test_only_a_granted_cancellation_may_tell_how_an_order_ended(audit: str, state: str, status: str) -> None:
    cancel = {"order_id": SELLER_ID, "apply_sn": "C1", "audit_status": audit, "order_status": state}
    for pages in ((heads(head()), cancels(cancel)), (cancels(cancel), heads(head()))):
        assert only_order(*pages, details(product()))["status"] == status


def test_a_cancellation_once_granted_does_not_wait_again() -> None:
    waiting = {"order_id": SELLER_ID, "apply_sn": "C1", "audit_status": "1", "order_status": "10"}
    granted = {**waiting, "audit_status": "2", "order_status": "97"}
    for pages in ((waiting, granted), (granted, waiting)):
        assert only_order(heads(head()), *(cancels(page) for page in pages))["status"] == "cancelled"


def test_the_reason_of_a_cancellation_stays_with_the_order() -> None:
    cancel = {"order_id": SELLER_ID, "apply_sn": "C1", "audit_status": "2", "order_status": "97"}
    pages = (heads(head()), cancels({**cancel, "reason_choice_remark": "不想要了"}))
    (order,) = assemble(piece for page in pages for piece in vipshop.read(page).pieces)
    assert order.after_sale_reason == "不想要了"


def test_one_sku_on_two_lines_is_numbered_in_feed_order() -> None:
    order = only_order(heads(head()), details(product(money="200.00"), product(money="70.00", num="1")))
    assert [line["line_id"] for line in order["lines"]] == [f"{SELLER_ID}:S7001:0", f"{SELLER_ID}:S7001:1"]
    assert of_lines(order) == [(20000, 0), (7000, 0)]


def test_lines_without_their_amount_share_what_was_paid_by_price_less_discounts_per_piece() -> None:
    order = only_order(
        heads(head(payable_fee="100.01", post_fee="0.00")),
        details(
            product("S1", None, num="2", price="30.00", all_subtotal="5.00"),
            product(
                "S2",
                None,
                num="1",
                price="60.00",
                all_subtotal=None,
                act_subtotal="4.00",
                coupon_subtotal="5.00",
                pay_subtotal="1.00",
            ),
        ),
    )
    assert of_lines(order) == [(5001, 0), (5000, 0)]


def test_a_line_without_its_amount_takes_what_the_others_leave() -> None:
    order = only_order(heads(head()), details(product("S1", "200.00"), product("S2", None)))
    assert of_lines(order) == [(20000, 0), (7000, 0)]


def test_lines_that_do_not_add_up_are_brought_to_what_the_buyer_paid() -> None:
    order = only_order(
        heads(head(payable_fee="190.00")), details(product("S1", "100.00"), product("S2", "170.00"))
    )
    assert of_lines(order) == [(6667, 0), (11333, 0)]


def test_without_payable_fee_goods_less_discounts_and_postage_are_what_was_paid() -> None:
    assert money(only_order(heads(head(payable_fee=None)))) == ("paid", 28000, 0, 1000)
    bare = heads(head(payable_fee=None, total_fee=None))
    assert money(only_order(bare, details(product()))) == ("paid", 28000, 0, 1000)
    assert read(bare)["orders"] == []


def test_postage_is_never_more_than_was_paid() -> None:
    order = only_order(heads(head(payable_fee="5.00")), details(product()))
    assert money(order) == ("paid", 500, 0, 500)
    assert of_lines(order) == [(0, 0)]


@pytest.mark.parametrize(
    "result", [None, [], {}, {"orders": None, "total": 0}, {"orders": []}, {"orders": {}}, "", 0]
)
def test_an_empty_page_is_empty_whatever_its_shape(result: object) -> None:
    answer = read(answered(result))
    assert (answer["orders"], answer["errors"]) == ([], [])


def test_bare_objects_stand_for_lists_of_one() -> None:
    pages = (
        answered({"orders": head()}),
        answered({"order_id": SELLER_ID, "order_products": product()}),
    )
    assert read(*pages) == read(heads(head()), details(product()))


def test_ids_and_amounts_may_come_as_numbers() -> None:
    odd = head(
        order_id=int(SELLER_ID),
        status=10,
        payable_fee=280.0,
        post_fee=10,
        last_update_time="2026-03-01 10:12:00",
    )
    told = product(sku_id=7001, money=270.0, num=2)
    order = only_order(heads(odd), details(told, order_id=int(SELLER_ID)))
    assert order["lines"][0]["line_id"] == f"{SELLER_ID}:7001:0"
    assert of_lines(order) == [(27000, 0)]


def test_a_row_that_says_nothing_known_is_a_problem_and_the_page_goes_on() -> None:
    answer = read(answered({"orders": [{"order_id": ""}, {"colour": "red"}, head()]}))
    assert [order["order_id"] for order in answer["orders"]] == [SELLER_ID]
    assert [problem["exchange"] for problem in answer["problems"]] == [0, 0]


def test_the_buyer_is_a_join_key_in_the_platforms_own_name_space() -> None:
    (order,) = assemble(vipshop.read(heads(head())).pieces)
    assert order.join_keys == (JoinKey(JoinKind.BUYER, "vipshop", "open-user-7"),)


def test_a_page_knows_whether_another_follows() -> None:
    asked = {"body": {"request": {"page": 1, "limit": 1}}}
    page = {**answered({"orders": [head()], "total": "2"}), "request": asked}
    assert (vipshop.read(page).total, vipshop.read(page).has_next) == (2, True)
    asked["body"]["request"]["page"] = 2
    assert vipshop.read(page).has_next is False
    assert vipshop.read(heads(head())).has_next is None


@given(
    payable=st.integers(0, 10**7),
    post=st.integers(0, 10**4),
    stated=st.lists(st.none() | st.integers(0, 10**6), min_size=1, max_size=6),
    status=st.sampled_from(["10", "60", "49", "97", "70"]),
)
def test_lines_and_postage_always_add_up_to_what_was_paid(
    payable: int, post: int, stated: list[int | None], status: str
) -> None:
    products = [product(f"S{i}", None if fen is None else f"{fen / 100:.2f}") for i, fen in enumerate(stated)]
    top = head(payable_fee=f"{payable / 100:.2f}", post_fee=f"{post / 100:.2f}", status=status)
    order = only_order(heads(top), details(*products))
    assert sum(paid for paid, _ in of_lines(order)) + order["shipping_fen"] == order["paid_amount_fen"]
    assert order["paid_amount_fen"] == (0 if status == "97" else payable)
    assert order["refunded_amount_fen"] in (0, order["paid_amount_fen"])


@given(st.data())
def test_order_of_arrival_and_repeats_change_nothing(data: st.DataObject) -> None:
    cancel = {"order_id": SELLER_ID, "apply_sn": "C1", "audit_status": "1", "order_status": "10"}
    pages = [
        heads(head()),
        heads(head(status="58", last_update_time="2026-03-02 09:00:00")),
        heads(head(status="49", last_update_time="2026-03-02 09:00:00")),
        details(product("S1", "200.00"), product("S1", "70.00")),
        cancels(cancel),
        cancels({**cancel, "audit_status": "2", "order_status": "49"}),
    ]
    shuffled = data.draw(st.permutations(pages + data.draw(st.lists(st.sampled_from(pages), max_size=4))))
    assert read(*shuffled) == read(*pages)
