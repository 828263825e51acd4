"""Which merchants have events to hand out or webhooks to send; read as the dispatcher, who sees no content."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from merchants.models import Event, WebhookMessage

MOST = 1_000


def merchants_with_events() -> list[int]:
    with transaction.atomic(using="dispatch"):
        rows = Event.objects.using("dispatch").filter(handled_at=None, next_at__lte=datetime.now(UTC))
        return sorted(set(rows.order_by().values_list("merchant_id", flat=True)[:MOST]))


def endpoints_with_messages() -> list[tuple[int, int]]:
    """(merchant, endpoint) for which a message is due."""
    due = WebhookMessage.objects.using("dispatch").filter(
        state=WebhookMessage.State.WAITING, next_at__lte=datetime.now(UTC)
    )
    with transaction.atomic(using="dispatch"):
        return sorted(set(due.order_by().values_list("merchant_id", "endpoint_id")[:MOST]))
