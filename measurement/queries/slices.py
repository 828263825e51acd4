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

# What a row is, over a rollup or presence r, its channel c and the note n of that; NOTHING where it is none.
KEYS = {
    Dimension.NOTE: "coalesce(c.note_id, 0)",
    Dimension.BLOGGER: "coalesce(n.blogger_id, c.blogger_id, 0)",
    Dimension.CAMPAIGN: "coalesce(c.campaign_id, 0)",
    Dimension.CREATIVE: "coalesce(c.creative_id, 0)",
    Dimension.KEYWORD: "coalesce(c.keyword_id, 0)",
    Dimension.SPU: "coalesce(r.spu_id, 0)",
    Dimension.PLATFORM: "r.platform",
    Dimension.KIND: "c.kind",
}
NOTHING = 0
STREAMS = {
    "live": "{row}.live_stream_id = %(live)s",
    "host": "{row}.live_stream_id IN (SELECT v.id FROM measurement_livestream v"
    " WHERE v.merchant_id = %(merchant)s AND v.blogger_id = %(host)s)",
}
"""One live stream, and those of a host, over a row that names a stream."""
FILTERS = {
    **{name: text.format(row="c") for name, text in STREAMS.items()},
    "note": "c.note_id = %(note)s",
    "blogger": "coalesce(n.blogger_id, c.blogger_id) = %(blogger)s",
    "campaign": "c.campaign_id = %(campaign)s",
    "creative": "c.creative_id = %(creative)s",
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
    merchant: Merchant,
    query: ReportQuery,
    products: Mapping[int, Product],
    through: date,
    *,
    models: bool = False,
) -> tuple[dict[str | None, Slice], Slice]:
    """Slices by the key of their row (None: the credit belongs to no row), and the whole. ``models``: the
    shares of all five models, else of the one that is asked."""
    scope = scope_of(merchant, query, query.period)
    scope |= {"through": through, **_columns_of(products, query.horizon)}
    asked = tuple(Model) if models else (query.model,)
    with connection.cursor() as cursor:
        cursor.execute(_statement(query, asked), scope)
        rows = cursor.fetchall()
    slices = {_text(row[1]): _slice(asked, row[2:]) for row in rows if not row[0]}
    whole = next((_slice(asked, row[2:]) for row in rows if row[0]), Slice(shares=dict.fromkeys(asked, 0)))
    return slices, whole


def _text(key: Any) -> str | None:
    return None if key == NOTHING else str(key)


@dataclass(frozen=True, slots=True)
class Former:
    """The slice of an earlier period: credited fen and orders; fen by day where rows are days."""

    credited: int
    orders: int
    days: Mapping[str, int]


def former(merchant: Merchant, query: ReportQuery, period: Period, until: date) -> Former:
    """The same slice in an earlier period, as it stood at the same age: by touch days, orders after
    ``until`` are left out, so that a young cohort is not compared with one long ripe."""
    by_day = query.by == Dimension.DAY
    age = "r.order_day <= %(until)s" if query.axis == Axis.TOUCH else "true"
    statement = _FORMER.format(
        key=_day(query) if by_day else "NULL::date",
        groups=f"GROUP BY GROUPING SETS (({_day(query)}), ())" if by_day else "",
        whole=f"grouping({_day(query)}) = 1" if by_day else "true",
        fen=FEN[query.model],
        where=f"{conditions(query)} AND {near(query)} AND {age}",
        note=NOTE,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, scope_of(merchant, query, period) | {"until": until})
        rows = cursor.fetchall()
    whole = next(row for row in rows if row[0])
    days = {row[1].isoformat(): int(row[2]) for row in rows if not row[0]}
    return Former(int(whole[2] or 0), int(whole[3]), days)


_FORMER = """
SELECT {whole}, {key}, sum(r.{fen})::bigint, (
    SELECT count(*) FROM (
        SELECT DISTINCT r.order_id FROM measurement_presence r
        JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}
        WHERE {where}
    ) o
)
FROM measurement_rollup r
JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}
WHERE {where} {groups}
"""


NOTE = "LEFT JOIN measurement_note n ON n.id = c.note_id AND n.merchant_id = %(merchant)s"
_RECORDED = "(%(as_of)s::date IS NULL OR r.recorded_day <= %(as_of)s)"


def _key(query: ReportQuery) -> str:
    return _day(query) if query.by == Dimension.DAY else KEYS[query.by]


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


def _statement(query: ReportQuery, models: tuple[Model, ...]) -> str:
    close = near(query)
    columns = [FEN[model] for model in models]
    return _CREDITED.format(
        key=_key(query),
        fen=f"r.{FEN[query.model]}",
        sums=", ".join(f"sum(r.{name}) FILTER (WHERE {close})::bigint AS {name}" for name in columns),
        again=", ".join(f"sum({column})::bigint AS {column}" for column in columns),
        where=conditions(query),
        near=close,
        day=_day(query),
        recorded=_RECORDED if query.as_of else "true",
        note=NOTE,
        counted="false" if query.as_of else "true",
    )


