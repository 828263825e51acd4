"""Taobao and Tmall (TOP): trades, refunds, refusals and signatures.

A trade is one piece, each of its refunds another. ``docs/wire-formats.md`` has the tables.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from measurement.alliance.answers import body_of, class_of_words
from measurement.alliance.facts import (
    ErrorClass,
    Feed,
    JoinKey,
    JoinKind,
    OrderFact,
    OrderStatus,
    Page,
    Piece,
    Refusal,
)
from measurement.alliance.money import fen_from_yuan
from measurement.alliance.orders import told
from measurement.alliance.stamps import stamped
from measurement.alliance.taobao_lines import lines_of, lines_without_money
from merchants.wire.shapes import as_list, as_mapping, integer, text_or_none, truth
from merchants.wire.times import from_iso, iso_z, utc_from_shanghai

PLATFORM = "taobao"

_UNPAID = {"TRADE_NO_CREATE_PAY", "WAIT_BUYER_PAY", "PAY_PENDING", "WAIT_PRE_AUTH_CONFIRM"}
_PAID = {
    "PAID_FORBID_CONSIGN",
    "WAIT_SELLER_SEND_GOODS",
    "SELLER_CONSIGNED_PART",
    "WAIT_BUYER_CONFIRM_GOODS",
    "TRADE_BUYER_SIGNED",
    "TRADE_FINISHED",
}
_COLLECTED = {"TRADE_BUYER_SIGNED", "TRADE_FINISHED"}  # cash on delivery is in once the buyer has signed
_FINAL_NOT_PAID = {"FRONT_NOPAID_FINAL_NOPAID", "FRONT_PAID_FINAL_NOPAID"}
# Of two statements of one second the one further down this list is the later.
_PROGRESS = (
    "TRADE_NO_CREATE_PAY",
    "WAIT_BUYER_PAY",
    "PAY_PENDING",
    "WAIT_PRE_AUTH_CONFIRM",
    "PAID_FORBID_CONSIGN",
    "WAIT_SELLER_SEND_GOODS",
    "SELLER_CONSIGNED_PART",
    "WAIT_BUYER_CONFIRM_GOODS",
    "TRADE_BUYER_SIGNED",
    "TRADE_FINISHED",
    "TRADE_CLOSED_BY_TAOBAO",
    "TRADE_CLOSED",
)
_REFUND_PROGRESS = (
    "WAIT_SELLER_AGREE",
    "SELLER_REFUSE_BUYER",
    "WAIT_BUYER_RETURN_GOODS",
    "WAIT_SELLER_CONFIRM_GOODS",
    "CLOSED",
    "SUCCESS",
)
_MONEY_DISPUTES = {"REFUND", "REFUND_AND_RETURN"}

_CLASS_OF_CODE = {
    "7": ErrorClass.THROTTLE,
    "25": ErrorClass.SIGNATURE,
    "26": ErrorClass.AUTH,
    "27": ErrorClass.AUTH,
    "29": ErrorClass.PERMISSION,
    "40": ErrorClass.BAD_REQUEST,
    "41": ErrorClass.BAD_REQUEST,
}


def read(exchange: Mapping[str, Any]) -> Page:
    """One call: a page of trades or refunds, a single one, or a refusal."""
    body = body_of(exchange)
    if isinstance(body, Refusal):
        return Page(refusal=body)
    if "error_response" in body:
        return Page(refusal=_refusal(as_mapping(body["error_response"])))
    root = next((as_mapping(value) for name, value in body.items() if name.endswith("_response")), None)
    if root is None:
        if not body.keys() & {"trades", "trade", "refunds", "refund", "total_results"}:
            return Page(refusal=_refusal(body))
        root = body  # answers asked for with simplify=true have no envelope
    trades = as_list(root.get("trades"), "trade") + as_list(root.get("trade"))
    refunds = as_list(root.get("refunds"), "refund") + as_list(root.get("refund"))
    whole = "trades" not in root
    pieces = [_trade(row, whole=whole) for row in trades] + [_refund(row) for row in refunds]
    return Page(
        pieces=tuple(piece for piece in pieces if isinstance(piece, Piece)),
        problems=tuple(piece for piece in pieces if isinstance(piece, str)),
        total=integer(root.get("total_results")),
        has_next=truth(root["has_next"]) if root.get("has_next") is not None else None,
    )


def order_from(pieces: Sequence[Piece]) -> OrderFact | None:
    """The order that a trade and its refunds make; None while only refunds have been seen."""
    trades = [piece for piece in pieces if piece.kind in {"trade", "head"}]
    if not trades:
        return None
    trade = told(trades)
    refunds = [piece.body for piece in pieces if piece.kind == "refund"]
    state = _state(trade)
    lines = lines_without_money(trade, refunds)
    paid = shipping = refunded = 0
    status = OrderStatus.CANCELLED if state == "cancelled" else OrderStatus.UNPAID
    if state in {"paid", "closed"}:
        lines, paid, shipping, refunded, status = lines_of(trade, refunds, closed=state == "closed")
    buyer = trade.get("buyer_open_uid")
    finished = trade.get("status") == "TRADE_FINISHED"
    return OrderFact(
        platform=PLATFORM,
        order_id=trades[0].order_id,
        status=status,
        paid_fen=paid,
        refunded_fen=refunded,
        shipping_fen=shipping,
        paid_at=from_iso(trade.get("paid_at")) if state in {"paid", "closed"} else None,
        lines=lines,
        modified_at=from_iso(trade.get("modified_at")),
        created_at=from_iso(trade.get("created_at")),
        shipped_at=from_iso(trade.get("shipped_at")),
        signed_at=from_iso(trade.get("ended_at")) if finished else None,
        carrier=trade.get("carrier") or next((line.carrier for line in lines if line.carrier), ""),
        after_sale_reason=next((line.after_sale_reason for line in lines if line.after_sale_reason), ""),
        join_keys=(JoinKey(JoinKind.BUYER, PLATFORM, buyer),) if buyer else (),
    )


def sign(vector: Mapping[str, Any]) -> str:
    """Upper hex over name+value of every parameter but ``sign``, sorted by name; empty ones are not sent.

    ``sign_method`` ``md5`` wraps the text in the secret, ``hmac`` and ``hmac-sha256`` use it as the key.
    ``string_before_secret`` may stand in place of ``params``.
    """
    params = as_mapping(vector.get("params"))
    sent = {
        name: str(value)
        for name, value in params.items()
        if name and name != "sign" and value not in (None, "") and not isinstance(value, bytes)
    }
    text = vector.get("string_before_secret") or "".join(name + sent[name] for name in sorted(sent))
    secret = str(vector.get("secret", ""))
    method = vector.get("sign_method") or sent.get("sign_method", "md5")
    if method == "md5":
        return hashlib.md5(f"{secret}{text}{secret}".encode(), usedforsecurity=False).hexdigest().upper()
    digest = hashlib.sha256 if method == "hmac-sha256" else hashlib.md5
    return hmac.new(secret.encode(), str(text).encode(), digest).hexdigest().upper()


def _refusal(error: Mapping[str, Any]) -> Refusal:
    code = text_or_none(error.get("code"))
    sub_code = text_or_none(error.get("sub_code")) or ""
    message = " ".join(str(error[name]) for name in ("msg", "sub_code", "sub_msg") if error.get(name))
    owner = {"isp": ErrorClass.TRANSIENT, "isv": ErrorClass.BAD_REQUEST}.get(sub_code.partition(".")[0])
    if code == "15" and owner:
        return Refusal(owner, code, message)
    error_class = _CLASS_OF_CODE.get(code or "") or class_of_words(message) or owner or ErrorClass.TRANSIENT
    return Refusal(error_class, code, message)


def _trade(row: Any, *, whole: bool) -> Piece | str:
    trade = as_mapping(row)
    tid = text_or_none(trade.get("tid"), zero_is_none=True) or text_or_none(trade.get("tid_str"))
    if tid is None:
        return "a trade without tid"
    status = (text_or_none(trade.get("status")) or "").upper() or None
    lines = [_line(as_mapping(line)) for line in as_list(trade.get("orders"), "order")]
    body = {
        "tid": tid,
        "status": status,
        "type": text_or_none(trade.get("type")),
        "step": text_or_none(trade.get("step_trade_status")),
        "created_at": _iso(trade.get("created")),
        "paid_at": _iso(trade.get("pay_time")),
        "modified_at": _iso(trade.get("modified")),
        "shipped_at": _iso(trade.get("consign_time")),
        "ended_at": _iso(trade.get("end_time")),
        "payment_fen": _not_negative(fen_from_yuan(trade.get("payment"))),
        "post_fee_fen": _not_negative(fen_from_yuan(trade.get("post_fee"))),
        "carrier": text_or_none(trade.get("logistics_company")),
        "buyer_open_uid": text_or_none(trade.get("buyer_open_uid")),
        "lines": lines or None,
    }
    progress = _PROGRESS.index(status) if status in _PROGRESS else 0
    modified = _latest(trade, "modified", ("end_time", "consign_time", "pay_time", "created"))
    rank = 2 * progress + whole  # a trade asked for by its id has every field
    return Piece(PLATFORM, Feed.SHOP, tid, "trade" if lines else "head", "", stamped(modified, rank), body)


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "oid": text_or_none(line.get("oid"), zero_is_none=True) or text_or_none(line.get("oid_str")),
        "num_iid": text_or_none(line.get("num_iid"), zero_is_none=True),
        "sku_id": text_or_none(line.get("sku_id"), zero_is_none=True),
        "title": text_or_none(line.get("title")) or "",
        "num": _not_negative(integer(line.get("num"))),
        "price_fen": fen_from_yuan(line.get("price")),
        "total_fee_fen": fen_from_yuan(line.get("total_fee")),
        "discount_fen": fen_from_yuan(line.get("discount_fee")),
        "adjust_fen": fen_from_yuan(line.get("adjust_fee")),
        "share_of_discount_fen": fen_from_yuan(line.get("part_mjz_discount")),
        "divide_fen": fen_from_yuan(line.get("divide_order_fee")),
        "status": text_or_none(line.get("status")),
        "refund_status": text_or_none(line.get("refund_status")),
        "shipped_at": _iso(line.get("consign_time")),
        "carrier": text_or_none(line.get("logistics_company")) or "",
    }


def _refund(row: Any) -> Piece | str:
    refund = as_mapping(row)
    refund_id = text_or_none(refund.get("refund_id"), zero_is_none=True)
    tid = text_or_none(refund.get("tid"), zero_is_none=True)
    if refund_id is None or tid is None:
        return "a refund without refund_id or tid"
    status = (text_or_none(refund.get("status")) or "").upper()
    dispute = text_or_none(refund.get("dispute_type"))
    moved_money = status == "SUCCESS" and (dispute is None or dispute.upper() in _MONEY_DISPUTES)
    modified = _latest(refund, "modified", ("end_time", "created"))
    body = {
        "oid": text_or_none(refund.get("oid"), zero_is_none=True),
        "refunded_fen": max(0, fen_from_yuan(refund.get("refund_fee")) or 0) if moved_money else 0,
        "status": status,
        "reason": text_or_none(refund.get("reason")) or "",
        "modified_at": iso_z(modified),
    }
    progress = _REFUND_PROGRESS.index(status) if status in _REFUND_PROGRESS else 0
    return Piece(PLATFORM, Feed.SHOP, tid, "refund", refund_id, stamped(modified, progress), body)


def _latest(row: Mapping[str, Any], name: str, others: Sequence[str]) -> datetime | None:
    """The platform's modified time; where it was not asked for, the latest of the other times."""
    moments = [moment for other in others if (moment := utc_from_shanghai(row.get(other)))]
    return utc_from_shanghai(row.get(name)) or max(moments, default=None)


def _not_negative(number: int | None) -> int | None:
    return None if number is None else max(0, number)


def _iso(value: Any) -> str | None:
    return iso_z(utc_from_shanghai(value))


def _state(trade: Mapping[str, Any]) -> str:
    """``unpaid``, ``paid``, ``closed`` (after payment) or ``cancelled`` (before)."""
    status = trade.get("status")
    final_not_paid = trade.get("step") in _FINAL_NOT_PAID
    cash_not_in = trade.get("type") == "cod" and not trade.get("paid_at") and status not in _COLLECTED
    if status == "TRADE_CLOSED_BY_TAOBAO":
        return "cancelled"
    if status == "TRADE_CLOSED":
        return "cancelled" if final_not_paid or cash_not_in else "closed"
    if status in _UNPAID or final_not_paid or cash_not_in:
        return "unpaid"
    return "paid" if status in _PAID or trade.get("paid_at") else "unpaid"
