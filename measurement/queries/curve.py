"""ROI(T+x): how a period's credit came in by the age of its touches, and where it will end.

Summed from the cells, which hold both days; the arrival of credit is learned from those of the days before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection

from measurement.attribution.cells import NOBODY, Cells, day_number, day_of_number, different, sums
from measurement.choices import ReportLevel, TouchKind
from measurement.cycles.arrival import LEAST_ORDERS, learn_arrival
from measurement.cycles.cohorts import Cell, Cohort, Foresight, Point, cohorts, curve, history, spans
from measurement.models import AllianceRow, Channel
from measurement.queries import costs as spending
from measurement.queries.names import names_of
from measurement.queries.products import longest_cycle
from measurement.queries.reported import standing, until
from measurement.queries.results import basis_of, envelope_of
from measurement.queries.slices import cells_for, within
from measurement.queries.status import bought
from measurement.reports import Axis, Compare, Dimension, Envelope, ReportQuery, Row
from merchants.models import Merchant
from merchants.periods import Period, day_of


@dataclass(frozen=True, slots=True)
class Part:
    """Credited fen of a platform or an SPU; ``key`` is "" for what belongs to none. ``in_task``: whether an Alliance
    task of these days names the SPU; None where no task names any."""

    name: str
    fen: int
    key: str = ""
    in_task: bool | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """An answer. ``total`` is the whole period as one cohort; ``untold`` says why its end cannot be told:
    "" (it is told, or nothing is to come), "axis" or "few". ``live`` is the credit of views of live streams; it
    lies within the platforms. ``by_task``: credit of products in a task and of others, None where no Alliance
    task of these days names a product."""

    query: ReportQuery
    envelope: Envelope
    window: int
    points: tuple[Point, ...]
    cohorts: tuple[Cohort, ...]
    total: Cohort
    platforms: tuple[Part, ...]
    live: int
    spus: tuple[Part, ...]
    by_task: tuple[int, int] | None
    cost_by_task: Mapping[str, int]
    orders: int
    people: int
    untold: str


def over_time(merchant: Merchant, query: ReportQuery, *, now: datetime) -> Curve:
    """The curve that is asked, in a constant number of queries."""
    query = query.but(by=Dimension.DAY, horizon=0)
    state, products = basis_of(merchant)
    today = day_of(now)
    through = min(state.through(today) or today - timedelta(days=1), query.as_of or date.max)
    window = longest_cycle(products)
    last = through if query.axis == Axis.TOUCH else None
    past = history(through, window) if last else None
    found = _cells(merchant, query, past)
    credit = within(merchant, query, _around(query.period, past), found).cells
    mine = _of(credit, query, query.period)
    cells, platforms, spus, live = _sums(merchant, query, mine)
    tasked = task_products(merchant, query.period, as_of=query.as_of)
    orders, people = _counted(mine)
    costs = spending.cost(merchant, query, products, through)
    by_day = {date.fromisoformat(key): cost.fen for key, cost in costs.rows.items()} if costs.whole else None
    proof = bought(merchant, query.period, model=query.model, as_of=query.as_of, cells=found)
    seen = _foresight(merchant, query, past, through, window, proof.mean_order, credit) if past else None
    asked: dict[str, Any] = {"window": window, "through": last}
    [total] = cohorts(cells, by_day, [query.period], foresight=seen, **asked)
    row = Row("", cost=total.cost, credited=total.credited, orders=orders, people=people)
    return Curve(
        query=query,
        envelope=envelope_of(merchant, query, state, proof, row, products, through, now),
        window=window,
        points=tuple(curve(cells, by_day, list(query.period), **asked)),
        cohorts=tuple(cohorts(cells, by_day, spans(query.period), foresight=seen, **asked)),
        total=total,
        platforms=_named(merchant, Dimension.PLATFORM, platforms),
        live=live,
        spus=_named(merchant, Dimension.SPU, spus, tasked),
        by_task=_split(spus, tasked),
        cost_by_task=costs.by_task,
        orders=orders,
        people=people,
        untold="axis" if last is None else "few" if total.final is None else "",
    )


def _named(
    merchant: Merchant, dimension: Dimension, sums: Mapping[str, int], tasked: Collection[str] = ()
) -> tuple[Part, ...]:
    """Parts by name, the largest first; what belongs to no SPU comes last, without a name."""
    called = names_of(merchant, dimension, [key for key in sums if key])
    parts = [
        Part(called[key].name, fen, key, key in tasked if tasked else None)
        for key, fen in sums.items()
        if key
    ]
    rest = [Part("", sums[""])] if sums.get("") else []
    return tuple(sorted(parts, key=lambda part: (-part.fen, part.name)) + rest)


def task_products(merchant: Merchant, period: Period, *, as_of: date | None = None) -> set[str]:
    """Ids of the SPUs that rows of Alliance tasks name on these days, or named at the end of a past day."""
    rows = standing(AllianceRow, merchant, until=until(as_of)).filter(
        level=ReportLevel.TASK, day__gte=period.start, day__lt=period.end
    )
    return {str(spu) for spu in rows.exclude(spu=None).values_list("spu_id", flat=True).distinct()}


def _split(sums: Mapping[str, int], tasked: Collection[str]) -> tuple[int, int] | None:
    """Credit of products in a task, and of other products; what has no SPU is neither."""
    if not tasked:
        return None
    known = [(key in tasked, fen) for key, fen in sums.items() if key]
    return sum(fen for inside, fen in known if inside), sum(fen for inside, fen in known if not inside)


def _cells(merchant: Merchant, query: ReportQuery, past: Period | None) -> Cells:
    """The cells of the period and, where the end is foretold, of the days it is learned from."""
    alone = query.but(compare=Compare.NONE)
    queries = [alone, replace(alone, period=past)] if past else [alone]
    return cells_for(merchant, *queries, models=(query.model,))


def _around(period: Period, past: Period | None) -> Period:
    return Period(min(period.start, past.start), max(period.end, past.end)) if past else period


def _of(cells: Cells, query: ReportQuery, period: Period) -> Cells:
    days = cells.touch_day if query.axis == Axis.TOUCH else cells.order_day
    return cells.only((days >= day_number(period.start)) & (days < day_number(period.end)))


Sums = tuple[list[Cell], dict[str, int], dict[str, int], int]
"""Credit by (day, lag), by platform, by SPU ("" where the line has none), and of views of live streams."""


def _sums(merchant: Merchant, query: ReportQuery, chosen: Cells) -> Sums:
    fen = chosen.fen[query.model]
    of_platform = sums(chosen.platform, fen, len(chosen.platforms))
    spus, places = np.unique(chosen.spu, return_inverse=True)
    of_spu = sums(places, fen, len(spus))
    views = (
        Channel.objects.for_merchant(merchant).filter(kind=TouchKind.LIVE_VIEW).values_list("pk", flat=True)
    )
    of_live = sums(np.isin(chosen.channel, list(views)).astype(np.int64), fen, 2)
    return (
        _arrived(query, chosen),
        {chosen.platforms[n]: int(of_platform[n]) for n in different(chosen.platform)},
        {str(spu or ""): int(amount) for spu, amount in zip(spus, of_spu, strict=True)},
        int(of_live[1]),
    )


def _arrived(query: ReportQuery, chosen: Cells) -> list[Cell]:
    """Credit by (day, lag)."""
    days = chosen.touch_day if query.axis == Axis.TOUCH else chosen.order_day
    first, width = int(days.min()) if len(days) else 0, int(chosen.age.max(initial=0)) + 1
    places = (days - first) * width + chosen.age  # few days and ages: a table of all pairs needs no sorting
    count = int(places.max(initial=-1)) + 1
    amounts = sums(places, chosen.fen[query.model], count)
    return [
        (day_of_number(first + pair // width), pair % width, int(amounts[pair]))
        for pair in np.flatnonzero(np.bincount(places, minlength=count)).tolist()
    ]


def _counted(chosen: Cells) -> tuple[int, int]:
    """Distinct orders and persons behind the credit."""
    known = chosen.person[chosen.person != NOBODY]
    return len(different(chosen.order)), len(different(known))


def _foresight(
    merchant: Merchant,
    query: ReportQuery,
    past: Period,
    through: date,
    window: int,
    mean: int,
    credit: Cells,
) -> Foresight | None:
    """What this very slice's credit is foretold by; None when it had too few orders in the days before."""
    cells = _arrived(query, _of(credit, query, past))
    size, dispersion = _sizes(merchant, past)
    size = size or float(mean)
    learned = learn_arrival(
        [((through - day).days, lag, fen) for day, lag, fen in cells], window=window, mean_order=size
    )
    return Foresight(learned, size, dispersion) if learned else None


def _sizes(merchant: Merchant, period: Period) -> tuple[float, float]:
    """Mean of the merchant's orders in fen, and E(Y²) / E(Y)²; (0, 1) without one."""
    start, end = period.instants()
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, {"merchant": merchant.pk, "from": start, "until": end})
        mean, dispersion = cursor.fetchone()
    return float(mean or 0), float(dispersion or 1)


_SIZES = """
SELECT avg(paid_fen - refunded_fen),
       avg((paid_fen - refunded_fen)::float8 ^ 2) / nullif(avg(paid_fen - refunded_fen)::float8 ^ 2, 0)
FROM measurement_order
WHERE merchant_id = %(merchant)s AND paid_at >= %(from)s AND paid_at < %(until)s AND feed = 'shop'
  AND NOT superseded AND paid_fen > refunded_fen
"""

NEEDED = LEAST_ORDERS
"""Orders' worth of credit below which nothing is foretold."""
