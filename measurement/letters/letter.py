"""A letter before it is sent, and how its pages are addressed."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class Attached:
    name: str
    content: bytes
    kind: str  # media type


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str
    html: str
    attached: tuple[Attached, ...] = ()


def link(merchant: Merchant, page: str, query: str = "") -> str:
    """The full address of a merchant's page, for readers outside of the portal."""
    path = reverse(page, args=[merchant.code])
    return f"{settings.SITE_URL}{path}{'?' + query if query else ''}"
