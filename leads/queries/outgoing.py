"""What is to go out or to be pulled, and whose; read as the dispatcher, who sees no content."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from leads.models import Feedback, Letter, Message, Source

MOST = 1_000


def merchants_with_messages(now: datetime) -> list[int]:
    """Whose replies are to be sent now."""
    with transaction.atomic(using="dispatch"):
        rows = Message.objects.using("dispatch").filter(delivery="queued", next_at__lte=now)
        return sorted(set(rows.order_by().values_list("merchant_id", flat=True)[:MOST]))


def merchants_with_feedback(now: datetime) -> list[int]:
    """Whose sources are to be told something now."""
    with transaction.atomic(using="dispatch"):
        rows = Feedback.objects.using("dispatch").filter(state="queued", next_at__lte=now, expires_at__gt=now)
        return sorted(set(rows.order_by().values_list("merchant_id", flat=True)[:MOST]))


def merchants_with_letters(now: datetime) -> list[int]:
    """Whose desks have letters to send now."""
    with transaction.atomic(using="dispatch"):
        rows = Letter.objects.using("dispatch").filter(state="waiting", next_at__lte=now)
        return sorted(set(rows.order_by().values_list("merchant_id", flat=True)[:MOST]))


def sources_to_ask(now: datetime) -> list[tuple[int, int]]:
    """(merchant, source) of what is to be pulled now."""
    with transaction.atomic(using="dispatch"):
        rows = Source.objects.using("dispatch").filter(active=True, pull_at__lte=now)
        return list(rows.order_by("pull_at").values_list("merchant_id", "pk")[:MOST])
