"""Person keys: who it is, without knowing who it is (pure).

``person_key = HMAC(pepper of the merchant and version, kind and name space ‖ 0x00 ‖ SHA-256(identifier))``

An identifier that arrives already hashed (SHA-256, hexadecimal) meets its clear twin, because the
clear one is hashed first. Two name spaces never meet, two merchants never meet, and without the
pepper, which lives outside the database, a key cannot be guessed by trying every phone number.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import uuid

_SHA256 = re.compile(r"[0-9a-f]{64}")


def pepper_of(master: str, merchant_public_id: uuid.UUID, version: int) -> bytes:
    """The key of one merchant's person keys (32 bytes)."""
    return hmac.digest(master.encode(), f"{merchant_public_id}:{version}".encode(), "sha256")


def normalise(kind: str, identifier: str) -> str:
    """One spelling of an identifier: phones as digits without +86, e-mail in small letters."""
    text = identifier.strip()
    if kind == "phone":
        digits = re.sub(r"[^0-9]", "", text)
        return digits[-11:] if len(digits) > 11 and digits[:-11] in {"86", "086", "0086"} else digits
    if kind == "email":
        return text.lower()
    return text


def person_key(pepper: bytes, kind: str, namespace: str, identifier: str) -> uuid.UUID:
    """The key of a person under an identifier of this kind and name space (128 bits)."""
    hashed = identifier.strip().lower()
    if _SHA256.fullmatch(hashed):
        digest = bytes.fromhex(hashed)
    else:
        digest = hashlib.sha256(normalise(kind, identifier).encode()).digest()
    mac = hmac.digest(pepper, f"{kind}:{namespace}".encode() + b"\x00" + digest, "sha256")
    return uuid.UUID(bytes=mac[:16])


def device_mark(pepper: bytes, identifier: str) -> int:
    """What is kept of the device that something was seen on: 64 signed bits, to count devices by.

    A name space of its own, so that the mark never meets the person key of the same device.
    """
    return int.from_bytes(person_key(pepper, "seen on", "", identifier).bytes[:8], "big", signed=True)
