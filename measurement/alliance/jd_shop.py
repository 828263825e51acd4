"""JD shop orders (POP) and the refunds made before shipping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from measurement.alliance.facts import Feed, JoinKey, JoinKind, LineFact, OrderFact, OrderStatus, Piece
from measurement.alliance.lines import line_ids
from measurement.alliance.money import fen_from_yuan, spread
from measurement.alliance.orders import status_of, told
from measurement.alliance.stamps import stamped
from merchants.wire.shapes import as_list, as_mapping, integer, text_or_none
from merchants.wire.times import from_iso, iso_z, utc_from_any

PLATFORM = "jd"

_PAID = {"WAIT_SELLER_STOCK_OUT", "WAIT_SELLER_DELIVERY", "WAIT_GOODS_RECEIVE_CONFIRM"}
_FINISHED = "FINISHED_L"
_CANCELLED = "TRADE_CANCELED"
# Of two statements of one second the one further down is the later.
_PROGRESS = (
    "NOT_PAY",
    "PAUSE",
    "POP_ORDER_PAUSE",
    "LOCKED",
    "WAIT_SELLER_STOCK_OUT",
    "WAIT_SELLER_DELIVERY",
    "WAIT_GOODS_RECEIVE_CONFIRM",
    _FINISHED,
    _CANCELLED,
)
_MONEY_BACK = 3  # "finance done"; every other refund status is a wish
_REFUND_PROGRESS = {0: 0, 1: 1, 5: 1, 2: 2, 4: 2, _MONEY_BACK: 4}


def order(row: Any, *, whole: bool) -> Piece | str:
    """One ``orderInfo``; ``whole`` when it was asked for by its id. Text when it cannot be read."""
    told_by = as_mapping(row)
    order_id = text_or_none(told_by.get("orderId"), zero_is_none=True)
    if order_id is None:
        return "an order without orderId"
    state = (text_or_none(told_by.get("orderState")) or "").upper() or None
    items = [_item(as_mapping(item)) for item in as_list(told_by.get("itemInfoList"), "itemInfo")]
    parents = [
        text_or_none(told_by.get(name), zero_is_none=True)
        for name in ("parentOrderId", "directParentOrderId")
    ]
    retires = list(dict.fromkeys(parent for parent in parents if parent and parent != order_id))
    body = {
        "state": state,
        "pay_type": text_or_none(told_by.get("payType")),
        "created_at": _iso(told_by.get("orderStartTime")),
        "paid_at": _iso(told_by.get("paymentConfirmTime")),
        "modified_at": _iso(told_by.get("modified")),
        "ended_at": _iso(told_by.get("orderEndTime")),
        "actual_pay_fen": fen_from_yuan(told_by.get("actualPay")),
        "order_payment_fen": fen_from_yuan(told_by.get("orderPayment")),
        "seller_price_fen": fen_from_yuan(told_by.get("orderSellerPrice")),
        "freight_fen": fen_from_yuan(told_by.get("freightPrice")),
        "open_id_buyer": text_or_none(told_by.get("open_id_buyer")),
        "xid": text_or_none(told_by.get("xid")),
        "retires": retires or None,
        "items": items or None,
        "coupons": _coupons(told_by) or None,
    }
    rank = 2 * (_PROGRESS.index(state) if state in _PROGRESS else 0) + whole
    modified = stamped(_modified(told_by), rank)
    return Piece(PLATFORM, Feed.SHOP, order_id, "order" if items else "head", "", modified, body)


def refund(row: Any) -> Piece | str:
    """One refund application. ``applyRefundSum`` is fen, while orders are in yuan."""
    told_by = as_mapping(row)
    order_id = text_or_none(told_by.get("orderId"), zero_is_none=True)
    refund_id = text_or_none(told_by.get("id"), zero_is_none=True)
    if order_id is None or refund_id is None:
        return "a refund without id or orderId"
    status = integer(told_by.get("status"))
    moments = [utc_from_any(told_by.get(name)) for name in ("applyTime", "checkTime", "modifyTime")]
    modified = max((moment for moment in moments if moment), default=None)
    body = {
        "refunded_fen": max(0, integer(told_by.get("applyRefundSum")) or 0) if status == _MONEY_BACK else 0,
        "status": status,
        "reason": text_or_none(told_by.get("reason")) or "",
        "modified_at": iso_z(modified),
    }
    rank = _REFUND_PROGRESS.get(status if status is not None else -1, 3)  # newer values 6, 7, 9 are unknown
    return Piece(PLATFORM, Feed.SHOP, order_id, "refund", refund_id, stamped(modified, rank), body)


def order_from(pieces: Sequence[Piece]) -> OrderFact | None:
    """The order and its refunds together; None while only refunds have been seen."""
    statements = [piece for piece in pieces if piece.kind in {"order", "head"}]
    if not statements:
        return None
    order_id, said = statements[0].order_id, told(statements)
    refunds = [piece.body for piece in pieces if piece.kind == "refund"]
    refunded = sum(refund["refunded_fen"] for refund in refunds)
    state = _state(said, money_went_back=refunded > 0)
    was_paid = state in {"paid", "closed"}
    paid = _paid_fen(said) if was_paid else 0
    shipping = min(max(0, said.get("freight_fen") or 0), paid)
    refunded = refunded if was_paid else 0
    lines = _lines(order_id, said, paid - shipping, refund_known=not refunded)
    status = OrderStatus.CANCELLED if state == "cancelled" else OrderStatus.UNPAID
    if was_paid:
        status = status_of(paid, refunded, lines, closed=state == "closed")
    return OrderFact(
        platform=PLATFORM,
        order_id=order_id,
        status=status,
        paid_fen=paid,
        refunded_fen=refunded,
        shipping_fen=shipping,
        paid_at=from_iso(said.get("paid_at")) if was_paid else None,
        lines=lines,
        modified_at=from_iso(said.get("modified_at")),
        created_at=from_iso(said.get("created_at")),
        signed_at=from_iso(said.get("ended_at")) if said.get("state") == _FINISHED else None,
        after_sale_reason=_latest_reason(refunds),
        parent_order_id=(said.get("retires") or [None])[0],
        join_keys=_buyer_keys(said),
    )


def _state(said: Mapping[str, Any], *, money_went_back: bool) -> str:
    """``unpaid``, ``paid``, ``closed`` (after payment) or ``cancelled`` (before)."""
    state, has_pay_time = said.get("state"), bool(said.get("paid_at"))
    if state == _CANCELLED:
        return "closed" if has_pay_time or money_went_back else "cancelled"
    if state == "NOT_PAY":
        return "unpaid"
    if state == _FINISHED:
        return "paid"
    if state in _PAID and not _on_delivery(said.get("pay_type")):
        return "paid"
    return "paid" if has_pay_time else "unpaid"  # cash on delivery, locked, paused: by the evidence


def _on_delivery(pay_type: str | None) -> bool:
    text = pay_type or ""
    return "货到付款" in text or text.partition("-")[0].strip() == "1"


def _paid_fen(said: Mapping[str, Any]) -> int:
    """``actualPay``; the retired ``orderPayment`` only where that is missing; else goods plus postage."""
    for name in ("actual_pay_fen", "order_payment_fen"):
        if said.get(name) is not None:
            return max(0, int(said[name]))
    return max(0, (said.get("seller_price_fen") or 0) + (said.get("freight_fen") or 0))


def _lines(
    order_id: str, said: Mapping[str, Any], goods_fen: int, *, refund_known: bool
) -> tuple[LineFact, ...]:
    items = said.get("items") or []
    paid = spread(goods_fen, _weights(items, said.get("coupons") or {})) if items else []
    ids = line_ids(order_id, [item["sku_id"] or item["ware_id"] for item in items])
    return tuple(
        LineFact(
            line_id=ids[index],
            item_id=item["ware_id"],
            sku_id=item["sku_id"],
            title=item["title"],
            quantity=item["quantity"],
            paid_fen=paid[index],
            refunded_fen=0 if refund_known else None,
            is_gift=item["price_fen"] == 0,
        )
        for index, item in enumerate(items)
    )


def _weights(items: Sequence[Mapping[str, Any]], coupons: Mapping[str, int]) -> list[int]:
    """Price x quantity less the coupons of that SKU; of one SKU on several lines each bears its part."""
    gross = [(item["price_fen"] or 0) * item["quantity"] for item in items]
    weights = list(gross)
    for sku_id, coupon in coupons.items():
        of_sku = [index for index, item in enumerate(items) if item["sku_id"] == sku_id]
        taken = min(coupon, sum(gross[index] for index in of_sku))
        for index, fen in zip(of_sku, spread(taken, [gross[index] for index in of_sku]), strict=True):
            weights[index] -= fen
    return weights


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    quantity = integer(item.get("itemTotal"))
    price = fen_from_yuan(item.get("jdPrice"))
    return {
        "sku_id": text_or_none(item.get("skuId"), zero_is_none=True),
        "ware_id": text_or_none(item.get("wareId"), zero_is_none=True),
        "title": text_or_none(item.get("skuName")) or "",
        "price_fen": max(0, price) if price is not None else None,
        "quantity": max(0, quantity) if quantity is not None else 1,
    }


def _coupons(told_by: Mapping[str, Any]) -> dict[str, int]:
    """Fen taken off by coupons of one SKU; those of the whole order name no SKU and are left out."""
    taken: dict[str, int] = {}
    for row in as_list(told_by.get("couponDetailList"), "couponDetail"):
        coupon = as_mapping(row)
        sku_id = text_or_none(coupon.get("skuId"), zero_is_none=True)
        if sku_id:
            taken[sku_id] = taken.get(sku_id, 0) + max(0, fen_from_yuan(coupon.get("couponPrice")) or 0)
    return taken


def _buyer_keys(said: Mapping[str, Any]) -> tuple[JoinKey, ...]:
    """The open id, and the ``xid`` in a name space of its own; ``pin`` is masked and joins strangers."""
    spaces = (("open_id_buyer", PLATFORM), ("xid", f"{PLATFORM}:xid"))
    return tuple(JoinKey(JoinKind.BUYER, space, said[name]) for name, space in spaces if said.get(name))


def _latest_reason(refunds: Sequence[Mapping[str, Any]]) -> str:
    reasons = [(refund["modified_at"] or "", refund["reason"]) for refund in refunds if refund["reason"]]
    return max(reasons)[1] if reasons else ""


def _modified(told_by: Mapping[str, Any]) -> datetime | None:
    """``modified``; where it was not asked for, the latest of the other times."""
    others = ("orderStartTime", "paymentConfirmTime", "orderEndTime")
    moments = [moment for name in others if (moment := utc_from_any(told_by.get(name)))]
    return utc_from_any(told_by.get("modified")) or max(moments, default=None)


def _iso(value: Any) -> str | None:
    return iso_z(utc_from_any(value))
