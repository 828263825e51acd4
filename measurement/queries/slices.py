"""Credit of a slice by rows of one dimension: of now from the cells, of a past day from the rollups.

Money and shares of orders add up; orders and people do not, so they are counted over the cells of exactly
this slice, and the squares of single buyers' credits with them. Of a past day only the money is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection

from measurement.attribution.cells import (
    Cells,
    Chosen,
    Whole,
    day_number,
    day_of_number,
    different,
    sums,
)
from measurement.choices import Grade, Model
from measurement.process.placement import CODES
from measurement.queries.cells import cells as read_cells
from measurement.queries.products import NO_PRODUCT, Product
from measurement.queries.slice_sums import Slice, of_products, slices_of
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
_PLACED = " ".join(f"WHEN '{code}' THEN '{placement}'" for code, placement in CODES.items())
PLACEMENT = (
    "coalesce((SELECT CASE g.placement " + _PLACED + " END FROM measurement_campaign g"
    " WHERE g.id = coalesce({row}.campaign_id, (SELECT x.campaign_id FROM measurement_creative x"
    " WHERE x.id = {row}.creative_id AND x.merchant_id = {row}.merchant_id))"
    " AND g.merchant_id = {row}.merchant_id), '0')"
)
"""Where the ad system put the campaign that a row names, itself or by its creative; NOTHING as a text."""
KEYS[Dimension.PLACEMENT] = PLACEMENT.format(row="c")
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
    "placement": f"{KEYS[Dimension.PLACEMENT]} = %(placement)s",
    "keyword": "c.keyword_id = %(keyword)s",
    "spu": "r.spu_id = %(spu)s",
    "platform": "r.platform = %(platform)s",
    "kind": "c.kind = %(kind)s",
}
FEN = {model: f"fen_{model.value}" for model in Model}


def credited(
    merchant: Merchant,
    query: ReportQuery,
    products: Mapping[int, Product],
    through: date,
    *,
    cells: Cells | None = None,
    models: bool = False,
) -> tuple[dict[str | None, Slice], Slice]:
    """Slices by the key of their row (None: the credit belongs to no row), and the whole. ``models``: the
    shares of all five models, else of the one that is asked. ``cells``: those of :func:`cells_for`; of a past
    state none are kept, it is summed from the rollups."""
    asked = tuple(Model) if models else (query.model,)
    if query.as_of is None:
        found = cells if cells is not None else cells_for(merchant, query, models=asked)
        return _summed(
            merchant, query, products, through, within(merchant, query, query.period, found), asked
        )
    scope = scope_of(merchant, query, query.period)
    scope |= {"through": through, **_columns_of(products, query.horizon)}
    with connection.cursor() as cursor:
        cursor.execute(_statement(query, asked), scope)
        rows = cursor.fetchall()
    slices = {_text(row[1]): _slice(asked, row[2:]) for row in rows if not row[0]}
    whole = next((_slice(asked, row[2:]) for row in rows if row[0]), Slice(shares=dict.fromkeys(asked, 0)))
    return slices, whole


def cells_for(merchant: Merchant, *queries: ReportQuery, models: Sequence[Model]) -> Cells:
    """Every cell that reports of these questions, with their comparisons, are made of, the unjoined orders of
    their periods among them. The questions share an axis."""
    periods = [period for query in queries for period in (query.period, query.before) if period is not None]
    first, end = min(period.start for period in periods), max(period.end for period in periods)
    if queries[0].axis == Axis.ORDER:
        return read_cells(merchant, since=first, until=end, models=models)
    return read_cells(merchant, since=first, touched_before=end, models=models)


@dataclass(frozen=True, slots=True)
class Within:
    """Cells of a question, each with the number of its row; ``keys`` says what the row of a number is."""

    cells: Cells
    rows: Whole
    keys: tuple[Any, ...]

    def near(self, horizon: int) -> Chosen:
        if horizon:
            return self.cells.age <= horizon
        return np.ones(len(self.cells), dtype=bool)

    def only(self, chosen: Chosen) -> Within:
        return Within(self.cells.only(chosen), self.rows[chosen], self.keys)


def within(merchant: Merchant, query: ReportQuery, period: Period, found: Cells) -> Within:
    """The credited cells of a period that the filters let through, by row."""
    by = query.by
    days = found.touch_day if query.axis == Axis.TOUCH else found.order_day
    chosen = (days >= day_number(period.start)) & (days < day_number(period.end)) & (found.channel > 0)
    if query.axis == Axis.TOUCH:
        chosen &= found.touched
    if query.grade:
        chosen &= found.grade == ord(query.grade)
    if "spu" in query.filters:
        chosen &= found.spu == int(query.filters["spu"])
    if "platform" in query.filters:
        names = [name == query.filters["platform"] for name in found.platforms] or [False]
        chosen &= np.array(names)[found.platform]
    cells = found.only(chosen)
    of_channel = _channels(merchant, query, different(cells.channel))
    known = np.array(sorted(of_channel), dtype=np.int64)
    place = np.searchsorted(known, cells.channel)
    at = np.minimum(place, max(len(known) - 1, 0))
    told = (known[at] == cells.channel) if len(known) else np.zeros(len(cells), dtype=bool)
    if not told.all():
        cells, at = cells.only(told), at[told]
    if by == Dimension.DAY:
        numbers = cells.touch_day if query.axis == Axis.TOUCH else cells.order_day
        found_days, rows = np.unique(numbers, return_inverse=True)
        return Within(cells, rows, tuple(day_of_number(day).isoformat() for day in found_days))
    if by == Dimension.SPU:
        found_spus, rows = np.unique(cells.spu, return_inverse=True)
        return Within(cells, rows, tuple(int(spu) for spu in found_spus))
    if by == Dimension.PLATFORM:
        return Within(cells, cells.platform, cells.platforms)
    keys = sorted(set(of_channel.values()), key=str)
    number = {key: n for n, key in enumerate(keys)}
    table = np.array([number[of_channel[int(channel)]] for channel in known], dtype=np.int64)
    return Within(cells, table[at] if len(table) else at, tuple(keys))


def _channels(merchant: Merchant, query: ReportQuery, channels: Whole) -> dict[int, Any]:
    """What row each of these channels is of, among those that the filters on content let through."""
    of_cell = (Dimension.DAY, Dimension.SPU, Dimension.PLATFORM)
    conditions = [FILTERS[name] for name in query.filters if name not in ("spu", "platform")]
    statement = _CHANNELS.format(
        key="0" if query.by in of_cell else KEYS[query.by],
        note=NOTE,
        where=" AND ".join(["c.merchant_id = %(merchant)s", *conditions]),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"merchant": merchant.pk, "channels": channels.tolist(), **query.filters})
        return dict(cursor.fetchall())


_CHANNELS = """
SELECT c.id, {key} FROM measurement_channel c {note} WHERE {where} AND c.id = ANY(%(channels)s::bigint[])
"""


def _summed(
    merchant: Merchant,
    query: ReportQuery,
    products: Mapping[int, Product],
    through: date,
    found: Within,
    asked: Sequence[Model],
) -> tuple[dict[str | None, Slice], Slice]:
    near = found.near(query.horizon)
    close, far = found.only(near), found.only(~near)
    cycles, margins = of_products(products, query.horizon, close.cells)
    days = close.cells.touch_day if query.axis == Axis.TOUCH else close.cells.order_day
    lived = np.minimum(cycles, np.maximum(0, day_number(through) - days))

    def slices(rows: Whole, far_rows: Whole, count: int) -> list[Slice]:
        return slices_of(
            close.cells, rows, far.cells, far_rows, count, asked, query.model, cycles, lived, margins
        )

    one = np.zeros(len(close.cells), dtype=np.int64)
    [whole] = slices(one, np.zeros(len(far.cells), dtype=np.int64), 1)
    present = np.union1d(close.rows, far.rows)
    of_row = slices(close.rows, far.rows, len(found.keys))
    return {_text(found.keys[row]): of_row[row] for row in present}, whole


def _text(key: Any) -> str | None:
    return None if str(key) == str(NOTHING) else str(key)


@dataclass(frozen=True, slots=True)
class Former:
    """The slice of an earlier period: credited fen and orders; fen by day where rows are days."""

    credited: int
    orders: int
    days: Mapping[str, int]


def former(merchant: Merchant, query: ReportQuery, period: Period, until: date, *, cells: Cells) -> Former:
    """The same slice in an earlier period, as it stood at the same age: by touch days, orders after
    ``until`` are left out, so that a young cohort is not compared with one long ripe."""
    found = within(merchant, query, period, cells)
    found = found.only(found.near(query.horizon))
    if query.axis == Axis.TOUCH:
        found = found.only(found.cells.order_day <= day_number(until))
    fen = sums(found.rows, found.cells.fen[query.model], len(found.keys))
    by_day = query.by == Dimension.DAY
    return Former(
        credited=int(fen.sum()),
        orders=len(different(found.cells.order)),
        days={str(day): int(fen[n]) for n, day in enumerate(found.keys)} if by_day else {},
    )


NOTE = "LEFT JOIN measurement_note n ON n.id = c.note_id AND n.merchant_id = %(merchant)s"


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
        note=NOTE,
    )


# Money of a past day by row and by SPU and order day, because margins hold for these; the whole is made of the
# same sums without the row. Orders and people of a past day are not known.
_CREDITED = """
WITH product AS (
    SELECT * FROM unnest(%(spus)s::bigint[], %(cycles)s::integer[], %(starts)s::date[], %(ends)s::date[],
                         %(margins)s::integer[]) AS p(spu, cycle, starts, ends, margin)
), money AS MATERIALIZED (
    SELECT {key} AS key, coalesce(r.spu_id, 0) AS spu, r.order_day, {sums},
           sum({fen}) FILTER (WHERE {near})::bigint AS fen,
           sum({fen}) FILTER (WHERE {near} AND r.grade = 'A')::bigint AS same_person,
           sum({fen}) FILTER (WHERE {near} AND r.grade = 'B')::bigint AS declared,
           sum({fen}) FILTER (WHERE NOT ({near}))::bigint AS later,
           sum({fen} * least(coalesce(p.cycle, %(cycle)s), greatest(0, %(through)s::date - {day})))
               FILTER (WHERE {near})::bigint AS ripe
    FROM measurement_rollup r
    JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}
    LEFT JOIN (SELECT DISTINCT spu, cycle FROM product) p ON p.spu = coalesce(r.spu_id, 0)
    WHERE {where} AND r.recorded_day <= %(as_of)s
    GROUP BY 1, 2, 3
)
SELECT grouping(key) = 1, key, {again}, sum(same_person)::bigint, sum(declared)::bigint,
       sum(ripe::float8 / coalesce(p.cycle, %(cycle)s)), (sum(fen * p.margin) / 10000)::bigint,
       sum(fen) FILTER (WHERE p.margin IS NULL), sum(later)::bigint
FROM money
LEFT JOIN product p ON p.spu = money.spu AND order_day >= p.starts AND order_day < p.ends
GROUP BY GROUPING SETS ((key), ())
"""


def _slice(models: tuple[Model, ...], columns: tuple[Any, ...]) -> Slice:
    """Columns of ``_CREDITED`` after (is whole, key)."""
    fen = columns[: len(models)]
    same_person, declared, ripe, profit, unpriced, later = columns[len(models) :]
    return Slice(
        shares={model: int(share or 0) for model, share in zip(models, fen, strict=True)},
        joined={Grade.SAME_PERSON: int(same_person or 0), Grade.DECLARED: int(declared or 0)},
        ripe=Decimal(ripe or 0),
        profit=int(profit or 0),
        unpriced=int(unpriced or 0),
        later=int(later or 0),
    )
