"""Three experiments of a brand: one that ended and found its planted lift, one running, one too weak to start.

The planted truth: of the people held back in the ended test, a quarter of the orders of its weeks were never
placed. So the treated ordered a third more (:data:`LIFT`) than they would have without seeding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import pi, sin
from random import Random
from uuid import UUID

from measurement.lift.assignment import CONTROL, arm_of
from measurement.lift.geo import Method
from measurement.lift.plan import ExperimentKind, Outcome
from measurement.models import Experiment, Spu
from measurement.operations import experiments, readouts
from measurement.operations.experiment_rows import GeoRow, put_geo_days
from measurement.operations.experiments import Draft
from measurement.queries.experiments import LOOKBACK
from merchants import tenancy
from merchants.models import Merchant
from merchants.wire.times import SHANGHAI
from portal.demo.people import People
from portal.demo.sales import Sale
from portal.demo.shelves import BY
from portal.demo.world import World

NEVER_PLACED = 4  # one of so many orders of the people held back
LIFT = 1 / (1 - 1 / NEVER_PLACED) - 1
SEED = "demo-holdout"
DAY = timedelta(days=1)
PLANNED_BEFORE = 3 * DAY
HOLDOUT_STARTS, HOLDOUT_ENDS = 52 * DAY, 17 * DAY  # before today
GEO_STARTED, GEO_LASTS, GEO_HISTORY = 9, 28, 120
CITIES = (
    "上海", "北京", "广州", "深圳", "杭州", "成都", "武汉", "南京", "重庆", "西安",
    "苏州", "长沙", "天津", "郑州", "青岛", "宁波", "合肥", "厦门", "昆明", "福州",
)  # fmt: skip


def with_lift(merchant: Merchant, world: World) -> World:
    """The world in which the ended test had its effect: without the orders that were never placed."""
    if not _has_sales(world):
        return world
    held_back = _held_back(People(merchant, world.brand), world)
    first, after = _instants(world)
    kept: list[Sale] = []
    never: list[Sale] = []
    for sale in world.sales:
        lost = (
            sale.person in held_back
            and first <= (sale.paid_at or sale.created_at) < after
            and Random(f"{SEED} {sale.parent or sale.number}").randrange(NEVER_PLACED) == 0  # noqa: S311 - a story
        )
        (never if lost else kept).append(sale)
    return replace(world, sales=kept, unplaced=never)


def plant(merchant: Merchant, world: World) -> None:
    """Plans, registers and reads out, each with the time it would have had. Repeatable."""
    with tenancy.acting_for(merchant):
        known = set(Experiment.objects.for_merchant(merchant).values_list("name", flat=True))
        spu = Spu.objects.for_merchant(merchant).order_by("id").first()
    if not _has_sales(world) or spu is None:
        return
    for name, work in (
        ("老客种草增量", _ended),
        ("二十城种草对照", _running),
        ("小预算试水", _weak),
    ):
        if name not in known:
            work(merchant, world, name, spu)


def _has_sales(world: World) -> bool:
    return bool(len(world.touches) and world.sales)


def _today(world: World) -> date:
    return world.until.astimezone(SHANGHAI).date()


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=SHANGHAI)


def _instants(world: World) -> tuple[datetime, datetime]:
    """The first instant of the ended test, and the first after it."""
    first, last = _today(world) - HOLDOUT_STARTS, _today(world) - HOLDOUT_ENDS
    midnight = time(tzinfo=SHANGHAI)
    return datetime.combine(first, midnight), datetime.combine(last + DAY, midnight)


# -- the ended one


def _held_back(people: People, world: World) -> set[int]:
    """Numbers of the people whom the coin held back: those reached before, under the lowest of their keys."""
    start = _today(world) - HOLDOUT_STARTS - PLANNED_BEFORE
    until = datetime.combine(start, time(tzinfo=SHANGHAI)).timestamp()
    at = world.touches.at
    seen = (at >= until - LOOKBACK * 86_400) & (at < until)
    keys: dict[object, set[UUID]] = defaultdict(set)
    for sale in [*world.sales, *world.unplaced]:
        if sale.person is not None and sale.linked and sale.shop.platform != "xiaohongshu_ark":
            keys[sale.person] |= {key for row in people.links(sale) for key in row.pair}
    held_back = set()
    for person in set(world.touches.person[seen].tolist()):
        lowest = min(keys.get(person, set()) | {people.reader(person)})
        if arm_of(SEED, str(lowest)) == CONTROL:
            held_back.add(person)
    return held_back


def _ended(merchant: Merchant, world: World, name: str, spu: Spu) -> None:
    today = _today(world)
    starts = today - HOLDOUT_STARTS
    draft = Draft(
        name=name,
        kind=ExperimentKind.HOLDOUT,
        hypothesis="被种草的老客，五周内下单数比不投放的多三成。",
        starts_on=starts,
        ends_on=today - HOLDOUT_ENDS,
        hoped_lift=0.3,
        outcome=Outcome.ORDERS,
    )
    planned = _noon(starts - PLANNED_BEFORE)
    row = experiments.plan(merchant, draft, by=BY, now=planned, seed=SEED)
    readouts.look(merchant, row.pk, now=planned)
    if _cannot_start(merchant, row):
        return
    row = experiments.register(
        merchant, row, by=BY, now=planned, reason="先跑一次，看分组和曝光记录能不能走通。"
    )
    readouts.look(merchant, row.pk, now=_noon(starts))
    readouts.look(merchant, row.pk, now=_noon(today))


def _cannot_start(merchant: Merchant, row: Experiment) -> bool:
    """A tiny world holds too few people; the draft then says so."""
    with tenancy.acting_for(merchant):
        return bool(Experiment.objects.for_merchant(merchant).get(pk=row.pk).failure)


# -- the running one


def _running(merchant: Merchant, world: World, name: str, spu: Spu) -> None:
    today = _today(world)
    starts = today - GEO_STARTED * DAY
    draft = Draft(
        name=name,
        kind=ExperimentKind.GEO,
        hypothesis="十个城市停投四周，成交会比对照城市少一成。",
        starts_on=starts,
        ends_on=starts + (GEO_LASTS - 1) * DAY,
        hoped_lift=0.1,
        spu=spu,
        method=Method.TBR,
    )
    planned = _noon(starts - PLANNED_BEFORE)
    row = experiments.plan(merchant, draft, by=BY, now=planned)
    put_geo_days(merchant, _places(row, starts - GEO_HISTORY * DAY, starts - PLANNED_BEFORE - DAY), by=BY)
    readouts.look(merchant, row.pk, now=planned)
    row = experiments.register(merchant, row, by=BY, now=planned, reason="二十个城市的数据都齐，先看四周。")
    put_geo_days(merchant, _places(row, starts - PLANNED_BEFORE, today - DAY), by=BY)
    readouts.look(merchant, row.pk, now=_noon(today))


def _places(row: Experiment, first: date, last: date) -> Iterator[GeoRow]:
    """What each city sold: its size, the week, a slow swing of all, and a memory of its own yesterday."""
    groups = row.design.get("groups", {})
    for rank, city in enumerate(CITIES):
        size, chance, drift = 9_000 / (rank + 2), Random(f"{SEED} {city}"), 0.0  # noqa: S311 - the same each time
        for number in range((last - first).days + 1):
            day = first + number * DAY
            drift = 0.6 * drift + chance.gauss(0, 0.03)
            week = 0.12 if day.weekday() >= 5 else 0.0
            sold = size * (1 + week + 0.08 * sin(2 * pi * day.toordinal() / 45) + drift)
            if day >= row.starts_on and groups.get(city) == "treatment":
                sold *= 1.12
            yield GeoRow(row.pk, day, city, Decimal(f"{sold:.2f}"), round(size * 8))


# -- the weak one


def _weak(merchant: Merchant, world: World, name: str, spu: Spu) -> None:
    today = _today(world)
    draft = Draft(
        name=name,
        kind=ExperimentKind.HOLDOUT,
        hypothesis="两周小预算投放能让成交多百分之五。",
        starts_on=today + 7 * DAY,
        ends_on=today + 20 * DAY,
        hoped_lift=0.05,
        spu=spu,
    )
    row = experiments.plan(merchant, draft, by=BY, now=_noon(today))
    readouts.look(merchant, row.pk, now=_noon(today))
