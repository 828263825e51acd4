"""Orders as a merchant hands them in: one row a line, in a file of a console or by a program.

The money rules are those of every feed: a line's payment is without postage, an order was paid what its
lines and its postage add up to, an unknown refund is unknown and no zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from measurement.alliance.facts import Feed, JoinKey, JoinKind, LineFact, OrderFact, OrderStatus, Piece
from merchants.wire.times import from_iso, iso_z

KIND = "file_line"
_NEVER_PAID = {OrderStatus.UNPAID, OrderStatus.CANCELLED}


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of an order as it was handed in. Money in fen; ``refunded_fen`` None: unknown. ``joins`` are
    (kind, name space, value), a buyer's value already a person key."""

    platform: str
    order_id: str
    line_id: str
    status: OrderStatus
    paid_fen: int
    refunded_fen: int | None
    shipping_fen: int = 0
    created_at: datetime | None = None
    paid_at: datetime | None = None
    modified_at: datetime | None = None
    promised_at: datetime | None = None
    shipped_at: datetime | None = None
    signed_at: datetime | None = None
    item_id: str = ""
    sku_id: str = ""
    title: str = ""
    quantity: int = 1
    carrier: str = ""
    after_sale_reason: str = ""
    is_new_buyer: bool | None = None
    joins: tuple[tuple[str, str, str], ...] = ()


def piece_of(row: OrderRow) -> Piece:
    """The statement that this row makes of its order."""
    body = {
        "status": str(row.status),
        "paid_fen": row.paid_fen,
        "refunded_fen": row.refunded_fen,
        "shipping_fen": row.shipping_fen,
        "item_id": row.item_id or None,
        "sku_id": row.sku_id or None,
        "title": row.title,
        "quantity": row.quantity,
        "carrier": row.carrier,
        "after_sale_reason": row.after_sale_reason,
        "is_new_buyer": row.is_new_buyer,
        "joins": [list(join) for join in row.joins],
        **{name: iso_z(getattr(row, name)) for name in _TIMES},
    }
    return Piece(row.platform, Feed.SHOP, row.order_id, KIND, row.line_id, row.modified_at, body)


_TIMES = ("created_at", "paid_at", "modified_at", "promised_at", "shipped_at", "signed_at")


def order_from(pieces: Sequence[Piece]) -> OrderFact | None:
    """The order that these rows make; other pieces are passed over. None without a row."""
    rows = [(piece.key, piece.body) for piece in pieces if piece.kind == KIND]
    if not rows:
        return None
    bodies = [body for _, body in rows]
    lines = tuple(_line(line_id, body) for line_id, body in rows)
    paid_lines = any(_was_paid(body) for body in bodies)
    shipping = max(body["shipping_fen"] for body in bodies) if paid_lines else 0
    paid_fen = sum(line.paid_fen for line in lines) + shipping
    refunded_fen = _sum_or_unknown(line.refunded_fen for line in lines)
    paid_at = _first(bodies, "paid_at") if paid_lines else None
    created_at = _first(bodies, "created_at")
    return OrderFact(
        platform=pieces[0].platform,
        order_id=pieces[0].order_id,
        status=_status(bodies, lines),
        paid_fen=paid_fen,
        refunded_fen=refunded_fen,
        shipping_fen=shipping,
        paid_at=paid_at or (created_at if paid_lines else None),
        paid_at_source="order_time" if paid_lines and not paid_at and created_at else None,
        lines=lines,
        modified_at=_last(bodies, "modified_at"),
        created_at=created_at,
        promised_at=_first(bodies, "promised_at"),
        shipped_at=_last(bodies, "shipped_at"),
        signed_at=_last(bodies, "signed_at"),
        carrier=_told(bodies, "carrier"),
        after_sale_reason=_told(bodies, "after_sale_reason"),
        is_new_buyer=next((b["is_new_buyer"] for b in bodies if b["is_new_buyer"] is not None), None),
        join_keys=tuple(dict.fromkeys(key for body in bodies for key in _keys(body))),
    )


def with_rows(order: OrderFact | None, pieces: Sequence[Piece]) -> OrderFact | None:
    """The order as its platform states it, with the join keys that rows handed in know besides: money and
    lines are the platform's, what a file adds is who and what led to it."""
    handed_in = order_from(pieces)
    if order is None or handed_in is None:
        return order or handed_in
    keys = dict.fromkeys((*order.join_keys, *handed_in.join_keys))
    return replace(order, join_keys=tuple(keys), is_new_buyer=handed_in.is_new_buyer)


def _line(line_id: str, body: Mapping[str, Any]) -> LineFact:
    was_paid = _was_paid(body)
    return LineFact(
        line_id=line_id,
        item_id=body["item_id"],
        sku_id=body["sku_id"],
        title=body["title"],
        quantity=body["quantity"],
        paid_fen=body["paid_fen"] if was_paid else 0,
        refunded_fen=_refunded(body) if was_paid else 0,
        shipped_at=from_iso(body["shipped_at"]),
        carrier=body["carrier"],
        after_sale_reason=body["after_sale_reason"],
    )


def _refunded(body: Mapping[str, Any]) -> int | None:
    """What the row says; a line said to be refunded, without an amount, gave back all of it."""
    if body["refunded_fen"] is None and body["status"] == OrderStatus.REFUNDED:
        return int(body["paid_fen"])
    amount = body["refunded_fen"]
    return None if amount is None else int(amount)


def _was_paid(body: Mapping[str, Any]) -> bool:
    return body["status"] not in _NEVER_PAID


def _status(bodies: Sequence[Mapping[str, Any]], lines: Sequence[LineFact]) -> OrderStatus:
    """By the lines that were paid and what went back of them; else by what all of them say."""
    paid = [(body, line) for body, line in zip(bodies, lines, strict=True) if _was_paid(body)]
    if not paid:
        cancelled = all(body["status"] == OrderStatus.CANCELLED for body in bodies)
        return OrderStatus.CANCELLED if cancelled else OrderStatus.UNPAID
    if all(body["status"] == OrderStatus.REFUNDED for body, _ in paid):
        return OrderStatus.REFUNDED
    refunded = sum(line.refunded_fen or 0 for _, line in paid)
    if refunded >= sum(line.paid_fen for _, line in paid) > 0:
        return OrderStatus.REFUNDED
    said = any(body["status"] in {OrderStatus.REFUNDED, OrderStatus.REFUNDED_PARTIALLY} for body, _ in paid)
    return OrderStatus.REFUNDED_PARTIALLY if refunded or said else OrderStatus.PAID


def _keys(body: Mapping[str, Any]) -> list[JoinKey]:
    return [JoinKey(JoinKind(kind), namespace, value) for kind, namespace, value in body["joins"]]


def _sum_or_unknown(amounts: Any) -> int | None:
    told = list(amounts)
    return None if any(amount is None for amount in told) else sum(told)


def _first(bodies: Sequence[Mapping[str, Any]], name: str) -> datetime | None:
    return from_iso(min((body[name] for body in bodies if body[name]), default=None))


def _last(bodies: Sequence[Mapping[str, Any]], name: str) -> datetime | None:
    return from_iso(max((body[name] for body in bodies if body[name]), default=None))


def _told(bodies: Sequence[Mapping[str, Any]], name: str) -> str:
    return next((str(body[name]) for body in bodies if body[name]), "")
