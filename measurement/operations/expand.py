"""From a change that touches many lines to the marks of those lines.

A bulk change is committed with what changed; the lines are found here, in a later transaction, so that
a line that was being committed at the same time is found too. Overlapping transactions would otherwise
miss each other for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from measurement.models import BulkChange, TouchedPerson
from measurement.operations import crowd_marks, journey_marks
from measurement.operations.locks import Lock, hold
from measurement.queries import rules
from merchants import tenancy
from merchants.models import Merchant


def pending(merchant: Merchant) -> int:
    """Expands every change that waits; returns how many lines were marked. Safe to run twice and at once."""
    marked = 0
    while True:
        with tenancy.acting_for(merchant), connection.cursor() as cursor:
            change = (
                BulkChange.objects.for_merchant(merchant)
                .filter(expanded_at=None)
                .select_for_update(skip_locked=True)
                .order_by("id")
                .first()
            )
            if change is None:
                return marked
            hits = _FINDERS[change.cause](cursor, merchant, change)
            crowd_marks.of_change(cursor, merchant, change)
            journey_marks.of_change(cursor, merchant, change)
            TouchedPerson.objects.for_merchant(merchant).filter(change=change).delete()
            change.expanded_at, change.lines = datetime.now(UTC), hits
            change.save(update_fields=["expanded_at", "lines"])
            marked += hits


def _mark(cursor: Any, merchant: Merchant, change: BulkChange, lines: str, **params: Any) -> int:
    """Marks the lines that the query ``lines`` (id, bucket) finds."""
    cursor.execute(
        f"INSERT INTO measurement_dirtymark (merchant_id, line_id, bucket, cause)"
        f" SELECT %(merchant)s, id, bucket, %(cause)s FROM ({lines}) hit",
        {"merchant": merchant.pk, "cause": change.cause, "change": change.pk, **params},
    )
    return int(cursor.rowcount)


_LINES = "SELECT l.id, l.bucket FROM measurement_orderline l WHERE l.merchant_id = %(merchant)s"


def _by_touches(cursor: Any, merchant: Merchant, change: BulkChange) -> int:
    longest = max(rules.windows_of(merchant).values())
    if span := change.payload.get("span"):
        return _mark(
            cursor,
            merchant,
            change,
            f"{_LINES} AND l.person_key IS NOT NULL AND l.paid_at >= %(first)s::timestamptz"
            " AND l.paid_at <= %(last)s::timestamptz + make_interval(days => %(longest)s)",
            first=span[0],
            last=span[1],
            longest=longest,
        )
    return _mark(cursor, merchant, change, _OF_TOUCHED_PERSONS, longest=longest)


# The touched person's keys, its own or all keys of the group it was joined to, and the lines of each key.
# A key stands as a column and lines are looked up by nothing else (OFFSET 0): a COALESCE passes no row policy
# on its way to the index, and by pay time all lines would be read for each person.
_OF_TOUCHED_PERSONS = """
WITH keys AS MATERIALIZED (
    SELECT coalesce(j.person_key, p.person_key) AS person_key, p.first_at, p.last_at
    FROM measurement_touchedperson p
    LEFT JOIN measurement_identity i ON i.merchant_id = %(merchant)s AND i.person_key = p.person_key
    LEFT JOIN measurement_identity j ON j.merchant_id = %(merchant)s AND j.person = i.person
    WHERE p.merchant_id = %(merchant)s AND p.change_id = %(change)s
)
SELECT DISTINCT l.id, l.bucket
FROM keys CROSS JOIN LATERAL (
    SELECT id, bucket, paid_at FROM measurement_orderline
    WHERE merchant_id = %(merchant)s AND person_key = keys.person_key OFFSET 0
) l
WHERE l.paid_at BETWEEN keys.first_at AND keys.last_at + make_interval(days => %(longest)s)
"""


def _by_identity(cursor: Any, merchant: Merchant, change: BulkChange) -> int:
    return _mark(
        cursor,
        merchant,
        change,
        f"{_LINES} AND l.person_key = ANY(%(keys)s::uuid[])",
        keys=change.payload["keys"],
    )


def _by_mapping(cursor: Any, merchant: Merchant, change: BulkChange) -> int:
    """Items got another SPU: the lines take it, then are computed anew. A line that was being committed
    with what its item meant before is waited for."""
    hold(merchant, Lock.ORDERS)
    cursor.execute(
        """
        UPDATE measurement_orderline l SET spu_id = m.spu_id
        FROM (
            SELECT l.id, coalesce(
                (SELECT spu_id FROM measurement_itemmapping WHERE merchant_id = %(merchant)s AND platform = l.platform
                 AND item_id = l.item_id AND sku_id = l.sku_id),
                (SELECT spu_id FROM measurement_itemmapping WHERE merchant_id = %(merchant)s AND platform = l.platform
                 AND item_id = l.item_id AND sku_id = '')) AS spu_id
            FROM measurement_orderline l
            WHERE l.merchant_id = %(merchant)s AND l.platform = %(platform)s AND l.item_id = %(item)s
        ) m
        WHERE l.merchant_id = %(merchant)s AND l.id = m.id AND l.spu_id IS DISTINCT FROM m.spu_id
        """,
        {"merchant": merchant.pk, "platform": change.payload["platform"], "item": change.payload["item_id"]},
    )
    return _mark(
        cursor,
        merchant,
        change,
        f"{_LINES} AND l.platform = %(platform)s AND l.item_id = %(item)s",
        platform=change.payload["platform"],
        item=change.payload["item_id"],
    )


def _by_spus(cursor: Any, merchant: Merchant, change: BulkChange) -> int:
    return _mark(
        cursor, merchant, change, f"{_LINES} AND l.spu_id = ANY(%(spus)s)", spus=change.payload["spus"]
    )


def _by_cycle(cursor: Any, merchant: Merchant, change: BulkChange) -> int:
    if spu := change.payload.get("spu"):
        return _mark(cursor, merchant, change, f"{_LINES} AND l.spu_id = %(spu)s", spu=spu)
    return _mark(
        cursor,
        merchant,
        change,
        f"{_LINES} AND l.spu_id IN (SELECT id FROM measurement_spu"
        " WHERE merchant_id = %(merchant)s AND category_id = %(category)s)",
        category=change.payload["category"],
    )


def _all(cursor: Any, merchant: Merchant, change: BulkChange) -> int:
    return _mark(cursor, merchant, change, _LINES)


_FINDERS: dict[str, Callable[[Any, Merchant, BulkChange], int]] = {
    "touches": _by_touches,
    "retention": _by_touches,
    "identity": _by_identity,
    "mapping": _by_mapping,
    "spus": _by_spus,
    "cycle": _by_cycle,
    "rule": _all,
    "all": _all,
}
