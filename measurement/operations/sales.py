"""Counts of sales, buyers and live streams, made anew by a worker when something was computed since.

Orders are few beside touches, so they are counted whole: one statement each, old rows stay until the new ones
take their place in the same transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from measurement.models import LiveResult, Run, SoldDay
from measurement.process.windows import LIVE_HOURS, NEXT_DAYS
from merchants import tenancy
from merchants.models import Merchant


def renew(merchant: Merchant, *, force: bool = False) -> bool:
    """Counts anew when the ledger moved since the last count; whether it did. Safe to run twice."""
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('sales'), %s)", [merchant.pk])
        if not cursor.fetchone()[0] or not (force or _stale(merchant)):
            return False
        scope = {"merchant": merchant.pk, "hours": LIVE_HOURS, "days": NEXT_DAYS}
        for statement in (_DROP_SOLD, _SOLD, _DROP_BUYERS, _BUYERS, _DROP_LIVES, _LIVES):
            cursor.execute(statement, scope)
    return True


def _stale(merchant: Merchant) -> bool:
    run: datetime | None = (
        Run.objects.for_merchant(merchant).order_by("-id").values_list("started_at", flat=True).first()
    )
    counted = [
        model.objects.for_merchant(merchant).values_list("computed_at", flat=True).first()
        for model in (SoldDay, LiveResult)
    ]
    done: list[Any] = [at for at in counted if at]
    return run is not None and (not done or min(done) <= run)


_DROP_SOLD = "DELETE FROM measurement_soldday WHERE merchant_id = %(merchant)s"
_DROP_BUYERS = "DELETE FROM measurement_buyerday WHERE merchant_id = %(merchant)s"
_DROP_LIVES = "DELETE FROM measurement_liveresult WHERE merchant_id = %(merchant)s"
_LINES = """
    SELECT l.id, l.order_id, l.spu_id, (l.paid_at AT TIME ZONE 'Asia/Shanghai')::date AS day, l.quantity,
           l.paid_fen, l.refunded_fen, coalesce(i.person, l.person_key) AS person
    FROM measurement_orderline l
    LEFT JOIN measurement_identity i ON i.merchant_id = l.merchant_id AND i.person_key = l.person_key
    WHERE l.merchant_id = %(merchant)s AND l.paid_at IS NOT NULL AND l.paid_fen > 0
"""
# Presence is the ledger's own word whether a line carries evidence; touched people are asked for the rest only.
_SOLD = f"""
WITH lines AS MATERIALIZED ({_LINES}), seeded AS MATERIALIZED (
    SELECT DISTINCT line_id FROM measurement_presence
    WHERE merchant_id = %(merchant)s AND grade IN ('A', 'B')
), touched AS MATERIALIZED (
    SELECT DISTINCT coalesce(i.person, t.person_key) AS person
    FROM (SELECT DISTINCT person_key FROM measurement_touch
          WHERE merchant_id = %(merchant)s AND NOT retracted) t
    LEFT JOIN measurement_identity i ON i.merchant_id = %(merchant)s AND i.person_key = t.person_key
), told AS (
    SELECT l.*, s.line_id IS NOT NULL AS seeded, s.line_id IS NOT NULL OR p.person IS NOT NULL AS joinable
    FROM lines l LEFT JOIN seeded s ON s.line_id = l.id LEFT JOIN touched p ON p.person = l.person
)
INSERT INTO measurement_soldday
    (merchant_id, spu_id, day, orders, units, paid_fen, refunded_fen, known, joinable, seeded)
SELECT %(merchant)s, spu_id, day, count(DISTINCT order_id), sum(quantity), sum(paid_fen), sum(refunded_fen),
       count(DISTINCT order_id) FILTER (WHERE person IS NOT NULL),
       count(DISTINCT order_id) FILTER (WHERE joinable), count(DISTINCT order_id) FILTER (WHERE seeded)
