"""What platforms report, as it stands now or as it stood at a past time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q

from merchants.models import Merchant
from merchants.periods import end_of


def until(as_of: date | None) -> datetime | None:
    """The end of a past day, as the functions below take it; None: now."""
    return None if as_of is None else end_of(as_of)


def standing(model: Any, merchant: Merchant, *, until: datetime | None = None) -> Any:
    """The statements of a history (``AllianceRow``, ``CrowdReport``, ``MarketSeries``, ``ProfileRow``,
    ``Promotion``, ``Spend``) that hold now; or that held just before ``until``."""
    rows = model.objects.for_merchant(merchant)
    if until is None:
        return rows.filter(replaced_at=None)
    return rows.filter(Q(replaced_at=None) | Q(replaced_at__gte=until), stated_at__lt=until)


def standing_sql(row: str) -> str:
    """The same as a condition on rows of that name; ``until`` is a parameter of the statement."""
    return f"""
    CASE WHEN %(until)s::timestamptz IS NULL THEN {row}.replaced_at IS NULL
         ELSE {row}.stated_at < %(until)s AND ({row}.replaced_at IS NULL OR {row}.replaced_at >= %(until)s) END
"""
