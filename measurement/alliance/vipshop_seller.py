"""VIPSHOP seller orders (marketplace, flagship store): head, lines and cancellations.

The feed has no refund rows: status 49 gives the whole payment back, 97 never took it. It has no pay time
either, so an order counts from ``created``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from measurement.alliance.facts import Feed, JoinKey, JoinKind, LineFact, OrderFact, OrderStatus, Piece
from measurement.alliance.lines import bought, fitted, line_ids
from measurement.alliance.money import fen_from_yuan
from measurement.alliance.stamps import stamped
from merchants.wire.shapes import as_list, integer, text_or_none
from merchants.wire.times import from_iso, iso_z, utc_from_any

PLATFORM = "vipshop"
REFUNDED, CANCELLED = 49, 97
_AUDIT_PASSED = 2
# Which of two states of one second came later; every state not named is somewhere on the way.
_PROGRESS = {10: 0, 118: 1, 119: 2, 22: 3, 25: 4, 60: 5, REFUNDED: 9, CANCELLED: 9}
_ON_THE_WAY = 6
_AUDITS = {3: 1, 4: 1, _AUDIT_PASSED: 2}  # an answered application after one that waits


def pieces(row: Mapping[str, Any], fetched_at: datetime | None) -> list[Piece]:
    """What one row of ``getOrders``, ``getOrderDetail`` or ``batchGetCancelInfo`` states; none for a row
    that is none of these."""
    order_id = text_or_none(row.get("order_id"))
    if order_id is None:
        return []
    if "apply_sn" in row or "audit_status" in row:
        key = text_or_none(row.get("apply_sn")) or ""
        cancel = _cancel(row)
        at = stamped(fetched_at, _AUDITS.get(cancel["audit_status"] or 0, 0))
        return [_piece(order_id, "cancel", key, at, cancel)]
    told = []
    if "status" in row or "payable_fee" in row:
        status = integer(row.get("status"))
        modified_at = utc_from_any(row.get("last_update_time"))
        at = stamped(modified_at or fetched_at, _PROGRESS.get(status or 0, _ON_THE_WAY))
        told.append(_piece(order_id, "order", "", at, _head(row, status, modified_at)))
    if "order_products" in row:
        lines = [_line(line) for line in as_list(row["order_products"]) if isinstance(line, Mapping)]
        told += [_piece(order_id, "detail", "", fetched_at, {"lines": lines})] if lines else []
    return told


def order_from(pieces: Sequence[Piece]) -> OrderFact | None:
    """One order; None while its head has not come. Until its detail has come it has no lines."""
    bodies = {piece.kind: piece.body for piece in pieces}
    head = bodies.get("order")
    if head is None:
        return None
    cancels = [piece.body for piece in pieces if piece.kind == "cancel"]
    lines = bodies.get("detail", {}).get("lines", [])
    status = _status(head, cancels)
    payable = _payable(head, lines)
    if payable is None and status != OrderStatus.CANCELLED:
        return None
    paid = 0 if status is OrderStatus.CANCELLED else max(payable or 0, 0)
    shipping = min(max(head["post_fen"] or 0, 0), paid)
    back = status is OrderStatus.REFUNDED
    order_id = pieces[0].order_id
    buyer = head["open_user_id"]
    reasons = [cancel["reason"] for cancel in cancels if cancel["reason"]]
    created_at = from_iso(head["created"])
    was_paid = status is not OrderStatus.CANCELLED and created_at is not None
    return OrderFact(
        platform=PLATFORM,
        order_id=order_id,
        status=status,
        paid_fen=paid,
        refunded_fen=paid if back else 0,
        shipping_fen=shipping,
        paid_at=created_at if was_paid else None,
        paid_at_source="order_time" if was_paid else None,
        lines=_line_facts(order_id, lines, paid - shipping, back=back),
        modified_at=from_iso(head["modified"]),
        created_at=created_at,
        after_sale_reason=reasons[-1] if reasons else "",
        join_keys=(JoinKey(JoinKind.BUYER, PLATFORM, buyer),) if buyer else (),
    )


def _status(head: Mapping[str, Any], cancels: Sequence[Mapping[str, Any]]) -> OrderStatus:
    """49 and 97 are final; a granted cancellation may tell of them before the head is read again. Every
    other state, refunds under way included, is paid: no money is back yet."""
    states = [head["status"]]
    states += [cancel["order_status"] for cancel in cancels if cancel["audit_status"] == _AUDIT_PASSED]
    for state in states:
        if state == REFUNDED:
            return OrderStatus.REFUNDED
        if state == CANCELLED:
            return OrderStatus.CANCELLED
    return OrderStatus.PAID


def _payable(head: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> int | None:
    """``payable_fee``; where it is missing, goods minus discounts plus postage, from head or lines."""
    if head["payable_fen"] is not None:
        return int(head["payable_fen"])
    goods = head["goods_fen"]
    if goods is None and lines and all(line["paid_fen"] is not None for line in lines):
        goods = sum(line["paid_fen"] for line in lines)
    return None if goods is None else goods + (head["post_fen"] or 0)


def _line_facts(
    order_id: str, lines: Sequence[Mapping[str, Any]], goods_fen: int, *, back: bool
) -> tuple[LineFact, ...]:
    paid = fitted(goods_fen, [line["paid_fen"] for line in lines], [line["worth_fen"] for line in lines])
    ids = line_ids(order_id, [line["sku_id"] for line in lines])
    return tuple(
        LineFact(
            line_id=line_id,
            item_id=line["spu_id"],
            sku_id=line["sku_id"],
            title=line["title"],
            quantity=line["quantity"],
            paid_fen=fen,
            refunded_fen=fen if back else 0,
        )
        for line_id, line, fen in zip(ids, lines, paid, strict=True)
    )


def _head(row: Mapping[str, Any], status: int | None, modified_at: datetime | None) -> dict[str, Any]:
    total = fen_from_yuan(row.get("total_fee"))
    discounts = (fen_from_yuan(row.get(name)) or 0 for name in ("discount_fee", "ex_discount_fee"))
    return {
        "status": status,
        "created": iso_z(utc_from_any(row.get("created")) or utc_from_any(row.get("store_add_time"))),
        "modified": iso_z(modified_at),
        "payable_fen": fen_from_yuan(row.get("payable_fee")),
        "goods_fen": None if total is None else total - sum(discounts),
        "post_fen": fen_from_yuan(row.get("post_fee")),
        "open_user_id": text_or_none(row.get("open_user_id")),
    }


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    quantity = bought(line.get("num"))
    discount = fen_from_yuan(line.get("all_subtotal"))
    if discount is None:
        names = ("act_subtotal", "coupon_subtotal", "pay_subtotal")
        discount = sum(fen_from_yuan(line.get(name)) or 0 for name in names)
    return {
        "sku_id": text_or_none(line.get("sku_id")),
        "spu_id": text_or_none(line.get("spu_id")),
        "title": text_or_none(line.get("title")) or "",
        "quantity": quantity,
        "paid_fen": fen_from_yuan(line.get("goods_line_money")),
        "worth_fen": ((fen_from_yuan(line.get("price")) or 0) - discount) * quantity,
    }


def _cancel(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "audit_status": integer(row.get("audit_status")),
        "order_status": integer(row.get("order_status")),
        "reason": text_or_none(row.get("reason_choice_remark")) or "",
    }


def _piece(order_id: str, kind: str, key: str, at: datetime | None, body: Mapping[str, Any]) -> Piece:
    return Piece(PLATFORM, Feed.SHOP, order_id, kind, key, at, body)
