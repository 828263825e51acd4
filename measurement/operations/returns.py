"""Judging spend: a worker draws the intervals and leaves rows for pages to read. Imports numpy: no page does."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
from django.db import connection

from measurement.models import JudgedRow, Judging
from measurement.queries import worth as reading
from measurement.queries.products import longest_cycle
from measurement.queries.results import Basis, basis_of, report
from measurement.queries.standing import DIMENSIONS, SPANS
from measurement.queries.worth import Floats, Ints, Worth
from measurement.reports import CUSTOM, Compare, Dimension, Report, ReportQuery, Row
from measurement.waste.draws import Sums, draw
from measurement.waste.judging import Judged, Spent, judge
from merchants import tenancy
from merchants.models import Merchant
from merchants.periods import day_of, last_days


def renew(merchant: Merchant, *, now: datetime) -> int:
    """Judges every span and dimension and puts the rows in place of the former ones, in one transaction.
    Returns how many rows; -1 when another worker is at it."""
    begun, started = time.monotonic(), datetime.now(UTC)
    today = day_of(now)
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('judging'), %s)", [merchant.pk])
        if not cursor.fetchone()[0]:
            return -1
        basis = basis_of(merchant)
        everything = reading.worth(merchant, last_days(max(SPANS), today), basis[1])
        rows = list(_judged(merchant, basis, everything, now))
        JudgedRow.objects.for_merchant(merchant).delete()
        JudgedRow.objects.bulk_create(rows, batch_size=1000)
        state = {
            "judged_at": started,
            "run_id": basis[0].run,
            "through": basis[0].through(today),
            "took_ms": int((time.monotonic() - begun) * 1000),
        }
        Judging.objects.update_or_create(merchant=merchant, defaults=state)
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Question:
    """One span and dimension: its report, and what each person was worth to its rows (place of the row)."""

    days: int
    end: date
    found: Report
    row: Ints
    person: Ints
    worth: Floats


def _judged(merchant: Merchant, basis: Basis, everything: Worth, now: datetime) -> Iterator[JudgedRow]:
    """All spans and dimensions, drawn together: a person weighs the same in each of them."""
    questions = [
        question
        for days in SPANS
        for dimension in DIMENSIONS
        for question in [_question(merchant, days, dimension, basis, everything, now)]
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


def _question(
    merchant: Merchant, days: int, dimension: Dimension, basis: Basis, everything: Worth, now: datetime
) -> _Question:
    period = last_days(days, day_of(now))
    query = ReportQuery(period=period, span=CUSTOM, compare=Compare.NONE, by=dimension)
    found = report(merchant, query, now=now, page_size=None, basis=basis, judged=False)
    places = {int(row.key): place for place, row in enumerate(found.rows)}
    keys = everything.keys[dimension]
    inside = (everything.day >= period.start.toordinal()) & np.isin(keys, list(places))
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
    last = reading.last_cost_days(merchant, found.query.period, found.query.by)
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
