"""How sure our own figure beside an Alliance report is: its interval, and how much could be tied to content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from measurement import metrics
from measurement.choices import Grade, Model
from measurement.queries.results import mean_order
from measurement.queries.slices import FEN
from measurement.queries.status import bought
from merchants.models import Merchant
from merchants.periods import Period


@dataclass(frozen=True, slots=True)
class Sureness:
    """95 % interval in fen, None of a past day, whose orders are not counted; ``coverage``: the share of what
    the platform's orders of the period brought that is credited at all."""

    low: int | None = None
    high: int | None = None
    coverage: Decimal | None = None


def sureness(
    cursor: Any,
    merchant: Merchant,
    scope: Mapping[str, Any],
    period: Period,
    model: Model,
    day: str,
    where: str,
) -> Sureness:
    """``scope`` is that of the page, ``day`` the column of its time axis, ``where`` a condition on the channel."""
    proof = bought(merchant, period, model=model, as_of=scope["as_of"])
    graded = proof.platforms.get(scope["platform"], {})
    joined = sum(graded.get(str(grade), 0) for grade in (Grade.SAME_PERSON, Grade.DECLARED))
    coverage = metrics.coverage(joined, sum(graded.values()) - joined)
    if scope["as_of"] is not None:
        return Sureness(coverage=coverage)
    cursor.execute(_SQUARES.format(fen=FEN[model], day=day, where=where), scope)
    credited, squares = cursor.fetchone()
    interval = metrics.credit_interval(int(credited), int(squares), mean_order(proof))
    return Sureness(interval.low, interval.high, coverage)


# A cell holds orders of one SPU on one day of one platform, whose amounts are taken as equal.
_SQUARES = """
WITH money AS (
    SELECT coalesce(r.spu_id, 0) AS spu, r.order_day, sum(r.{fen})::bigint AS fen
    FROM measurement_rollup r
    JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s
    WHERE r.merchant_id = %(merchant)s AND r.platform = %(platform)s AND {day} = ANY(%(days)s::date[]) AND {where}
    GROUP BY 1, 2
), present AS (
    SELECT coalesce(r.spu_id, 0) AS spu, r.order_day, count(DISTINCT r.order_id) AS orders
    FROM measurement_presence r
    JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s
    WHERE r.merchant_id = %(merchant)s AND r.platform = %(platform)s AND {day} = ANY(%(days)s::date[]) AND {where}
    GROUP BY 1, 2
)
SELECT coalesce(sum(m.fen), 0), coalesce(ceil(sum(m.fen::float8 * m.fen / coalesce(p.orders, 1))), 0)
FROM money m LEFT JOIN present p USING (spu, order_day)
"""
