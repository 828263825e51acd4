"""Credit in columns: from the copies that workers keep, and from the rows of days whose copy is not the
latest word. What is read is always what the ledger holds; of a past day, that less what was posted since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import psycopg
from django.db import connection

from measurement.attribution.cells import (
    Cells,
    cells_of,
    day_number,
    joined,
    person_number,
    unpacked,
    without,
)
from measurement.choices import Model
from measurement.queries.posted import cells_of_past, count_since, posted_since
from merchants.models import Merchant
from merchants.periods import DAY, end_of


def cells(
    merchant: Merchant,
    *,
    since: date,
    until: date | None = None,
    touched_before: date | None = None,
    models: Sequence[Model],
    as_of: date | None = None,
) -> Cells:
    """The cells of order days from ``since`` up to, and without, ``until``; with ``touched_before``, days on
    which nothing was credited to a touch before that day may be left out. In two statements; in four or five as
    they stood at the end of the day ``as_of``."""
    scope: dict[str, Any] = {
        "merchant": merchant.pk,
        "since": since,
        "until": until or date.max,
        "before": touched_before or date.max,
    }
    return _present(scope, models) if as_of is None else _past(scope, models, as_of)


def _past(scope: dict[str, Any], models: Sequence[Model], as_of: date) -> Cells:
    """What stands less what was posted since, for that is little as a rule; of the days that were yet to come, and
    if credit moves while it is read, the sum of what had been posted."""
    scope = scope | {"recorded_before": end_of(as_of)}
    kept = tuple(dict.fromkeys((Model.LINEAR, *models)))
    known = scope | {"until": min(scope["until"], as_of + DAY)}
    since = posted_since(known, kept)
    present = _present(known, kept)
    if count_since(known) != len(since):
        return cells_of_past(scope, kept)
    present, since = (_touched_before(some, scope["before"]) for some in (present, since))
    parts = [without(present, since, Model.LINEAR)]
    if known["until"] < scope["until"]:
        parts.append(cells_of_past(scope | {"since": max(scope["since"], known["until"])}, kept))
    return joined(parts, kept)


def _touched_before(cells: Cells, day: date) -> Cells:
    """Without the cells of orders and touches from that day on, which the scope leaves out."""
    limit = day_number(day)
    return cells.only((cells.order_day < limit) | (cells.touched & (cells.touch_day < limit)))


def _present(scope: dict[str, Any], models: Sequence[Model]) -> Cells:
    """The cells as they stand now, in two statements."""
    copies = _copies(_COPIES.format(fen=_columns(models)), scope)
    with connection.cursor() as cursor:  # it may see a later state; of each day only one of the two is taken
        cursor.execute(
            _ROWS.format(days=_OTHERS, fen=_sums(models)), scope | _not_among(copies, scope["since"])
        )
        rows = cursor.fetchall()
    told = [
        (day, json.loads(platforms), keys, fen) for day, platforms, keys, *fen in copies if keys is not None
    ]
    parts = [unpacked(told, models)] if told else []
    if rows:
        parts.append(_read(rows, models))
    return joined(parts, models)


def _not_among(copies: list[tuple[Any, ...]], since: date) -> dict[str, Any]:
    """The days between the copies, and the last one of these."""
    known = {row[0] for row in copies}
    last = max(known, default=since - DAY)
    days = (since + timedelta(days=n) for n in range((last - since).days))
    return {"last": last, "between": [day for day in days if day not in known]}


_OTHERS = """(order_day = ANY(%(between)s::date[]) OR order_day > %(last)s)
    AND order_day >= %(since)s AND order_day < %(until)s"""


def _copies(statement: str, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Rows as the driver reads them in binary form: bytes as text take twice the time."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:  # Django's own binds in the client and reads text
        rows: list[tuple[Any, ...]] = cursor.execute(statement, scope, binary=True).fetchall()
    return rows


def of_days(merchant: Merchant, days: Sequence[date], models: Sequence[Model]) -> Cells:
    """The cells of these order days, read from the rows."""
    statement = _ROWS.format(days="order_day = ANY(%(days)s::date[])", fen=_sums(models))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"merchant": merchant.pk, "days": list(days)})
        return _read(cursor.fetchall(), models)


def _read(rows: list[tuple[Any, ...]], models: Sequence[Model]) -> Cells:
    known = [(*row[:2], row[2] and person_number(row[2].int), *row[3:]) for row in rows]
    return cells_of(known, models)


def _columns(models: Sequence[Model]) -> str:
    return ", ".join(f"fen_{model.value}" for model in models)


def _sums(models: Sequence[Model]) -> str:
    return ", ".join(f"sum(c.fen_{model.value})::bigint" for model in models)


_COPIES = """
SELECT d.day, d.platforms::text, k.* FROM measurement_creditday d
LEFT JOIN LATERAL (SELECT d.keys, {fen} WHERE d.oldest < %(before)s) k ON true
WHERE d.merchant_id = %(merchant)s AND d.day >= %(since)s AND d.day < %(until)s
  AND NOT EXISTS (SELECT FROM measurement_creditdaymark m
                  WHERE m.merchant_id = %(merchant)s AND m.day = d.day)
"""

# Presence names the lines of a day, with their order and person; what they gave stands with the line.
_ROWS = """
WITH lines AS MATERIALIZED (
    SELECT DISTINCT line_id, order_id, person FROM measurement_presence
    WHERE merchant_id = %(merchant)s AND {days}
)
SELECT c.order_day, l.order_id, l.person, c.channel_id, c.spu_id, c.platform, c.grade, c.touch_day, {fen}
FROM lines l CROSS JOIN LATERAL (
    SELECT * FROM measurement_credit
    WHERE merchant_id = %(merchant)s AND id BETWEEN l.line_id * 65536 AND l.line_id * 65536 + 65535 OFFSET 0
) c
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
"""
