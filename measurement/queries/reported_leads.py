"""What the ad system's own report says of leads, day by day; never added to ours."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db import connection

from measurement.alliance.costs import JUGUANG
from measurement.queries.costs import first_level
from merchants.models import Merchant
from merchants.periods import Period


def by_day(merchant: Merchant, period: Period, metric: str) -> dict[date, int]:
    """Sums of ``leads`` or ``msg_leads_num`` over the rows of one level; a day on which no row tells the metric
    is missing, which is not zero."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [metric, merchant.pk, JUGUANG, period.start, period.end, metric])
        rows = cursor.fetchall()
    told: dict[str, dict[date, int]] = defaultdict(dict)
    for level, day, number in rows:
        told[level][day] = int(number)
    return told[first_level(set(told))] if told else {}


_SUMS = """
SELECT s.level, s.day, sum((s.metrics->>%s)::numeric)::bigint
FROM measurement_spend s
WHERE s.merchant_id = %s AND s.source = %s AND s.day >= %s AND s.day < %s AND s.replaced_at IS NULL
  AND s.metrics->>%s ~ '^[0-9]+([.][0-9]+)?$'
GROUP BY 1, 2
"""
