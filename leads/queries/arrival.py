"""What came from sources of leads, and what did not."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate

from leads.models import Lead, Sighting, Source
from merchants.models import Merchant, RawDelivery


def merchants_with_deliveries() -> list[int]:
    """Merchants with deliveries that nobody has begun to read; read as the dispatcher."""
    return sorted(_unread().filter(attempts=0).values_list("merchant_id", flat=True).distinct())


def deliveries_to_take(limit: int = 500) -> list[tuple[int, int]]:
    """(merchant, delivery) of deliveries that somebody began to read and did not finish; read as the
    dispatcher."""
    rows = _unread().filter(attempts__gt=0)
    return list(rows.order_by("id").values_list("merchant_id", "id")[:limit])


def _unread() -> Any:
    return RawDelivery.objects.using("dispatch").filter(
        kind=RawDelivery.LEAD, state=RawDelivery.State.RECEIVED
    )


def sources(merchant: Merchant) -> list[Source]:
    rows = Source.objects.for_merchant(merchant).select_related("connection", "store")
    return list(rows.order_by("channel", "pk"))


def deliveries(merchant: Merchant, source: Source | None = None) -> Any:
    """Deliveries of leads, newest first."""
    rows = (
        RawDelivery.objects.for_merchant(merchant).filter(kind=RawDelivery.LEAD).select_related("connection")
    )
    if source is not None:
        rows = rows.filter(connection_id=source.connection_id)
    return rows.order_by("-received_at", "-id")


def gaps(merchant: Merchant, source: Source) -> Any:
    """Leads that a pull has seen and no push has brought, newest first."""
    rows = Sighting.objects.for_merchant(merchant).filter(source=source, pushed_at=None)
    return rows.exclude(pulled_at=None).order_by("-pulled_at")


def contents_to_fetch(merchant: Merchant, source: Source, *, most: int) -> int:
    """How many leads were only named so far and are still asked for, at ``most`` so often."""
    rows = Sighting.objects.for_merchant(merchant).filter(source=source, contents_at=None)
    return int(rows.filter(fetch_attempts__lt=most).count())


def contents_lost(merchant: Merchant, source: Source, *, most: int) -> int:
    """How many leads were named and never said more."""
    rows = Sighting.objects.for_merchant(merchant).filter(source=source, contents_at=None)
    return int(rows.filter(fetch_attempts__gte=most).count())


def left_by_day(
    merchant: Merchant, source: Source, first: datetime, last: datetime, *, zone: ZoneInfo
) -> dict[date, int]:
    """Leads of the source's channel that came by an ad and left a contact in [first, last), by day."""
    rows = Lead.objects.for_merchant(merchant).filter(
        source=source.channel, left_at__gte=first, left_at__lt=last
    )
    counted = rows.exclude(campaign_id="").annotate(day=TruncDate("left_at", tzinfo=zone)).values_list("day")
    return dict(counted.annotate(n=Count("pk")).order_by("day"))
