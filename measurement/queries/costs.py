"""What a slice cost: each yuan once, although platforms report it at several levels.

Campaign, unit, creative and keyword rows of one platform are views of the same spend. So of each source
and kind of spend the rows of one level only are summed, of days that are stated at other levels of another:

- the cost of the merchant takes the first level of :data:`LEVELS` that is stated;
- the cost of rows takes the level that names most of it for their dimension; what is left of the total
  stands in a row of its own, so that the rows always add up to the cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from measurement.computed import computes
from measurement.queries.products import NO_PRODUCT, Product, longest_cycle
from measurement.queries.reported import standing_sql, until, views_sql
from measurement.queries.slices import PLACEMENT, STREAMS
from measurement.reports import Dimension, Reported, ReportQuery
from measurement.waste.allocation import FullCost, spread
from merchants.models import Merchant
from merchants.periods import Period

LEVELS = ("campaign", "note", "unit", "creative", "keyword", "account", "live")

# What a row is, over a spend s, its creative x and the note n of either.
KEYS = {
    Dimension.NOTE: "n.id",
    Dimension.BLOGGER: "coalesce(n.blogger_id, s.blogger_id)",
    Dimension.CAMPAIGN: "coalesce(s.campaign_id, x.campaign_id)",
    Dimension.PLACEMENT: f"nullif({PLACEMENT.format(row='s')}, '0')",
    Dimension.CREATIVE: "s.creative_id",
    Dimension.KEYWORD: "s.keyword_id",
    Dimension.SPU: "coalesce(s.spu_id, n.spu_id)",
    Dimension.DAY: "s.day",
}
FILTERS = {
    **{dimension.value: f"{key} = %({dimension.value})s" for dimension, key in KEYS.items()},
    **{name: text.format(row="s") for name, text in STREAMS.items()},
}

ADDITIVE = (
    "impression", "click", "interaction", "leads", "goods_order", "success_goods_order",
    "rgmv_fen", "purchase_order_gmv_7d_fen",
    "external_goods_order_7", "external_goods_order_15", "external_goods_order_30",
    "external_rgmv_7_fen", "external_rgmv_15_fen", "external_rgmv_30_fen",
)  # fmt: skip
"""Figures of a platform's own report that may be summed over days and campaigns; counts of people may not."""


@dataclass(slots=True)
class Cost:
    """Fen, and fen weighted by the ripeness of their days."""

    fen: int = 0
    ripe: Decimal = Decimal(0)

    def add(self, fen: int, ripe: Decimal) -> None:
        self.fen += fen
        self.ripe += ripe


@dataclass(slots=True)
class Costs:
    """``whole`` is None when no cost is stated in the slice: unknown, not free. The keys of ``rows`` are
    those of the credit, and so are those of ``named``, by kind; ``former`` is the cost of the earlier
    period."""

    whole: Cost | None = None
    former: int | None = None
    rows: dict[str, Cost] = field(default_factory=dict)
    by_task: dict[str, int] = field(default_factory=dict)
    by_kind: dict[str, int] = field(default_factory=dict)
    named: dict[str, dict[str, int]] = field(default_factory=dict)

    def full(self) -> dict[str, FullCost]:
        """The full cost of each row, its part of shared costs included."""
        return spread(self.named, self.by_kind)


Line = tuple[bool, str, str, str, str, str, str | None, int, Decimal]
"""(in the period, source, kind, levels of its days, level, task, key, fen, fen by ripeness)."""


@computes("cost")
def cost(merchant: Merchant, query: ReportQuery, products: Mapping[int, Product], through: date) -> Costs:
    """The cost of the query's period and rows; everything unknown where cost cannot be sliced that way."""
    if not query.cost_is_known:
        return Costs()
    with connection.cursor() as cursor:
        cursor.execute(_statement(query), _scope(merchant, query, products, through))
        lines: list[Line] = cursor.fetchall()
    costs = Costs()
    views: dict[tuple[bool, str, str, str], list[Line]] = defaultdict(list)
    for line in lines:
        views[line[:4]].append(line)
    for (now, _, kind, _), view in views.items():
        whole = _level(view, _total_level(view))
        if now:
            _add_now(costs, kind, whole, _level(view, _naming_level(view)))
        else:
            costs.former = (costs.former or 0) + sum(line[7] for line in whole)
    return costs


def _add_now(costs: Costs, kind: str, whole: list[Line], named: list[Line]) -> None:
    costs.whole = costs.whole or Cost()
    for *_, task, _, fen, ripe in whole:
        costs.whole.add(fen, ripe)
        costs.by_task[task] = costs.by_task.get(task, 0) + fen
        costs.by_kind[kind] = costs.by_kind.get(kind, 0) + fen
    for *_, key, fen, ripe in named:
        if key is not None:
            costs.rows.setdefault(key, Cost()).add(fen, ripe)
            of_kind = costs.named.setdefault(kind, {})
            of_kind[key] = of_kind.get(key, 0) + fen


