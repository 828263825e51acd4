"""The copies of credit in columns, one for each order day, that reports read instead of the rows.

Marks are written in the transaction that moves credit. A worker deletes the marks it found, only then reads
the rows, and writes the copy, all in one transaction: killed anywhere, it leaves the day marked. A report
reads the rows of a day that is marked or has no copy, so it never shows less than the ledger holds.
"""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.utils import timezone

from measurement.attribution.cells import Cells, day_number, day_of_number, packed
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
    rows, empty = [], []
    for day in days:
        part = found.only(found.order_day == day_number(day))
        if len(part):
            rows.append(_row(merchant, day, part))
        else:
            empty.append(day)
    CreditDay.objects.for_merchant(merchant).filter(day__in=empty).delete()
    CreditDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["merchant", "day"],
        update_fields=["oldest", "counted_at", "platforms", "keys", *COLUMNS],
    )


def _row(merchant: Merchant, day: date, part: Cells) -> CreditDay:
    keys, fen = packed(part)
    touched = part.touch_day[part.touched]
    return CreditDay(
        merchant=merchant,
        day=day,
        oldest=day_of_number(touched.min()) if len(touched) else day,
        counted_at=timezone.now(),
        platforms=list(part.platforms),
        keys=keys,
        **{f"fen_{model}": told for model, told in fen.items()},
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
