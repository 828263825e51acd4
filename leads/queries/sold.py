"""What became of enquiries in money, and how long it took: rows for those who reckon with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Coalesce

from leads.models import Deal
from merchants.models import Merchant
from merchants.periods import Period


@dataclass(frozen=True, slots=True)
class Sold:
    """A deal of a lead. ``fen`` is what was agreed, ``net_fen`` what was paid less what was given back."""

    lead_id: int
    closed_at: datetime
    fen: int
    net_fen: int
    cancelled: bool


def deals(merchant: Merchant, period: Period) -> list[Sold]:
    """The deals of the leads that began in the period, whenever they were closed."""
    first, last = period.instants(ZoneInfo(merchant.time_zone))
    rows: Any = (
        Deal.objects.for_merchant(merchant)
        .filter(lead__began_at__gte=first, lead__began_at__lt=last)
        .annotate(net=Coalesce(Sum("postings__fen"), 0))
        .order_by("closed_at", "pk")
    )
    values = rows.values_list("lead_id", "closed_at", "fen", "net", "cancelled_at")
    return [Sold(lead, at, fen, int(net), gone is not None) for lead, at, fen, net, gone in values]


def durations(merchant: Merchant, until: datetime) -> dict[float, tuple[int, int]]:
    """Of the people who asked before ``until``: by days of 24 hours begun, how many closed a deal that stands
    after so long, and how many were open after so many whole days. A household that was joined is one, from its
    first enquiry to its first deal."""
    with connection.cursor() as cursor:
        cursor.execute(_DURATIONS, {"merchant": merchant.pk, "until": until})
        return {float(day): (int(bought), int(still_open)) for day, bought, still_open in cursor.fetchall()}


_DURATIONS = """
WITH asked AS (
    SELECT contact_id, min(began_at) AS first_at FROM leads_lead
    WHERE merchant_id = %(merchant)s AND began_at < %(until)s GROUP BY 1
), won AS (
    SELECT l.contact_id, min(d.closed_at) AS closed_at
    FROM leads_deal d
    JOIN leads_lead l ON l.id = d.lead_id AND l.merchant_id = d.merchant_id
    JOIN asked a ON a.contact_id = l.contact_id
    WHERE d.merchant_id = %(merchant)s AND d.cancelled_at IS NULL
      AND d.closed_at >= a.first_at AND d.closed_at < %(until)s
    GROUP BY 1
), durations AS (
    SELECT w.closed_at IS NOT NULL AS bought,
           CASE WHEN w.closed_at IS NULL THEN floor(extract(epoch FROM %(until)s::timestamptz - a.first_at) / 86400)
                ELSE ceil(extract(epoch FROM w.closed_at - a.first_at) / 86400) END AS day
    FROM asked a LEFT JOIN won w ON w.contact_id = a.contact_id
)
SELECT day, count(*) FILTER (WHERE bought), count(*) FILTER (WHERE NOT bought) FROM durations GROUP BY day
"""
