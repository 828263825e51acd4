"""When people buy at a brand of which only sums are known: so many answer the ads, so many wait for a sale.

The truth is planted here: ``Brand.answered`` says which share of a product's orders follows its ads, after
the waiting time of :data:`LENGTH_DAYS`. What the page of the estimated whole should find is this share, and
nothing for a product that is not named there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import numpy as np

from merchants.wire.times import SHANGHAI
from portal.demo.cast import Product
from portal.demo.content import Content
from portal.demo.costs import AdDay

LENGTH_DAYS = 14  # decision cycle of its buyers, as the brand sets it
P50, SIGMA = LENGTH_DAYS * 0.51, 0.8
ON_SALE = 0.09  # share of the other orders that wait for a promotion or festival
SALES = (("会员日", 168, 2), ("开学焕新", 89, 3), ("秋日礼遇", 51, 3), ("会员日", 23, 2))
"""Promotions: name, days ago, how long."""
FESTIVALS = (("双11", (11, 10), 3), ("618", (6, 16), 3))
"""Name, first day, how long; on the calendar wherever the half year is."""


def on_sale(content: Content) -> list[tuple[str, date, int, bool]]:
    """(name, first day, days, is a festival) of the half year."""
    found = [(name, content.today - timedelta(days=ago), lasts, False) for name, ago, lasts in SALES]
    for name, (month, day), lasts in FESTIVALS:
        for year in (content.today.year - 1, content.today.year):
            first = date(year, month, day)
            if content.today - timedelta(days=180) <= first < content.today - timedelta(days=lasts):
                found.append((name, first, lasts, True))
    return sorted(found, key=lambda one: one[1])


class Rhythm:
    """Moments of orders, product by product."""

    def __init__(self, content: Content, ad_days: Sequence[AdDay], until: datetime, seed: int) -> None:
        self._draw = np.random.default_rng([seed, 5])
        self._until = until
        self._answered = dict(content.brand.answered)
        self._days = [
            first + timedelta(days=n) for _name, first, lasts, _f in on_sale(content) for n in range(lasts)
        ]
        shown: dict[str, dict[date, int]] = {}
        for one in ad_days:
            product = content.notes[one.creative.note].idea.product
            of_product = shown.setdefault(product, {})
            of_product[one.day] = of_product.get(one.day, 0) + one.click
        self._shown = {
            product: (list(by_day), np.array(list(by_day.values()), dtype=float) / sum(by_day.values()))
            for product, by_day in shown.items()
        }

    def moment(self, product: Product) -> datetime | None:
        """When an order of this product comes; None: on any day."""
        chance = float(self._draw.random())
        share = self._answered.get(product.code, 0.0)
        if chance < share:
            return self._after_an_ad(product)
        if chance < share + (1 - share) * ON_SALE:
            return self._at(self._days[int(self._draw.integers(len(self._days)))])
        return None

    def _after_an_ad(self, product: Product) -> datetime | None:
        """Some time after one of its ads; who would buy only after the end of the world is drawn again."""
        days, chances = self._shown[product.code]
        for _again in range(50):
            day = days[int(self._draw.choice(len(days), p=chances))]
            waits = float(self._draw.lognormal(np.log(P50), SIGMA))
            at = self._at(day) + timedelta(days=waits)
            if at < self._until:
                return at
        return None

    def _at(self, day: date) -> datetime:
        hour = int(self._draw.choice((10, 12, 13, 15, 20, 21, 22)))
        return datetime.combine(day, time(hour), tzinfo=SHANGHAI) + timedelta(
            seconds=int(self._draw.integers(3600))
        )
