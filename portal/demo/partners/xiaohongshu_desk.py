"""Xiaohongshu's side of the desk: takes replies to private messages, and what became of leads.

The numbers of its refusals are invented: none is published. What is sent twice under one number counts once.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from leads.channels.calls import Answer, Call
from portal.demo.partners.wire import body_of, path_of, said

EVENTS = {"101", "102", "103", "104", "121", "122", "141", "200"}
NEEDED = (
    "user_id", "request_id", "message_type", "from_user_id", "to_user_id", "third_account_id", "timestamp", "content",
)  # fmt: skip
_CONTACT = re.compile(r"1[3-9]\d{9}|加.?微信")


@dataclass(slots=True)
class Desk:
    """One account with its key. ``sent`` is {request_id: text}, ``events`` {(click, code): milliseconds},
    ``returned`` ids of leads that were marked valid; ``busy`` answers that many calls with 503 first."""

    key_hex: str
    third_account_id: str
    advertiser_id: str
    sent: dict[str, str] = field(default_factory=dict)
    events: dict[tuple[str, str], int] = field(default_factory=dict)
    returned: set[str] = field(default_factory=set)
    busy: int = 0

    def __call__(self, call: Call) -> Answer:
        if self.busy:
            self.busy -= 1
            return Answer(503, b"upstream")
        ways: dict[str, Callable[[dict[str, Any]], Answer]] = {
            "/api/open/im/third/send": self._send,
            "/api/open/common": self._common,
            "/api/hawking/leads/return": self._return,
        }
        way = next((take for end, take in ways.items() if path_of(call).endswith(end)), None)
        return way(body_of(call)) if way and call.method == "POST" else said({"code": 404}, 404)

    def _send(self, told: dict[str, Any]) -> Answer:
        if any(not isinstance(told.get(name), int if name == "timestamp" else str) for name in NEEDED):
            return _refused(30001, "参数错误")
        if told["third_account_id"] != self.third_account_id:
            return _refused(30003, "三方账号未绑定")
        text = self._clear(told["content"])
        if text is None or told["message_type"] != "TEXT":
            return _refused(30002, "消息内容解密失败")
        if _CONTACT.search(text):
            return _refused(30012, "消息包含站外联系方式，请使用名片")
        self.sent.setdefault(told["request_id"], text)
        return _good()

    def _clear(self, content: str) -> str | None:
        """The text in base64(iv)~split~base64(cipher); None for what was not made with the key."""
        try:
            iv, sealed = (base64.b64decode(part, validate=True) for part in content.split("~split~"))
            reader = Cipher(algorithms.AES(bytes.fromhex(self.key_hex)), modes.CBC(iv)).decryptor()
            pad = PKCS7(128).unpadder()
            clear = pad.update(reader.update(sealed) + reader.finalize()) + pad.finalize()
            text = json.loads(clear)["text"]
        except (ValueError, KeyError, TypeError):
            return None
        return text if isinstance(text, str) else None

    def _common(self, told: dict[str, Any]) -> Answer:
        advertiser_id, method = told.get("advertiser_id"), told.get("method")
        text = f"advertiser_id{advertiser_id}&method{method}&timestamp{told.get('timestamp')}&version1.0"
        sign = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        if advertiser_id != self.advertiser_id or str(told.get("sign", "")).lower() != sign:
            return _refused(40003, "签名错误")
        if method == "oauth.getAccessToken":
            return _good(access_token=self._token(), access_token_expires_in=7200)
        if method != "aurora.leads" or told.get("access_token") != self._token():
            return _refused(40001, "access_token无效")
        if told.get("event_type") not in EVENTS or not isinstance(told.get("conv_time"), int):
            return _refused(40002, "event_type错误")
        if not told.get("click_id"):
            return _refused(40004, "click_id不能为空")
        self.events.setdefault((told["click_id"], told["event_type"]), told["conv_time"])
        return _good()

    def _return(self, told: dict[str, Any]) -> Answer:
        if not all(told.get(name) for name in ("campaignId", "unitId", "creativityId", "leadsId")):
            return _refused(1, "参数错误")
        self.returned.add(told["leadsId"])
        return _good()

    def _token(self) -> str:
        return f"token-of-{self.advertiser_id}"


def _good(**data: Any) -> Answer:
    return said({"code": 0, "msg": "", "success": True, **({"data": data} if data else {})})


def _refused(code: int, msg: str) -> Answer:
    return said({"code": code, "msg": msg, "success": False})
