"""Who gets leads and enquiries, over all merchants; read as the operator."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db.models import Count, DateField, F, Min
from django.db.models.functions import Cast, TruncMonth

from leads.models import Consultation, Lead
from merchants.periods import SHANGHAI

OPERATOR = "operator"


def leads_by_month(since: datetime) -> dict[int, dict[date, int]]:
    """Leads that began since then, by merchant and month."""
    rows = (
        Lead.objects.using(OPERATOR)
        .filter(began_at__gte=since)
        .order_by()
        .annotate(month=Cast(TruncMonth("began_at", tzinfo=SHANGHAI), DateField()))
        .values_list("merchant_id", "month")
        .annotate(n=Count("pk"))
    )
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for merchant, month, n in rows:
        found[merchant][month] = n
    return dict(found)


def first_leads() -> dict[int, datetime]:
    """The first lead that began since the merchant has its account."""
    rows = Lead.objects.using(OPERATOR).filter(began_at__gte=F("merchant__created_at")).order_by()
    return dict(rows.values_list("merchant_id").annotate(first=Min("began_at")))


def with_leads(since: datetime) -> set[int]:
    rows = Lead.objects.using(OPERATOR).filter(began_at__gte=since).order_by()
    return set(rows.values_list("merchant_id", flat=True).distinct())


def consulted(since: datetime) -> set[int]:
    """Merchants that were asked something in a consultation since then."""
    rows = Consultation.objects.using(OPERATOR).filter(enquired_at__gte=since).order_by()
    return set(rows.values_list("merchant_id", flat=True).distinct())
