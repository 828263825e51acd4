"""Sensitive chats, and what may be made of their words.

A chat is sensitive where the merchant's trade is listed as sensitive (clinics), or an agent marked it as a
minor's. Its words may be kept for long, exported or made a snippet of only with a consent that stands (PIPL
Articles 28, 29 and 31: separate consent, for those under 14 their guardian's).
"""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, Subquery

from leads.models import Consent, Conversation
from merchants.models import Merchant

SENSITIVE = Q(merchant__sensitive_trade=True) | Q(conversation__of_minor=True)
"""Of rows that have a conversation."""


def is_sensitive(merchant: Merchant, thread: Conversation) -> bool:
    return bool(merchant.sensitive_trade or thread.of_minor)


def consents_of(merchant: Merchant, thread: Conversation) -> list[Consent]:
    """What was recorded, the latest first; the first holds."""
    rows = Consent.objects.for_merchant(merchant).filter(conversation=thread)
    return list(rows.order_by("-pk"))


def stands(merchant: Merchant, thread: Conversation) -> bool:
    latest = Consent.objects.for_merchant(merchant).filter(conversation=thread).order_by("-pk").first()
    return latest is not None and latest.act == Consent.Act.GIVEN


def exportable(messages: Any) -> Any:
    """Of a query of messages those whose words may leave their chat: not deleted ones, and of sensitive chats
    only with a consent that stands. For exports and snippets; counting and timing may take all."""
    allowed = ~SENSITIVE | Q(consent=Consent.Act.GIVEN)
    return _with_consent(messages).filter(allowed, blanked_at=None)


def unconsented(rows: Any) -> Any:
    """Of messages or internal notes those of sensitive chats without a standing consent."""
    return _with_consent(rows).filter(SENSITIVE, Q(consent=None) | Q(consent=Consent.Act.REVOKED))


def _with_consent(rows: Any) -> Any:
    """``consent`` is the latest act of the row's conversation, None for none."""
    told = Consent.objects.filter(conversation_id=OuterRef("conversation_id")).order_by("-pk")
    return rows.annotate(consent=Subquery(told.values("act")[:1]))
