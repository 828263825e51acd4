"""What a brand that knows only sums has beside its orders: a calendar, a marketplace's series, its own cycle;
and for every brand, the first estimates of the whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import numpy as np

from measurement.choices import MarketMeasure, Platform, PromotionKind
from measurement.models import Category
from measurement.operations import reported, response, rules
from measurement.reported.statements import MarketStatement, PromotionStatement
from merchants.models import Merchant
from portal.demo.rhythm import LENGTH_DAYS, P50, SIGMA, on_sale
from portal.demo.world import World

SOURCE = "file"
MARKET_DAYS = 180
VISITORS_A_DAY = 900
ANSWERED = 0.22  # of the shop's visitors, those who follow the ads: planted
FIRST_SERIES = 4  # estimated at once where workers go on with the rest


def put(merchant: Merchant, world: World, *, by: str) -> None:
    """Calendar, visitors and the cycle, through the doors of files and people; only for brands whose world
    says how their buyers answer."""
    if not world.brand.answered:
        return
    code = world.brand.products[0].category
    rules.set_cycle(
        merchant,
        category=Category.objects.get(code=code),
        days=LENGTH_DAYS,
        source="客服回访：多数人两周内下单",
        by=by,
    )
    reported.put_promotions(merchant, _promotions(world), source=SOURCE, by=by)
    reported.put_market(merchant, _visitors(world), source=SOURCE, by=by)


def estimate(merchant: Merchant, world: World, *, by: str) -> None:
    """Asks for the estimates and makes the first of them; a brand of sums gets all of its own."""
    if not world.sales:
        return
    response.ask(merchant, by=by)
    left = 99 if world.brand.answered else FIRST_SERIES
    while left and response.step(merchant, now=world.until):
        left -= 1


def _promotions(world: World) -> Iterator[PromotionStatement]:
    for name, first, lasts, is_festival in on_sale(world.content):
        yield PromotionStatement(
            stated_at=world.until,
            first_day=first,
            last_day=first + timedelta(days=lasts - 1),
            name=name,
            kind=PromotionKind.FESTIVAL if is_festival else PromotionKind.PROMOTION,
        )


def _visitors(world: World) -> Iterator[MarketStatement]:
    """People who enter the shop, as the marketplace's console counts them: on week-ends and in sales more, and
    some days after ads."""
    draw = np.random.default_rng([world.seed, 6])
    days = [world.content.today - timedelta(days=back) for back in range(MARKET_DAYS, 0, -1)]
    place = {day: number for number, day in enumerate(days)}
    clicks = np.zeros(MARKET_DAYS)
    for one in world.ad_days:
        if one.day in place:
            clicks[place[one.day]] += one.click
    answered = np.zeros(MARKET_DAYS)
    for number in np.flatnonzero(clicks):
        waits = (number + draw.lognormal(np.log(P50), SIGMA, 400)).astype(int)
        answered += np.bincount(waits[waits < MARKET_DAYS], minlength=MARKET_DAYS) / 400 * clicks[number]
    usual = VISITORS_A_DAY * (1 - ANSWERED) * np.array([1.15 if day.weekday() >= 5 else 0.95 for day in days])
    for _name, first, lasts, _festival in on_sale(world.content):
        for n in range(lasts):
            if first + timedelta(days=n) in place:
                usual[place[first + timedelta(days=n)]] *= 2.1
    whole = usual + answered / max(answered.sum(), 1.0) * ANSWERED * VISITORS_A_DAY * MARKET_DAYS
    for day, value in zip(days, whole * draw.normal(1.0, 0.05, MARKET_DAYS), strict=True):
        yield MarketStatement(
            stated_at=world.until,
            platform=Platform.TAOBAO,
            day=day,
            measure=MarketMeasure.SHOP_VISITORS,
            value=Decimal(round(float(value))),
        )
