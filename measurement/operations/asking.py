"""Asks for spend to be judged anew; the worker that does it stands in ``measurement.operations.returns``."""

from __future__ import annotations

from datetime import UTC, datetime

from measurement.models import Judging
from merchants import tenancy
from merchants.background import wake
from merchants.models import Merchant


def ask(merchant: Merchant) -> None:
    """Credit, cost or margins changed. The row is the truth; the beat finds it, at most once in
    :data:`measurement.queries.work.REST`, so that many changes are judged together."""
    now = datetime.now(UTC)
    with tenancy.acting_for(merchant):
        Judging.objects.bulk_create(
            [Judging(merchant=merchant, asked_at=now)],
            update_conflicts=True,
            unique_fields=["merchant"],
            update_fields=["asked_at"],
        )


def hint(merchant: Merchant) -> None:
    """Wakes a worker at once; for people who wait for it."""
    wake("measurement.judge", merchant_id=merchant.pk)
