"""What is kept only for a while, and its end."""

from __future__ import annotations

from datetime import datetime, timedelta

from merchants import tenancy
from merchants.models import IdempotentAnswer, Merchant, RawDelivery, WebhookMessage
from merchants.operations import uploads
from merchants.operations.supervision import archives

ANSWERS = timedelta(days=7)  # longer than any client repeats a request
MESSAGES = timedelta(days=30)  # of webhooks, with their attempts
DELIVERIES_AT_ONCE = 1_000


def purge(merchant: Merchant, *, now: datetime) -> int:
    """Deletes expired raw deliveries, kept answers, messages of webhooks, and the files nobody waits for. Returns
    how many deliveries went. Orders stay; they only forget which delivery told of them."""
    gone = 0
    while batch := _expired(merchant, now):
        gone += batch
    with tenancy.acting_for(merchant):
        IdempotentAnswer.objects.for_merchant(merchant).filter(created_at__lt=now - ANSWERS).delete()
        WebhookMessage.objects.for_merchant(merchant).filter(created_at__lt=now - MESSAGES).delete()
    uploads.purge(merchant, now=now)
    archives.purge(merchant, now=now)
    return gone


def _expired(merchant: Merchant, now: datetime) -> int:
    with tenancy.acting_for(merchant):
        expired = RawDelivery.objects.for_merchant(merchant).filter(expires_at__lt=now).order_by("expires_at")
        batch = list(expired.values_list("pk", flat=True)[:DELIVERIES_AT_ONCE])
        RawDelivery.objects.for_merchant(merchant).filter(pk__in=batch).delete()
    return len(batch)
