"""What merchants' own programs are told of, for support: addresses, messages and every attempt, read-only."""

from __future__ import annotations

from merchants.admin.desk import listed
from merchants.models import WebhookAttempt, WebhookEndpoint, WebhookMessage

listed(WebhookEndpoint, "url paused failures failing_since created_at", "url description", filters="paused")
listed(
    WebhookMessage,
    "webhook_id kind state tries next_at created_at",
    "kind",
    filters="state",
    keys="public_id",
    related="endpoint",
)
listed(WebhookAttempt, "message began_at status error took_ms", "error", filters="error", related="message")
