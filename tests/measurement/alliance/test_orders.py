from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.alliance import PLATFORMS, jd, reader, taobao
from measurement.alliance.facts import Feed, LineFact, OrderFact, OrderStatus, Piece
from measurement.alliance.orders import assemble, assemble_one, retires, standing, status_of, superseded, told
from merchants.wire.times import utc_from_seconds

from . import jd_wire, taobao_wire

STATES = [
    "WAIT_BUYER_PAY",
    "WAIT_SELLER_SEND_GOODS",
    "TRADE_FINISHED",
    "TRADE_CLOSED",
    "TRADE_CLOSED_BY_TAOBAO",
]
yuan = st.integers(0, 50_000).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")


def taobao_pieces() -> list[Piece]:
    """Every state of one trade, in one second and apart, a sparse row, and refunds restated."""
    exchanges = [
        *(taobao_wire.trades(taobao_wire.trade(status=state)) for state in STATES),
        taobao_wire.whole(taobao_wire.trade(modified="2026-03-03 10:00:00", post_fee="9.00")),
        taobao_wire.trades(taobao_wire.trade(modified=None)),
        taobao_wire.trades(
            {"tid": taobao_wire.TID, "status": "TRADE_FINISHED", "modified": "2026-03-04 10:00:00"}
        ),
        taobao_wire.refunds(
            taobao_wire.refund(status="WAIT_SELLER_AGREE"),
            taobao_wire.refund(),
            taobao_wire.refund(refund_fee="41.00"),
            taobao_wire.refund("2", oid=1, refund_fee="0.01", modified=None),
        ),
    ]
    return [piece for exchange in exchanges for piece in taobao.read(exchange).pieces]


def jd_pieces() -> list[Piece]:
    """A parent and its children, a child split again, refunds in every state, and union rows restated."""
    exchanges = [
        jd_wire.orders(
            jd_wire.order(orderId="1"),
            jd_wire.order(orderId="2", parentOrderId="1"),
            jd_wire.order(orderId="2", parentOrderId="1", orderState="TRADE_CANCELED"),
            jd_wire.order(orderId="3", parentOrderId="1", directParentOrderId="2"),
        ),
        jd_wire.refunds(*(jd_wire.refund(orderId="3", status=status) for status in (0, 1, 3))),
        jd_wire.union(
            *(jd_wire.row(validCode=code) for code in (15, 16, 17)),
            jd_wire.row("p", orderId="9", validCode=2),
            jd_wire.row("c", orderId="10", parentId=9),
        ),
    ]
    return [piece for exchange in exchanges for piece in jd.read(exchange).pieces]


POOL = [*taobao_pieces(), *jd_pieces()]


@given(st.permutations(POOL), st.lists(st.sampled_from(POOL), max_size=20))
def test_any_order_of_arrival_and_any_repetition_make_the_same_orders(
    arranged: list[Piece], repeated: list[Piece]
) -> None:
    arrived = [*repeated, *arranged, *repeated]
    assert assemble(arrived) == assemble(POOL)
    assert superseded(arrived) == superseded(POOL) == ["1", "2", "9"]


@given(st.lists(st.sampled_from(POOL), unique_by=id), st.data())
def test_pieces_kept_one_by_one_make_what_they_make_together(some: list[Piece], data: st.DataObject) -> None:
    """The database keeps what stands after each arrival; the pure code sees everything at once."""
    kept: list[Piece] = []
    for piece in some:
        kept = standing([*kept, piece])
    arranged = data.draw(st.permutations(some))
    assert standing(arranged) == kept
    for platform, feed, order_id in {(piece.platform, piece.feed, piece.order_id) for piece in some}:
        own = [
            piece
            for piece in kept
            if (piece.platform, piece.feed, piece.order_id) == (platform, feed, order_id)
        ]
        alone = assemble_one(platform, own)
        together = [one for one in assemble(arranged) if (one.order_id, one.feed) == (order_id, feed)]
        assert [alone] == together or (together == [] and (alone is None or order_id in superseded(arranged)))


@given(
    st.lists(st.tuples(yuan, st.integers(1, 9)), min_size=1, max_size=6),
    yuan,
    yuan,
    st.lists(st.tuples(yuan, st.integers(0, 5)), max_size=4),
)
def test_lines_and_postage_of_a_jd_order_always_sum_to_what_was_paid(
    goods: list[tuple[str, int]], paid: str, freight: str, coupons: list[tuple[str, int]]
) -> None:
    items = [jd_wire.item(str(at), jdPrice=price, itemTotal=count) for at, (price, count) in enumerate(goods)]
    found = jd_wire.only_order(
        jd_wire.orders(
            jd_wire.order(
                *items,
                actualPay=paid,
                freightPrice=freight,
                couponDetailList=[jd_wire.coupon(price, str(sku)) for price, sku in coupons],
            )
        )
    )
    lines = [line["paid_amount_fen"] for line in found["lines"]]
    assert sum(lines) + found["shipping_fen"] == found["paid_amount_fen"] == int(paid.replace(".", ""))
    assert min(lines) >= 0


