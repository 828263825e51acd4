"""Xiaohongshu ark on the wire: envelope, signature, pushes, and which statement an answer is.

Orders in fen, after-sales in yuan floats, times in Unix milliseconds. A list row has no money and no
lines: without its detail an order is not told. What the statements amount to:
:mod:`measurement.alliance.xiaohongshu_ark_orders`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from measurement.alliance import xiaohongshu_ark_orders as orders
from measurement.alliance.answers import Push, body_of, class_of_words
from measurement.alliance.facts import ErrorClass, OrderFact, Page, Piece, Refusal
from merchants.wire.shapes import as_list, as_mapping, integer, text_or_none, truth
from merchants.wire.times import utc_from_any

_CLASS_OF_CODE = {
    "401": ErrorClass.AUTH,
    "-9013": ErrorClass.THROTTLE,
    "-2000400": ErrorClass.BAD_REQUEST,
    "-2000101": ErrorClass.BAD_REQUEST,  # order missing or of another shop
    "-2000500": ErrorClass.TRANSIENT,
}
_LISTS = ("orderList", "packageList")  # the second is the old documentation's name
_AFTER_SALE_LISTS = ("afterSaleBasicInfos", "simpleAfterSaleList")
_REPLY = {"success": True, "error_code": 0, "error_msg": ""}


def read(exchange: Mapping[str, Any]) -> Page:
    """Order rows, order details and after-sales, told by their shape; a list of after-sales states no
    money ("expected" only) and gives no pieces."""
    body = body_of(exchange)
    if isinstance(body, Refusal):
        return Page(refusal=body)
    refusal = _refusal(body, "error_code", "error_msg")
    data = as_mapping(body.get("data"))
    while refusal is None and "data" in data and ("success" in data or "code" in data):  # second envelope
        refusal = _refusal(data, "code", "msg", good=("0", "200"))
        data = as_mapping(data.get("data"))
    if refusal:
        return Page(refusal=refusal)
    fetched_at = utc_from_any(exchange.get("pulled_at") or exchange.get("received_at"))
    page, last = integer(data.get("pageNo")), integer(data.get("maxPageNo"))
    pieces, problems = _pieces(data, fetched_at)
    return Page(
        pieces=tuple(pieces),
        total=integer(data.get("total", data.get("totalCount"))),
        has_next=None if page is None or last is None else page < last,
        problems=tuple(problems),
    )


def order_from(pieces: Sequence[Piece]) -> OrderFact | None:
    """One order from its standing pieces; None while its detail has not come."""
    return orders.order_from(pieces)


def read_push(delivery: Mapping[str, Any]) -> Push:
    """A JSON array of ``{"msgTag", "data"}``, ``data`` being JSON as text. A push is a hint: the order, or
    for an after-sale message the after-sale, is fetched again. A body that is no JSON is not accepted."""
    body = as_mapping(delivery).get("raw_body")
    try:
        messages = json.loads(body) if isinstance(body, str | bytes) else body
    except ValueError:
        return Push(reply={"success": False, "error_code": -1, "error_msg": "the body is not JSON"})
    order_ids: dict[str, None] = {}
    returns_ids: dict[str, None] = {}
    for message in as_list(messages):
        tag, data = _message(message)
        order_id = text_or_none(data.get("orderId")) or text_or_none(data.get("packageId"))
        returns_id = text_or_none(data.get("returnsId"))
        if returns_id and tag.startswith("msg_after_sale"):
            returns_ids[returns_id] = None
        elif order_id and not tag.startswith("msg_item"):
            order_ids[order_id] = None
    return Push(refetch_orders=tuple(order_ids), refetch_after_sales=tuple(returns_ids), reply=dict(_REPLY))


def sign(vector: Mapping[str, Any]) -> str:
    """Lower hex MD5 of ``<method>?appId=..&timestamp=..&version=..<secret>``.

    With ``path`` instead of ``method`` the old v1 rule, still met in pushes: path, ``?``, the sorted
    query, secret. ``string_before_secret`` may give the text ready-made.
    """
    text = vector.get("string_before_secret")
    if text is None and "path" in vector:
        query = as_mapping(vector.get("params") or vector.get("query"))
        text = f"{vector['path']}?" + "&".join(f"{name}={query[name]}" for name in sorted(query))
    elif text is None:
        common = {**as_mapping(vector.get("params")), **vector}
        named = "&".join(f"{name}={common.get(name, '')}" for name in ("appId", "timestamp", "version"))
        text = f"{common.get('method', '')}?{named}"
    secret = vector.get("appSecret") or vector.get("secret") or ""
    return hashlib.md5(f"{text}{secret}".encode(), usedforsecurity=False).hexdigest()


def _refusal(
    envelope: Mapping[str, Any], code_name: str, message_name: str, *, good: tuple[str, ...] = ("0",)
) -> Refusal | None:
    """Good only when ``success`` is true and the code is 0: error 50209 comes with ``success`` true."""
    code = text_or_none(envelope.get(code_name))
    code = None if code in good else code
    succeeded = envelope.get("success")
    silent = succeeded is None and envelope.get(code_name) is None
    if code is None and not silent and (succeeded is None or truth(succeeded)):
        return None
    message = str(envelope.get(message_name) or envelope.get("msg") or envelope.get("message") or "")
    error_class = _CLASS_OF_CODE.get(code or "") or class_of_words(message) or ErrorClass.TRANSIENT
    return Refusal(error_class, code, message)


def _pieces(data: Mapping[str, Any], fetched_at: datetime | None) -> tuple[list[Piece], list[str]]:
    rows = [row for name in _LISTS for row in as_list(data.get(name))]
    if rows or any(name in data for name in _LISTS):
        told = [orders.row_piece(as_mapping(row), fetched_at) for row in rows]
    elif any(name in data for name in _AFTER_SALE_LISTS):
        return [], []
    elif "afterSaleInfo" in data or "returnsId" in data:
        info = as_mapping(data.get("afterSaleInfo")) or data
        told = [orders.after_sale_piece(info, fetched_at)]
    elif orders.is_detail(data):
        told = [orders.detail_piece(data, fetched_at)]
    else:
        return [], []
    unread = [f"statement {i} names no order" for i, piece in enumerate(told) if piece is None]
    return [piece for piece in told if piece], unread


def _message(message: Any) -> tuple[str, Mapping[str, Any]]:
    """Tag and data of one message; unreadable data is empty."""
    tag, data = str(as_mapping(message).get("msgTag") or ""), as_mapping(message).get("data")
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            data = None
    return tag, as_mapping(data)
