"""A letter before it is sent, how its pages are addressed, and the one way to the mail server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
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


def hand_over(letter: Letter, *, to: Sequence[str], number: str) -> None:
    """Hands a letter to the mail server, one copy for each reader. Raises ``OSError`` or what the server's
    client raises. ``number`` is that of the row it comes from, so that a repeat has the same message id."""
    for place, address in enumerate(to):
        mail = EmailMultiAlternatives(
            letter.subject,
            letter.text,
            to=[address],
            headers={"Message-ID": f"<{number}-{place}@{settings.MAIL_DOMAIN}>"},
        )
        mail.attach_alternative(letter.html, "text/html")
        for attached in letter.attached:
            mail.attach(attached.name, attached.content, attached.kind)
        mail.send()
