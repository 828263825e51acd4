"""What came back on the wire: is it an answer at all, and which class is a refusal?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from measurement.alliance.facts import ErrorClass, Refusal
from measurement.alliance.shapes import integer

# Read from top to bottom: "invalid signature for access token" is about the signature.
_WORDS: tuple[tuple[ErrorClass, tuple[str, ...]], ...] = (
    (
        ErrorClass.SIGNATURE,
        ("signature", "invalid sign", "sign error", "sign invalid", "签名", "验签"),
    ),
    (
        ErrorClass.THROTTLE,
        (
            "limit",
            "throttl",
            "too many",
            "frequen",
            "qps",
            "quota",
            "频率",
            "频繁",
            "限流",
            "超限",
            "流控",
            "次数",
        ),
    ),
    (
        ErrorClass.PERMISSION,
        (
            "permission",
            "forbidden",
            "not granted",
            "no privilege",
            "whitelist",
            "white list",
            "blacklist",
        )
        + ("-in-blacklist", "权限", "白名单", "黑名单", "未授权该", "无权"),
    ),
    (
        ErrorClass.AUTH,
        (
            "token",
            "session",
            "unauthorized",
            "not authorized",
            "authoriz",
            "expired",
            "授权",
            "令牌",
            "登录",
            "过期",
        ),
    ),
    (
        ErrorClass.TRANSIENT,
        (
            "timeout",
            "timed out",
            "unavailable",
            "busy",
            "internal",
            "system error",
            "try again",
            "retry",
        )
        + (
            "超时",
            "系统繁忙",
            "系统错误",
            "系统异常",
            "服务不可用",
            "服务异常",
            "服务端异常",
            "稍后",
            "重试",
        ),
    ),
    (
        ErrorClass.BAD_REQUEST,
        (
            "param",
            "argument",
            "missing",
            "invalid",
            "illegal",
            "required",
            "not exist",
            "not found",
            "exceed",
        )
        + (
            "参数",
            "缺少",
            "不能为空",
            "不合法",
            "非法",
            "格式",
            "不存在",
            "时间间隔",
            "时间范围",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Push:
    """What one delivery asks for: a push is a hint to fetch again, and wants a reply."""

    refetch_orders: tuple[str, ...] = ()
    refetch_after_sales: tuple[str, ...] = ()
    reply: Mapping[str, Any] = field(default_factory=dict)


def body_of(exchange: Mapping[str, Any]) -> Mapping[str, Any] | Refusal:
    """The JSON object of an exchange's answer, or why there is none.

    HTTP 404 is a bad request, HTTP 5xx and a body that is no JSON object are transient.
    """
    status = integer(exchange.get("http_status", exchange.get("status")))
    if status == 404:
        return Refusal(ErrorClass.BAD_REQUEST, None, "HTTP 404")
    if status is not None and status >= 500:
        return Refusal(ErrorClass.TRANSIENT, None, f"HTTP {status}")
    body = exchange.get("response", exchange.get("response_text"))
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return Refusal(ErrorClass.TRANSIENT, None, "the body is not JSON")
    if not isinstance(body, Mapping):
        return Refusal(ErrorClass.TRANSIENT, None, "the body is no JSON object")
    return body


def class_of_words(*texts: Any) -> ErrorClass | None:
    """The class a refusal's own words speak of; None when they say nothing known."""
    words = " ".join(str(text).lower() for text in texts if text)
    for error_class, marks in _WORDS:
        if any(mark in words for mark in marks):
            return error_class
    return None
