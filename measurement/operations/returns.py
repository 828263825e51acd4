"""Judging spend: a worker leaves rows for pages to read."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from django.db import connection

from measurement.models import JudgedRow, Judging
from measurement.queries.judged import judged
from measurement.queries.results import basis_of
from merchants import tenancy
from merchants.models import Merchant
from merchants.periods import day_of


def renew(merchant: Merchant, *, now: datetime) -> int:
    """Judges every span and dimension and puts the rows in place of the former ones, in one transaction.
    Returns how many rows; -1 when another worker is at it."""
    begun, started = time.monotonic(), datetime.now(UTC)
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('judging'), %s)", [merchant.pk])
        if not cursor.fetchone()[0]:
            return -1
        basis = basis_of(merchant)
        rows = list(judged(merchant, basis, now=now))
        JudgedRow.objects.for_merchant(merchant).delete()
        JudgedRow.objects.bulk_create(rows, batch_size=1000)
        state = {
            "judged_at": started,
            "run_id": basis[0].run,
            "through": basis[0].through(day_of(now)),
            "took_ms": int((time.monotonic() - begun) * 1000),
        }
        Judging.objects.update_or_create(merchant=merchant, defaults=state)
    return len(rows)
