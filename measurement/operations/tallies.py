"""Counting touches day by day, so that no page ever reads them.

A change of touches leaves marks in its own transaction: one for each person, channel, SPU and day, with the
signed number of touches; or, when very many came at once, the days alone. A worker

- deletes the marks and looks at what these persons have on these days now, both in one statement and so of
  one moment: touches after − marks = touches before, which tells whether the person is new in the cell;
- counts whole days anew where only days were marked, a month at a time, and drops the marks of these days in
  the statement that counts.

Both give what a rebuild gives, whatever the order of arrival, late touches and retractions included.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from measurement.models import TallySpan
from measurement.operations import staging
from merchants import tenancy
from merchants.background import wake
from merchants.models import Merchant
from merchants.periods import day_of

MANY_ROWS = 20_000  # beyond this the days are marked instead of the persons
MANY_MARKS = 300_000  # so many marks are slower than a count of their days
_DAY = "(occurred_at AT TIME ZONE 'Asia/Shanghai')::date"


def mark(cursor: Any, merchant: Merchant, first_at: datetime, last_at: datetime, rows: int) -> None:
    """Marks what the touches in staging change; inside the transaction that stored them."""
    if rows > MANY_ROWS:
        _mark_days(merchant, day_of(first_at), day_of(last_at))
    else:
        cursor.execute(_MARK, {"merchant": merchant.pk})
    wake("measurement.tally", merchant_id=merchant.pk)


def _mark_days(merchant: Merchant, first_day: date, last_day: date) -> None:
    TallySpan.objects.create(merchant=merchant, first_day=first_day, last_day=last_day)


# Of equal rows in staging one was stored; what turned stands there without a name, each row for itself.
_MARK = f"""
INSERT INTO measurement_tallymark (merchant_id, person_key, channel_id, spu_id, day, touches)
SELECT %(merchant)s, person_key, channel_id, spu_id, {_DAY}, sum(sign)
FROM (
    SELECT person_key, channel_id, spu_id, occurred_at, sign FROM {staging.TABLE} WHERE natural_key IS NULL
    UNION ALL
    SELECT person_key, channel_id, spu_id, occurred_at, 1 FROM (
        SELECT DISTINCT ON (person_key, occurred_at, natural_key, revision) * FROM {staging.TABLE}
        WHERE natural_key IS NOT NULL
        ORDER BY person_key, occurred_at, natural_key, revision
    ) stored
) changed
GROUP BY person_key, channel_id, spu_id, {_DAY} HAVING sum(sign) <> 0
"""


def drain(merchant: Merchant) -> int:
    """Works until nothing waits, or another worker has it; how many steps it took."""
    steps = 0
    while renew(merchant):
        steps += 1
    return steps


def renew(merchant: Merchant) -> bool:
    """One step in one transaction: a month of marked days, else all marks. False when nothing waits or
    another worker is at it. Safe to run twice and to be killed."""
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('tallies'), %s)", [merchant.pk])
        if not cursor.fetchone()[0]:
            return False
        if _count_days(cursor, merchant):
            return True
        return _apply_marks(cursor, merchant)


def rebuild(merchant: Merchant) -> None:
    """Asks for every day to be counted anew."""
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        cursor.execute(_ALL_DAYS, {"merchant": merchant.pk})
        first_day, last_day = cursor.fetchone()
        if first_day is not None:
            _mark_days(merchant, first_day, last_day)
    wake("measurement.tally", merchant_id=merchant.pk)


_ALL_DAYS = f"""
SELECT min(day), max(day) FROM (
    SELECT min({_DAY}) AS day FROM measurement_touch WHERE merchant_id = %(merchant)s
    UNION ALL SELECT max({_DAY}) FROM measurement_touch WHERE merchant_id = %(merchant)s
    UNION ALL SELECT min(day) FROM measurement_touchtally WHERE merchant_id = %(merchant)s
    UNION ALL SELECT max(day) FROM measurement_touchtally WHERE merchant_id = %(merchant)s
) days
"""


def _count_days(cursor: Any, merchant: Merchant) -> bool:
    spans = list(TallySpan.objects.for_merchant(merchant).order_by("first_day"))
    if not spans:
        return False
    first = spans[0].first_day
    reach = [span for span in spans if span.first_day <= _month_end(first)]
    last = min(_month_end(first), max(span.last_day for span in reach))
    scope = {"merchant": merchant.pk, "first": first, "last": last}
    cursor.execute(_FRESH_TABLE)
    cursor.execute(_COUNT, scope)
    cursor.execute(_DROP, scope)
    cursor.execute(_KEEP, scope)
    rows = TallySpan.objects.for_merchant(merchant).filter(pk__in=[span.pk for span in reach])
    rows.filter(last_day__lte=last).delete()
    rows.update(first_day=last + timedelta(days=1))
    return True


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


_FRESH_TABLE = """
CREATE TEMPORARY TABLE IF NOT EXISTS tally_fresh (
    channel_id bigint, spu_id bigint, day date, touches bigint, people bigint
) ON COMMIT DELETE ROWS;
DELETE FROM tally_fresh;
"""
_START = "%(first)s::date::timestamp AT TIME ZONE 'Asia/Shanghai'"
_END = "(%(last)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'"
# The marks go in the statement that counts: those it does not see belong to touches that it does not see.
_COUNT = f"""
WITH gone AS (
    DELETE FROM measurement_tallymark
    WHERE merchant_id = %(merchant)s AND day >= %(first)s AND day <= %(last)s
)
INSERT INTO tally_fresh
SELECT channel_id, spu_id, day, sum(touches), count(*)
FROM (
    SELECT channel_id, spu_id, {_DAY} AS day, person_key, count(*) AS touches
    FROM measurement_touch
    WHERE merchant_id = %(merchant)s AND NOT retracted AND occurred_at >= {_START} AND occurred_at < {_END}
    GROUP BY 1, 2, 3, 4
) persons
GROUP BY 1, 2, 3
"""
_DROP = """
DELETE FROM measurement_touchtally
WHERE merchant_id = %(merchant)s AND day >= %(first)s AND day <= %(last)s
"""
_KEEP = """
INSERT INTO measurement_touchtally (merchant_id, channel_id, spu_id, day, touches, people)
SELECT %(merchant)s, channel_id, spu_id, day, touches, people FROM tally_fresh ORDER BY day, channel_id, spu_id
"""


def _apply_marks(cursor: Any, merchant: Merchant) -> bool:
    cursor.execute(
        "SELECT count(*), min(day), max(day) FROM measurement_tallymark WHERE merchant_id = %s", [merchant.pk]
    )
    count, first_day, last_day = cursor.fetchone()
    if not count:
        return False
    if count > MANY_MARKS:
        _mark_days(merchant, first_day, last_day)
        return True
    cursor.execute(_APPLY, {"merchant": merchant.pk})
    cursor.execute(
        "DELETE FROM measurement_touchtally WHERE merchant_id = %s AND touches <= 0", [merchant.pk]
    )
    return True


# All marks at once: of a person's marks for one cell none may be left for later, or "before" would be wrong.
_APPLY = """
WITH gone AS (
    DELETE FROM measurement_tallymark WHERE merchant_id = %(merchant)s
    RETURNING person_key, channel_id, spu_id, day, touches
), turned AS (
    SELECT person_key, channel_id, spu_id, day, sum(touches) AS n FROM gone GROUP BY 1, 2, 3, 4
    HAVING sum(touches) <> 0
), counted AS (
    SELECT u.channel_id, u.spu_id, u.day, u.n, (
        SELECT count(*) FROM measurement_touch t
        WHERE t.merchant_id = %(merchant)s AND t.person_key = u.person_key AND NOT t.retracted
          AND t.occurred_at >= u.day::timestamp AT TIME ZONE 'Asia/Shanghai'
          AND t.occurred_at < (u.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
          AND t.channel_id = u.channel_id AND t.spu_id IS NOT DISTINCT FROM u.spu_id
    ) AS now
    FROM turned u
)
INSERT INTO measurement_touchtally AS t (merchant_id, channel_id, spu_id, day, touches, people)
SELECT %(merchant)s, channel_id, spu_id, day, sum(n), sum((now > 0)::integer - (now - n > 0)::integer)
FROM counted GROUP BY channel_id, spu_id, day ORDER BY day, channel_id, spu_id
ON CONFLICT (merchant_id, day, channel_id, spu_id) DO UPDATE
SET touches = t.touches + excluded.touches, people = t.people + excluded.people
"""
