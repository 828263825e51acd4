"""What a merchant's sums say day by day: sold, shown, and what else moved the days. For workers only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q

from measurement.choices import ExposureKind, MarketMeasure, PromotionKind, WholeOutcome
from measurement.computed import computes
from measurement.models import MarketSeries, Note, Promotion
from measurement.queries.costs import LEVELS
from merchants.models import Merchant
from merchants.periods import DAY, SHANGHAI, start_of

if TYPE_CHECKING:
    from measurement.response.series import Series

LONGEST = 730  # days of a series
WHOLE_BRAND = 0  # in place of a product
LEAST_SHOWN = 10  # days with exposure, below which another measure is taken
PLACES: dict[str, int] = {outcome: place for place, outcome in enumerate(WholeOutcome)}
OF_ORDERS = (WholeOutcome.REVENUE, WholeOutcome.ORDERS)
OF_SUMS = {
    MarketMeasure.REVENUE: WholeOutcome.REVENUE,
    MarketMeasure.ORDERS: WholeOutcome.ORDERS,
}
OF_MARKETS = {
    MarketMeasure.SEARCH: WholeOutcome.SEARCH,
    MarketMeasure.BRAND_SEARCH: WholeOutcome.BRAND_SEARCH,
    MarketMeasure.SHOP_VISITORS: WholeOutcome.SHOP_VISITORS,
}


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """One series: a product (0: the whole brand) on one platform (empty: all) and what is counted."""

    spu_id: int
    platform: str
    outcome: str

    @property
    def of_product(self) -> Q:
        return Q(spu=self.spu_id) if self.spu_id else Q(spu=None)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A series with what stands for exposure and what is in the baseline. ``handed_in``: the outcome is sums
    as somebody handed them in, not order lines."""

    series: Series
    handed_in: bool
    exposure: str
    promotions: int
    festivals: str  # stated, public, none
    price: bool


def subjects(merchant: Merchant, today: date) -> list[Subject]:
    """Every series that can be tried, in a fixed order: products that were sold, and the whole brand, on all
    platforms together and, where there are several, on each; and the marketplaces' own series. Revenue of all
    products comes first. Sums handed in stand in where a product, or a platform of it, has no order lines."""
    lines = _platforms_of_lines(merchant, today)
    found: set[Subject] = set()
    for spu_id, platforms in lines.items():
        found |= {Subject(spu_id, "", outcome) for outcome in OF_ORDERS}
        if len(platforms) > 1:
            found |= {Subject(spu_id, platform, WholeOutcome.REVENUE) for platform in platforms}
    market = MarketSeries.objects.for_merchant(merchant).filter(replaced_at=None)
    told = market.values_list("spu_id", "platform", "measure").distinct()
    for spu, platform, measure in told.filter(measure__in=OF_MARKETS):
        found.add(Subject(spu or 0, platform, OF_MARKETS[MarketMeasure(measure)]))
    sums: dict[tuple[int, str], set[str]] = defaultdict(set)
    since = today - timedelta(days=LONGEST)
    for spu, platform, measure in told.filter(measure__in=OF_SUMS, day__gte=since):
        sums[spu or 0, OF_SUMS[MarketMeasure(measure)]].add(platform)
    for (spu_id, outcome), platforms in sums.items():
        known = lines.get(spu_id, set())
        if not known:
            found.add(Subject(spu_id, "", outcome))
        if len(known | platforms) > 1:
            found |= {Subject(spu_id, platform, outcome) for platform in platforms - known}
    return sorted(
        found, key=lambda one: (one.platform != "", PLACES[one.outcome], one.spu_id == WHOLE_BRAND, one)
    )


def _platforms_of_lines(merchant: Merchant, today: date) -> dict[int, set[str]]:
    """The platforms of each product with order lines of late. The whole brand is every line, mapped or not; a
    brand of one product is that product, and is not tried twice."""
    sold: dict[int | None, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_SOLD_WHERE, [merchant.pk, start_of(today - timedelta(days=LONGEST))])
        for spu_id, platform in cursor.fetchall():
            sold[spu_id].add(platform)
    found = {spu_id: platforms for spu_id, platforms in sold.items() if spu_id is not None}
    if len(sold) > 1 or None in sold:
        found[WHOLE_BRAND] = set().union(*sold.values())
    return found


def gather(merchant: Merchant, subject: Subject, today: date) -> Gathered | None:
    """The series up to the last day of which everything is known; None when nothing was sold."""
    outcome = _sold(merchant, subject, today) if subject.outcome in OF_ORDERS else {}
    handed_in = not outcome
    if handed_in:
        outcome = unbroken(_told(merchant, subject, today))
    shown, stated_from, stated_through = _shown(merchant, subject.spu_id)
    last = min(today - DAY, max(outcome, default=today), stated_through or today)
    first = max(min(outcome, default=today), last - timedelta(days=LONGEST - 1))
    if not outcome or last < first:
        return None
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    told = [day for day in days if day >= (stated_from or first)]
    kind, exposure = _chosen(shown, _published(merchant, subject.spu_id), told)
    if kind == ExposureKind.NOTES:
        kind, exposure = _chosen({}, _published(merchant, subject.spu_id), days)
    else:
        days = told  # before the first report nobody knows what was shown
    promotions = _promotions(merchant, subject, first, last)
    price = _price(merchant, subject, days)
    return _put_together(days, (outcome, handed_in), (kind, exposure), promotions, price)


