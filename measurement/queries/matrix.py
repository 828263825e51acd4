"""Who bought what, and SPU × buying point × audience × K/F/S: each from sums that a worker keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection

from measurement import metrics
from measurement.attribution.cells import Cells, Whole, day_number, distinct, squares, sums
from measurement.choices import Model
from measurement.computed import computes
from measurement.empathy.parts import Counts, Part, Share, parts
from measurement.metrics import Interval
from measurement.models import Spu
from measurement.process.placement import Carrier, Facts, carrier
from measurement.queries import empathy
from measurement.queries.cells import cells as read_cells
from measurement.queries.reported import standing_sql, until, views_sql
from measurement.queries.status import bought, status
from merchants.models import Merchant
from merchants.periods import DAY, WEEK, Period


@dataclass(slots=True)
class Sold:
    """What was sold of one SPU. ``buyers`` are distinct people of the period, ``new`` of them without an
    earlier order in the ledger; ``again`` of these have bought once more by now."""

    name: str
    spu: int = 0
    orders: int = 0
    units: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0
    known: int = 0
    joinable: int = 0
    seeded: int = 0
    buyers: int = 0
    new: int = 0
    again: int = 0

    @property
    def returning(self) -> int:
        return self.buyers - self.new

    @property
    @computes("orders_per_buyer")
    def orders_per_buyer(self) -> Decimal | None:
        return metrics.ratio(self.known, self.buyers)

    @property
    @computes("repeat_share")
    def repeat_share(self) -> Decimal | None:
        return metrics.ratio(self.again, self.new)

    @property
    @computes("seeded_share")
    def seeded_share(self) -> Decimal | None:
        return metrics.ratio(self.seeded, self.joinable)


# A person counts once in a span: on the first of their buying days in it.
_SOLD = """
SELECT coalesce(spu_id, 0), sum(orders), sum(units), sum(paid_fen), sum(refunded_fen), sum(known),
       sum(joinable), sum(seeded), 0, 0, 0
FROM measurement_soldday WHERE merchant_id = %(merchant)s AND day >= %(start)s AND day < %(end)s GROUP BY 1
UNION ALL
SELECT CASE WHEN spu_id = 0 THEN -1 ELSE spu_id END, 0, 0, 0, 0, 0, 0, 0,
       coalesce(sum(people) FILTER (WHERE day >= %(start)s AND day < %(end)s
                                    AND (before IS NULL OR before < %(start)s)), 0),
       coalesce(sum(people) FILTER (WHERE day >= %(start)s AND day < %(end)s AND before IS NULL), 0),
       coalesce(sum(people) FILTER (WHERE nth = 2 AND before >= %(start)s AND before < %(end)s), 0)
FROM measurement_buyerday WHERE merchant_id = %(merchant)s AND day >= %(start)s GROUP BY 1
"""
_COUNTS = (
    "orders", "units", "paid_fen", "refunded_fen", "known", "joinable", "seeded", "buyers", "new", "again",
)  # fmt: skip
ALL = -1


@computes("sold_buyers", "new_buyers")
def sold(merchant: Merchant, period: Period) -> tuple[list[Sold], Sold]:
    """Per SPU, the most sold first, and the whole. In the whole an order of two SPUs stands in both, a buyer
    only once."""
    names = dict(Spu.objects.for_merchant(merchant).values_list("pk", "name"))
    found: dict[int, Sold] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SOLD, {"merchant": merchant.pk, "start": period.start, "end": period.end})
        for spu, *counts in cursor.fetchall():
            row = found.setdefault(spu, Sold(names.get(spu, ""), max(spu, 0)))
            for name, count in zip(_COUNTS, counts, strict=True):
                setattr(row, name, getattr(row, name) + int(count))
    whole = found.pop(ALL, Sold(""))
    for row in found.values():
        for name in _COUNTS[:7]:
            setattr(whole, name, getattr(whole, name) + getattr(row, name))
    rows = [row for row in found.values() if row.orders]
    return sorted(rows, key=lambda row: -row.paid_fen), whole


@dataclass(slots=True)
class Cell:
    """One SPU, buying point, audience and carrier. Fen; ``ti`` is the platform's count, None where it tells
    none; ``notes`` were published in the period; ``orders`` are distinct orders with credit of the cell,
    ``squares`` the sum of their squared credits (fen²); ``said`` what comments say of its content. ``key`` is
    (SPU, buying point, audience, carrier)."""

    key: Key
    spu: str
    point: str
    scene: str
    carrier: Carrier
    cost: int | None = None
    ti: int | None = None
    ti_cost: int | None = None
    credited: int = 0
    orders: int = 0
    squares: int = 0
    notes: int = 0
    weeks: Decimal = Decimal(1)
    said: Counts | None = None
    interval: Interval | None = None

    @property
    def cost_per_ti(self) -> Decimal | None:
        return metrics.ratio(self.ti_cost, self.ti)

    @property
    def roi(self) -> Decimal | None:
        return metrics.roi(self.credited, self.cost)

    @property
    @computes("cadence")
    def cadence(self) -> Decimal | None:
        """Only content has one: an ad shows notes that were published once."""
        return Decimal(self.notes) / self.weeks if self.carrier in CONTENT else None

    @property
    def parts(self) -> Mapping[Part, Share]:
        """Parts of empathy; nobody tells of a comment whether an ad brought its author, so ads have none."""
        return parts(self.said) if self.said else {}


Key = tuple[int, str, str, Carrier]
CONTENT = {Carrier.KOL, Carrier.OTHER}
_PAID_NOTES = f"""
    SELECT DISTINCT f.note_id FROM measurement_spend f
    WHERE f.merchant_id = %(merchant)s AND f.kind = 'note_fee' AND {standing_sql("f")} AND f.note_id IS NOT NULL