FROM told GROUP BY spu_id, day
"""
_BUYERS = f"""
WITH bought AS (
    SELECT DISTINCT s.spu, person, day FROM ({_LINES}) l
    CROSS JOIN LATERAL (VALUES (0::bigint), (l.spu_id)) AS s(spu)
    WHERE person IS NOT NULL AND s.spu IS NOT NULL
), ranked AS (
    SELECT spu, day, lag(day) OVER own AS before, least(3, row_number() OVER own) AS nth
    FROM bought WINDOW own AS (PARTITION BY spu, person ORDER BY day)
)
INSERT INTO measurement_buyerday (merchant_id, spu_id, day, before, nth, people)
SELECT %(merchant)s, spu, day, before, nth, count(*) FROM ranked GROUP BY spu, day, before, nth
"""
# A viewer's orders begin with the first view of the stream; a person is all keys that were joined.
_LIVES = """
WITH seen AS MATERIALIZED (
    SELECT c.live_stream_id AS stream, coalesce(i.person, t.person_key) AS person,
           min(t.occurred_at) AS at, count(*) AS views
    FROM measurement_channel c
    JOIN measurement_touch t ON t.merchant_id = c.merchant_id AND t.channel_id = c.id AND NOT t.retracted
    LEFT JOIN measurement_identity i ON i.merchant_id = c.merchant_id AND i.person_key = t.person_key
    WHERE c.merchant_id = %(merchant)s AND c.kind = 'live_view' AND c.live_stream_id IS NOT NULL
    GROUP BY 1, 2
), keys AS (
    SELECT s.stream, s.person, s.at, coalesce(j.person_key, s.person) AS person_key
    FROM seen s LEFT JOIN measurement_identity j ON j.merchant_id = %(merchant)s AND j.person = s.person
), bought AS MATERIALIZED (
    SELECT k.stream, k.person, l.platform, l.order_id, l.paid_fen, l.refunded_fen,
           l.paid_at <= k.at + make_interval(hours => %(hours)s) AS soon
    FROM keys k CROSS JOIN LATERAL (
        SELECT platform, order_id, paid_fen, refunded_fen, paid_at FROM measurement_orderline
        WHERE merchant_id = %(merchant)s AND person_key = k.person_key OFFSET 0
    ) l
    WHERE l.paid_fen > 0 AND l.paid_at >= k.at
      AND l.paid_at <= k.at + make_interval(hours => %(hours)s, days => %(days)s)
), watched AS (
    SELECT stream, sum(views) AS views, count(*) AS viewers FROM seen GROUP BY stream
), sold AS (
    SELECT stream, CASE WHEN grouping(platform) = 1 THEN '' ELSE platform END AS platform,
           count(DISTINCT person) FILTER (WHERE soon) AS buyers,
           count(DISTINCT order_id) FILTER (WHERE soon) AS orders,
           sum(paid_fen) FILTER (WHERE soon) AS paid, sum(refunded_fen) FILTER (WHERE soon) AS refunded,
           count(DISTINCT person) FILTER (WHERE NOT soon) AS later_buyers,
           count(DISTINCT order_id) FILTER (WHERE NOT soon) AS later_orders,
           sum(paid_fen) FILTER (WHERE NOT soon) AS later_paid,
           sum(refunded_fen) FILTER (WHERE NOT soon) AS later_refunded
    FROM bought GROUP BY GROUPING SETS ((stream), (stream, platform))
), rows AS (
    SELECT s.stream, s.platform, s.buyers, s.orders, s.paid, s.refunded, s.later_buyers, s.later_orders,
           s.later_paid, s.later_refunded FROM sold s
    UNION ALL
    SELECT w.stream, '', 0, 0, 0, 0, 0, 0, 0, 0 FROM watched w
    WHERE NOT EXISTS (SELECT FROM sold s WHERE s.stream = w.stream)
)
INSERT INTO measurement_liveresult
    (merchant_id, live_stream_id, platform, views, viewers, buyers, orders, paid_fen, refunded_fen,
     later_buyers, later_orders, later_paid_fen, later_refunded_fen)
SELECT %(merchant)s, r.stream, r.platform, w.views, w.viewers, r.buyers, r.orders, coalesce(r.paid, 0),
       coalesce(r.refunded, 0), r.later_buyers, r.later_orders, coalesce(r.later_paid, 0),
       coalesce(r.later_refunded, 0)
FROM rows r JOIN watched w ON w.stream = r.stream
"""
