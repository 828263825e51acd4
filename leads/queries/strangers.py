"""What went out before a message: what the platform's house rules count."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Exists, Max, OuterRef

from leads.house_rules import Limits, Sent
from leads.models import Conversation, Message
from merchants.models import Merchant
from merchants.periods import DAY, day_of, start_of

Delivery = Message.Delivery


def limits() -> Limits:
    """The numbers that hold here."""
    return Limits(settings.MESSAGES_BEFORE_AN_ANSWER, settings.STRANGERS_A_DAY)


def sent(merchant: Merchant, thread: Conversation, *, now: datetime) -> Sent:
    """What went out of a conversation and of its account; a message that was not taken was not sent. A
    stranger is a person of whom no message is older than ours; days are those of Shanghai."""
    ours = Message.objects.for_merchant(merchant).filter(author="agent").exclude(delivery=Delivery.FAILED)
    mine = ours.filter(conversation=thread)
    wrote = Message.objects.for_merchant(merchant).filter(author="user")
    last = wrote.filter(conversation=thread).aggregate(at=Max("sent_at"))["at"]
    today = start_of(day_of(now))
    before = wrote.filter(conversation=OuterRef("conversation"), sent_at__lte=OuterRef("sent_at"))
    strangers = (
        ours.filter(sent_at__gte=today, sent_at__lt=today + DAY, **_account(thread))
        .filter(~Exists(before))
        .values("conversation_id")
        .distinct()
    )
    counted = set(strangers.values_list("conversation_id", flat=True))
    return Sent(
        since_answer=(mine.filter(sent_at__gt=last) if last else mine).count(),
        strangers=len(counted - {thread.pk}),
        is_new=last is None and thread.pk not in counted,
    )


def _account(thread: Conversation) -> dict[str, str]:
    """The account that writes: its id stands before the person's in the id of a conversation."""
    account, parted, _ = thread.external_id.partition(":")
    named = {"conversation__source": thread.source}
    return named | ({"conversation__external_id__startswith": f"{account}:"} if parted else {})