@given(
    st.lists(st.tuples(st.none() | yuan, yuan), min_size=1, max_size=6),
    yuan,
    st.none() | yuan,
    st.sampled_from(STATES),
    st.lists(st.tuples(st.integers(0, 6), yuan), max_size=4),
)
def test_lines_and_postage_of_a_trade_always_sum_to_what_was_paid(
    goods: list[tuple[str | None, str]],
    payment: str,
    postage: str | None,
    state: str,
    back: list[tuple[int, str]],
) -> None:
    lines = [
        taobao_wire.line(at + 1, divide_order_fee=divided, total_fee=total, part_mjz_discount=None)
        for at, (divided, total) in enumerate(goods)
    ]
    found = taobao_wire.only_order(
        taobao_wire.trades(taobao_wire.trade(*lines, payment=payment, post_fee=postage, status=state)),
        taobao_wire.refunds(
            *(
                taobao_wire.refund(str(at), oid=oid, refund_fee=fee)
                for at, (oid, fee) in enumerate(back, start=1)
            )
        ),
    )
    paid = [line["paid_amount_fen"] for line in found["lines"]]
    assert sum(paid) + found["shipping_fen"] == found["paid_amount_fen"]
    assert min(paid) >= 0
    if found["status"] in {"unpaid", "cancelled"}:
        assert found["paid_amount_fen"] == found["refunded_amount_fen"] == 0


def line(paid: int, refunded: int | None) -> LineFact:
    return LineFact("l", None, None, "", 1, paid, refunded)


@pytest.mark.parametrize(
    ("paid", "refunded", "lines", "closed", "status"),
    [
        (100, 0, [line(100, 0)], False, "paid"),
        (100, 1, [line(100, 1)], False, "refunded_partially"),
        (100, 99, [line(100, 99)], False, "refunded_partially"),
        (100, 100, [line(100, 100)], False, "refunded"),
        (100, 120, [line(100, 120)], False, "refunded"),
        (110, 100, [line(100, 100)], False, "refunded_partially"),
        (110, 100, [line(100, 100)], True, "refunded"),
        (110, 100, [line(50, 100), line(50, 0)], True, "refunded_partially"),
        (110, 100, [line(50, None), line(50, None)], True, "refunded"),
        (110, 99, [line(50, None), line(50, None)], True, "refunded_partially"),
        (110, 0, [line(100, 0)], True, "paid"),
        (0, 0, [line(0, 0)], False, "paid"),
    ],
)
def test_the_status_of_a_paid_order_follows_the_money_that_went_back(
    paid: int, refunded: int, lines: list[LineFact], closed: bool, status: str
) -> None:
    assert status_of(paid, refunded, lines, closed=closed) == OrderStatus(status)


def piece(key: str, second: int | None, **body: Any) -> Piece:
    return Piece("taobao", Feed.SHOP, "1", "trade", key, utc_from_seconds(second), body)


def test_what_is_told_later_stands_and_silence_takes_nothing_back() -> None:
    early, late = piece("a", 10, status="A", paid_at="x", note=None), piece("b", 20, status="B", paid_at=None)
    assert told([early, late]) == told([late, early]) == {"status": "B", "paid_at": "x"}


def test_a_piece_without_a_time_loses_and_a_tie_does_not_depend_on_arrival() -> None:
    timeless, timed = piece("a", None, v=1), piece("a", 5, v=2)
    assert standing([timed, timeless]) == standing([timeless, timed]) == [timed]
    one, other = piece("a", 5, v=3), piece("a", 5, v=4)
    assert standing([one, other]) == standing([other, one])


def test_parents_are_named_for_whoever_keeps_the_other_orders() -> None:
    children = jd.read(jd_wire.orders(jd_wire.order(parentOrderId="7", directParentOrderId="8"))).pieces
    assert retires(children) == {"7", "8"}
    assert superseded(children) == ["7", "8"]


def test_one_order_comes_from_its_pieces_alone() -> None:
    pieces = taobao.read(taobao_wire.trades(taobao_wire.trade())).pieces
    order = assemble_one("taobao", pieces)
    assert isinstance(order, OrderFact)
    assert [order] == assemble(pieces)
    assert assemble_one("taobao", []) is None


def test_only_known_platforms_have_a_reader() -> None:
    assert reader("jd") is jd
    assert "taobao" in PLATFORMS
    with pytest.raises(KeyError):
        reader("facts")