def _put_together(
    days: list[date],
    sold: tuple[dict[date, float], bool],
    exposure: tuple[str, list[float]],
    promotions: list[Promotion],
    price: list[float] | None,
) -> Gathered:
    import numpy as np

    from measurement.response.calendar import festival_on
    from measurement.response.series import Series

    outcome, handed_in = sold
    promo, named = _calendar(days, promotions)
    stated = any(one.kind == PromotionKind.FESTIVAL for one in promotions)
    festival = tuple(named[day] or ("" if stated else festival_on(day)) for day in days)
    series = Series(
        start=days[0],
        outcome=np.array([max(outcome.get(day, 0.0), 0.0) for day in days]),
        exposure=np.array(exposure[1]),
        promo=np.array([promo[day] for day in days]) if any(promo.values()) else None,
        price=np.array(price) if price else None,
        festival=festival,
    )
    public = "public" if any(festival) and not stated else "none"
    festivals = "stated" if stated else public
    return Gathered(series, handed_in, exposure[0], len(promotions), festivals, price is not None)


def _calendar(days: list[date], promotions: list[Promotion]) -> tuple[dict[date, float], dict[date, str]]:
    """Days of promotions as 1, and festivals and times of another price by name."""
    promo, named = dict.fromkeys(days, 0.0), dict.fromkeys(days, "")
    for one in promotions:
        for n in range((one.last_day - one.first_day).days + 1):
            day = one.first_day + timedelta(days=n)
            if day not in promo:
                continue
            if one.kind == PromotionKind.PROMOTION:
                promo[day] = 1.0
            else:
                named[day] = f"{named[day]} {one.name}".strip()
    return promo, named


def _sold(merchant: Merchant, subject: Subject, today: date) -> dict[date, float]:
    """What order lines say; a day without any was a day without a sale."""
    column = 1 if subject.outcome == WholeOutcome.REVENUE else 2
    scope: dict[str, Any] = {
        "merchant": merchant.pk,
        "spu": subject.spu_id,
        "platform": subject.platform,
        "since": start_of(today - timedelta(days=LONGEST)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SOLD, scope)
        return {row[0]: float(row[column]) for row in cursor.fetchall()}


def _told(merchant: Merchant, subject: Subject, today: date) -> dict[date, float]:
    """What was handed in by day. Of all platforms together only the days that each of them has told of: a sum
    that one of them is missing from is not known."""
    measure = next(key for key, outcome in {**OF_MARKETS, **OF_SUMS}.items() if outcome == subject.outcome)
    rows = MarketSeries.objects.for_merchant(merchant).filter(
        subject.of_product, replaced_at=None, measure=measure, day__gte=today - timedelta(days=LONGEST)
    )
    if subject.platform:
        rows = rows.filter(platform=subject.platform)
    by_day: dict[date, dict[str, float]] = defaultdict(dict)
    for day, platform, value in rows.values_list("day", "platform", "value"):
        by_day[day][platform] = float(value)
    every = set().union(*by_day.values()) if by_day else set()
    return {day: sum(of_day.values()) for day, of_day in by_day.items() if len(of_day) == len(every)}


def unbroken(told: dict[date, float]) -> dict[date, float]:
    """The longest stretch of days without one that nobody told of, the later of two as long (pure)."""
    best: list[date] = []
    run: list[date] = []
    for day in sorted(told):
        if run and day - run[-1] == DAY:
            run.append(day)
        else:
            run = [day]
        best = run if len(run) >= len(best) else best
    return {day: told[day] for day in best}


Shown = dict[str, dict[date, float]]


def _shown(merchant: Merchant, spu_id: int) -> tuple[Shown, date | None, date | None]:
    """Exposure by kind and day, and the first and the last day that reports have told of. Levels of a report are views
    of one thing: of each source and day the level is taken, of those stated, that names most for this product."""
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN, {"merchant": merchant.pk, "spu": spu_id})
        rows: list[Any] = cursor.fetchall()
        cursor.execute(_STATED, [merchant.pk])
        first, stated = cursor.fetchone()
    named: dict[tuple[str, str], int] = defaultdict(int)
    for source, level, _day, fen, *_counts in rows:
        named[source, level] += abs(fen)
    chosen: dict[tuple[str, date], str] = {}
    for source, level, day, *_rest in rows:
        rival = chosen.setdefault((source, day), level)
        if (named[source, level], -_place(level)) > (named[source, rival], -_place(rival)):
            chosen[source, day] = level
    found: Shown = {kind: defaultdict(float) for kind in ExposureKind}
    for source, level, day, fen, *counts in rows:
        if level == chosen[source, day]:
            for kind, value in zip(ExposureKind, (*counts, fen), strict=False):
                found[kind][day] += float(value or 0)
    return found, first, stated.astimezone(SHANGHAI).date() - DAY if stated else None