def _level(view: list[Line], level: str) -> list[Line]:
    return [line for line in view if line[4] == level]


def first_level(stated: set[str]) -> str:
    """The level that a total is summed over."""
    return next((level for level in LEVELS if level in stated), min(stated))


def _total_level(view: list[Line]) -> str:
    return first_level({line[4] for line in view})


def _naming_level(view: list[Line]) -> str:
    """The level that names rows for the most money; of equal ones, that of the total first."""
    named: dict[str, int] = {_total_level(view): 0}
    for *_, level, _, key, fen, _ in view:
        named[level] = named.get(level, 0) + (abs(fen) if key is not None else 0)
    return max(named, key=lambda level: named[level])


def _scope(
    merchant: Merchant, query: ReportQuery, products: Mapping[int, Product], through: date
) -> dict[str, Any]:
    before = query.before or Period(date(1970, 1, 1), date(1970, 1, 2))
    sold = {pk: product.cycle_days for pk, product in products.items() if pk != NO_PRODUCT}
    return {
        "merchant": merchant.pk,
        "start": query.period.start,
        "end": query.period.end,
        "before": before.start,
        "before_end": before.end,
        "through": through,
        "spus": list(sold),
        "cycles": [query.horizon or days for days in sold.values()],
        "cycle": query.horizon or longest_cycle(products),
        "until": until(query.as_of),
        **query.filters,
    }


def _statement(query: ReportQuery) -> str:
    conditions = [FILTERS[name] for name in query.filters]
    filters = "".join(f" AND {one}" for one in conditions)
    return _COST.format(
        key=KEYS[query.by],
        source=SOURCE,
        views=views_sql("s", _DAYS),
        days=_DAYS.format(day="s.day"),
        stated=standing_sql("s"),
        filters=filters,
    )


SOURCE = """
    FROM measurement_spend s
    LEFT JOIN measurement_creative x ON x.id = s.creative_id AND x.merchant_id = s.merchant_id
    LEFT JOIN measurement_note n ON n.id = coalesce(s.note_id, x.note_id) AND n.merchant_id = s.merchant_id
"""
_DAYS = "{day} >= %(start)s AND {day} < %(end)s OR {day} >= %(before)s AND {day} < %(before_end)s"
# Spend that names no product ripens with the longest cycle: rather too late than too early.
_COST = """
    WITH product AS (SELECT * FROM unnest(%(spus)s::bigint[], %(cycles)s::integer[]) AS p(spu_id, cycle))
    SELECT s.day >= %(start)s AND s.day < %(end)s AS now, s.source, s.kind, v.levels, s.level, s.task, ({key})::text,
           sum(s.fen)::bigint,
           sum(s.fen * least(1, greatest(0, %(through)s::date - s.day)::numeric
                                / coalesce(p.cycle, %(cycle)s)))
    {source} {views}
    LEFT JOIN product p ON p.spu_id = coalesce(s.spu_id, n.spu_id)
    WHERE s.merchant_id = %(merchant)s
      AND ({days})
      AND {stated} {filters}
    GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


@computes("reported")
def reported(merchant: Merchant, period: Period, *, as_of: date | None = None) -> tuple[Reported, ...]:
    """What platforms say of the period in their own reports, by source, or said by the end of a past day; never
    added to ours."""
    scope: dict[str, Any] = {
        "merchant": merchant.pk,
        "start": period.start,
        "end": period.end,
        "names": list(ADDITIVE),
        "until": until(as_of),
    }
    with connection.cursor() as cursor:
        cursor.execute(_REPORTED, scope)
        rows = cursor.fetchall()
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for source, levels, level, metric, value in rows:
        if level == first_level(set(levels.split())):
            found[source, metric] += value
    kept = [Reported(source, metric, value) for (source, metric), value in found.items()]
    return tuple(sorted(kept, key=lambda one: (one.source, ADDITIVE.index(one.metric))))


_REPORTED = f"""
SELECT s.source, v.levels, s.level, m.key, sum(m.value::numeric)
FROM measurement_spend s {views_sql("s", "{day} >= %(start)s AND {day} < %(end)s")}
CROSS JOIN LATERAL jsonb_each_text(s.metrics) m
WHERE s.merchant_id = %(merchant)s AND s.day >= %(start)s AND s.day < %(end)s AND {standing_sql("s")}
  AND m.key = ANY(%(names)s) AND m.value ~ '^-?[0-9]+([.][0-9]+)?$'
GROUP BY 1, 2, 3, 4
"""
