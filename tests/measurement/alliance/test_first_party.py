"""Orders as a merchant hands them in, one row a line."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.alliance.facts import Feed, JoinKey, JoinKind, OrderStatus, Piece
from measurement.alliance.first_party import OrderRow, order_from, piece_of
from measurement.alliance.orders import assemble, assemble_one

PAID_AT = datetime(2026, 3, 1, 13, 2, 10, tzinfo=UTC)


def line(number: int = 1, **fields) -> OrderRow:
    told = {"status": OrderStatus.PAID, "paid_fen": 38_900, "refunded_fen": 0, "paid_at": PAID_AT, **fields}
    return OrderRow(platform="store", order_id="POS-1", line_id=f"POS-1:{number}", **told)


def order(*rows: OrderRow):
    return order_from([piece_of(row) for row in rows])


def test_lines_and_postage_add_up_to_the_payment():
    told = order(line(1, shipping_fen=800), line(2, paid_fen=1_100, shipping_fen=800))
    assert (told.paid_fen, told.shipping_fen, told.refunded_fen) == (40_800, 800, 0)
    assert (told.status, told.paid_at) == (OrderStatus.PAID, PAID_AT)
    assert [one.line_id for one in told.lines] == ["POS-1:1", "POS-1:2"]


def test_an_unknown_refund_is_unknown():
    told = order(line(1), line(2, refunded_fen=None))
    assert told.refunded_fen is None
    assert [one.refunded_fen for one in told.lines] == [0, None]
    assert told.status == OrderStatus.PAID


@pytest.mark.parametrize(
    ("rows", "status", "refunded"),
    [
        ([line(refunded_fen=100)], OrderStatus.REFUNDED_PARTIALLY, 100),
        ([line(refunded_fen=38_900)], OrderStatus.REFUNDED, 38_900),
        ([line(status=OrderStatus.REFUNDED, refunded_fen=None)], OrderStatus.REFUNDED, 38_900),
        (
            [line(1), line(2, status=OrderStatus.REFUNDED, refunded_fen=None)],
            OrderStatus.REFUNDED_PARTIALLY,
            38_900,
        ),
        (
            [line(status=OrderStatus.REFUNDED_PARTIALLY, refunded_fen=None)],
            OrderStatus.REFUNDED_PARTIALLY,
            None,
        ),
    ],
)
def test_the_money_that_went_back_tells_the_status(rows, status, refunded):
    told = order(*rows)
    assert (told.status, told.refunded_fen) == (status, refunded)


def test_a_new_buyer_is_said_once_for_the_order():
    assert order(line(1), line(2, is_new_buyer=True)).is_new_buyer is True
    assert order(line(1)).is_new_buyer is None


@pytest.mark.parametrize("status", [OrderStatus.UNPAID, OrderStatus.CANCELLED])
def test_an_order_never_paid_holds_no_money(status):
    told = order(line(status=status, refunded_fen=None, shipping_fen=800))
    assert (told.status, told.paid_fen, told.refunded_fen, told.shipping_fen, told.paid_at) == (
        status, 0, 0, 0, None,
    )  # fmt: skip


def test_without_a_time_of_payment_the_order_time_stands_in_and_says_so():
    created = datetime(2026, 3, 1, 12, tzinfo=UTC)
    told = order(line(paid_at=None, created_at=created))
    assert (told.paid_at, told.paid_at_source) == (created, "order_time")


@given(st.lists(st.tuples(st.integers(0, 10**8), st.none() | st.integers(0, 10**8)), min_size=1, max_size=5))
def test_no_fen_is_lost_or_made(amounts):
    rows = [
        line(n, paid_fen=paid, refunded_fen=None if back is None else min(back, paid))
        for n, (paid, back) in enumerate(amounts)
    ]
    told = order(*rows)
    assert told.paid_fen == sum(paid for paid, _ in amounts)
    assert sum(one.paid_fen for one in told.lines) + told.shipping_fen == told.paid_fen
    if told.refunded_fen is not None:
        assert told.refunded_fen <= told.paid_fen


def test_rows_in_any_order_make_the_same_order():
    pieces = [piece_of(line(n, paid_fen=100 * n)) for n in (1, 2, 3)]
    assert assemble(pieces) == assemble(reversed(pieces)) == assemble(pieces + pieces)


def test_the_later_version_of_a_row_stands():
    old = line(modified_at=datetime(2026, 3, 2, tzinfo=UTC))
    new = line(modified_at=datetime(2026, 3, 3, tzinfo=UTC), refunded_fen=38_900)
    for pieces in ([old, new], [new, old]):
        told = assemble_one("store", [piece_of(row) for row in pieces])
        assert told.status == OrderStatus.REFUNDED


BUYER = ("buyer", "taobao", "person:00ff")


def test_money_is_the_platforms_and_a_file_adds_who_and_what_led_to_it(monkeypatch):
    from measurement.alliance import orders as module

    handed_in = OrderRow(
        "taobao", "T1", "T1:1", OrderStatus.PAID, 1, None, paid_at=PAID_AT,
        joins=(BUYER, ("coupon", "taobao", "SEED20")),
    )  # fmt: skip
    own = Piece("taobao", Feed.SHOP, "T1", "order", "T1", PAID_AT, {})
    platform = order_from([piece_of(line(paid_fen=500))])
    reader = type(
        "Reader", (), {"order_from": staticmethod(lambda pieces: platform if pieces == [own] else None)}
    )
    monkeypatch.setattr(module, "reader", lambda name: reader)
    told = assemble_one("taobao", [piece_of(handed_in), own])
    assert told.paid_fen == 500
    assert told.join_keys == (
        JoinKey(JoinKind.BUYER, "taobao", "person:00ff"),
        JoinKey(JoinKind.COUPON, "taobao", "SEED20"),
    )


def test_a_retired_parent_is_not_brought_back_by_a_file():
    own = Piece("jd", Feed.SHOP, "T1", "order", "T1", PAID_AT, {"superseded": True})
    handed_in = piece_of(OrderRow("jd", "T1", "T1:1", OrderStatus.PAID, 1, None, paid_at=PAID_AT))
    assert assemble_one("jd", [handed_in, own]) is None