"""
_CHANNELS = f"""
WITH paid AS ({_PAID_NOTES})
SELECT c.id, coalesce(n.spu_id, 0), coalesce(n.buying_point, ''), coalesce(n.scene, ''), c.kind,
       coalesce(c.campaign_id, c.creative_id) IS NOT NULL, coalesce(g.placement, ''),
       c.keyword_id IS NOT NULL, c.note_id IS NOT NULL, p.note_id IS NOT NULL
FROM measurement_channel c
LEFT JOIN measurement_note n ON n.id = c.note_id AND n.merchant_id = c.merchant_id
LEFT JOIN measurement_creative x ON x.id = c.creative_id AND x.merchant_id = c.merchant_id
LEFT JOIN measurement_campaign g ON g.id = coalesce(c.campaign_id, x.campaign_id)
    AND g.merchant_id = c.merchant_id
LEFT JOIN paid p ON p.note_id = c.note_id
WHERE c.merchant_id = %(merchant)s AND c.id = ANY(%(channels)s::bigint[])
"""
SPENT = f"""
WITH paid AS ({_PAID_NOTES})
SELECT {{what}} FROM (
    SELECT s.id, s.source || ' ' || v.levels AS source, s.kind, s.level, n.id IS NOT NULL AS noted,
           coalesce(n.spu_id, s.spu_id, 0) AS spu, coalesce(n.buying_point, '') AS point,
           coalesce(n.scene, '') AS scene, s.kind = 'ads' AS ads, coalesce(g.placement, '') AS placement,
           s.keyword_id IS NOT NULL AS worded, p.note_id IS NOT NULL AS coop, s.fen, s.day,
           CASE jsonb_typeof(s.metrics->'ti_user_num')
                WHEN 'number' THEN (s.metrics->>'ti_user_num')::bigint END AS ti
    FROM measurement_spend s
    LEFT JOIN measurement_creative x ON x.id = s.creative_id AND x.merchant_id = s.merchant_id
    LEFT JOIN measurement_note n ON n.id = coalesce(s.note_id, x.note_id) AND n.merchant_id = s.merchant_id
    LEFT JOIN measurement_campaign g ON g.id = coalesce(s.campaign_id, x.campaign_id)
        AND g.merchant_id = s.merchant_id
    LEFT JOIN paid p ON p.note_id = n.id {views_sql("s", "{day} >= %(start)s AND {day} < %(end)s")}
    WHERE s.merchant_id = %(merchant)s AND s.day >= %(start)s AND s.day < %(end)s AND {standing_sql("s")}
) r {{then}}
"""
_OF = "source, kind, level, noted, spu, point, scene, ads, placement, worded, coop"
_SPENT = SPENT.format(
    what=f"{_OF}, sum(fen)::bigint, sum(ti), sum(fen) FILTER (WHERE ti IS NOT NULL)::bigint",
    then=f"GROUP BY {_OF}",
)
PUBLISHED = f"""
WITH paid AS ({_PAID_NOTES})
SELECT {{what}}
FROM measurement_note n LEFT JOIN paid p ON p.note_id = n.id
WHERE n.merchant_id = %(merchant)s AND n.published_at >= %(from)s AND n.published_at < least(%(to)s, %(until)s)
{{then}}
"""
_PUBLISHED = PUBLISHED.format(
    what="coalesce(n.spu_id, 0), n.buying_point, n.scene, p.note_id IS NOT NULL, count(*)",
    then="GROUP BY 1, 2, 3, 4",
)


def matrix(
    merchant: Merchant,
    period: Period,
    *,
    through: date = date.max,
    credit: Cells | None = None,
    as_of: date | None = None,
) -> list[Cell]:
    """Every cell with a cost, a credit or a note, the dearest first. Cost of each source and kind is of the
    level that names notes for most of it; what names no note stands in cells without a buying point. Credit of
    orders up to ``through``, so that an earlier period can be seen at the same age. ``credit`` holds at least
    the cells touched in the period; they are read when they are not given. As of a past day all of it is as it
    had been stated and posted by its end. A constant number of queries."""
    names = dict(Spu.objects.for_merchant(merchant).values_list("pk", "name"))
    scope = scope_of(merchant, period, as_of)
    if credit is None:
        credit = read_credit(merchant, period.start, period.end, as_of)
    cells: dict[Key, Cell] = {}
    weeks = Decimal(period.days) / WEEK

    def cell(spu: int, point: str, scene: str, by: Carrier) -> Cell:
        key = (spu, point, scene, by)
        if key not in cells:
            cells[key] = Cell(key, names.get(spu, ""), point, scene, by, weeks=weeks)
        return cells[key]

    with connection.cursor() as cursor:
        for (point, scene, by), spu, fen, squares, orders in _credited(
            cursor, scope, touched_in(credit, period, through)
        ):
            found = cell(spu, point, scene, by)
            found.credited, found.squares = found.credited + fen, found.squares + squares
            found.orders += orders
        cursor.execute(_SPENT, scope)
        for row in of_one_level(cursor.fetchall()):
            _, _, _, noted, spu, point, scene, ads, placement, worded, coop, fen, ti, ti_fen = row
            found = cell(spu, point, scene, carrier(Facts("", ads, placement, worded, noted, coop)))
            found.cost = (found.cost or 0) + fen
            if ti is not None:
                found.ti, found.ti_cost = (found.ti or 0) + int(ti), (found.ti_cost or 0) + ti_fen
        cursor.execute(_PUBLISHED, scope)
        for spu, point, scene, coop, count in cursor.fetchall():
            facts = Facts("", noted=True, cooperation=coop)
            cell(spu, point, scene, carrier(facts)).notes += count
    for (spu, point, scene, coop), counts in empathy.of_content(merchant, period, as_of=as_of).items():
        found = cell(spu, point, scene, carrier(Facts("", noted=True, cooperation=coop)))
        found.said = counts
    return sorted(cells.values(), key=lambda one: (-(one.cost or 0), -one.credited, one.spu, one.point))


def scope_of(merchant: Merchant, period: Period, as_of: date | None) -> dict[str, Any]:
    """Parameters of the statements."""
    first, end = period.instants()
    days = {"start": period.start, "end": period.end, "from": first, "to": end}
    return {"merchant": merchant.pk, "until": until(as_of), **days}


def read_credit(merchant: Merchant, since: date, before: date, as_of: date | None) -> Cells:
    return read_cells(merchant, since=since, touched_before=before, models=(Model.LINEAR,), as_of=as_of)


def touched_in(credit: Cells, period: Period, through: date) -> Cells:
    touched = credit.touched & (credit.channel > 0) & (credit.order_day <= day_number(through))
    touched &= credit.touch_day >= day_number(period.start)
    return credit.only(touched & (credit.touch_day < day_number(period.end)))


def placed(
    cursor: Any, scope: dict[str, Any], credit: Cells
) -> tuple[list[tuple[str, str, Carrier]], Whole, Whole]:
    """The (buying point, audience, carrier) there are, and of each credit the number of its own and its SPU."""
    channels, at = np.unique(credit.channel, return_inverse=True)
    cursor.execute(_CHANNELS, {**scope, "channels": [int(channel) for channel in channels]})
    told = {row[0]: row[1:] for row in cursor.fetchall()}
    places: dict[tuple[str, str, Carrier], int] = {}
    numbers, about = [], []
    for channel in channels:
        spu, point, scene, *facts = told[int(channel)]
        place = (point, scene, carrier(Facts(*facts)))
        numbers.append(places.setdefault(place, len(places)))
        about.append(spu)
    spus = np.where(np.array(about, dtype=np.int64)[at] > 0, np.array(about, dtype=np.int64)[at], credit.spu)
    return list(places), np.array(numbers, dtype=np.int64)[at], spus


def _credited(
    cursor: Any, scope: dict[str, Any], credit: Cells
) -> Iterator[tuple[tuple[str, str, Carrier], int, int, int, int]]:
    """((buying point, audience, carrier), SPU, fen, squares, orders) of all that was credited."""
    named, rows_of, spus = placed(cursor, scope, credit)
    known, numbers = np.unique(spus, return_inverse=True)
    rows = rows_of * len(known) + numbers
    cells, of_cell = np.unique(rows, return_inverse=True)
    fen = credit.fen[Model.LINEAR]
    found = zip(
        cells,
        sums(of_cell, fen, len(cells)),
        np.ceil(squares(of_cell, credit.buyer, fen, len(cells))),
        distinct(of_cell, credit.order, len(cells)),
        strict=True,
    )
    for cell, amount, squared, orders in found:
        place, spu = named[cell // len(known)], int(known[cell % len(known)])
        yield place, spu, int(amount), int(squared), int(orders)


@dataclass(frozen=True, slots=True)
class Former:
    """What a cell was in the period before, at the same age."""

    cost: int | None = None
    credited: int | None = None
    orders: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the page shows. ``coverage`` is the joined share of the period's revenue, ``placed`` the share
    of cost whose product and buying point are known; ``before`` the cells of the period before by key. What was
    sold, ``products`` and ``whole``, is counted as it stands: of a past day there is none."""

    products: tuple[Sold, ...]
    whole: Sold | None
    cells: tuple[Cell, ...]
    coverage: Decimal | None
    placed: Decimal | None
    through: date | None
    computed_at: datetime | None
    before: Mapping[Key, Former] = field(default_factory=dict)
    whole_before: Sold | None = None
    products_before: Mapping[str, Sold] = field(default_factory=dict)
    joinable: bool = True


