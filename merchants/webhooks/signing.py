"""Signatures of Standard Webhooks (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

MARK = "whsec_"
KEY_BYTES = 32  # the specification asks for 24 to 64


def text(message_id: str, timestamp: str, body: bytes) -> bytes:
    """What is signed: ``id.timestamp.body``, the body as it travels."""
    return f"{message_id}.{timestamp}.".encode() + body


def sign(secret: str, signed: bytes) -> str:
    """``v1,`` and base64 of HMAC-SHA256. A secret is base64, with ``whsec_`` before it or without; raises
    ``ValueError`` for one that is not."""
    key = base64.b64decode(secret.removeprefix(MARK), validate=True)
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def secret_of(key: bytes) -> str:
    """A key as a receiver types it in."""
    return MARK + base64.b64encode(key).decode()


def headers(message_id: str, timestamp: int, body: bytes, secrets: Iterable[str]) -> dict[str, str]:
    """The three headers; while a secret is replaced, one signature of each stands in the third."""
    signed = text(message_id, str(timestamp), body)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(one, signed) for one in secrets),
    }
