"""The class of every row of spend: return less full cost, with an interval from a bootstrap over persons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from measurement.attribution.cells import Cells, day_number
from measurement.choices import Model
from measurement.models import JudgedRow
from measurement.queries.cells import cells as read_cells
from measurement.queries.products import longest_cycle
from measurement.queries.results import Basis, report
from measurement.queries.standing import DIMENSIONS, SPANS
from measurement.queries.worth import Floats, Ints, Worth, last_cost_days, worth
from measurement.reports import CUSTOM, Compare, Dimension, Report, ReportQuery, Row
from measurement.waste.draws import Sums, draw
from measurement.waste.judging import Judged, Spent, judge
from merchants.models import Merchant
from merchants.periods import DAY, day_of, last_days


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows of all questions are made of; ``end`` is the day after the last one of each span."""

    merchant: Merchant
    basis: Basis
    now: datetime
    end: date
    as_of: date | None
    cells: Cells
    worth: Worth


@dataclass(frozen=True, slots=True)
class _Question:
    """One span and dimension: its report, and what each person was worth to its rows (place of the row)."""

    days: int
    end: date
    found: Report
    row: Ints
    person: Ints
    worth: Floats


def judged(
    merchant: Merchant,
    basis: Basis,
    *,
    now: datetime,
    spans: Sequence[int] = SPANS,
    dimensions: Sequence[Dimension] = DIMENSIONS,
    as_of: date | None = None,
) -> Iterator[JudgedRow]:
    """The rows of the last full days, which nobody has kept; as of a past day of the days up to it. All spans and
    dimensions are drawn together: a person weighs the same in each of them."""
    end = day_of(now) if as_of is None else as_of + DAY
    longest = last_days(max(spans), end)
    cells = read_cells(merchant, since=longest.start, touched_before=end, models=(Model.LINEAR,), as_of=as_of)
    known = _Known(merchant, basis, now, end, as_of, cells, worth(merchant, longest, basis[1], cells))
    questions = [
        question
        for days in spans
        for dimension in dimensions
        for question in [_question(known, days, dimension)]
        if question.found.joinable
    ]
    if not questions:
        return
    sizes = [len(one.found.rows) for one in questions]
    firsts = [sum(sizes[:place]) for place in range(len(sizes))]
    drawn = draw(
        np.concatenate([one.row + first for one, first in zip(questions, firsts, strict=True)]),
        np.concatenate([one.person for one in questions]),
        np.concatenate([one.worth for one in questions]),
        sum(sizes),
    )
    cycle = longest_cycle(basis[1])
    for one, first, size in zip(questions, firsts, sizes, strict=True):
        yield from _answer(
            merchant, one, drawn.rows(first, first + size, next_person=_next_person(one)), cycle
        )


def _question(known: _Known, days: int, dimension: Dimension) -> _Question:
    period = last_days(days, known.end)
    query = ReportQuery(period=period, span=CUSTOM, compare=Compare.NONE, by=dimension, as_of=known.as_of)
    found = report(
        known.merchant,
        query,
        now=known.now,
        page_size=None,
        basis=known.basis,
        judged=False,
        cells=known.cells,
    )
    places = {int(row.key): place for place, row in enumerate(found.rows)}
    everything = known.worth
    keys = everything.keys[dimension]
    inside = (everything.day >= day_number(period.start)) & np.isin(keys, list(places))
    return _Question(
        days=days,
        end=period.end,
        found=found,
        row=np.array([places[int(key)] for key in keys[inside]], dtype=np.int64),
        person=everything.person[inside],
        worth=(everything.profit if found.by_margin else everything.fen)[inside],
    )


def _answer(merchant: Merchant, asked: _Question, drawn: Sums, cycle_days: int) -> Iterator[JudgedRow]:
    found = asked.found
    rows = [Spent(row.key, row.full_cost, row.maturity) for row in found.rows]
    last = last_cost_days(merchant, found.query.period, found.query.by, as_of=found.query.as_of)
    by_key = {row.key: row for row in found.rows}
    for one in judge(rows, drawn, days=asked.days):
        full_on = _full_on(last.get(one.key), cycle_days)
        yield _row(merchant, asked.days, asked.end, found, by_key[one.key], one, full_on)
    rest = _rest(merchant, asked.days, asked.end, found, by_key.values())
    if rest.cost or rest.credited:
        yield rest


def _full_on(last: date | None, cycle_days: int) -> date | None:
    return last + timedelta(days=cycle_days + 1) if last else None


def _next_person(asked: _Question) -> float:
    """What one more person would bring: the mean of those who came, else the mean order of the span."""
    if len(asked.worth):
        return float(asked.worth.sum() / len(np.unique(asked.person)))
    totals = asked.found.totals
    return float(totals.lines / totals.orders) if totals.orders else 0.0


def _row(
    merchant: Merchant,
    days: int,
    end: date,
    found: Report,
    row: Row,
    one: Judged,
    full_on: date | None,
) -> JudgedRow:
    cost = row.full_cost
    return JudgedRow(
        merchant=merchant,
        days=days,
        end=end,
        dimension=found.query.by,
        key=row.key,
        cost=cost,
        direct=row.cost,
        shared=dict(row.shared),
        credited=row.credited or 0,
        returned=one.returned,
        by_margin=found.by_margin,
        net=None if cost is None else one.returned - cost,
        low=one.net.low if one.net else None,
        high=one.net.high if one.net else None,
        people=one.people,
        orders=row.orders or 0,
        maturity=_four(row.maturity),
        full_on=full_on,
        verdict=one.verdict or "",
        shrunk=_four(one.shrunk.rate) if one.shrunk else None,
        own_share=_four(one.shrunk.own) if one.shrunk else None,
        place=one.rank.place if one.rank else None,
        best=one.rank.best if one.rank else None,
        worst=one.rank.worst if one.rank else None,
        more_people=one.need.people if one.need else None,
        more_weeks=one.need.weeks if one.need else None,
    )


def _rest(merchant: Merchant, days: int, end: date, found: Report, rows: Iterable[Row]) -> JudgedRow:
    """What belongs to no row: what is left of the whole cost after every row has its full one."""
    carried = sum(row.full_cost or 0 for row in rows)
    whole, left = found.total.cost, found.unassigned or Row(key="")
    return JudgedRow(
        merchant=merchant,
        days=days,
        end=end,
        dimension=found.query.by,
        key="",
        cost=None if whole is None else whole - carried,
        credited=left.credited or 0,
        returned=left.credited or 0,
        by_margin=False,
        people=left.people or 0,
        orders=left.orders or 0,
    )


def _four(value: Decimal | float | None) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(Decimal("0.0001"))
