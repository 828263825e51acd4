"""Half a year of a merchant, from one seed: the same seed and end give the same world, everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from merchants.wire.times import SHANGHAI
from portal.demo.cast import Brand
from portal.demo.content import Content, content_of
from portal.demo.costs import AdDay, Cooperation, OtherCost, ad_days_of, cooperations_of, other_costs_of
from portal.demo.journeys import Touches, touches_of
from portal.demo.sales import Sale, sales_of

_NONE = np.zeros(0, dtype=np.int64)
_NO_WEIGHT = np.zeros(0)
NOTHING = Touches(_NONE, _NONE, _NONE, _NONE, _NONE, _NONE, _NONE, _NONE, _NONE, _NO_WEIGHT, _NO_WEIGHT)


@dataclass(frozen=True, slots=True)
class World:
    """``touches`` hold people by number, ``sales`` name them by their number and the platform's own id.
    ``unplaced`` orders an experiment kept from happening; their people are members all the same."""

    brand: Brand
    seed: int
    until: datetime
    content: Content
    touches: Touches
    sales: list[Sale]
    ad_days: list[AdDay]
    cooperations: list[Cooperation]
    other_costs: list[OtherCost]
    unplaced: list[Sale] = field(default_factory=list)


def build(brand: Brand, *, seed: int, until: datetime, scale: float = 1.0) -> World:
    """The half year of ``brand`` that ends at ``until``; ``scale`` 0.1 is a tenth of its people.

    Touches and orders lie before ``until``, reported cost before its day in Shanghai.
    """
    today = until.astimezone(SHANGHAI).date()
    content = content_of(brand, today, seed)
    count = round(brand.touches * scale)
    touches = touches_of(content, until, count, seed) if count else NOTHING
    ad_days = ad_days_of(content, today - timedelta(days=1), seed)
    return World(
        brand=brand,
        seed=seed,
        until=until,
        content=content,
        touches=touches,
        sales=sales_of(content, touches, ad_days, until, round(brand.orders * scale), seed),
        ad_days=ad_days,
        cooperations=cooperations_of(content, seed),
        other_costs=list(other_costs_of(content)) if brand.kind != "agency" else [],
    )
