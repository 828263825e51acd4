"""What rests encrypted: raw deliveries and credentials.

AES-256-GCM; the key is derived from the installation's secret, which lives outside the database.
"""

from __future__ import annotations

import hashlib
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


def _cipher() -> AESGCM:
    return AESGCM(hashlib.sha256(b"vault:" + settings.SECRET_KEY.encode()).digest())


def seal(clear: bytes, *, about: str) -> bytes:
    """Encrypts; ``about`` (whose, what) is bound in, so that a row cannot be moved to another's place."""
    nonce = os.urandom(12)
    return nonce + _cipher().encrypt(nonce, clear, about.encode())


def unseal(sealed: bytes | memoryview, *, about: str) -> bytes:
    """The clear bytes. Raises ``cryptography.exceptions.InvalidTag`` when they were changed or moved."""
    raw = bytes(sealed)
    return _cipher().decrypt(raw[:12], raw[12:], about.encode())
