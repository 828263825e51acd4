"""Saying whose layer may have changed. A mark is written where the facts' own marks are worked off: by then
the facts are committed, and a mark that comes while people are computed stays for the next time."""

from __future__ import annotations

from typing import Any

from django.db import connection

from measurement.models import BulkChange, CrowdRule, TouchedPerson
from merchants.models import Merchant

BYTES = 256  # of the first byte of a person key: the ranges of a rebuild
RANGE = 50_000  # touches of a range, about
MOST = 3_000_000  # touches that are counted; beyond it a byte is a range


def of_change(cursor: Any, merchant: Merchant, change: BulkChange) -> None:
    """The people whom a bulk change may have moved; order lines are marked when they are credited."""
    own = {"merchant": merchant.pk, "change": change.pk, **change.payload}
    match change.cause:
        case "touches" if span := change.payload.get("span"):
            cursor.execute(_OF_SPAN, {**own, "first": span[0], "last": span[1]})
        case "touches" | "retention":
            cursor.execute(_OF_TOUCHED, own)
        case "identity":
            cursor.execute(_OF_KEYS, own)
        case "spus" | "all":  # what touches are about changed, or somebody asked for everything
            everybody(merchant)


def of_lines(cursor: Any, merchant: Merchant, lines: list[int]) -> None:
    """The people of order lines, now and as the ledger last knew them; called before it learns the new."""
    cursor.execute(_OF_LINES, {"merchant": merchant.pk, "lines": lines})


def everybody(merchant: Merchant, *, rule: CrowdRule | None = None) -> None:
    """Everybody, in ranges that a worker takes one at a time; under one rule or under all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM measurement_touch WHERE merchant_id = %s LIMIT %s) AS few",
            [merchant.pk, MOST],
        )
        ranges = _ranges(cursor.fetchone()[0])
        cursor.execute(
            "INSERT INTO measurement_crowdmark (merchant_id, rule_id, first, last)"
            " SELECT %(merchant)s, %(rule)s, n * %(width)s, (n + 1) * %(width)s - 1"
            " FROM generate_series(0, %(ranges)s - 1) n",
            {
                "merchant": merchant.pk,
                "rule": rule.pk if rule else None,
                "ranges": ranges,
                "width": BYTES // ranges,
            },
        )


def _ranges(touches: int) -> int:
    """A power of two, so that the bytes come out even."""
    ranges = 1
    while ranges < BYTES and (touches >= MOST or touches > ranges * RANGE):
        ranges *= 2
    return ranges


_INTO = "INSERT INTO measurement_crowdmark (merchant_id, person_key)"

_OF_TOUCHED = f"""
{_INTO} SELECT merchant_id, person_key FROM {TouchedPerson._meta.db_table}
WHERE merchant_id = %(merchant)s AND change_id = %(change)s
"""

_OF_SPAN = f"""
{_INTO} SELECT DISTINCT merchant_id, person_key FROM measurement_touch
WHERE merchant_id = %(merchant)s AND occurred_at BETWEEN %(first)s::timestamptz AND %(last)s::timestamptz
"""

_OF_KEYS = f"{_INTO} SELECT %(merchant)s, unnest(%(keys)s::uuid[])"

_OF_LINES = f"""
{_INTO} SELECT %(merchant)s::bigint, person FROM (
    SELECT l.person_key AS person FROM unnest(%(lines)s::bigint[]) AS claimed(line)
    JOIN measurement_orderline l ON l.merchant_id = %(merchant)s AND l.id = claimed.line
    UNION
    SELECT p.person FROM unnest(%(lines)s::bigint[]) AS claimed(line)
    CROSS JOIN LATERAL (
        SELECT person FROM measurement_presence
        WHERE merchant_id = %(merchant)s AND line_id = claimed.line OFFSET 0
    ) p
) people WHERE person IS NOT NULL
"""
