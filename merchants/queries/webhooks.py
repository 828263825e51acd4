"""What the pages show of webhooks."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Subquery

from merchants.models import Merchant, WebhookAttempt, WebhookEndpoint, WebhookMessage
from merchants.tenancy import MerchantQuerySet

STOPPED = (WebhookEndpoint.Pause.FAILING, WebhookEndpoint.Pause.GONE)  # by us, not by a person


def endpoints(merchant: Merchant) -> MerchantQuerySet[Any]:
    """The endpoints in the order in which they were added, with ``last_at`` and ``last_error`` of the newest attempt
    (None while there is none)."""
    attempts = WebhookAttempt.objects.for_merchant(merchant).filter(message__endpoint=OuterRef("pk"))
    newest = attempts.order_by("-pk")
    rows: MerchantQuerySet[Any] = WebhookEndpoint.objects.for_merchant(merchant)
    rows = rows.annotate(
        last_at=Subquery(newest.values("began_at")[:1]), last_error=Subquery(newest.values("error")[:1])
    )
    return rows.order_by("pk")


def messages(merchant: Merchant, endpoint: WebhookEndpoint) -> MerchantQuerySet[Any]:
    """The messages of an endpoint, newest first."""
    rows: MerchantQuerySet[Any] = WebhookMessage.objects.for_merchant(merchant).filter(endpoint=endpoint)
    return rows.order_by("-pk")


def attempts(merchant: Merchant, message: WebhookMessage) -> list[WebhookAttempt]:
    """The attempts of a message, newest first."""
    rows = WebhookAttempt.objects.for_merchant(merchant).filter(message=message)
    return list(rows.order_by("-pk"))


def stopped(merchant: Merchant) -> list[WebhookEndpoint]:
    """Endpoints that were left alone because they failed for a day, or said that they are gone."""
    rows = WebhookEndpoint.objects.for_merchant(merchant).filter(paused__in=STOPPED)
    return list(rows.order_by("pk"))
