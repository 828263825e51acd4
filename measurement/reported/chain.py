"""The chain of an Alliance report: read, shop entry, collect and cart, order, GMV, with rates made from sums.

A rate is the sum of its parts over the sum of its wholes, over exactly those rows that state both; it is never
an average of rates. A sum of counts of people counts a person once for each row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from measurement.computed import computes
from measurement.reported.rates import rate

STEPS = ("read_uv", "shop_entry_uv", "collect_uv", "cart_uv", "order_uv")
COUNTS = (*STEPS, "new_visitor_uv", "search_uv", "follow_uv", "member_uv", "new_customers", "deposit_uv")
RATES: Mapping[str, tuple[str, str]] = {
    "entry_rate": ("shop_entry_uv", "read_uv"),
    "collect_rate": ("collect_uv", "shop_entry_uv"),
    "cart_rate": ("cart_uv", "shop_entry_uv"),
    "deal_rate": ("order_uv", "shop_entry_uv"),
    "new_visitor_share": ("new_visitor_uv", "shop_entry_uv"),
    "new_customer_share": ("new_customers", "order_uv"),
    "visitor_value": ("gmv_fen", "shop_entry_uv"),
    "gmv_roi": ("gmv_fen", "cost_fen"),
}
"""Part and whole of each rate; visitor_value is fen a visitor."""

COSTS: Mapping[str, tuple[str, str]] = {
    f"cost_of_{step}": ("cost_fen", step) for step in (*STEPS, "new_customers", "deposit_uv")
}
PAIRS: Mapping[str, tuple[str, str]] = {**RATES, **COSTS}


@dataclass(frozen=True, slots=True)
class Sums:
    """``totals``: the sum of each metric over the rows that state it, missing when none does. ``pairs``: for
    each of :data:`PAIRS`, part and whole summed over the rows that state both. ``rows``: how many."""

    totals: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    rows: int = 0

    def total(self, metric: str) -> int | None:
        return self.totals.get(metric)

    @computes("alliance_rate", "alliance_cost")
    def rate(self, name: str) -> Decimal | None:
        """The rate, or None when no row states both or the whole is zero."""
        part, whole = self.pairs.get(name, (None, None))
        return rate(part, whole)
