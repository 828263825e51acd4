"""How sure our own figure beside an Alliance report is: its interval, and how much could be tied to content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from measurement import metrics
from measurement.attribution.cells import day_number, squares, sums
from measurement.choices import Grade, Model
from measurement.queries.cells import cells as read_cells
from measurement.queries.status import bought
from merchants.models import Merchant
from merchants.periods import DAY, Period


@dataclass(frozen=True, slots=True)
class Sureness:
    """95 % interval in fen; ``coverage``: the share of what the platform's orders of the period brought that is
    credited at all."""

    low: int | None = None
    high: int | None = None
    coverage: Decimal | None = None


def sureness(
    cursor: Any,
    merchant: Merchant,
    scope: Mapping[str, Any],
    period: Period,
    model: Model,
    *,
    by_touch: bool,
    where: str,
) -> Sureness:
    """``scope`` is that of the page, ``by_touch`` its time axis, ``where`` a condition on the channel."""
    proof = bought(merchant, period, model=model, as_of=scope["as_of"])
    graded = proof.platforms.get(scope["platform"], {})
    joined = sum(graded.get(str(grade), 0) for grade in (Grade.SAME_PERSON, Grade.DECLARED))
    coverage = metrics.coverage(joined, sum(graded.values()) - joined)
    cursor.execute(
        f"SELECT c.id FROM measurement_channel c WHERE c.merchant_id = %(merchant)s AND {where}", scope
    )
    channels = [row[0] for row in cursor.fetchall()]
    credited, squared = _sums(merchant, scope, model, by_touch=by_touch, channels=channels)
    interval = metrics.credit_interval(credited, squared, proof.mean_buyer)
    return Sureness(interval.low, interval.high, coverage)


def _sums(
    merchant: Merchant, scope: Mapping[str, Any], model: Model, *, by_touch: bool, channels: list[int]
) -> tuple[int, int]:
    """Credited fen of the days and channels, and the sum of the squares of single buyers' (fen²)."""
    first, end = min(scope["days"]), max(scope["days"]) + DAY
    until = {"touched_before": end} if by_touch else {"until": end}
    found = read_cells(merchant, since=first, models=(model,), as_of=scope["as_of"], **until)
    days = found.touch_day if by_touch else found.order_day
    chosen = np.isin(days, [day_number(day) for day in scope["days"]]) & np.isin(found.channel, channels)
    if by_touch:
        chosen &= found.touched
    platforms = [name == scope["platform"] for name in found.platforms] or [False]
    mine = found.only(chosen & np.array(platforms)[found.platform])
    fen, rows = mine.fen[model], np.zeros(len(mine), dtype=np.int64)
    return int(sums(rows, fen, 1)[0]), int(np.ceil(squares(rows, mine.buyer, fen, 1))[0])
