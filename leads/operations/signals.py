"""What tells open inboxes that something is new."""

from __future__ import annotations

from django.db.models import F

from leads.models import Conversation
from merchants import live


def touched(thread: Conversation) -> None:
    """Whoever looks at the conversation, or at the queue it stands in, has an old state now."""
    Conversation.objects.for_merchant(thread.merchant_id).filter(pk=thread.pk).update(
        revision=F("revision") + 1
    )
    live.tell(thread.merchant_id, "conversation", thread.pk)