# Money by cell (row, SPU, platform, order day) and the orders of the cell; a cell holds orders of one SPU on
# one day of one platform, so their amounts are taken as equal: the squares of a cell are fen² ÷ orders. The
# whole is made of the same cells without the row.
_CREDITED = """
WITH product AS (
    SELECT * FROM unnest(%(spus)s::bigint[], %(cycles)s::integer[], %(starts)s::date[], %(ends)s::date[],
                         %(margins)s::integer[]) AS p(spu, cycle, starts, ends, margin)
), money AS MATERIALIZED (
    SELECT {key} AS key, coalesce(r.spu_id, 0) AS spu, r.platform, r.order_day, {sums},
           sum({fen}) FILTER (WHERE {near})::bigint AS fen,
           sum({fen}) FILTER (WHERE {near} AND r.grade = 'A')::bigint AS same_person,
           sum({fen}) FILTER (WHERE {near} AND r.grade = 'B')::bigint AS declared,
           sum({fen}) FILTER (WHERE NOT ({near}))::bigint AS later,
           sum({fen} * least(coalesce(p.cycle, %(cycle)s), greatest(0, %(through)s::date - {day})))
               FILTER (WHERE {near})::bigint AS ripe
    FROM measurement_rollup r
    JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}
    LEFT JOIN (SELECT DISTINCT spu, cycle FROM product) p ON p.spu = coalesce(r.spu_id, 0)
    WHERE {where} AND {recorded}
    GROUP BY 1, 2, 3, 4
), present AS MATERIALIZED (
    SELECT {key} AS key, coalesce(r.spu_id, 0) AS spu, r.platform, r.order_day, r.order_id, r.person
    FROM measurement_presence r
    JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}
    WHERE {counted} AND {where} AND {near}
    GROUP BY 1, 2, 3, 4, 5, 6
), cells AS (
    SELECT false AS whole, m.*, h.orders FROM money m
    LEFT JOIN (
        SELECT key, spu, platform, order_day, count(*) AS orders FROM present GROUP BY 1, 2, 3, 4
    ) h USING (key, spu, platform, order_day)
    UNION ALL
    SELECT true, min(m.key), spu, platform, order_day, {again}, sum(m.fen)::bigint,
           sum(m.same_person)::bigint, sum(m.declared)::bigint, sum(m.later)::bigint, sum(m.ripe)::bigint,
           min(h.orders)
    FROM money m
    LEFT JOIN (
        SELECT spu, platform, order_day, count(*) AS orders
        FROM (SELECT DISTINCT spu, platform, order_day, order_id FROM present) o GROUP BY 1, 2, 3
    ) h USING (spu, platform, order_day)
    GROUP BY spu, platform, order_day
), summed AS (
    SELECT whole, CASE WHEN NOT whole THEN key END AS key, {again},
           sum(same_person)::bigint AS same_person, sum(declared)::bigint AS declared,
           sum(ripe::float8 / coalesce(p.cycle, %(cycle)s)) AS ripe,
           ceil(sum(fen::float8 * fen / coalesce(orders, 1))) AS squares,
           sum(fen * p.margin / 10000)::bigint AS profit,
           sum(fen) FILTER (WHERE p.margin IS NULL) AS unpriced,
           sum(later)::bigint AS later
    FROM cells
    LEFT JOIN product p ON p.spu = cells.spu AND order_day >= p.starts AND order_day < p.ends
    GROUP BY 1, 2
), people AS (
    SELECT key, count(DISTINCT order_id) AS orders, count(DISTINCT person) AS people FROM present GROUP BY key
), everyone AS (
    SELECT count(DISTINCT order_id) AS orders, count(DISTINCT person) AS people FROM present
)
SELECT s.*, CASE WHEN s.whole THEN e.orders ELSE p.orders END,
       CASE WHEN s.whole THEN e.people ELSE p.people END
FROM summed s CROSS JOIN everyone e LEFT JOIN people p ON p.key = s.key
"""


def _slice(models: tuple[Model, ...], columns: tuple[Any, ...]) -> Slice:
    """Columns of ``_CREDITED`` after (is whole, key)."""
    fen = columns[: len(models)]
    same_person, declared, ripe, squares, profit, unpriced, later, orders, people = columns[len(models) :]
    return Slice(
        shares={model: int(share or 0) for model, share in zip(models, fen, strict=True)},
        joined={Grade.SAME_PERSON: int(same_person or 0), Grade.DECLARED: int(declared or 0)},
        ripe=Decimal(ripe or 0),
        squares=int(squares or 0),
        profit=int(profit or 0),
        unpriced=int(unpriced or 0),
        later=int(later or 0),
        orders=int(orders or 0),
        people=int(people or 0),
    )
