"""VIPSHOP union (affiliate) orders and their refunds.

``totalCost`` is what the buyer paid, so money is known here, unlike in JD's union rows. The older V1 rows
have no ``totalCost``: they are told by the base of the commission, with returned pieces but no refunds.
The feed has no pay time: an order counts from ``orderTime``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from measurement.alliance.facts import Feed, JoinKey, JoinKind, LineFact, OrderFact, OrderStatus, Piece
from measurement.alliance.lines import Returned, bought, fitted, line_ids, returned_by_line
from measurement.alliance.money import fen_from_yuan
from measurement.alliance.orders import status_of
from measurement.alliance.stamps import stamped
from merchants.wire.shapes import as_list, integer, text_or_none, truth
from merchants.wire.times import from_iso, iso_z, utc_from_any

PLATFORM = "vipshop"
_UNPAID, _VOID = "已下单", "已失效"
_STATES = (_UNPAID, "已付款", "已签收", "待结算", "已结算", _VOID)  # in the order of an order's life
_STATE_OF_CODE = {0: _VOID, 1: _UNPAID, 2: "已结算"}  # only for a row without orderSubStatusName
_RUNNING, _FINISHED, _CANCELLED = 1, 2, 3
_RETURN, _PRICE_PROTECTION = 1, 3
_MONEY = (_RETURN, _PRICE_PROTECTION, 4)  # 4 refunds only; 2 exchanges and 5 resends: no money
_OPEN_ID_NAMESPACE = "vipshop_union"  # not known to be the shop feed's open_user_id


def order_pieces(row: Mapping[str, Any], fetched_at: datetime | None) -> list[Piece]:
    """What one row of ``orderInfoList`` states; none without an order id."""
    order_id = text_or_none(row.get("orderSn"))
    if order_id is None:
        return []
    modified_at = utc_from_any(row.get("lastUpdateTime"))
    state = _state(row)
    parent = text_or_none(row.get("parentSn"), zero_is_none=True)
    parent = None if parent == order_id else parent
    total = fen_from_yuan(row.get("totalCost"))
    body = {
        "state": state,
        "qualified": integer(row.get("status")) != 0,
        "ordered": iso_z(utc_from_any(row.get("orderTime"))),
        "modified": iso_z(modified_at),
        "parent": parent,
        "retires": [parent] if parent else [],
        "total_fen": None if total is None else max(total, 0),
        "commission_fen": fen_from_yuan(row.get("commission")),
        "join_keys": _join_keys(row),
        "lines": [_line(line) for line in as_list(row.get("detailList")) if isinstance(line, Mapping)],
    }
    at = stamped(modified_at or fetched_at, _STATES.index(state))
    return [Piece(PLATFORM, Feed.AFFILIATE, order_id, "order", "", at, body)]


def refund_pieces(row: Mapping[str, Any], fetched_at: datetime | None) -> list[Piece]:
    """What one row of ``refundOrderListWithOauth`` states; none without an order id.

    The rows have no modified time: a finished one stands over a running one, whichever came first.
    """
    order_id = text_or_none(row.get("orderSn"))
    if order_id is None:
        return []
    status = integer(row.get("afterSaleStatus"))
    sn = text_or_none(row.get("afterSaleSn")) or ""
    details = (d for d in as_list(row.get("refundOrderDetails")) if isinstance(d, Mapping))
    body = {
        "sn": sn,
        "status": status,
        "type": integer(row.get("refundType")),
        "goods": [_refunded_goods(detail) for detail in details],
    }
    at = stamped(fetched_at, {_RUNNING: 0, _CANCELLED: 1, _FINISHED: 2}.get(status or 0, 0))
    return [Piece(PLATFORM, Feed.AFFILIATE, order_id, "refund", sn, at, body)]


def order_from(pieces: Sequence[Piece]) -> OrderFact | None:
    """One order; None while its row has not come, or when neither a payment nor a line tells its money."""
    head = next((piece.body for piece in pieces if piece.kind == "order"), None)
    if head is None:
        return None
    rows = [piece.body for piece in pieces if piece.kind == "refund"]
    returned = _returned_pieces(head["lines"], rows)
    order = _unpriced(pieces[0].order_id, head, _status(head, returned))
    if head["total_fen"] is None:
        return _by_commission_base(order, head, returned) if head["lines"] else None
    return _by_payment(order, head, rows) if order.status is OrderStatus.PAID else order


def _status(head: Mapping[str, Any], returned: Sequence[int]) -> OrderStatus:
    """Unpaid, cancelled, or paid before what came back is looked at: a void order whose every piece
    has a finished return was paid."""
    if head["state"] == _UNPAID:
        return OrderStatus.UNPAID
    if head["state"] == _VOID and not _all_back(head["lines"], returned):
        return OrderStatus.CANCELLED
    return OrderStatus.PAID


def _unpriced(order_id: str, head: Mapping[str, Any], status: OrderStatus) -> OrderFact:
    """The order with everything but its money, which is 0 as long as nothing was paid."""
    ordered_at = from_iso(head["ordered"])
    paid_at = ordered_at if status is OrderStatus.PAID else None
    ids = line_ids(order_id, [line["key"] for line in head["lines"]])
    return OrderFact(
        platform=PLATFORM,
        feed=Feed.AFFILIATE,
        order_id=order_id,
        status=status,
        paid_fen=0,
        refunded_fen=0,
        shipping_fen=0,
        paid_at=paid_at,
        paid_at_source="order_time" if paid_at else None,
        lines=tuple(
            LineFact(
                line_id=line_id,
                item_id=line["spu_id"],
                sku_id=line["sku_id"],
                title=line["title"],
                quantity=line["quantity"],
                paid_fen=0,
                refunded_fen=0,
            )
            for line_id, line in zip(ids, head["lines"], strict=True)
        ),
        modified_at=from_iso(head["modified"]),
        created_at=ordered_at,
        parent_order_id=head["parent"],
        commission_fen=_commission(head),
        commission_valid=head["qualified"] and head["state"] != _VOID,
        join_keys=tuple(JoinKey(JoinKind(kind), space, value) for kind, space, value in head["join_keys"]),
    )


def _by_payment(order: OrderFact, head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> OrderFact:
    """Paid: ``totalCost`` over the lines by final price x count. Refunded: the finished refund rows, and
    for a return told only in a line's ``afterSaleInfo`` those pieces' part of what the line cost [ours]."""
    lines, total = head["lines"], head["total_fen"]
    paid = fitted(total, [None] * len(lines), [line["worth_fen"] for line in lines])
    told = [Returned(item["key"], item["fen"]) for row in rows if _moved_money(row) for item in row["goods"]]
    by_rows = returned_by_line([line["key"] for line in lines], paid, told)
    by_info = [
        _part(fen, _returned_by_info(line, rows), line["quantity"])
        for fen, line in zip(paid, lines, strict=True)
    ]
    back: list[int | None]
    if by_rows is None:
        back = [None] * len(lines)
        refunded = sum(item.amount for item in told) + sum(by_info)
    else:
        both = zip(paid, by_rows, by_info, strict=True)
        back = [max(rowed, min(fen, rowed + part)) for fen, rowed, part in both]
        refunded = sum(fen or 0 for fen in back)
    facts = tuple(
        replace(fact, paid_fen=fen, refunded_fen=gone)
        for fact, fen, gone in zip(order.lines, paid, back, strict=True)
    )
    status = status_of(total, refunded, facts, closed=False)
    if head["state"] == _VOID:
        status = OrderStatus.REFUNDED
    return replace(order, status=status, paid_fen=total, refunded_fen=refunded, lines=facts)


def _by_commission_base(order: OrderFact, head: Mapping[str, Any], returned: Sequence[int]) -> OrderFact:
    """No buyer payment in the feed: the base of the commission, returned pieces, no refunded money."""
    was_paid = order.status is OrderStatus.PAID
    facts = tuple(
        replace(fact, paid_fen=line["base_fen"] if was_paid else 0, refunded_fen=None, refunded_quantity=back)
        for fact, line, back in zip(order.lines, head["lines"], returned, strict=True)
    )
    status = order.status
    if was_paid and any(returned):
        whole = _all_back(head["lines"], returned)
        status = OrderStatus.REFUNDED if whole else OrderStatus.REFUNDED_PARTIALLY
    return replace(
        order,
        status=status,
        paid_fen=sum(fact.paid_fen for fact in facts),
        refunded_fen=None,
        lines=facts,
        amount_basis="commission_base",
    )


def _commission(head: Mapping[str, Any]) -> int | None:
    if head["commission_fen"] is not None:
        return int(head["commission_fen"])
    stated = [line["commission_fen"] for line in head["lines"] if line["commission_fen"] is not None]
    return sum(stated) if stated else None


def _all_back(lines: Sequence[Mapping[str, Any]], returned: Sequence[int]) -> bool:
    return bool(lines) and all(back >= line["quantity"] for line, back in zip(lines, returned, strict=True))


def _returned_pieces(lines: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Pieces of each line that finished coming back, each after-sale once, whichever feed tells of it."""
    bought = [line["quantity"] for line in lines]
    told = [
        Returned(item["key"], item["quantity"])
        for row in rows
        if _moved_money(row) and row["type"] != _PRICE_PROTECTION
        for item in row["goods"]
    ]
    by_rows = returned_by_line([line["key"] for line in lines], bought, told) or [0] * len(lines)
    return [
        min(count, back + _returned_by_info(line, rows))
        for count, back, line in zip(bought, by_rows, lines, strict=True)
    ]


