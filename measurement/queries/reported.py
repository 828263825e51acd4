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


def views_sql(row: str, days: str) -> str:
    """Joins ``v.levels``: the levels at which the source of a row of spend states cost of its kind and day, as text.
    They are views of one spend, so that of each such day one of them is summed; of days that are stated at other
    levels another one may be. ``days`` is a condition on ``{day}``; ``merchant`` and ``until`` are parameters."""
    return f"""
    JOIN (
        SELECT d.source, d.kind, d.day, string_agg(DISTINCT d.level, ' ' ORDER BY d.level) AS levels
        FROM measurement_spend d
        WHERE d.merchant_id = %(merchant)s AND ({days.format(day="d.day")}) AND {standing_sql("d")}
        GROUP BY 1, 2, 3
    ) v ON v.source = {row}.source AND v.kind = {row}.kind AND v.day = {row}.day
"""