def _place(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def _published(merchant: Merchant, spu_id: int) -> dict[date, float]:
    notes = Note.objects.for_merchant(merchant)
    if spu_id:
        notes = notes.filter(spu_id=spu_id)
    found: dict[date, float] = defaultdict(float)
    for moment in notes.values_list("published_at", flat=True):
        if moment is not None:
            found[moment.astimezone(SHANGHAI).date()] += 1
    return found


def _chosen(shown: Shown, published: dict[date, float], days: list[date]) -> tuple[str, list[float]]:
    """The first kind of exposure that rises on enough days; else how many notes appeared."""
    for kind, by_day in shown.items():
        values = [max(by_day.get(day, 0.0), 0.0) for day in days]
        if sum(value > 0 for value in values) >= LEAST_SHOWN:
            return kind, values
    return ExposureKind.NOTES, [published.get(day, 0.0) for day in days]


def _promotions(merchant: Merchant, subject: Subject, first: date, last: date) -> list[Promotion]:
    rows = Promotion.objects.for_merchant(merchant).filter(
        replaced_at=None, first_day__lte=last, last_day__gte=first
    )
    return [
        one
        for one in rows.order_by("first_day", "id")
        if one.spu_id in {None, subject.spu_id or None}
        and (not one.platform or not subject.platform or one.platform == subject.platform)
    ]


def _price(merchant: Merchant, subject: Subject, days: list[date]) -> list[float] | None:
    """The price by day, the last known one carried on; None unless it is told for half of the days."""
    if not subject.spu_id:
        return None
    rows = MarketSeries.objects.for_merchant(merchant).filter(
        replaced_at=None, measure=MarketMeasure.PRICE, spu_id=subject.spu_id
    )
    if subject.platform:
        rows = rows.filter(platform=subject.platform)
    told: dict[date, list[float]] = defaultdict(list)
    for day, value in rows.values_list("day", "value"):
        told[day].append(float(value))
    known = [day for day in days if told.get(day)]
    if len(known) * 2 < len(days):
        return None
    now = sum(told[known[0]]) / len(told[known[0]])
    prices = []
    for day in days:
        now = sum(told[day]) / len(told[day]) if told.get(day) else now
        prices.append(now)
    return prices


@computes("whole_floor")
def floor_fen(merchant: Merchant, spu_id: int, first: date, last: date) -> int:
    """What orders of these days are credited at grade A and B: the joined floor, read from the rollups. All
    models share out the same sum."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(fen_linear), 0)::bigint FROM measurement_rollup
            WHERE merchant_id = %(merchant)s AND (%(spu)s = 0 OR spu_id = %(spu)s)
              AND order_day BETWEEN %(first)s AND %(last)s AND grade IN ('A', 'B')
            """,
            {"merchant": merchant.pk, "spu": spu_id, "first": first, "last": last},
        )
        return int(cursor.fetchone()[0])


_DAY = "(l.paid_at AT TIME ZONE 'Asia/Shanghai')::date"
_SOLD_WHERE = """
SELECT DISTINCT spu_id, platform FROM measurement_orderline
WHERE merchant_id = %s AND paid_at >= %s
"""
_SOLD = f"""
SELECT {_DAY}, sum(l.net_fen)::bigint, count(DISTINCT l.order_id) FROM measurement_orderline l
WHERE l.merchant_id = %(merchant)s AND (%(spu)s = 0 OR l.spu_id = %(spu)s) AND l.paid_at >= %(since)s
  AND (%(platform)s = '' OR l.platform = %(platform)s)
GROUP BY 1
"""


def _metric(name: str) -> str:
    return f"sum(CASE WHEN s.metrics->>'{name}' ~ '^[0-9]+([.][0-9]+)?$' THEN (s.metrics->>'{name}')::numeric END)"


_STATED = """
SELECT min(day) FILTER (WHERE kind = 'ads'), max(stated_at) FROM measurement_spend WHERE merchant_id = %s
"""
# the columns after fen stand in the order of ExposureKind
_SHOWN = f"""
SELECT s.source, s.level, s.day, sum(s.fen)::bigint,
       {_metric("click")}, {_metric("impression")}, {_metric("ti_user_num")}
FROM measurement_spend s
LEFT JOIN measurement_creative x ON x.id = s.creative_id AND x.merchant_id = s.merchant_id
LEFT JOIN measurement_note n ON n.id = coalesce(s.note_id, x.note_id) AND n.merchant_id = s.merchant_id
WHERE s.merchant_id = %(merchant)s AND s.replaced_at IS NULL AND s.kind = 'ads'
  AND (%(spu)s = 0 OR coalesce(s.spu_id, n.spu_id) = %(spu)s)
GROUP BY 1, 2, 3
"""
