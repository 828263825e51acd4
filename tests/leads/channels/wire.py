"""Deliveries of sources as they travel, signed by hand: nothing of the product's own signing is used here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN = "page-token"
KEY_HEX = "00112233445566778899aabbccddeeff"


def form(
    leads_id: Any = "L1", answers: Any = None, *, sent: Any = 1772331631500, **data: Any
) -> dict[str, Any]:
    rows = (
        [{"label": "姓名", "value": "甲"}, {"label": "电话", "value": "13800138000"}]
        if answers is None
        else answers
    )
    return {
        "data": {
            "leads_id": leads_id,
            "landing_page_id": 600000000001,
            "submitted_time": "2026-03-01 10:20:30",
            "data": rows,
            **data,
        },
        "timestamp": sent,
        "source": "demo",
    }


def red(body: str | bytes, token: str = TOKEN) -> dict[str, str]:
    raw = body.encode() if isinstance(body, str) else body
    return {"X-Red-Signature": "sha1=" + hmac.new(token.encode(), raw, hashlib.sha1).hexdigest()}


def pushed(told: Any, token: str = TOKEN) -> dict[str, Any]:
    """A signed delivery of a form."""
    body = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    return {"headers": red(body, token), "raw_body": body}


def recording(*deliveries: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"api": "form push", "secret": TOKEN, "deliveries": list(deliveries)} | fields


def enciphered(clear: Any, key_hex: str = KEY_HEX, iv: bytes = b"0123456789abcdef") -> str:
    text = clear if isinstance(clear, bytes) else json.dumps(clear, ensure_ascii=False).encode()
    pad = padding.PKCS7(128).padder()
    writer = Cipher(algorithms.AES(bytes.fromhex(key_hex)), modes.CBC(iv)).encryptor()
    sealed = writer.update(pad.update(text) + pad.finalize()) + writer.finalize()
    return f"{base64.b64encode(iv).decode()}~split~{base64.b64encode(sealed).decode()}"


def message(message_id: str = "m1", text: str = "你好", **fields: Any) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "message_type": "TEXT",
        "message_source": 1,
        "from_user_id": "u1",
        "to_user_id": "brand",
        "timestamp": 1772334000000,
        "content": enciphered({"text": text}),
        "user_info": [{"user_id": "u1", "nickname": "小🍓"}, {"user_id": "brand", "nickname": "品牌"}],
    } | fields
