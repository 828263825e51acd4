"""Xiaohongshu ark orders: what list rows, details and after-sales amount to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from measurement.alliance.facts import Feed, JoinKey, JoinKind, LineFact, OrderFact, OrderStatus, Piece
from measurement.alliance.lines import Returned, bought, fitted, line_ids, returned_by_line
from measurement.alliance.money import fen_from_yuan, spread
from measurement.alliance.orders import status_of
from measurement.alliance.stamps import stamped
from merchants.wire.shapes import as_list, integer, text_or_none
from merchants.wire.times import from_iso, iso_z, utc_from_any

PLATFORM = "xiaohongshu_ark"
UNPAID, CLOSED, CANCELLED = 1, 8, 9
_PAID = range(2, 11)  # but for the two above: under way, finished, exchange applied for
_PROGRESS = (1, 2, 3, 4, 5, 6, 10, 7, 9, 8)  # which of two states of one instant came later
_REISSUE = 5  # orderType: goods sent again in exchange, no new revenue
_GIFT = 1
_MONEY_BACK = 2  # refundStatus "succeeded": the only one that moved money


def is_detail(data: Mapping[str, Any]) -> bool:
    """Whether an answer's data are an order's detail."""
    return any(name in data for name in ("skuList", "itemList", "totalPayAmount"))


def row_piece(row: Mapping[str, Any], fetched_at: datetime | None) -> Piece | None:
    """One row of ``order.getOrderList``: states and times, no money."""
    return _order_piece("row", row, fetched_at, {})


def detail_piece(data: Mapping[str, Any], fetched_at: datetime | None) -> Piece | None:
    """``order.getOrderDetail``: the money, whole fen, and the lines."""
    lines = as_list(data.get("skuList")) or as_list(data.get("itemList"))
    money = {
        "pay_fen": integer(data.get("totalPayAmount")),
        "shipping_fen": integer(data.get("totalShippingFree")),
        "user_id": text_or_none(data.get("userId")),
        "lines": [_line(line) for line in lines if isinstance(line, Mapping)],
    }
    return _order_piece("detail", data, fetched_at, money)


def after_sale_piece(info: Mapping[str, Any], fetched_at: datetime | None) -> Piece | None:
    """``afterSale.getAfterSaleInfo``: the refund, yuan, and the SKUs it names."""
    order_id = text_or_none(info.get("orderId")) or text_or_none(info.get("packageId"))
    returns_id = text_or_none(info.get("returnsId"))
    if order_id is None or returns_id is None:
        return None
    status = integer(info.get("refundStatus"))
    body = {
        "refund_status": status,
        "refund_fen": fen_from_yuan(info.get("refundAmountYuan")),
        "shipping_fen": max(fen_from_yuan(info.get("appliedShipFeeAmountYuan")) or 0, 0),
        "refunded_at": iso_z(utc_from_any(info.get("refundTime"))),
        "skus": [_applied(sku) for sku in as_list(info.get("skus")) if isinstance(sku, Mapping)],
    }
    at = stamped(utc_from_any(info.get("updatedAt")) or fetched_at, int(status == _MONEY_BACK))
    return Piece(PLATFORM, Feed.SHOP, order_id, "after_sale", returns_id, at, body)


def order_from(pieces: Sequence[Piece]) -> OrderFact | None:
    """One order; None while its detail has not come, because only the detail has money and lines."""
    statements = {piece.kind: piece for piece in pieces if piece.kind in ("row", "detail")}
    if "detail" not in statements:
        return None
    detail = statements["detail"].body
    newest = max(statements.values(), key=lambda piece: (piece.modified_at, piece.kind == "detail")).body
    told = [newest, *(piece.body for piece in statements.values())]
    paid_at = from_iso(next((body["paid"] for body in told if body["paid"]), None))
    reissue = any(body["type"] == _REISSUE for body in told)
    status = _status(newest["status"], paid=paid_at is not None and not reissue)
    order = _unpriced(pieces[0].order_id, detail, newest, status)
    total = 0 if reissue else _total(detail)
    if status is not OrderStatus.PAID or total is None:
        return order if status is not OrderStatus.PAID else None
    refunds = [piece.body for piece in pieces if piece.kind == "after_sale" and _moved_money(piece.body)]
    return _priced(replace(order, paid_fen=total, paid_at=paid_at), detail, newest["status"], refunds)


def _status(code: int | None, *, paid: bool) -> OrderStatus:
    """Unpaid, cancelled, or paid before the refunds are looked at; an unknown code goes by the pay time."""
    if code == UNPAID:
        return OrderStatus.UNPAID
    if code == CANCELLED:
        return OrderStatus.PAID if paid else OrderStatus.CANCELLED
    return OrderStatus.PAID if code in _PAID or paid else OrderStatus.UNPAID


def _unpriced(
    order_id: str, detail: Mapping[str, Any], newest: Mapping[str, Any], status: OrderStatus
) -> OrderFact:
    """The order with everything but its money, which is 0 as long as nothing was paid."""
    ids = line_ids(order_id, [line["sku_id"] for line in detail["lines"]])
    buyer = detail["user_id"]
    return OrderFact(
        platform=PLATFORM,
        order_id=order_id,
        status=status,
        paid_fen=0,
        refunded_fen=0,
        shipping_fen=0,
        paid_at=None,
        lines=tuple(
            LineFact(
                line_id=line_id,
                item_id=line["item_id"],
                sku_id=line["sku_id"],
                title=line["title"],
                quantity=line["quantity"],
                paid_fen=0,
                refunded_fen=0,
                is_gift=line["is_gift"],
                join_keys=(JoinKey(JoinKind.KOL_ID, PLATFORM, line["kol_id"]),) if line["kol_id"] else (),
            )
            for line_id, line in zip(ids, detail["lines"], strict=True)
        ),
        modified_at=from_iso(newest["modified"]),
        created_at=from_iso(newest["created"] or detail["created"]),
        promised_at=from_iso(newest["promised"] or detail["promised"]),
        shipped_at=from_iso(newest["shipped"] or detail["shipped"]),
        join_keys=(JoinKey(JoinKind.BUYER, PLATFORM, buyer),) if buyer else (),
    )


def _priced(
    order: OrderFact, detail: Mapping[str, Any], code: int | None, refunds: Sequence[Mapping[str, Any]]
) -> OrderFact:
    """The paid order with the money of its lines, and what of it went back.

    An order that after-sales closed has given everything back, also where one was not read yet.
    """
    lines, total = detail["lines"], order.paid_fen
    shipping = min(max(detail["shipping_fen"] or 0, 0), total)
    stated = [line["paid_fen"] if total else 0 for line in lines]
    paid = fitted(total - shipping, stated, [line["worth_fen"] for line in lines])
    refunded = sum(refund["refund_fen"] for refund in refunds)
    back = _back_by_line([line["sku_id"] for line in lines], paid, refunds)
    if code == CLOSED and not refunded:
        refunded, back = total, list(paid)
    elif code == CLOSED:
        unread = [fen if gone == 0 else 0 for fen, gone in zip(paid, back, strict=True)]
        refunded += sum(unread)
        back = [fen or gone for fen, gone in zip(unread, back, strict=True)]
    facts = tuple(
        replace(fact, paid_fen=fen, refunded_fen=gone)
        for fact, fen, gone in zip(order.lines, paid, back, strict=True)
    )
    status = status_of(total, refunded, facts, closed=code == CANCELLED)
    return replace(
        order,
        status=OrderStatus.REFUNDED if code == CLOSED else status,
        shipping_fen=shipping,
        refunded_fen=refunded,
        lines=facts,
    )


def _total(detail: Mapping[str, Any]) -> int | None:
    """``totalPayAmount``; without it the lines and the postage, if every line tells its own."""
    if detail["pay_fen"] is not None:
        return max(int(detail["pay_fen"]), 0)
    stated: list[int | None] = [line["paid_fen"] for line in detail["lines"]]
    if not stated or None in stated:
        return None
    return sum(max(fen or 0, 0) for fen in stated) + max(int(detail["shipping_fen"] or 0), 0)


def _back_by_line(
    skus: Sequence[str | None], paid: Sequence[int], refunds: Sequence[Mapping[str, Any]]
) -> list[int | None]:
    """What went back for each line; None for every line when an after-sale names no SKU of the order."""
    told: list[Returned] = []
    for refund in sorted(refunds, key=lambda refund: refund["refunded_at"] or ""):
        named = refund["skus"] or [{"sku_id": None, "fen": 0, "count": 1}]
        asked = [sku["fen"] for sku in named]
        weights = asked if any(asked) else [sku["count"] for sku in named]
        shares = spread(_for_goods(refund, sum(asked)), weights)
        told += [Returned(sku["sku_id"], fen) for sku, fen in zip(named, shares, strict=True)]
    by_line = returned_by_line(skus, paid, told)
    return [None] * len(skus) if by_line is None else list(by_line)


def _for_goods(refund: Mapping[str, Any], asked_fen: int) -> int:
    """The part of a refund that is not postage: goods come first, postage takes at most what was asked."""
    fen, shipping = int(refund["refund_fen"]), int(refund["shipping_fen"])
    return max(min(fen, asked_fen), fen - shipping) if refund["skus"] else fen


def _moved_money(refund: Mapping[str, Any]) -> bool:
    return refund["refund_status"] == _MONEY_BACK and (refund["refund_fen"] or 0) > 0


def _order_piece(
    kind: str, row: Mapping[str, Any], fetched_at: datetime | None, money: Mapping[str, Any]
) -> Piece | None:
    order_id = text_or_none(_named(row, "Id"))
    if order_id is None:
        return None
    status = integer(_named(row, "Status"))
    modified_at = utc_from_any(row.get("updateTime"))
    body = {
        "status": status,
        "type": integer(_named(row, "Type")),
        "created": iso_z(utc_from_any(row.get("createdTime"))),
        "paid": iso_z(utc_from_any(row.get("paidTime"))),
        "modified": iso_z(modified_at),
        "promised": iso_z(utc_from_any(row.get("promiseLastDeliveryTime"))),
        "shipped": iso_z(utc_from_any(row.get("deliveryTime"))),
        **money,
    }
    progress = _PROGRESS.index(status) if status in _PROGRESS else 0
    return Piece(PLATFORM, Feed.SHOP, order_id, kind, "", stamped(modified_at or fetched_at, progress), body)


def _named(row: Mapping[str, Any], name: str) -> Any:
    """``order<name>``, which the old documentation calls ``package<name>``."""
    value = row.get(f"order{name}")
    return row.get(f"package{name}") if value is None else value


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    quantity = bought(line.get("skuQuantity"))
    pieces = [piece for piece in as_list(line.get("skuDetailList")) if isinstance(piece, Mapping)]
    each = quantity if len(pieces) == 1 else 1  # one entry stands for every piece of the line
    paid = integer(line.get("totalPaidAmount"))
    if paid is None and pieces and len(pieces) * each == quantity:
        told = [integer(piece.get("paidAmountPerSku")) for piece in pieces]
        paid = None if None in told else each * sum(fen or 0 for fen in told)
    return {
        "sku_id": text_or_none(line.get("skuId")),
        "item_id": text_or_none(line.get("itemId")),
        "title": text_or_none(line.get("skuName")) or text_or_none(line.get("itemName")) or "",
        "quantity": quantity,
        "paid_fen": paid,
        "worth_fen": each * sum(_worth(piece) for piece in pieces),
        "is_gift": integer(line.get("skuTag")) == _GIFT,
        "kol_id": text_or_none(line.get("kolId")),
    }


def _worth(piece: Mapping[str, Any]) -> int:
    discounts = (integer(piece.get(name)) or 0 for name in ("merchantDiscountPerSku", "redDiscountPerSku"))
    return max((integer(piece.get("pricePerSku")) or 0) - sum(discounts), 0)


def _applied(sku: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sku_id": text_or_none(sku.get("skuId")),
        "fen": max(fen_from_yuan(sku.get("appliedTotalAmountYuan")) or 0, 0),
        "count": bought(sku.get("appliedCount")),
    }
