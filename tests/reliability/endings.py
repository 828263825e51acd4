"""A merchant that is to be written to a file, or to be deleted."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from merchants.models import Merchant, User
from merchants.operations.supervision import archives, deletion, standing


def archive(merchant: Merchant) -> dict[str, int]:
    """A file of everything that is to be written."""
    row, _ = archives.ask(merchant, reason="ticket 12", by="user:1", language="en")
    return {"merchant_id": merchant.pk, "archive_id": row.pk}


def to_delete(merchant: Merchant) -> dict[str, int]:
    """A merchant whose deletion two operators wanted long ago."""
    first, second = (User.objects.create_superuser(name) for name in ("first", "second"))
    standing.offboard(merchant, reason="ticket 12", by="user:1")
    then = timezone.now() - timedelta(days=60)
    row = deletion.ask(merchant, reason="ticket 12", operator=first, now=then)
    deletion.confirm(row, reason="seen", operator=second, now=then)
    return {}
