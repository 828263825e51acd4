"""Saying which days' journeys may have changed, where the marks of the facts are worked off.

An order that comes, goes or is joined to other touches changes the journeys of its own day, and may end what
was counted as a journey without an order on any day after it. Money alone changes its own day only. Touches
change no day before their own.
"""

from __future__ import annotations

from typing import Any

from measurement.models import BulkChange
from measurement.queries import rules
from merchants.models import Merchant

DAY = "AT TIME ZONE 'Asia/Shanghai')::date"


def of_change(cursor: Any, merchant: Merchant, change: BulkChange) -> None:
    """The days from which on a bulk change may matter."""
    own = {"merchant": merchant.pk, "change": change.pk, **change.payload}
    match change.cause:
        case "touches" if span := change.payload.get("span"):
            cursor.execute(_FROM.format(f"(%(first)s::timestamptz {DAY}"), {**own, "first": span[0]})
        case "touches":
            cursor.execute(_FROM_TOUCHED, own)
        case "retention":
            cursor.execute(_AROUND_TOUCHED, {**own, "longest": max(rules.windows_of(merchant).values())})
        case "identity":
            cursor.execute(_FROM_KEYS, own)
        case _:  # windows, products or the rule: everything
            cursor.execute(_FROM.format("date '2010-01-01'"), own)


_FROM = "INSERT INTO measurement_journeymark (merchant_id, first_day) SELECT %(merchant)s, {}"

_FROM_TOUCHED = f"""
INSERT INTO measurement_journeymark (merchant_id, first_day)
SELECT %(merchant)s::bigint, (min(first_at) {DAY} FROM measurement_touchedperson
WHERE merchant_id = %(merchant)s AND change_id = %(change)s HAVING count(*) > 0
"""

# Every night a day of touches goes that is years old: only journeys that it could stand in are counted anew, and
# these end within two windows, one after it and one after what follows it.
_AROUND_TOUCHED = f"""
INSERT INTO measurement_journeymark (merchant_id, first_day, last_day)
SELECT %(merchant)s::bigint, day::date, day::date FROM (
    SELECT (min(first_at) {DAY} AS first, (max(last_at) {DAY} AS last FROM measurement_touchedperson
    WHERE merchant_id = %(merchant)s AND change_id = %(change)s
) gone CROSS JOIN LATERAL generate_series(
    gone.first, gone.last + 2 * %(longest)s + 1, interval '1 day'
) AS day
"""

_FROM_KEYS = f"""
INSERT INTO measurement_journeymark (merchant_id, first_day)
SELECT %(merchant)s::bigint, (min(occurred_at) {DAY} FROM measurement_touch
WHERE merchant_id = %(merchant)s AND person_key = ANY(%(keys)s::uuid[]) HAVING count(*) > 0
"""

OF_LINES = """
INSERT INTO measurement_journeymark (merchant_id, first_day, last_day)
SELECT %(merchant)s::bigint, order_day, CASE WHEN bool_and(same) THEN order_day END
FROM (
    SELECT order_day, count(*) = 2 AS same FROM credit_states WHERE line_id = ANY(%(changed)s::bigint[])
    GROUP BY line_id, order_day, spu_id, position, touch_id
) touched
GROUP BY order_day
"""
"""Marks the days of lines whose credit changes, given both their states; the same touches on both sides mean
that only money moved."""
