"""Which merchants have events to hand out; read as the dispatcher, who sees no content."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from merchants.models import Event

MOST = 1_000


def merchants_with_events() -> list[int]:
    with transaction.atomic(using="dispatch"):
        rows = Event.objects.using("dispatch").filter(handled_at=None, next_at__lte=datetime.now(UTC))
        return sorted(set(rows.order_by().values_list("merchant_id", flat=True)[:MOST]))
