"""The order lines behind a row of a report, or those that nothing could be joined to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from measurement.choices import Grade
from measurement.queries import slices
from measurement.queries.posted import stood
from measurement.reports import ReportQuery
from merchants.models import Merchant
from merchants.periods import day_of

PAGE = 25


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the list shows it; ``credited`` is what this slice got of it, in fen. Of a past day what was paid
    and refunded is known as one (``net_fen``), and touches are not counted."""

    id: int
    order_number: str
    platform: str
    title: str
    product: str
    day: date
    paid_fen: int | None
    refunded_fen: int | None
    net_fen: int
    grade: str
    credited: int
    touches: int | None


@dataclass(frozen=True, slots=True)
class Lines:
    rows: tuple[Line, ...]
    count: int
    people: int


def lines(merchant: Merchant, query: ReportQuery, *, unjoined: bool = False) -> Lines:
    """One page of lines, latest first, with how many there are. ``unjoined``: those of the period's
    orders that carry no evidence; they have no touch, so they count by day of the order. Of a past day those that
    carried it, or none, by its end."""
    if query.as_of:
        statement = _past(query, unjoined)
    else:
        statement = _UNJOINED.format(shown=_SHOWN, rows=_ROWS) if unjoined else _joined(query)
    scope: dict[str, Any] = {
        "platform": None,
        "spu": None,
        **slices.scope_of(merchant, query, query.period),
        "limit": PAGE,
        "offset": (query.page - 1) * PAGE,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, scope)
        rows = cursor.fetchall()
    if not rows and query.page > 1:
        return lines(merchant, query.but(page=1), unjoined=unjoined)
    counted = rows[0][-2:] if rows else (0, 0)
    return Lines(tuple(_line(row) for row in rows), *counted)


def _line(row: tuple[Any, ...]) -> Line:
    pk, number, platform, title, product, paid_at, paid, refunded, net, grade, credited, touches, _, _ = row
    return Line(
        id=pk,
        order_number=number,
        platform=platform,
        title=title,
        product=product or "",
        day=day_of(paid_at),
        paid_fen=paid,
        refunded_fen=refunded,
        net_fen=net,
        grade=grade or Grade.UNJOINED.value,
        credited=int(credited or 0),
        touches=touches,
    )


def _past(query: ReportQuery, unjoined: bool) -> str:
    source = "" if unjoined else _CHANNEL.format(note=slices.NOTE)
    where = _NO_CHANNEL if unjoined else f"{slices.conditions(query)} AND {slices.near(query)}"
    return _STOOD.format(stood=stood(query.model), rows=_ROWS, source=source, where=where)


def _joined(query: ReportQuery) -> str:
    """Lines present in the slice; the credit of the page's lines only is read from the ledger, by key."""
    return _JOINED.format(
        shown=_SHOWN,
        rows=_ROWS,
        note=slices.NOTE,
        where=slices.conditions(query),
        near=slices.near(query),
        fen=slices.FEN[query.model],
    )


_SHOWN = """
SELECT l.id, o.external_id, l.platform, l.title, s.name, l.paid_at, l.paid_fen, l.refunded_fen, l.net_fen
"""
_ROWS = """
JOIN measurement_order o ON o.id = l.order_id AND o.merchant_id = l.merchant_id
LEFT JOIN measurement_spu s ON s.id = l.spu_id AND s.merchant_id = l.merchant_id
"""
_JOINED = """
WITH present AS MATERIALIZED (
    SELECT DISTINCT r.line_id, r.order_day, r.person
    FROM measurement_presence r
    JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}
    WHERE {where} AND {near}
), chosen AS (
    SELECT line_id FROM present ORDER BY order_day DESC, line_id DESC LIMIT %(limit)s OFFSET %(offset)s
)
{shown}, credit.grade, credit.fen, credit.touches,
       (SELECT count(*) FROM present), (SELECT count(DISTINCT person) FROM present)
FROM chosen
JOIN measurement_orderline l ON l.id = chosen.line_id AND l.merchant_id = %(merchant)s
{rows}
CROSS JOIN LATERAL (
    SELECT max(r.grade) AS grade, sum(r.{fen}) AS fen, max(r.touch_count) AS touches
    FROM measurement_credit r
    JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}
    WHERE r.id BETWEEN l.id * 65536 AND l.id * 65536 + 65535 AND {where} AND {near}
) credit
ORDER BY l.paid_at DESC, l.id DESC
"""
_CHANNEL = "JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}"
_NO_CHANNEL = """
    r.merchant_id = %(merchant)s AND r.order_day >= %(start)s AND r.order_day < %(end)s
    AND r.channel_id IS NULL
    AND (%(platform)s::text IS NULL OR r.platform = %(platform)s)
    AND (%(spu)s::bigint IS NULL OR r.spu_id = %(spu)s::bigint)
"""
_UNJOINED = f"""
WITH present AS MATERIALIZED (
    SELECT r.line_id, r.order_day, r.person FROM measurement_presence r WHERE {_NO_CHANNEL}
), chosen AS (
    SELECT line_id FROM present ORDER BY order_day DESC, line_id DESC LIMIT %(limit)s OFFSET %(offset)s
)
{{shown}}, 'U', 0, 0, (SELECT count(*) FROM present), (SELECT count(DISTINCT person) FROM present)
FROM chosen
JOIN measurement_orderline l ON l.id = chosen.line_id AND l.merchant_id = %(merchant)s
{{rows}}
ORDER BY l.paid_at DESC, l.id DESC
"""
_STOOD = """
WITH present AS MATERIALIZED (
    SELECT r.line_id, r.order_day, r.person, max(r.grade) AS grade, sum(r.fen) AS fen
    FROM {stood} r {source} WHERE {where} GROUP BY 1, 2, 3
), chosen AS (
    SELECT * FROM present ORDER BY order_day DESC, line_id DESC LIMIT %(limit)s OFFSET %(offset)s
)
SELECT l.id, o.external_id, l.platform, l.title, s.name, l.paid_at, NULL, NULL, whole.fen::bigint,
       chosen.grade, CASE chosen.grade WHEN 'U' THEN 0 ELSE chosen.fen END, NULL,
       (SELECT count(*) FROM present), (SELECT count(DISTINCT person) FROM present)
FROM chosen
JOIN measurement_orderline l ON l.id = chosen.line_id AND l.merchant_id = %(merchant)s
{rows}
CROSS JOIN LATERAL (
    SELECT sum(p.fen_linear) AS fen FROM measurement_posting p
    WHERE p.merchant_id = %(merchant)s AND p.line_id = l.id AND p.recorded_at < %(recorded_before)s
) whole
ORDER BY l.paid_at DESC, l.id DESC
"""
