"""How far each campaign has ripened: its orders against what the others make expect, and its early signals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from measurement.models import RipeningRow, SignalRelation
from measurement.queries.campaigns import SIGNALS, Delivery, deliveries
from measurement.queries.products import Product
from measurement.queries.results import Basis
from measurement.queries.shapes import Quantiles, learned_of, shape_of
from measurement.ripening.expected import Expected, Past, Rate, expected, rate_of
from measurement.ripening.shape import Cohort, cohort
from measurement.ripening.signals import EARLY_DAYS, relation
from merchants.models import Merchant

SHOWN_DAYS = 180  # campaigns with money in the last so many days have a row
PAST_DAYS = 400  # others within so many days are compared with
POINTS = 40  # of a curve


def ripened(
    merchant: Merchant, basis: Basis, *, through: date, as_of: date | None = None
) -> tuple[list[RipeningRow], list[SignalRelation]]:
    """A row for each campaign and what each signal was worth, which nobody has kept; with the costs and credit of
    now, or as they stood at the end of a past day."""
    since = through - timedelta(days=PAST_DAYS)
    found = deliveries(merchant, since, as_of=as_of)
    learned = learned_of(merchant)
    cohorts = [cohort(sorted(one.spent.items()), shape_of(basis[1], one.spu, learned)) for one in found]
    past = [
        Past(one.orders_by(through), ripe.exposure(through)) for one, ripe in zip(found, cohorts, strict=True)
    ]
    rows = [
        _row(merchant, one, cohorts[place], rate_of(past[:place] + past[place + 1 :]), found, through)
        for place, one in enumerate(found)
        if one.last_day > through - timedelta(days=SHOWN_DAYS)
    ]
    return rows, _relations(merchant, basis[1], learned, since, through, as_of)


def _row(
    merchant: Merchant,
    one: Delivery,
    ripe: Cohort,
    rate: Rate | None,
    all_of_them: Sequence[Delivery],
    through: date,
) -> RipeningRow:
    now = expected(rate, ripe.exposure(through)) if rate else None
    return RipeningRow(
        merchant=merchant,
        campaign_id=one.key[0],
        first_day=one.first_day,
        last_day=one.last_day,
        fen=one.fen,
        cycle_days=int(ripe.shape.cycle_days),
        learned=ripe.shape.learned,
        share_in=ripe.share(through) or 0.0,
        p80_on=ripe.day_of(0.8) or one.last_day,
        full_on=one.last_day + timedelta(days=int(ripe.shape.cycle_days) + 1),
        orders=one.orders_by(through),
        expected=now.orders if now else None,
        low=now.low if now else None,
        high=now.high if now else None,
        past=rate.campaigns if rate else len(all_of_them) - 1,
        curve=_curve(one, ripe, rate, through),
        signals=_signals(one, all_of_them, through),
    )


def _curve(one: Delivery, ripe: Cohort, rate: Rate | None, through: date) -> list[list[Any]]:
    """[day, expected, low, high, actual], the actual up to ``through``; evenly spaced over its life."""
    last = one.last_day + timedelta(days=int(ripe.shape.cycle_days))
    length = (last - one.first_day).days
    step = max(1, -(-length // POINTS))
    days = {one.first_day + timedelta(days=n) for n in range(0, length + 1, step)} | {last}
    if one.first_day <= through <= last:
        days.add(through)
    points = []
    for day in sorted(days):
        then = expected(rate, ripe.exposure(day)) if rate else Expected(0, 0, 0)
        band = [round(then.orders, 1), then.low, then.high] if rate else [None, None, None]
        points.append([day.isoformat(), *band, one.orders_by(day) if day <= through else None])
    return points


def _signals(one: Delivery, others: Sequence[Delivery], through: date) -> dict[str, Any]:
    """Of each signal: its count in the first days, for a thousand yuan, and the median of the other campaigns
    that were that old."""
    found = {}
    for name in SIGNALS:
        each = _for_a_thousand(one, name)
        if each is None:
            continue
        older = sorted(
            value
            for other in others
            if other is not one and other.first_day + timedelta(days=EARLY_DAYS) <= through
            for value in [_for_a_thousand(other, name)]
            if value is not None
        )
        found[name] = {
            "count": one.early(name, EARLY_DAYS),
            "each": round(each, 2),
            "usual": round(older[len(older) // 2], 2) if len(older) >= 3 else None,
            "others": len(older),
        }
    return found


def _for_a_thousand(one: Delivery, signal: str) -> float | None:
    count, fen = one.early(signal, EARLY_DAYS), one.early_fen(EARLY_DAYS)
    return None if count is None or fen <= 0 else count / fen * 100_000


def _relations(
    merchant: Merchant,
    products: dict[int, Product],
    learned: dict[int, Quantiles],
    since: date,
    through: date,
    as_of: date | None,
) -> list[SignalRelation]:
    """Past cohorts are notes in campaigns whose cycle is over: their signal by day 7 against their orders in
    the end, both for each yuan."""
    ripe = [
        one
        for one in deliveries(merchant, since, by_note=True, as_of=as_of)
        if one.last_day + timedelta(days=int(shape_of(products, one.spu, learned).cycle_days)) <= through
    ]
    rows = []
    for name in SIGNALS:
        pairs = [
            (early, sum(one.orders.values()) / one.fen)
            for one in ripe
            for early in [_for_a_thousand(one, name)]
            if early is not None
        ]
        found = relation([early for early, _ in pairs], [final for _, final in pairs])
        rows.append(
            SignalRelation(
                merchant=merchant, signal=name, rho=found.rho, low=found.low, high=found.high, n=found.n
            )
        )
    return rows
