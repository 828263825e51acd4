"""What each person was worth to each note, campaign and so on, and when each of these last cost anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from measurement.attribution.cells import Cells, day_number, different
from measurement.choices import Model
from measurement.queries.costs import KEYS as COST_KEYS
from measurement.queries.costs import SOURCE as COST_SOURCE
from measurement.queries.products import Product
from measurement.queries.reported import standing_sql, until
from measurement.queries.slice_sums import of_products
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
    ``person`` a 64-bit number of the person (of the order, where nobody is known), ``day`` the touch day in
    days since 1970, ``fen`` the credited revenue, ``profit`` it times margin (NaN where that is not known)."""

    keys: Mapping[Dimension, Ints]
    person: Ints
    order: Ints
    day: Ints
    fen: Floats
    profit: Floats

    def __len__(self) -> int:
        return len(self.fen)


def worth(merchant: Merchant, period: Period, products: Mapping[int, Product], cells: Cells) -> Worth:
    """The credit of the touches of these days, linear shares, out of cells that hold at least theirs."""
    days = cells.touch_day
    chosen = cells.touched & (cells.channel > 0)
    chosen &= (days >= day_number(period.start)) & (days < day_number(period.end))
    mine = cells.only(chosen)
    margins = of_products(products, 0, mine)[1]
    fen = mine.fen[Model.LINEAR].astype(np.float64)
    return Worth(
        keys=_keys(merchant, mine),
        person=mine.buyer,
        order=mine.order,
        day=mine.touch_day,
        fen=fen,
        profit=np.where(margins < 0, np.nan, fen * margins / 10_000),
    )


def _keys(merchant: Merchant, cells: Cells) -> dict[Dimension, Ints]:
    """The rows that each cell belongs to: its own SPU, all else by its channel."""
    of_channel = [dimension for dimension in DIMENSIONS if dimension != Dimension.SPU]
    known = different(cells.channel)
    statement = _CHANNELS.format(keys=", ".join(KEYS[dimension] for dimension in of_channel), note=NOTE)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"merchant": merchant.pk, "channels": known.tolist()})
        table = np.array(cursor.fetchall(), dtype=np.int64).reshape(len(known), len(of_channel) + 1)
    place = np.searchsorted(known, cells.channel)
    told: dict[Dimension, Ints] = {
        dimension: table[place, n] for n, dimension in enumerate(of_channel, start=1)
    }
    return {**told, Dimension.SPU: cells.spu}


_CHANNELS = """
SELECT c.id, {keys} FROM measurement_channel c {note}
WHERE c.merchant_id = %(merchant)s AND c.id = ANY(%(channels)s::bigint[]) ORDER BY c.id
"""


def last_cost_days(
    merchant: Merchant, period: Period, dimension: Dimension, *, as_of: date | None = None
) -> dict[str, date]:
    """The last day on which each row cost anything."""
    scope: dict[str, Any] = {
        "merchant": merchant.pk,
        "start": period.start,
        "end": period.end,
        "until": until(as_of),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ({COST_KEYS[dimension]})::text, max(s.day) {COST_SOURCE}"
            " WHERE s.merchant_id = %(merchant)s AND s.day >= %(start)s AND s.day < %(end)s"
            f" AND {standing_sql('s')} AND s.fen > 0 GROUP BY 1",
            scope,
        )
        return {key: day for key, day in cursor.fetchall() if key is not None}
