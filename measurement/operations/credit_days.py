"""The copies of credit in columns, one for each order day, that reports read instead of the rows.

Marks are written in the transaction that moves credit. A worker deletes the marks it found, only then reads
the rows, and writes the copy, all in one transaction: killed anywhere, it leaves the day marked. A report
reads the rows of a day that is marked or has no copy, so it never shows less than the ledger holds.
"""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.utils import timezone

from measurement.attribution.cells import copy_of
from measurement.choices import Model
from measurement.models import CreditDay
from measurement.queries import cells
from merchants import tenancy
from merchants.models import Merchant

DAYS = 20  # of one transaction
COLUMNS = tuple(f"fen_{model.value}" for model in Model)


def drain(merchant: Merchant) -> int:
    """Copies until no day is marked, or another worker is at it; how many transactions it took."""
    steps = 0
    while renew(merchant):
        steps += 1
    return steps


def renew(merchant: Merchant) -> bool:
    """Copies some marked days anew, the latest first; False when there is none or another worker does it."""
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('credit days'), %s)", [merchant.pk])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(_CLAIM, {"merchant": merchant.pk, "days": DAYS})
        days = sorted({row[0] for row in cursor.fetchall()})
        if not days:
            return False
        _copy(merchant, days)
    return True


_CLAIM = """
DELETE FROM measurement_creditdaymark WHERE merchant_id = %(merchant)s AND day = ANY(ARRAY(
    SELECT DISTINCT day FROM measurement_creditdaymark WHERE merchant_id = %(merchant)s
    ORDER BY day DESC LIMIT %(days)s
)) RETURNING day
"""


def _copy(merchant: Merchant, days: list[date]) -> None:
    found = cells.of_days(merchant, days, tuple(Model))
    parts = {day: found.of_day(day) for day in days}
    now = timezone.now()
    rows = [
        CreditDay(merchant=merchant, day=day, counted_at=now, **copy_of(day, part))
        for day, part in parts.items()
        if len(part)
    ]
    CreditDay.objects.for_merchant(merchant).filter(
        day__in=[day for day in days if not len(parts[day])]
    ).delete()
    CreditDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["merchant", "day"],
        update_fields=["oldest", "counted_at", "platforms", "keys", *COLUMNS],
    )


def rebuild(merchant: Merchant) -> None:
    """Has every day copied anew."""
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        cursor.execute(_ALL, {"merchant": merchant.pk})


_ALL = """
INSERT INTO measurement_creditdaymark (merchant_id, day)
SELECT %(merchant)s::bigint, day FROM (
    SELECT day FROM measurement_creditday WHERE merchant_id = %(merchant)s
    UNION
    SELECT order_day FROM measurement_presence WHERE merchant_id = %(merchant)s
) days
"""
