"""The end of what is kept of people, in batches: each one transaction, with its own entry in the trail.

A touch that is deleted counts as one that was never told: lines, tallies, layers and journeys that hung on it
are marked in the same transaction and computed anew, as after a retraction. So what stands afterwards is what a
full rebuild gives, wherever the work was killed; postings keep what was reported before (ADR 0020).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from measurement.choices import Kept
from measurement.models import KeptSource
from measurement.operations import staging, touches
from measurement.operations.locks import Lock, hold
from measurement.queries.keeping import kept_since
from merchants import audit, tenancy
from merchants.models import Merchant

BATCH = 20_000  # no more than touches.MANY_PERSONS: each person is marked by key, for their touches are gone
BY = "system:retention"


def drain(merchant: Merchant, *, now: datetime, batch: int = BATCH) -> int:
    """Deletes until nothing is kept for too long; how many batches it took."""
    batches = 0
    while step(merchant, now=now, batch=batch):
        batches += 1
    return batches


def step(merchant: Merchant, *, now: datetime, batch: int = BATCH) -> bool:
    """One batch of one source in one transaction; False when nothing is left. Safe to run twice and at once."""
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        for row in _due(merchant):
            delete = _touches if row.kind == Kept.TOUCHES else _joins
            before = kept_since(merchant, row, now)
            if gone := delete(cursor, merchant, row, before, batch):
                audit.record(
                    merchant,
                    "measurement.keeping.deleted",
                    by=BY,
                    on=row if row.pk else None,
                    kind=row.kind,
                    source=row.source,
                    rows=gone,
                    before=before.isoformat(),
                )
                return True
    return False


def _due(merchant: Merchant) -> list[KeptSource]:
    """The registered sources, and the touches of before there was a register, which name none."""
    rows = KeptSource.objects.for_merchant(merchant).exclude(kind=Kept.COMMENTS).order_by("id")
    return [*rows, KeptSource(kind=Kept.TOUCHES)]


def _touches(cursor: Any, merchant: Merchant, row: KeptSource, before: datetime, batch: int) -> int:
    hold(merchant, Lock.TOUCHES)
    staging.begin(cursor)
    cursor.execute(
        _DELETE_TOUCHES,
        {"merchant": merchant.pk, "source": row.pk, "before": before, "batch": min(batch, BATCH)},
    )
    gone = int(cursor.fetchone()[0])
    cursor.execute(f"SELECT EXISTS (SELECT FROM {staging.TABLE})")
    if cursor.fetchone()[0]:  # else only retracted ones went, on which nothing hangs
        touches.record_change(cursor, merchant, cause="retention")
    return gone


# What stood goes to staging as what was retracted does: without a name, with a sign. A touch that goes takes its
# retracted versions along, whatever time they told: a version must not be left without the one that stands.
_DELETE_TOUCHES = f"""
WITH old AS MATERIALIZED (
    SELECT id, occurred_at FROM measurement_touch
    WHERE merchant_id = %(merchant)s AND occurred_at < %(before)s
      AND source IS NOT DISTINCT FROM %(source)s::bigint
    LIMIT %(batch)s
), gone AS (
    DELETE FROM measurement_touch t USING old
    WHERE t.merchant_id = %(merchant)s AND t.id = old.id AND t.occurred_at = old.occurred_at
    RETURNING t.person_key, t.spu_id, t.channel_id, t.occurred_at, t.natural_key, t.retracted
), versions AS (
    DELETE FROM measurement_touch t USING gone
    WHERE t.merchant_id = %(merchant)s AND t.natural_key = gone.natural_key AND NOT gone.retracted
      AND t.retracted AND NOT EXISTS (SELECT FROM old WHERE old.id = t.id)
    RETURNING t.id
), staged AS (
    INSERT INTO {staging.TABLE} (person_key, spu_id, channel_id, occurred_at, sign)
    SELECT person_key, spu_id, channel_id, occurred_at, -1 FROM gone WHERE NOT retracted
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM versions)
"""


def _joins(cursor: Any, merchant: Merchant, row: KeptSource, before: datetime, batch: int) -> int:
    hold(merchant, Lock.IDENTITIES)
    scope = {"merchant": merchant.pk, "source": row.source, "before": before, "batch": batch}
    cursor.execute(_DELETE_PARTED, scope)
    gone = int(cursor.rowcount)
    cursor.execute(_DELETE_JOINED, scope)
    return gone + int(cursor.fetchone()[0])


_DELETE_PARTED = """
DELETE FROM measurement_identitylink WHERE merchant_id = %(merchant)s AND id IN (
    SELECT id FROM measurement_identitylink
    WHERE merchant_id = %(merchant)s AND source = %(source)s AND parted_at < %(before)s LIMIT %(batch)s
)
"""

# Only whole groups that nothing is known of any more, neither touch nor order, all of one source's old links:
# so no figure changes. The links of a group that somebody is still known by stay as long as that.
_DELETE_JOINED = """
WITH old AS MATERIALIZED (
    SELECT DISTINCT i.person FROM measurement_identitylink l
    JOIN measurement_identity i ON i.merchant_id = %(merchant)s AND i.person_key = l.key_a
    WHERE l.merchant_id = %(merchant)s AND l.source = %(source)s AND l.joined_at < %(before)s
      AND l.parted_at IS NULL
), keys AS MATERIALIZED (
    SELECT i.person, i.person_key FROM old
    JOIN measurement_identity i ON i.merchant_id = %(merchant)s AND i.person = old.person
), unknown AS MATERIALIZED (
    SELECT person FROM keys
    GROUP BY person
    HAVING NOT bool_or(
        EXISTS (SELECT FROM measurement_touch t
                WHERE t.merchant_id = %(merchant)s AND t.person_key = keys.person_key)
        OR EXISTS (SELECT FROM measurement_orderline o
                   WHERE o.merchant_id = %(merchant)s AND o.person_key = keys.person_key)
        OR EXISTS (SELECT FROM measurement_identitylink l
                   WHERE l.merchant_id = %(merchant)s AND keys.person_key IN (l.key_a, l.key_b)
                     AND l.parted_at IS NULL AND (l.source <> %(source)s OR l.joined_at >= %(before)s)))
    LIMIT %(batch)s
), parts AS (
    DELETE FROM measurement_identity i USING unknown u
    WHERE i.merchant_id = %(merchant)s AND i.person = u.person RETURNING i.person_key
), gone AS (
    DELETE FROM measurement_identitylink l USING keys k JOIN unknown u ON u.person = k.person
    WHERE l.merchant_id = %(merchant)s AND l.key_a = k.person_key AND l.parted_at IS NULL RETURNING l.id
)
SELECT count(*) FROM gone
"""
