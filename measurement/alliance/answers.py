"""What came back on the wire: is it an answer at all, and which class is a refusal?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from measurement.alliance.facts import ErrorClass, Refusal
from merchants.wire.shapes import integer

# Read from top to bottom: "invalid signature for access token" is about the signature, "the token has no
# permission" about the permission, "invalid token" about the token.
_WORDS: Mapping[ErrorClass, str] = {
    ErrorClass.SIGNATURE: r"""signature|\bsign\b|签名|验签|invalid.timestamp|时间戳.*(过期|错误|无效|不正确)
        |timestamp.*(expired|invalid|error)""",
    ErrorClass.THROTTLE: r"""limited|\b(call|rate|request|access|flow).*limit|limit(s|.is|.was)?.exceeded
        |throttl|too.many|frequen|\bqps\b|quota|频率|频繁|限流|流控|超限|(调用|访问|请求).*(次数|限制|上限)""",
    ErrorClass.PERMISSION: r"""permission|forbidden|not.granted|privilege|white.?list|black.?list
        |\bip\b.*(not|invalid)|invalid.app.?key|权限|白名单|黑名单|无权|非法ip|ip.{0,6}不在
        |(接口|api).*未授权|未授权.*(接口|api)""",
    ErrorClass.AUTH: r"token|session|authori[sz]|expired|授权|令牌|登录|过期|失效",
    ErrorClass.TRANSIENT: r"""time.?out|timed.out|unavailable|busy|internal|system.(error|exception)
        |try.again|retry|超时|繁忙|系统(错误|异常)|服务.?(不可用|异常|错误)|服务端|稍后|重试""",
    ErrorClass.BAD_REQUEST: r"""param|argument|missing|invalid|illegal|required|not.exist|not.found|exceed
        |range|too.(long|large)|参数|缺少|为空|不合法|非法|格式|不存在|不支持|超过|超出|时间间隔""",
}
_PATTERNS = tuple((error_class, re.compile(words, re.VERBOSE)) for error_class, words in _WORDS.items())


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
    if status == HTTPStatus.NOT_FOUND:
        return Refusal(ErrorClass.BAD_REQUEST, None, "HTTP 404")
    if status is not None and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Refusal(ErrorClass.TRANSIENT, None, f"HTTP {status}")
    body = exchange.get("response")
    if body is None:
        body = exchange.get("response_text")
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
    return next((error_class for error_class, pattern in _PATTERNS if pattern.search(words)), None)
