"""What all merchants sold, streamed and published, by month; from counted days, read as the operator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connections

from measurement.choices import SpendKind

OPERATOR = "operator"
MONTH = "date_trunc('month', {} AT TIME ZONE 'Asia/Shanghai')::date"


def sold_by_month(since: date) -> dict[int, dict[date, int]]:
    """Fen paid for goods, before refunds, by merchant and month of payment; no entry where nothing was paid."""
    return _by_month(
        "SELECT merchant_id, date_trunc('month', day)::date, sum(paid_fen) FROM measurement_soldday"
        " WHERE day >= %s AND orders > 0 GROUP BY 1, 2",
        [since],
    )


def sold_between(start: date, end: date) -> dict[int, int]:
    """Fen paid from ``start`` up to, and without, ``end``, by merchant."""
    rows = _rows(
        "SELECT merchant_id, sum(paid_fen) FROM measurement_soldday"
        " WHERE day >= %s AND day < %s AND orders > 0 GROUP BY 1",
        [start, end],
    )
    return {merchant: int(fen) for merchant, fen in rows}


def first_sales() -> dict[int, date]:
    """The first day since a merchant has its account on which it sold something: orders of before are imported."""
    return dict(
        _rows(
            "SELECT s.merchant_id, min(s.day) FROM measurement_soldday s JOIN merchants_merchant m"
            " ON m.id = s.merchant_id WHERE s.orders > 0"
            " AND s.day >= (m.created_at AT TIME ZONE 'Asia/Shanghai')::date GROUP BY 1",
            [],
        )
    )


def lives_by_month(since: date, threshold: int) -> dict[int, dict[date, tuple[int, int]]]:
    """Live sessions whose sales are counted, and those of them that sold for ``threshold`` fen or more to their
    viewers within 24 hours, by merchant and month."""
    rows = _rows(
        f"SELECT r.merchant_id, {MONTH.format('l.started_at')}, count(*),"
        " count(*) FILTER (WHERE r.paid_fen >= %s) FROM measurement_liveresult r"
        " JOIN measurement_livestream l ON l.id = r.live_stream_id AND l.merchant_id = r.merchant_id"
        f" WHERE r.platform = '' AND {MONTH.format('l.started_at')} >= %s GROUP BY 1, 2",
        [threshold, since],
    )
    return _nested((merchant, month, (count, over)) for merchant, month, count, over in rows)


def notes_by_month(since: date) -> dict[int, dict[date, tuple[int, int]]]:
    """Notes by month of publication, and those of them with a stated fee; only of merchants that ever stated one,
    because of the others nobody knows which notes were paid for."""
    rows = _rows(
        f"SELECT n.merchant_id, {MONTH.format('n.published_at')}, count(*),"
        " count(*) FILTER (WHERE EXISTS (SELECT FROM measurement_spend s WHERE s.merchant_id = n.merchant_id"
        " AND s.note_id = n.id AND s.kind = %s AND s.replaced_at IS NULL))"
        " FROM measurement_note n WHERE n.merchant_id IN (SELECT DISTINCT merchant_id FROM measurement_spend"
        " WHERE kind = %s AND note_id IS NOT NULL AND replaced_at IS NULL)"
        f" AND {MONTH.format('n.published_at')} >= %s GROUP BY 1, 2",
        [SpendKind.NOTE_FEE, SpendKind.NOTE_FEE, since],
    )
    return _nested((merchant, month, (known, paid)) for merchant, month, known, paid in rows)


def trades() -> dict[int, set[str]]:
    """The trades (roots of the tree of categories, by code) of what a merchant sells."""
    rows = _rows(
        "WITH RECURSIVE up AS (SELECT id AS leaf, id, parent_id, code FROM measurement_category"
        " UNION ALL SELECT up.leaf, c.id, c.parent_id, c.code FROM measurement_category c"
        " JOIN up ON c.id = up.parent_id)"
        " SELECT DISTINCT s.merchant_id, up.code FROM measurement_spu s JOIN up ON up.leaf = s.category_id"
        " WHERE up.parent_id IS NULL",
        [],
    )
    found: dict[int, set[str]] = defaultdict(set)
    for merchant, code in rows:
        found[merchant].add(code)
    return dict(found)


def _by_month(statement: str, values: Sequence[Any]) -> dict[int, dict[date, int]]:
    return _nested((merchant, month, int(fen)) for merchant, month, fen in _rows(statement, values))


def _nested(rows: Any) -> dict[int, dict[date, Any]]:
    found: dict[int, dict[date, Any]] = defaultdict(dict)
    for merchant, month, value in rows:
        found[merchant][month] = value
    return dict(found)


def _rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connections[OPERATOR].cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