def board(
    merchant: Merchant, period: Period, former: Period | None, today: date, *, as_of: date | None = None
) -> Board:
    """The page in a constant number of queries; ``former`` is the period to compare with."""
    state = status(merchant)
    through = min(state.through(today) or today - DAY, as_of or date.max)
    products, whole = sold(merchant, period) if as_of is None else ([], None)
    first = min(period.start, former.start) if former else period.start
    credit = read_credit(merchant, first, period.end, as_of)
    cells = matrix(merchant, period, credit=credit, as_of=as_of)
    proof = bought(merchant, period, as_of=as_of, cells=credit)
    for cell in cells:
        if state.has_credit:
            cell.interval = metrics.credit_interval(cell.credited, cell.squares, proof.mean_buyer)
    cost = sum(cell.cost or 0 for cell in cells)
    known = sum(cell.cost or 0 for cell in cells if cell.spu and cell.point)
    found = Board(
        products=tuple(products),
        whole=whole,
        cells=tuple(cells),
        coverage=metrics.coverage(sum(proof.totals.joined.values()), proof.totals.unjoined),
        placed=metrics.ratio(known, cost),
        through=state.through(today),
        computed_at=state.computed_at,
        joinable=state.has_credit,
    )
    if former is None:
        return found
    apart = period.start - former.start
    earlier, before = sold(merchant, former) if as_of is None else ([], None)
    return replace(
        found,
        before={
            cell.key: Former(cell.cost, cell.credited, cell.orders)
            for cell in matrix(merchant, former, through=through - apart, credit=credit, as_of=as_of)
        },
        whole_before=before,
        products_before={row.name: row for row in earlier},
    )


def of_one_level(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Levels are views of one spend: of each source (it stands with the levels of its days) and kind those rows stand
    whose level names notes for the most money."""
    chosen = _levels(rows)
    return [row for row in rows if chosen[row[0], row[1]] == row[2]]


def levels(cursor: Any, scope: dict[str, Any]) -> dict[tuple[str, str], str]:
    """The level that stands, by source and kind."""
    cursor.execute(_SPENT, scope)
    return _levels(cursor.fetchall())


def _levels(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[str, str], str]:
    views: dict[tuple[str, str], dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in rows:
        named = views[row[0], row[1]]
        fen, every = named.get(row[2], (0, 0))
        named[row[2]] = (fen + (abs(row[11]) if row[3] else 0), every + abs(row[11]))
    return {view: max(named, key=lambda name: named[name]) for view, named in views.items()}
