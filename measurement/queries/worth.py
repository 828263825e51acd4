"""What each person was worth to each note, campaign and so on: read by workers from the ledger, never by pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from measurement.queries.costs import KEYS as COST_KEYS
from measurement.queries.costs import SOURCE as COST_SOURCE
from measurement.queries.products import Product
from measurement.queries.slices import KEYS, NOTE
from measurement.queries.standing import DIMENSIONS
from measurement.reports import Dimension
from merchants.models import Merchant
from merchants.periods import Period

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Worth:
    """One entry for each order, touch day and content of it. ``keys`` holds the row by dimension (0: none),
    ``person`` a 64-bit hash of the person (of the order, where nobody is known), ``day`` the touch day as
    its ordinal, ``fen`` the credited revenue, ``profit`` it times margin (NaN where that is not known)."""

    keys: Mapping[Dimension, Ints]
    person: Ints
    order: Ints
    day: Ints
    fen: Floats
    profit: Floats

    def __len__(self) -> int:
        return len(self.fen)


def worth(merchant: Merchant, period: Period, products: Mapping[int, Product]) -> Worth:
    """The credit of the touches of these days, linear shares, in one statement. It follows the merchant's own
    presences, so its cost is that of the period, not of the table."""
    spans = [
        (pk, margin.start, margin.end, margin.basis_points)
        for pk, product in products.items()
        for margin in product.margins
    ]
    columns = {
        name: [span[place] for span in spans]
        for place, name in enumerate(("spus", "starts", "ends", "margins"))
    }
    scope: dict[str, Any] = {
        "merchant": merchant.pk,
        "start": period.start,
        "end": period.end,
        **columns,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WORTH, scope)
        rows = cursor.fetchall()
    table = list(zip(*rows, strict=True)) or [()] * (len(DIMENSIONS) + 5)
    keys = {dimension: np.array(table[place], dtype=np.int64) for place, dimension in enumerate(DIMENSIONS)}
    person, order, day, fen, profit = table[len(DIMENSIONS) :]
    return Worth(
        keys,
        np.array(person, dtype=np.int64),
        np.array(order, dtype=np.int64),
        np.array(day, dtype=np.int64),
        np.array(fen, dtype=np.float64),
        np.array(profit, dtype=np.float64),
    )


# OFFSET 0 keeps the loop over the merchant's own lines: credits are found by their key, which holds the line.
_WORTH = f"""
WITH product AS (
    SELECT * FROM unnest(%(spus)s::bigint[], %(starts)s::date[], %(ends)s::date[], %(margins)s::integer[])
        AS p(spu, starts, ends, margin)
), people AS MATERIALIZED (
    SELECT DISTINCT line_id, order_id, coalesce(person::text, 'order ' || order_id) AS person
    FROM measurement_presence
    WHERE merchant_id = %(merchant)s AND touch_day >= %(start)s AND touch_day < %(end)s
)
SELECT {", ".join(KEYS[dimension] for dimension in DIMENSIONS)},
       hashtextextended(w.person, 0), w.order_id, r.touch_day - DATE '0001-01-01' + 1,
       sum(r.fen_linear)::float8, sum(r.fen_linear::float8 * p.margin / 10000)
FROM people w
JOIN LATERAL (
    SELECT * FROM measurement_credit k
    WHERE k.id >= w.line_id * 65536 AND k.id < (w.line_id + 1) * 65536 AND k.merchant_id = %(merchant)s
      AND k.touch_day >= %(start)s AND k.touch_day < %(end)s AND k.channel_id IS NOT NULL
    OFFSET 0
) r ON true
JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {NOTE}
LEFT JOIN product p ON p.spu = coalesce(r.spu_id, 0) AND r.order_day >= p.starts AND r.order_day < p.ends
GROUP BY {", ".join(str(place + 1) for place in range(len(DIMENSIONS) + 3))}
"""


def last_cost_days(merchant: Merchant, period: Period, dimension: Dimension) -> dict[str, date]:
    """The last day on which each row cost anything."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ({COST_KEYS[dimension]})::text, max(s.day) {COST_SOURCE}"
            " WHERE s.merchant_id = %(merchant)s AND s.day >= %(start)s AND s.day < %(end)s"
            " AND s.replaced_at IS NULL AND s.fen > 0 GROUP BY 1",
            {"merchant": merchant.pk, "start": period.start, "end": period.end},
        )
        return {key: day for key, day in cursor.fetchall() if key is not None}
