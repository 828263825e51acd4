"""What the owner watches over, and what was raised."""

from __future__ import annotations

from leads.models import Alarm, Oversight
from merchants.models import Merchant

MOST = 100


def of(merchant: Merchant) -> Oversight:
    """The latest version; where nothing was set the usual one, not stored, as version 0."""
    found: Oversight | None = Oversight.objects.for_merchant(merchant).order_by("-version").first()
    return found or Oversight(merchant=merchant, version=0)


def open_alarms(merchant: Merchant) -> int:
    """How many nobody has seen to."""
    return int(Alarm.objects.for_merchant(merchant).filter(acknowledged_at=None).count())


def alarms(merchant: Merchant) -> list[Alarm]:
    """Those that nobody has seen to first, then the latest."""
    rows = Alarm.objects.for_merchant(merchant).select_related("person")
    return sorted(rows.order_by("-raised_at", "-pk")[:MOST], key=lambda row: row.acknowledged_at is not None)
