"""Words and contacts of people rest sealed, bound to their merchant and to what they are."""

from __future__ import annotations

import hashlib
import uuid

from django.conf import settings

from merchants import vault
from merchants.identity import pepper_of, person_key
from merchants.models import Merchant


def seal(merchant: Merchant, what: str, text: str) -> bytes:
    """``what`` is message, note or the kind of a contact detail."""
    return vault.seal(text.encode(), about=f"leads:{merchant.pk}:{what}")


def unseal(merchant: Merchant, what: str, sealed: bytes | memoryview) -> str:
    return vault.unseal(sealed, about=f"leads:{merchant.pk}:{what}").decode()


def key_of(merchant: Merchant, kind: str, text: str) -> uuid.UUID:
    """The keyed hash by which a contact detail is found; the same as a person key of that kind."""
    pepper = pepper_of(settings.PEPPER, merchant.public_id, merchant.pepper_version)
    return person_key(pepper, kind, "", text)


def fingerprint(merchant: Merchant, what: str, content: bytes) -> str:
    """Whether two contents are the same, without a hash of them that could be guessed (32 hexadecimal digits)."""
    return key_of(merchant, what, hashlib.sha256(content).hexdigest()).hex