def _returned_by_info(line: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> int:
    """Pieces of finished returns in ``afterSaleInfo``, but those on which the refund feed has the word:
    it gave them money and goods, or calls them cancelled."""
    told = {row["sn"] for row in rows if row["status"] == _CANCELLED or (_moved_money(row) and row["goods"])}
    finished = [
        info
        for info in line["after_sales"]
        if info["status"] == _FINISHED and info["type"] == _RETURN and info["sn"] not in told
    ]
    named: dict[str, int] = {info["sn"]: info["quantity"] for info in finished if info["sn"]}
    unnamed: int = sum(info["quantity"] for info in finished if not info["sn"])
    return sum(named.values()) + unnamed


def _moved_money(row: Mapping[str, Any]) -> bool:
    return row["status"] == _FINISHED and row["type"] in _MONEY


def _part(fen: int, pieces: int, of: int) -> int:
    """What ``pieces`` of the ``of`` of a line cost, half a fen up; all of them cost the line."""
    return fen if 0 < of <= pieces else (2 * fen * pieces + of) // (2 * max(of, 1))


def _state(row: Mapping[str, Any]) -> str:
    """``orderSubStatusName``; without a known one the coarse ``status``, settlement and signature tell."""
    name = text_or_none(row.get("orderSubStatusName"))
    if name in _STATES:
        return str(name)
    if truth(row.get("settled")) or utc_from_any(row.get("signTime")):
        return "已结算"
    code = integer(row.get("status"))
    return _UNPAID if code is None else _STATE_OF_CODE.get(code, _UNPAID)


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    quantity = bought(line.get("goodsCount"))
    infos = (info for info in as_list(line.get("afterSaleInfo")) if isinstance(info, Mapping))
    price, base = fen_from_yuan(line.get("goodsFinalPrice")), fen_from_yuan(line.get("commissionTotalCost"))
    return {
        "key": _goods_key(line),
        "sku_id": text_or_none(line.get("sizeId")),
        "spu_id": text_or_none(line.get("spuId")),
        "title": text_or_none(line.get("goodsName")) or "",
        "quantity": quantity,
        "worth_fen": (base or 0) if price is None else price * quantity,
        "base_fen": max(price * quantity if base is None and price is not None else base or 0, 0),
        "commission_fen": fen_from_yuan(line.get("commission")),
        "after_sales": [_after_sale(info, quantity) for info in infos],
    }


def _after_sale(info: Mapping[str, Any], bought: int) -> dict[str, Any]:
    changed = integer(info.get("afterSaleChangedGoodsCount"))
    return {
        "sn": text_or_none(info.get("afterSaleSn")),
        "status": integer(info.get("afterSaleStatus")),
        "type": integer(info.get("afterSaleType")),
        "quantity": bought if changed is None else abs(changed),
    }


def _refunded_goods(detail: Mapping[str, Any]) -> dict[str, Any]:
    quantity = bought(detail.get("goodsCount"))
    fen = fen_from_yuan(detail.get("totalCost"))
    return {
        "key": _goods_key(detail),
        "quantity": quantity,
        "fen": max((fen_from_yuan(detail.get("goodsPrice")) or 0) * quantity if fen is None else fen, 0),
    }


def _goods_key(row: Mapping[str, Any]) -> str | None:
    return text_or_none(row.get("sizeId")) or text_or_none(row.get("goodsId"))


def _join_keys(row: Mapping[str, Any]) -> list[list[str]]:
    told = (
        (JoinKind.BUYER, _OPEN_ID_NAMESPACE, row.get("openId")),
        (JoinKind.PID, PLATFORM, row.get("pid")),
        (JoinKind.CHANNEL_TAG, PLATFORM, row.get("channelTag")),
        (JoinKind.STAT_PARAM, PLATFORM, row.get("statParam")),
        (JoinKind.AD_CODE, PLATFORM, row.get("adCode")),
    )
    return [[kind.value, space, value] for kind, space, raw in told if (value := text_or_none(raw))]
