"""Signatures over the bytes as they came, and the one cipher in use (Xiaohongshu private messages)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

TOLERANCE_SECONDS = 300
SPLIT = "~split~"
FEIYU_PULL, FEIYU_CALLBACK = "/crm/v2/openapi/pull-clues/", "/crm/v2/openapi/clue/callback/"
_BLOCK_BITS = 128


class Undecipherable(ValueError):
    """The text was not made with this key, or is none of this form."""


def red(token: str, body: bytes) -> str:
    """``X-Red-Signature``: ``sha1=`` and the lower hex of HMAC-SHA1, keyed with the landing page's token."""
    return "sha1=" + hmac.new(token.encode(), body, hashlib.sha1).hexdigest()


def hub(app_secret: str, body: bytes) -> str:
    """``X-Hub-Signature-256``: ``sha256=`` and the lower hex of HMAC-SHA256."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def feiyu_text(start: str, end: str, timestamp: str) -> str:
    """What a pull from Feiyu signs; the page is not in it."""
    return f"{FEIYU_PULL}?start_time={start}&end_time={end} {timestamp}"


def feiyu(key: str, text: str) -> str:
    """``Signature`` of what we ask: base64 of the hex text of HMAC-SHA256."""
    return base64.b64encode(
        hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest().encode()
    ).decode()


def douyin(client_secret: str, body: bytes) -> str:
    """``X-Douyin-Signature``: lower hex of SHA1 over secret and body."""
    return hashlib.sha1(client_secret.encode() + body, usedforsecurity=False).hexdigest()


def fresh(timestamp: str, now: datetime) -> bool:
    """Whether Unix seconds lie within five minutes of now."""
    digits = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    return digits and abs(int(timestamp) - now.timestamp()) <= TOLERANCE_SECONDS


def matches(given: str, wanted: Iterable[str]) -> bool:
    """Whether one of the wanted signatures was given; compared in constant time."""
    told = given.strip().encode("utf-8", "replace")
    found = [hmac.compare_digest(told, one.encode()) for one in wanted]
    return any(found)


def decipher(content: str, key_hex: str) -> bytes:
    """The clear bytes of ``base64(iv)~split~base64(cipher)``, AES-128-CBC with PKCS7."""
    iv_text, middle, cipher_text = content.partition(SPLIT)
    try:
        key = bytes.fromhex(key_hex)
        iv, sealed = (base64.b64decode(part, validate=True) for part in (iv_text, cipher_text))
        if not middle or len(key) != 16 or not sealed:
            raise Undecipherable("form")
        reader = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        padded = reader.update(sealed) + reader.finalize()
        pad = PKCS7(_BLOCK_BITS).unpadder()
        return pad.update(padded) + pad.finalize()
    except (ValueError, binascii.Error) as wrong:
        raise Undecipherable(str(wrong)) from None


def encipher(clear: bytes, key_hex: str, iv: bytes) -> str:
    """The way back, for what we send and for partners of the demo; ``iv`` is 16 random bytes."""
    pad = PKCS7(_BLOCK_BITS).padder()
    writer = Cipher(algorithms.AES(bytes.fromhex(key_hex)), modes.CBC(iv)).encryptor()
    sealed = writer.update(pad.update(clear) + pad.finalize()) + writer.finalize()
    return base64.b64encode(iv).decode() + SPLIT + base64.b64encode(sealed).decode()
