"""VIPSHOP on the wire: envelope, signature, and which statement a row is.

Seller orders are told by :mod:`measurement.alliance.vipshop_seller`, union (affiliate) orders by
:mod:`measurement.alliance.vipshop_union`. Money on the wire is yuan text; seller times are Shanghai text,
union times Unix milliseconds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from measurement.alliance import vipshop_seller, vipshop_union
from measurement.alliance.answers import body_of, class_of_words
from measurement.alliance.facts import ErrorClass, Feed, OrderFact, Page, Piece, Refusal
from merchants.wire.shapes import as_mapping, integer, text_or_none, truth
from merchants.wire.times import utc_from_any

_CLASS_OF_CODE = {
    "vipapis.miss-parameter": ErrorClass.BAD_REQUEST,
    "vipapis.ip-in-blacklist": ErrorClass.PERMISSION,
}


def read(exchange: Mapping[str, Any]) -> Page:
    """Seller orders, their lines and cancellations, union orders and their refunds: told by their shape,
    so that an older service name reads like the newer one."""
    body = body_of(exchange)
    refusal = body if isinstance(body, Refusal) else _refusal(body)
    if refusal or isinstance(body, Refusal):
        return Page(refusal=refusal)
    fetched_at = utc_from_any(exchange.get("pulled_at") or exchange.get("received_at"))
    pieces: list[Piece] = []
    problems: list[str] = []
    for row in _rows(body.get("result", body.get("data"))):
        told = _pieces(row, fetched_at)
        pieces += told
        if not told:
            problems.append(f"a row that is no order, detail, cancellation or refund: {sorted(row)[:6]}")
    total = integer(as_mapping(body.get("result")).get("total"))
    return Page(
        pieces=tuple(pieces),
        total=total,
        has_next=_has_next(exchange, total),
        problems=tuple(problems),
    )


def order_from(pieces: Sequence[Piece]) -> OrderFact | None:
    """One order from its standing pieces; None while its head has not come."""
    if not pieces:
        return None
    if pieces[0].feed is Feed.AFFILIATE:
        return vipshop_union.order_from(pieces)
    return vipshop_seller.order_from(pieces)


def sign(vector: Mapping[str, Any]) -> str:
    """Upper hex HMAC-MD5, keyed with the secret, of the sorted common parameters and the exact body.

    ``{"secret", "params", "body"}``, or ``string_before_secret`` in place of the last two.
    """
    text = vector.get("string_before_secret")
    if text is None:
        params = as_mapping(vector.get("params"))
        text = "".join(f"{name}{params[name]}" for name in sorted(params) if name != "sign")
        body = vector.get("body") or ""
        text += body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    secret = str(vector.get("secret") or vector.get("appSecret") or "")
    return hmac.new(secret.encode(), text.encode(), hashlib.md5).hexdigest().upper()


def _refusal(body: Mapping[str, Any]) -> Refusal | None:
    """A refusal carries a ``returnCode`` other than ``"0"``, or ``success`` that is false."""
    code = text_or_none(body.get("returnCode"))
    succeeded = body.get("success")
    if code in (None, "0") and (succeeded is None or truth(succeeded)):
        return None
    if code in (None, "0"):
        code = text_or_none(body.get("errorCode"), zero_is_none=True)
    message = str(body.get("returnMessage") or body.get("message") or body.get("msg") or "")
    error_class = (
        _CLASS_OF_CODE.get((code or "").lower())
        or class_of_words(code, (code or "").replace(".", " ").replace("-", " "))
        or class_of_words(message)
        or ErrorClass.TRANSIENT
    )
    return Refusal(error_class, code, message)


def _rows(result: Any) -> Iterator[Mapping[str, Any]]:
    """The rows of an answer, under whichever key they stand: a list's objects, or an object with an id."""
    if isinstance(result, list):
        yield from (row for row in result if isinstance(row, Mapping))
    elif isinstance(result, Mapping):
        if "orderSn" in result or "order_id" in result:
            yield result
        else:
            for value in result.values():
                yield from _rows(value)


def _pieces(row: Mapping[str, Any], fetched_at: datetime | None) -> list[Piece]:
    if "orderSn" in row:
        if any(name in row for name in ("refundType", "refundOrderDetails", "afterSaleSn")):
            return vipshop_union.refund_pieces(row, fetched_at)
        return vipshop_union.order_pieces(row, fetched_at)
    return vipshop_seller.pieces(row, fetched_at)


def _has_next(exchange: Mapping[str, Any], total: int | None) -> bool | None:
    """By ``page`` and ``pageSize`` (union) or ``limit`` (seller) of the request; no feed says so itself."""
    body = as_mapping(as_mapping(exchange.get("request")).get("body"))
    asked = as_mapping(body.get("queryModel") or body.get("request"))
    page, size = integer(asked.get("page")), integer(asked.get("pageSize") or asked.get("limit"))
    return None if total is None or page is None or size is None else page * size < total
