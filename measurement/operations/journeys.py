"""Counting journeys by the day on which they ended, one day at a time.

A journey ends with its order, or when the window of its last touch closes without one. So a day holds

- the orders of that day with the touches they are credited to, as the ledger has them, and
- of every person and product the touches whose window closed that day with neither another touch nor an order
  in it: the path is what would have been credited had the person bought at the last touch, less what an
  earlier order already took.

Days are counted once they are over. What changes them leaves marks (``journey_marks``); a worker turns marks
into stale days and counts these again, each in one transaction, so that it may be killed anywhere.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from measurement.attribution.path_blocks import Counted, pack
from measurement.models import JourneyDay, JourneyMark
from measurement.queries import rules
from merchants import tenancy
from merchants.models import Merchant
from merchants.periods import day_of, start_of

NO_ACT = ("own_post", "shared_order", "declared")  # kinds of touch that no journey is made of


def drain(merchant: Merchant) -> int:
    """Counts until no day is stale, or another worker is at it; how many steps it took."""
    steps = 0
    while renew(merchant):
        steps += 1
    return steps


def renew(merchant: Merchant) -> bool:
    """One step in one transaction: marks and days that have passed become stale days, else one of these is
    counted. False when there is nothing to do or another worker does it."""
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('journeys'), %s)", [merchant.pk])
        if not cursor.fetchone()[0]:
            return False
        if _turn_stale(cursor, merchant):
            return True
        row = JourneyDay.objects.for_merchant(merchant).filter(stale=True).order_by("-day").first()
        if row is None:
            return False
        _count(cursor, merchant, row)
    return True


def rebuild(merchant: Merchant) -> None:
    """Has every day counted anew."""
    with tenancy.acting_for(merchant):
        JourneyMark.objects.create(merchant=merchant, first_day=EVER)


def _turn_stale(cursor: Any, merchant: Merchant) -> bool:
    """Marks become stale days, and so do days that ended since the last count. Whether there were any."""
    scope: dict[str, Any] = {"merchant": merchant.pk}
    cursor.execute(
        "DELETE FROM measurement_journeymark WHERE merchant_id = %(merchant)s RETURNING first_day, last_day",
        scope,
    )
    marks = cursor.fetchall()
    since = min((first for first, last in marks if last is None), default=None)
    scope |= {"since": since, "alone": sorted({first for first, last in marks if last is not None})}
    if marks:
        cursor.execute(_STALE, scope)
    cursor.execute("SELECT min(day) FROM measurement_journeyday WHERE merchant_id = %(merchant)s", scope)
    begun = cursor.fetchone()[0]
    if begun is None or since == EVER:
        cursor.execute(_FIRST_FACT, scope)
        since = cursor.fetchone()[0]
    known = [day for day in (begun, since, *scope["alone"]) if day is not None]
    if not known:
        return bool(marks)
    today = day_of(timezone.now())
    scope |= {"first": max(min(known), today - timedelta(days=LONGEST)), "today": today}
    cursor.execute(_PASSED, scope)
    return bool(marks) or cursor.rowcount > 0


EVER = date(2010, 1, 1)
LONGEST = 1_000  # days back that are counted: the longest period that can be asked for, and more

_STALE = """
UPDATE measurement_journeyday SET stale = true
WHERE merchant_id = %(merchant)s AND NOT stale AND (day >= %(since)s OR day = ANY(%(alone)s::date[]))
"""

_FIRST_FACT = """
SELECT least(
    (SELECT (min(paid_at) AT TIME ZONE 'Asia/Shanghai')::date FROM measurement_orderline
     WHERE merchant_id = %(merchant)s),
    (SELECT (min(occurred_at) AT TIME ZONE 'Asia/Shanghai')::date FROM measurement_touch
     WHERE merchant_id = %(merchant)s)
)
"""

_PASSED = """
INSERT INTO measurement_journeyday (merchant_id, day, stale, ordered, declared, lost)
SELECT %(merchant)s::bigint, passed::date, true, 0, 0, 0
FROM generate_series(%(first)s::date, %(today)s::date - 1, interval '1 day') passed
WHERE NOT EXISTS (
    SELECT FROM measurement_journeyday d WHERE d.merchant_id = %(merchant)s AND d.day = passed::date
)
"""


def _count(cursor: Any, merchant: Merchant, row: JourneyDay) -> None:
    setting = rules.setting_of(merchant)
    cycles = rules.cycles_of(merchant)
    scope = {
        "merchant": merchant.pk,
        "start": start_of(row.day),
        "end": start_of(row.day + timedelta(days=1)),
        "categories": list(cycles),
        "days": list(cycles.values()),
        "no_act": list(NO_ACT),
    }
    cursor.execute(_ORDERED, scope)
    counted = [
        Counted(spu, path, lines if grade == "A" else 0, lines if grade == "B" else 0, 0, int(fen))
        for spu, grade, path, lines, fen in cursor.fetchall()
    ]
    same, spu = ("x.spu = j.spu", "p.spu") if setting.match_product else ("true", "0::bigint")
    cursor.execute(_LOST.format(same=same, spu=spu), scope)
    counted += [Counted(spu, path, 0, 0, journeys, 0) for spu, path, journeys in cursor.fetchall()]
    JourneyDay.objects.for_merchant(merchant).filter(pk=row.pk).update(
        stale=False,
        counted_at=timezone.now(),
        ordered=sum(one.ordered for one in counted),
        declared=sum(one.declared for one in counted),
        lost=sum(one.lost for one in counted),
        paths=pack(counted),
    )


def days_of(merchant: Merchant, first_day: date, last_day: date) -> Any:
    """The counted days of a span."""
    return JourneyDay.objects.for_merchant(merchant).filter(day__gte=first_day, day__lte=last_day)


_ORDERED = """
WITH lines AS MATERIALIZED (
    SELECT id FROM measurement_orderline
    WHERE merchant_id = %(merchant)s AND paid_at >= %(start)s AND paid_at < %(end)s
), journeys AS (
    SELECT lines.id, coalesce(min(c.spu_id), 0) AS spu, min(c.grade) AS grade,
           array_agg(c.channel_id ORDER BY c.position) AS path, sum(c.fen_linear)::bigint AS fen
    FROM lines
    CROSS JOIN LATERAL (
        SELECT * FROM measurement_credit
        WHERE merchant_id = %(merchant)s AND id BETWEEN lines.id * 65536 + 1 AND lines.id * 65536 + 65535
        OFFSET 0
    ) c
    GROUP BY lines.id
)
SELECT spu, grade, path, count(*), sum(fen)::bigint FROM journeys GROUP BY 1, 2, 3
"""

# The touches that lie one window before the day, the last of each person and product among them; then, by
# person, what lies within one window on either side of it.
_LOST = """
WITH product AS MATERIALIZED (
    SELECT s.id AS spu, make_interval(days => c.days) AS stays
    FROM measurement_spu s
    JOIN unnest(%(categories)s::bigint[], %(days)s::integer[]) AS c(category, days) ON c.category = s.category_id
    WHERE s.merchant_id = %(merchant)s
), act AS MATERIALIZED (
    SELECT id, spu_id FROM measurement_channel
    WHERE merchant_id = %(merchant)s AND kind <> ALL(%(no_act)s::text[])
), spans AS MATERIALIZED (
    SELECT DISTINCT stays FROM product
), closing AS MATERIALIZED (
    SELECT coalesce(i.person, t.person_key) AS person, {spu} AS spu, p.stays, max(t.occurred_at) AS last_at
    FROM spans
    CROSS JOIN LATERAL (
        SELECT person_key, spu_id, channel_id, occurred_at FROM measurement_touch
        WHERE merchant_id = %(merchant)s AND NOT retracted
          AND occurred_at >= %(start)s - spans.stays AND occurred_at < %(end)s - spans.stays
    ) t
    JOIN act ON act.id = t.channel_id
    JOIN product p ON p.spu = coalesce(t.spu_id, act.spu_id) AND p.stays = spans.stays
    LEFT JOIN measurement_identity i ON i.merchant_id = %(merchant)s AND i.person_key = t.person_key
    GROUP BY 1, 2, 3
), keys AS MATERIALIZED (
    SELECT j.person, coalesce(i.person_key, j.person) AS person_key, min(j.last_at - j.stays) AS since,
           max(j.last_at + j.stays) AS until
    FROM closing j LEFT JOIN measurement_identity i ON i.merchant_id = %(merchant)s AND i.person = j.person
    GROUP BY 1, 2
), seen AS MATERIALIZED (
    SELECT keys.person, coalesce(t.spu_id, act.spu_id) AS spu, t.channel_id, t.occurred_at, t.tie
    FROM keys
    CROSS JOIN LATERAL (
        SELECT spu_id, channel_id, occurred_at, tie FROM measurement_touch
        WHERE merchant_id = %(merchant)s AND person_key = keys.person_key AND NOT retracted
          AND occurred_at BETWEEN keys.since AND keys.until
        OFFSET 0
    ) t
    JOIN act ON act.id = t.channel_id
), bought AS MATERIALIZED (
    SELECT keys.person, l.spu_id AS spu, l.paid_at
    FROM keys
    CROSS JOIN LATERAL (
        SELECT spu_id, paid_at FROM measurement_orderline
        WHERE merchant_id = %(merchant)s AND person_key = keys.person_key
          AND paid_at BETWEEN keys.since AND keys.until
        OFFSET 0
    ) l
), ended AS MATERIALIZED (
    SELECT j.person, j.spu, j.stays, j.last_at,
           max(x.paid_at) FILTER (WHERE x.paid_at < j.last_at) AS bought_at
    FROM closing j LEFT JOIN bought x ON x.person = j.person AND {same}
    WHERE NOT EXISTS (
        SELECT FROM seen x WHERE x.person = j.person AND x.occurred_at > j.last_at
          AND x.occurred_at <= j.last_at + j.stays AND {same}
    )
    GROUP BY 1, 2, 3, 4
    HAVING count(*) FILTER (WHERE x.paid_at >= j.last_at AND x.paid_at <= j.last_at + j.stays) = 0
), journeys AS (
    SELECT j.person, j.spu, array_agg(x.channel_id ORDER BY x.occurred_at, x.tie) AS path
    FROM ended j JOIN seen x ON x.person = j.person AND {same}
     AND x.occurred_at BETWEEN j.last_at - j.stays AND j.last_at
     AND x.occurred_at > coalesce(j.bought_at, timestamptz '-infinity')
    GROUP BY 1, 2
)
SELECT spu, path, count(*) FROM journeys GROUP BY 1, 2
"""
