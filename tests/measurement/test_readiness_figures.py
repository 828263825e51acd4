"""Late parcels and refunds, counted over orders as files bring them in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from measurement.alliance.facts import OrderStatus
from measurement.alliance.first_party import OrderRow, piece_of
from measurement.operations import orders
from measurement.queries import readiness
from merchants.models import Merchant
from merchants.periods import Period
from merchants.readiness.figures import Figure, Line

PAID = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


def order(number: int, **more: object) -> OrderRow:
    told: dict[str, object] = {
        "platform": "store", "order_id": f"P{number}", "line_id": f"P{number}:1", "status": OrderStatus.PAID,
        "paid_fen": 10_000, "refunded_fen": 0, "paid_at": PAID, "created_at": PAID,
    }  # fmt: skip
    return OrderRow(**(told | more))  # type: ignore[arg-type]


def shipped(number: int, hours: int, **more: object) -> OrderRow:
    """Promised within 48 hours."""
    return order(number, promised_at=PAID + 48 * HOUR, shipped_at=PAID + hours * HOUR, **more)


REFUND = {"refunded_fen": 4_000, "status": OrderStatus.REFUNDED_PARTIALLY}


@pytest.fixture
def shop(merchant: Merchant) -> Merchant:
    rows = [
        shipped(1, 20),
        shipped(2, 48),
        shipped(3, 49, **REFUND, after_sale_reason="发货太慢"),
        shipped(4, 90),
        order(5, promised_at=PAID + 48 * HOUR),  # not shipped, or nobody told
        order(6, shipped_at=PAID + HOUR, **REFUND),
        order(7, **REFUND, after_sale_reason="发货太慢"),
        order(8, **REFUND, after_sale_reason="过敏"),
        order(9, refunded_fen=None),
        shipped(10, 90, paid_at=PAID - timedelta(days=30)),  # of another month
    ]
    orders.put_pieces(merchant, [piece_of(row) for row in rows], by="system:test")
    return merchant


def test_only_orders_with_a_promise_and_a_time_of_shipping_tell(shop: Merchant) -> None:
    assert readiness.late_shipments(shop, MARCH) == Figure(hits=2, size=4, of=9)


def test_refunds_are_of_orders_whose_refund_is_known(shop: Merchant) -> None:
    assert readiness.refunds(shop, MARCH) == Figure(hits=4, size=8, of=9)


def test_late_parcels_stand_beside_refunds(shop: Merchant) -> None:
    effect = readiness.late_beside_lost(shop, MARCH)
    with translation.override("en"):
        told = [(str(line.label), line.n, line.lost, line.fen) for line in effect.lines]
    assert told == [("Shipped in time", 2, 0, 0), ("Shipped late", 2, 1, 4_000)]
    assert effect.unknown == 5


def test_reasons_are_the_platforms_own_words(shop: Merchant) -> None:
    effect = readiness.reasons_beside_refunds(shop, MARCH)
    assert effect.lines == (Line("发货太慢", 2, None, 8_000), Line("过敏", 1, None, 4_000))
    assert effect.unknown == 1


def test_of_many_reasons_the_rare_ones_are_one_line(merchant: Merchant) -> None:
    rows = [order(n, **REFUND, after_sale_reason=f"原因 {n:02}") for n in range(10)]
    orders.put_pieces(merchant, [piece_of(row) for row in rows], by="system:test")
    lines = readiness.reasons_beside_refunds(merchant, MARCH).lines
    assert [line.n for line in lines] == [1] * 8 + [2]
    assert lines[-1].fen == 8_000


def test_without_orders_nothing_is_told(merchant: Merchant) -> None:
    assert readiness.late_shipments(merchant, MARCH) == Figure(0, 0, 0)
    assert readiness.late_beside_lost(merchant, MARCH).lines == ()
    assert readiness.reasons_beside_refunds(merchant, MARCH).lines == ()
