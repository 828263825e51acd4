"""JD union rows: what an affiliate sees of an order. No row carries what the buyer paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from measurement.alliance.facts import Feed, JoinKey, JoinKind, LineFact, OrderFact, OrderStatus, Piece
from measurement.alliance.money import fen_from_yuan
from measurement.alliance.stamps import stamped
from merchants.wire.shapes import as_mapping, integer, text_or_none
from merchants.wire.times import from_iso, iso_z, utc_from_any

PLATFORM = "jd"

_SPLIT, _CANCELLED = 2, 3
_UNPAID = {-1, 15, 24}
_FINAL = {17, 18}  # finished or settled: the actual figures stand instead of the estimates
_EARNING = {16, *_FINAL}
# Of two statements of one second the one further down is the later.
_PROGRESS = (-1, 15, 24, 16, 17, 18, _CANCELLED, _SPLIT)
_JOINS = (
    ("pid", JoinKind.PID),
    ("subUnionId", JoinKind.SUB_UNION_ID),
    ("positionId", JoinKind.POSITION_ID),
    ("ext1", JoinKind.STAT_PARAM),
)


def row(row: Any) -> Piece | str:
    """One affiliate row, a line of an order. Text when it cannot be read."""
    told_by = as_mapping(row)
    order_id = text_or_none(told_by.get("orderId"), zero_is_none=True)
    if order_id is None:
        return "an affiliate row without orderId"
    sku_id = text_or_none(told_by.get("skuId"), zero_is_none=True)
    row_id = text_or_none(told_by.get("id"), zero_is_none=True) or f"{order_id}_{sku_id or ''}"
    code = integer(told_by.get("validCode"))
    code = -1 if code is None else code
    parent = text_or_none(told_by.get("parentId"), zero_is_none=True)
    final = code in _FINAL
    times = {name: _iso(told_by.get(name)) for name in ("orderTime", "finishTime", "modifyTime")}
    body = {
        "valid_code": code,
        "superseded": code == _SPLIT,
        "retires": [parent] if parent and parent != order_id else [],
        "sku_id": sku_id,
        "product_id": text_or_none(as_mapping(told_by.get("goodsInfo")).get("productId"), zero_is_none=True),
        "title": text_or_none(told_by.get("skuName")) or "",
        "quantity": _pieces(told_by, "skuNum", missing=1),
        "returned": _pieces(told_by, "skuReturnNum", missing=0),
        "base_fen": _by_finality(told_by, "actualCosPrice", "estimateCosPrice", final=final),
        "fee_fen": _by_finality(told_by, "actualFee", "estimateFee", final=final),
        "ordered_at": times["orderTime"],
        "finished_at": times["finishTime"],
        "modified_at": times["modifyTime"],
        "joins": [
            [kind.value, value]
            for name, kind in _JOINS
            if (value := text_or_none(told_by.get(name), zero_is_none=True))
        ],
    }
    moment = from_iso(times["modifyTime"]) or _latest([times["finishTime"], times["orderTime"]])
    rank = _PROGRESS.index(code) if code in _PROGRESS else 3
    return Piece(PLATFORM, Feed.AFFILIATE, order_id, "row", row_id, stamped(moment, rank), body)


def order_from(pieces: Sequence[Piece]) -> OrderFact | None:
    """The rows of one order together; None when it was split and its children carry on."""
    rows = [(piece.key, piece.body) for piece in pieces if not piece.body["superseded"]]
    if not rows:
        return None
    bodies = [body for _, body in rows]
    status = _status(bodies)
    was_paid = status not in {OrderStatus.UNPAID, OrderStatus.CANCELLED}
    ordered_at = _earliest([body["ordered_at"] for body in bodies])
    lines = tuple(_line(row_id, body) for row_id, body in rows)
    parents = [parent for body in bodies for parent in body["retires"]]
    return OrderFact(
        platform=PLATFORM,
        order_id=pieces[0].order_id,
        feed=Feed.AFFILIATE,
        status=status,
        paid_fen=sum(line.paid_fen for line in lines),
        refunded_fen=None,
        shipping_fen=0,
        paid_at=ordered_at if was_paid else None,
        paid_at_source="order_time" if was_paid else None,
        lines=lines,
        modified_at=_latest([body["modified_at"] for body in bodies]),
        created_at=ordered_at,
        signed_at=_latest([body["finished_at"] for body in bodies]),
        parent_order_id=parents[0] if parents else None,
        amount_basis="commission_base",
        commission_fen=_commission(bodies),
        commission_valid=any(body["valid_code"] in _EARNING for body in bodies),
        join_keys=tuple(dict.fromkeys(key for line in lines for key in line.join_keys)),
    )


def _counts(body: Mapping[str, Any]) -> bool:
    return body["valid_code"] not in _UNPAID and body["valid_code"] != _CANCELLED


def _status(bodies: Sequence[Mapping[str, Any]]) -> OrderStatus:
    """By the rows that were paid and the pieces that came back; else by what the others wait for."""
    paid = [body for body in bodies if _counts(body)]
    if not paid:
        cancelled = all(body["valid_code"] == _CANCELLED for body in bodies)
        return OrderStatus.CANCELLED if cancelled else OrderStatus.UNPAID
    if not any(body["returned"] for body in paid):
        return OrderStatus.PAID
    everything = all(body["returned"] >= body["quantity"] for body in paid)
    return OrderStatus.REFUNDED if everything else OrderStatus.REFUNDED_PARTIALLY


def _commission(bodies: Sequence[Mapping[str, Any]]) -> int | None:
    """What the rows that earn commission earn; of an order without such a row, what all of them say."""
    earning = [body for body in bodies if body["valid_code"] in _EARNING] or bodies
    fees = [body["fee_fen"] for body in earning if body["fee_fen"] is not None]
    return sum(fees) if fees else None


def _line(row_id: str, body: Mapping[str, Any]) -> LineFact:
    return LineFact(
        line_id=row_id,
        item_id=body["product_id"],
        sku_id=body["sku_id"],
        title=body["title"],
        quantity=body["quantity"],
        paid_fen=max(0, body["base_fen"] or 0) if _counts(body) else 0,
        refunded_fen=None,
        refunded_quantity=body["returned"],
        join_keys=tuple(JoinKey(JoinKind(kind), PLATFORM, value) for kind, value in body["joins"]),
    )


def _by_finality(told_by: Mapping[str, Any], actual: str, estimate: str, *, final: bool) -> int | None:
    """The actual figure once the row is final, else the estimate; a missing actual leaves the estimate."""
    figure = fen_from_yuan(told_by.get(actual)) if final else None
    return figure if figure is not None else fen_from_yuan(told_by.get(estimate))


def _pieces(told_by: Mapping[str, Any], name: str, *, missing: int) -> int:
    count = integer(told_by.get(name))
    return max(0, count) if count is not None else missing


def _latest(times: Sequence[str | None]) -> datetime | None:
    return from_iso(max((time for time in times if time), default=None))


def _earliest(times: Sequence[str | None]) -> datetime | None:
    return from_iso(min((time for time in times if time), default=None))


def _iso(value: Any) -> str | None:
    return iso_z(utc_from_any(value))
