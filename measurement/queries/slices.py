"""Credit of a slice: rollups summed and orders counted, by rows of one dimension, in one statement.

Pages never read the ledger. Money and shares of orders add up, so they come from the rollups; orders and
people do not, so they are counted over the presences of exactly this slice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from measurement.choices import Grade, Model
from measurement.queries.products import NO_PRODUCT, Product
from measurement.reports import Axis, Dimension, ReportQuery
from merchants.models import Merchant
from merchants.periods import Period

# What a row is, over a rollup or presence r, its channel c and the note n of that.
KEYS = {
    Dimension.NOTE: "c.note_id::text",
    Dimension.BLOGGER: "coalesce(n.blogger_id, c.blogger_id)::text",
    Dimension.CAMPAIGN: "c.campaign_id::text",
    Dimension.KEYWORD: "c.keyword_id::text",
    Dimension.SPU: "r.spu_id::text",
    Dimension.PLATFORM: "r.platform::text",
    Dimension.KIND: "c.kind::text",
}
FILTERS = {
    "note": "c.note_id = %(note)s",
    "blogger": "coalesce(n.blogger_id, c.blogger_id) = %(blogger)s",
    "campaign": "c.campaign_id = %(campaign)s",
    "keyword": "c.keyword_id = %(keyword)s",
    "spu": "r.spu_id = %(spu)s",
    "platform": "r.platform = %(platform)s",
    "kind": "c.kind = %(kind)s",
}
FEN = {model: f"fen_{model.value}" for model in Model}


@dataclass(frozen=True, slots=True)
class Slice:
    """One row as summed. ``squares`` is the sum of squared credits of single orders (fen²);
    ``ripe`` the credited fen weighted by the ripeness of their days; ``profit`` those of known margin
    times it, ``unpriced`` those of unknown margin; ``later`` what lies beyond the horizon asked."""

    shares: Mapping[str, int]
    joined: Mapping[str, int] = field(default_factory=dict)
    ripe: Decimal = Decimal(0)
    squares: int = 0
    profit: int = 0
    unpriced: int = 0
    later: int = 0
    orders: int = 0
    people: int = 0


def credited(
    merchant: Merchant, query: ReportQuery, products: Mapping[int, Product], through: date
) -> tuple[dict[str | None, Slice], Slice]:
    """Slices by the key of their row (None: the credit belongs to no row), and the whole."""
    scope = scope_of(merchant, query, query.period)
    scope |= {"through": through, **_columns_of(products, query.horizon)}
    with connection.cursor() as cursor:
        cursor.execute(_statement(query), scope)
        rows = cursor.fetchall()
    slices = {row[1]: _slice(row[2:]) for row in rows if not row[0]}
    whole = next((_slice(row[2:]) for row in rows if row[0]), Slice(shares=dict.fromkeys(Model, 0)))
    return slices, whole


@dataclass(frozen=True, slots=True)
class Former:
    """The slice of an earlier period: credited fen by row and whole, and its orders."""

    rows: Mapping[str | None, int]
    credited: int
    orders: int


def former(merchant: Merchant, query: ReportQuery, period: Period, until: date) -> Former:
    """The same slice in an earlier period, as it stood at the same age: by touch days, orders after
    ``until`` are left out, so that a young cohort is not compared with one long ripe."""
    scope = scope_of(merchant, query, period) | {"until": until}
    fen = FEN[query.model]
    age = "r.order_day <= %(until)s" if query.axis == Axis.TOUCH else "true"
    source = f"measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {NOTE}"
    where = f"{conditions(query)} AND {near(query)} AND {age}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT grouping({_key(query)}) = 1, {_key(query)}, sum(r.{fen})::bigint,"  # noqa: S608 - names of our own
            f" (SELECT count(DISTINCT r.order_id) FROM measurement_presence r JOIN {source} WHERE {where})"
            f" FROM measurement_rollup r JOIN {source} WHERE {where} AND {_RECORDED}"
            f" GROUP BY GROUPING SETS (({_key(query)}), ())",
            scope,
        )
        rows = cursor.fetchall()
    whole = next((row for row in rows if row[0]), (True, None, 0, 0))
    return Former({row[1]: row[2] for row in rows if not row[0]}, whole[2] or 0, whole[3])


NOTE = "LEFT JOIN measurement_note n ON n.id = c.note_id AND n.merchant_id = %(merchant)s"
_RECORDED = "(%(as_of)s::date IS NULL OR r.recorded_day <= %(as_of)s)"


def _key(query: ReportQuery) -> str:
    return f"{_day(query)}::text" if query.by == Dimension.DAY else KEYS[query.by]


def _day(query: ReportQuery) -> str:
    return "r.touch_day" if query.axis == Axis.TOUCH else "r.order_day"


def conditions(query: ReportQuery) -> str:
    """Conditions on r and c: the merchant, the days, the filters, the grade."""
    parts = [f"r.merchant_id = %(merchant)s AND {_day(query)} >= %(start)s AND {_day(query)} < %(end)s"]
    parts += [FILTERS[name] for name in query.filters]
    if query.grade:
        parts.append("r.grade = %(grade)s")
    return " AND ".join(parts)


def near(query: ReportQuery) -> str:
    return "r.order_day - r.touch_day <= %(horizon)s" if query.horizon else "true"


def scope_of(merchant: Merchant, query: ReportQuery, period: Period) -> dict[str, Any]:
    return {
        "merchant": merchant.pk,
        "start": period.start,
        "end": period.end,
        "grade": query.grade,
        "as_of": query.as_of,
        "horizon": query.horizon,
        **query.filters,
    }


def _columns_of(products: Mapping[int, Product], horizon: int) -> dict[str, Any]:
    """Products as columns for ``unnest``: one row for each span in which a margin holds."""
    spans = [
        (pk, horizon or product.cycle_days, margin.start, margin.end, margin.basis_points)
        for pk, product in products.items()
        for margin in product.margins
    ]
    names = ("spus", "cycles", "starts", "ends", "margins")
    columns = {name: [span[place] for span in spans] for place, name in enumerate(names)}
    return {**columns, "cycle": horizon or products[NO_PRODUCT].cycle_days}


def _statement(query: ReportQuery) -> str:
    key, close = _key(query), near(query)
    past = query.as_of is not None
    return _CREDITED.format(
        key=key,
        fen=f"r.{FEN[query.model]}",
        sums=", ".join(f"sum(r.{column}) FILTER (WHERE {close}) AS {column}" for column in FEN.values()),
        five=", ".join(f"sum(m.{column})::bigint AS {column}" for column in FEN.values()),
        named=", ".join(f"s.{column}" for column in FEN.values()),
        where=conditions(query),
        near=close,
        day=_day(query),
        recorded=_RECORDED,
        note=NOTE,
        counted="false" if past else "true",
    )


# Money by cell (row, SPU, platform, order day) and the orders of the cell; a cell holds orders of one SPU on
# one day of one platform, so their amounts are taken as equal: the squares of a cell are fen² ÷ orders.
_CREDITED = """
WITH product AS (
    SELECT * FROM unnest(%(spus)s::bigint[], %(cycles)s::integer[], %(starts)s::date[], %(ends)s::date[],
                         %(margins)s::integer[]) AS p(spu_id, cycle, starts, ends, margin)
), money AS MATERIALIZED (
    SELECT grouping({key}) AS whole, {key} AS key, coalesce(r.spu_id, 0) AS spu, r.platform, r.order_day,
           p.cycle, p.margin, {sums},
           sum({fen}) FILTER (WHERE {near}) AS fen,
           sum({fen}) FILTER (WHERE {near} AND r.grade = 'A') AS same_person,
           sum({fen}) FILTER (WHERE {near} AND r.grade = 'B') AS declared,
           sum({fen}) FILTER (WHERE NOT ({near})) AS later,
           sum({fen} * least(coalesce(p.cycle, %(cycle)s), greatest(0, %(through)s::date - {day})))
               FILTER (WHERE {near}) AS ripe
    FROM measurement_rollup r
    JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}
    LEFT JOIN product p
      ON p.spu_id = coalesce(r.spu_id, 0) AND r.order_day >= p.starts AND r.order_day < p.ends
    WHERE {where} AND {recorded}
    GROUP BY GROUPING SETS (({key}, r.spu_id, r.platform, r.order_day, p.cycle, p.margin),
                            (r.spu_id, r.platform, r.order_day, p.cycle, p.margin))
), present AS MATERIALIZED (
    SELECT {key} AS key, coalesce(r.spu_id, 0) AS spu, r.platform, r.order_day, r.order_id, r.person
    FROM measurement_presence r
    JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}
    WHERE {counted} AND {where} AND {near}
    GROUP BY 1, 2, 3, 4, 5, 6
), heads AS (
    SELECT grouping(key) AS whole, key, spu, platform, order_day, count(DISTINCT order_id) AS orders
    FROM present GROUP BY GROUPING SETS ((key, spu, platform, order_day), (spu, platform, order_day))
), people AS (
    SELECT grouping(key) AS whole, key, count(DISTINCT order_id) AS orders, count(DISTINCT person) AS people
    FROM present GROUP BY GROUPING SETS ((key), ())
), summed AS (
    SELECT m.whole, m.key, {five},
           sum(m.same_person)::bigint AS same_person, sum(m.declared)::bigint AS declared,
           sum(m.ripe::numeric / coalesce(m.cycle, %(cycle)s)) AS ripe,
           ceil(sum(m.fen::numeric * m.fen / coalesce(h.orders, 1)))::numeric AS squares,
           sum(div(m.fen::numeric * m.margin, 10000)) AS profit,
           sum(m.fen) FILTER (WHERE m.margin IS NULL) AS unpriced,
           sum(m.later)::bigint AS later
    FROM money m LEFT JOIN heads h
      ON h.whole = m.whole AND h.key IS NOT DISTINCT FROM m.key AND h.spu = m.spu
     AND h.platform = m.platform AND h.order_day = m.order_day
    GROUP BY m.whole, m.key
)
SELECT s.whole = 1, s.key, {named}, s.same_person, s.declared, s.ripe, s.squares, s.profit, s.unpriced,
       s.later, p.orders, p.people
FROM summed s LEFT JOIN people p ON p.whole = s.whole AND p.key IS NOT DISTINCT FROM s.key
"""


def _slice(columns: tuple[Any, ...]) -> Slice:
    """Columns of ``_CREDITED`` after (is whole, key)."""
    five = columns[:5]
    same_person, declared, ripe, squares, profit, unpriced, later, orders, people = columns[5:]
    return Slice(
        shares={model: int(fen or 0) for model, fen in zip(Model, five, strict=True)},
        joined={Grade.SAME_PERSON: int(same_person or 0), Grade.DECLARED: int(declared or 0)},
        ripe=Decimal(ripe or 0),
        squares=int(squares or 0),
        profit=int(profit or 0),
        unpriced=int(unpriced or 0),
        later=int(later or 0),
        orders=int(orders or 0),
        people=int(people or 0),
    )
