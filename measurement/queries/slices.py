"""Credit of a slice by rows of one dimension, from the cells of now or of a past day.

Money and shares of orders add up; orders and people do not, so they are counted over the cells of exactly
this slice, and the squares of single buyers' credits with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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
from measurement.choices import Model
from measurement.process.placement import CODES
from measurement.queries.cells import cells as read_cells
from measurement.queries.products import Product
from measurement.queries.reported import until
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
    "curator": "{row}.live_stream_id IN (SELECT v.id FROM measurement_livestream v"
    " WHERE v.merchant_id = %(merchant)s AND v.curator_id = %(curator)s)",
}
"""One live stream, and those of a host or buyer-curator, over a row that names a stream."""
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
    shares of all five models, else of the one that is asked. ``cells``: those of :func:`cells_for`."""
    asked = tuple(Model) if models else (query.model,)
    found = cells if cells is not None else cells_for(merchant, query, models=asked)
    return _summed(merchant, query, products, through, within(merchant, query, query.period, found), asked)


def cells_for(merchant: Merchant, *queries: ReportQuery, models: Sequence[Model]) -> Cells:
    """Every cell that reports of these questions, with their comparisons, are made of, the unjoined orders of
    their periods among them. The questions share an axis and the day that they are as of."""
    periods = [period for query in queries for period in (query.period, query.before) if period is not None]
    first, end = min(period.start for period in periods), max(period.end for period in periods)
    as_of = queries[0].as_of
    if queries[0].axis == Axis.ORDER:
        return read_cells(merchant, since=first, until=end, models=models, as_of=as_of)
    return read_cells(merchant, since=first, touched_before=end, models=models, as_of=as_of)


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
        "horizon": query.horizon,
        "recorded_before": until(query.as_of),
        **query.filters,
    }
