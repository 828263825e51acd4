"""Puts the touches that count for an order in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from measurement.attribution import windows
from measurement.attribution.touches import Id, Journey, Order, Touch, tie


def journey(
    order: Order, touches: Iterable[Touch], window_days: Mapping[Id, int], *, match_product: bool = True
) -> Journey:
    """The journey of `order` among `touches`, which may hold anybody's and come in any order.

    `window_days` gives the window by category; a category that is missing there has none, and its orders
    have empty journeys, as have orders of an unknown person. Without `match_product` touches of other
    products count too.
    """
    days = None if order.category_id is None else window_days.get(order.category_id)
    if order.person_id is None or days is None:
        return Journey(order, ())
    counting = (
        touch
        for touch in touches
        if touch.person_id == order.person_id
        and (not match_product or _same(touch.product_id, order.product_id))
        and windows.holds(touch.ts, order.ts, days)
    )
    return Journey(order, tuple(sorted(counting, key=lambda touch: (touch.ts, tie(touch.touch_id)))))


def _same(one: Id | None, other: Id | None) -> bool:
    return one is not None and one == other
