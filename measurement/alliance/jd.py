"""JD: which of its feeds an answer belongs to, its refusals and its signature.

Shop orders and refunds are read by :mod:`jd_shop`, affiliate rows by :mod:`jd_union`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from measurement.alliance import jd_shop, jd_union
from measurement.alliance.answers import body_of, class_of_words
from measurement.alliance.facts import ErrorClass, Feed, OrderFact, Page, Piece, Refusal
from merchants.wire.shapes import as_list, as_mapping, integer, text_or_none, truth

_GOOD_UNION_CODE = "200"
# Codes that say by themselves what the words may leave open; the union's are those of HTTP.
_CLASS_OF_CODE = {
    "19": ErrorClass.AUTH,
    "400": ErrorClass.BAD_REQUEST,
    "401": ErrorClass.AUTH,
    "403": ErrorClass.PERMISSION,
    "404": ErrorClass.BAD_REQUEST,
    "429": ErrorClass.THROTTLE,
}


def read(exchange: Mapping[str, Any]) -> Page:
    """One call: a page of orders, refunds or affiliate rows, or a refusal."""
    body = body_of(exchange)
    if isinstance(body, Refusal):
        return Page(refusal=body)
    if "error_response" in body:
        return Page(refusal=_refusal(as_mapping(body["error_response"])))
    name = next((name for name in body if name.lower().endswith(("_responce", "_response"))), None)
    if name is None:
        return Page(refusal=_refusal(body))
    root = as_mapping(_parsed(body[name]))
    if text_or_none(root.get("code")) not in {None, "0"}:
        return Page(refusal=_refusal(root))
    if "_union_" in name.lower():
        return _union_page(root)
    if "refundapply" in name.lower():
        return _refund_page(root)
    return _order_page(root)


def order_from(pieces: Sequence[Piece]) -> OrderFact | None:
    """The order a shop's pieces or an affiliate's rows make."""
    if any(piece.feed is Feed.AFFILIATE for piece in pieces):
        return jd_union.order_from(pieces)
    return jd_shop.order_from(pieces)


def sign(vector: Mapping[str, Any]) -> str:
    """Upper hex MD5 of secret + name and value of every sent parameter but ``sign``, by name + secret.

    ``string_before_secret`` may stand in place of ``params``.
    """
    sent = {
        name: _as_sent(value)
        for name, value in as_mapping(vector.get("params")).items()
        if name != "sign" and value is not None
    }
    text = vector.get("string_before_secret") or "".join(name + sent[name] for name in sorted(sent))
    secret = str(vector.get("secret", ""))
    return hashlib.md5(f"{secret}{text}{secret}".encode(), usedforsecurity=False).hexdigest().upper()


def _as_sent(value: Any) -> str:
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _parsed(value: Any) -> Any:
    """``value``, or what its text holds when it is JSON as text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def _order_page(root: Mapping[str, Any]) -> Page:
    result = _holder(root, "apiResult", "orderInfoList", "orderInfo")
    outcome = as_mapping(result.get("apiResult"))
    if _failed(outcome):
        return Page(refusal=_refusal(outcome))
    rows = as_list(result.get("orderInfoList"), "orderInfo") + as_list(result.get("orderInfo"))
    pieces, problems = _sorted_out([jd_shop.order(row, whole="orderInfo" in result) for row in rows])
    return Page(pieces=pieces, problems=problems, total=integer(result.get("orderTotal")))


def _refund_page(root: Mapping[str, Any]) -> Page:
    result = _holder(root, "success", "totalCount", "result")
    if _failed(result):
        return Page(refusal=_refusal(result))
    inner = result.get("result")
    while (
        isinstance(inner, Mapping)
        and "orderId" not in inner
        and ("result" in inner or "queryResult" in inner)
    ):
        if _failed(inner):  # older answers wrap the result once more
            return Page(refusal=_refusal(inner))
        result, inner = inner, inner.get("result", inner.get("queryResult"))
    pieces, problems = _sorted_out([jd_shop.refund(row) for row in as_list(inner)])
    return Page(pieces=pieces, problems=problems, total=integer(result.get("totalCount")))


def _union_page(root: Mapping[str, Any]) -> Page:
    result = _parsed(next((value for key, value in root.items() if key.lower().endswith("result")), None))
    if not isinstance(result, Mapping):
        return Page(refusal=Refusal(ErrorClass.TRANSIENT, None, "queryResult is not JSON"))
    code = text_or_none(result.get("code"))
    if code != _GOOD_UNION_CODE and not (code is None and "data" in result):
        return Page(refusal=_refusal(result))
    pieces, problems = _sorted_out([jd_union.row(row) for row in as_list(_parsed(result.get("data")))])
    has_next = truth(result["hasMore"]) if result.get("hasMore") is not None else None
    return Page(pieces=pieces, problems=problems, has_next=has_next)


def _sorted_out(read_rows: Sequence[Piece | str]) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    return (
        tuple(row for row in read_rows if isinstance(row, Piece)),
        tuple(row for row in read_rows if isinstance(row, str)),
    )


def _holder(node: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """The outermost object under ``node`` that has one of ``keys``; an empty one when none has."""
    level = [node]
    while level:
        for candidate in level:
            if any(key in candidate for key in keys):
                return candidate
        level = [value for candidate in level for value in candidate.values() if isinstance(value, Mapping)]
    return {}


def _failed(outcome: Mapping[str, Any]) -> bool:
    return outcome.get("success") not in (None, "") and not truth(outcome["success"])


def _refusal(error: Mapping[str, Any]) -> Refusal:
    """A refusal in any of JD's shapes: by its words, then by its code (19 alone does not say enough)."""
    codes = (text_or_none(error.get(name)) for name in ("code", "numberCode", "errorCode"))
    code = next((code for code in codes if code and code != "0"), None)
    named = (
        "zh_desc",
        "en_desc",
        "chineseErrCode",
        "englishErrCode",
        "errorMsg",
        "errorMessage",
        "message",
        "msg",
    )
    message = " ".join(str(error[name]) for name in named if error.get(name))
    error_class = class_of_words(message) or _CLASS_OF_CODE.get(code or "") or ErrorClass.TRANSIENT
    return Refusal(error_class, code, message)
