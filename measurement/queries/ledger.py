"""The ledger as text, and the checks that it must always pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from measurement.attribution.cells import copy_of
from measurement.choices import Model
from measurement.models import CreditDay, CreditDayMark
from measurement.queries.cells import of_days
from merchants import tenancy
from merchants.models import Merchant

_EXPORT = """
SELECT row FROM (SELECT concat_ws(E'\\t', o.platform, o.shop, o.external_id, l.external_id,
    lpad(c.position::text, 5, '0'), c.grade,
    coalesce(t.natural_key::text, '-'), coalesce(ch.key, '-'), coalesce(s.code, '-'), c.order_day,
    coalesce(c.touch_day::text, '-'), c.touch_count, coalesce(c.weight_position::text, '-'),
    coalesce(c.weight_decay::text, '-'), c.fen_first, c.fen_last, c.fen_linear, c.fen_position, c.fen_decay) AS row
FROM measurement_credit c
JOIN measurement_orderline l ON l.id = c.line_id AND l.merchant_id = c.merchant_id
JOIN measurement_order o ON o.id = l.order_id
LEFT JOIN measurement_touch t ON t.id = c.touch_id AND t.occurred_at = c.touched_at AND t.merchant_id = c.merchant_id
LEFT JOIN measurement_channel ch ON ch.id = c.channel_id
LEFT JOIN measurement_spu s ON s.id = c.spu_id
WHERE c.merchant_id = %s) ledger
ORDER BY row COLLATE "C"
"""


def canonical(merchant: Merchant) -> Iterator[str]:
    """The credit of a merchant, one line of text each, sorted by bytes: natural keys, integer weights and
    fen; nothing that another computation of the same facts would number or time otherwise."""
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        cursor.execute(_EXPORT, [merchant.pk])
        for (row,) in cursor:
            yield f"{merchant.code}\t{row}"


@dataclass(frozen=True, slots=True)
class Breach:
    """An invariant that does not hold: how often, and one example."""

    merchant: str
    invariant: str
    count: int
    example: str


def breaches(merchant: Merchant) -> list[Breach]:
    """What is broken in a merchant's books; empty when all is well."""
    found = []
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        for name, sql in INVARIANTS.items():
            cursor.execute(f"SELECT count(*), min(key::text) FROM ({sql}) broken", {"merchant": merchant.pk})
            count, example = cursor.fetchone()
            if count:
                found.append(Breach(merchant.code, name, count, example))
        wrong = _wrong_copies(merchant)
    if wrong:
        found.append(Breach(merchant.code, COPIED, len(wrong), str(wrong[0])))
    return found


COPIED = "the copy of a credit day says what its rows say"
AT_ONCE = 30  # days


def _wrong_copies(merchant: Merchant) -> list[date]:
    """Days whose copy is not what it would be made now; one that is marked is work, not a breach."""
    marked = CreditDayMark.objects.for_merchant(merchant).values("day")
    days = list(
        CreditDay.objects.for_merchant(merchant)
        .exclude(day__in=marked)
        .order_by("day")
        .values_list("day", flat=True)
    )
    wrong = []
    for first in range(0, len(days), AT_ONCE):
        some = days[first : first + AT_ONCE]
        rows = of_days(merchant, some, tuple(Model))
        for copy in CreditDay.objects.for_merchant(merchant).filter(day__in=some).order_by("day"):
            wanted = copy_of(copy.day, rows.of_day(copy.day))
            if any(_plain(getattr(copy, name)) != value for name, value in wanted.items()):
                wrong.append(copy.day)
    return wrong


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


_FEN = ("fen_first", "fen_last", "fen_linear", "fen_position", "fen_decay")
_SUMS = ", ".join(f"sum({fen}) AS {fen}" for fen in _FEN)
_NEGATED = ", ".join(f"-{fen} AS {fen}" for fen in _FEN)
_LIST = ", ".join(_FEN)
_ANY = " OR ".join(f"sum({fen}) <> 0" for fen in _FEN)
_GRAIN = "channel_id, spu_id, platform, grade, touch_day, order_day"

# Each query names the rows that break its sentence. What is still marked is work, not a breach.
INVARIANTS = {
    "each model shares a line's paid − refunded to the fen": f"""
        SELECT l.id AS key FROM measurement_orderline l
        LEFT JOIN LATERAL (SELECT {_SUMS} FROM measurement_credit c
                           WHERE c.id BETWEEN l.id * 65536 AND l.id * 65536 + 65535) c ON true
        WHERE l.merchant_id = %(merchant)s
          AND NOT EXISTS (SELECT 1 FROM measurement_dirtymark d
                          WHERE d.merchant_id = l.merchant_id AND d.line_id = l.id)
          AND CASE WHEN l.paid_at IS NULL THEN c.fen_first IS NOT NULL
                   ELSE {" OR ".join(f"c.{fen} IS DISTINCT FROM l.net_fen" for fen in _FEN)} END""",
    "the credit of a touch is the sum of its postings": f"""
        SELECT line_id AS key FROM (
            SELECT line_id, touch_id, {_GRAIN}, {_LIST} FROM measurement_credit WHERE merchant_id = %(merchant)s
            UNION ALL
            SELECT line_id, touch_id, {_GRAIN}, {_NEGATED} FROM measurement_posting WHERE merchant_id = %(merchant)s
        ) d GROUP BY line_id, touch_id, {_GRAIN} HAVING {_ANY}""",
    "the rollups are the sums of the postings": f"""
        SELECT order_day AS key FROM (
            SELECT {_GRAIN}, recorded_day, {_LIST} FROM measurement_rollup WHERE merchant_id = %(merchant)s
            UNION ALL
            SELECT {_GRAIN}, (recorded_at AT TIME ZONE 'Asia/Shanghai')::date, {_NEGATED}
            FROM measurement_posting WHERE merchant_id = %(merchant)s
        ) d GROUP BY {_GRAIN}, recorded_day HAVING {_ANY}""",
    "the presence table names the lines behind the credit": f"""
        SELECT line_id AS key FROM (
            (SELECT DISTINCT line_id, {_GRAIN} FROM measurement_credit WHERE merchant_id = %(merchant)s
             EXCEPT SELECT line_id, {_GRAIN} FROM measurement_presence WHERE merchant_id = %(merchant)s)
            UNION ALL
            (SELECT line_id, {_GRAIN} FROM measurement_presence WHERE merchant_id = %(merchant)s
             EXCEPT SELECT line_id, {_GRAIN} FROM measurement_credit WHERE merchant_id = %(merchant)s)
        ) d""",
    "the lines and the rest of an order add up to its paid − refunded": """
        SELECT o.external_id AS key FROM measurement_order o
        LEFT JOIN LATERAL (SELECT coalesce(sum(net_fen), 0) AS net FROM measurement_orderline l
                           WHERE l.merchant_id = o.merchant_id AND l.order_id = o.id) l ON true
        WHERE o.merchant_id = %(merchant)s AND o.feed = 'shop' AND NOT o.superseded
          AND l.net + o.rest_fen <> o.paid_fen - coalesce(o.refunded_fen, 0)""",
    "of all versions of a touch one stands": """
        SELECT natural_key AS key FROM measurement_touch WHERE merchant_id = %(merchant)s
        GROUP BY natural_key HAVING count(*) FILTER (WHERE NOT retracted) <> 1""",
    "the tallies are a count of the touches that stand": """
        SELECT day AS key FROM (
            SELECT channel_id, spu_id, day, touches, people FROM measurement_touchtally
            WHERE merchant_id = %(merchant)s
            UNION ALL
            SELECT channel_id, spu_id, (occurred_at AT TIME ZONE 'Asia/Shanghai')::date, -count(*),
                   -count(DISTINCT person_key)
            FROM measurement_touch WHERE merchant_id = %(merchant)s AND NOT retracted GROUP BY 1, 2, 3
        ) d
        WHERE NOT EXISTS (SELECT FROM measurement_tallymark WHERE merchant_id = %(merchant)s)
          AND NOT EXISTS (SELECT FROM measurement_tallyspan WHERE merchant_id = %(merchant)s)
        GROUP BY channel_id, spu_id, day HAVING sum(touches) <> 0 OR sum(people) <> 0""",
    "grade C never enters the ledger": """
        SELECT line_id AS key FROM measurement_credit
        WHERE merchant_id = %(merchant)s AND grade NOT IN ('A', 'B', 'U')""",
    "a joined key belongs to the lowest key of its group": """
        SELECT person_key AS key FROM measurement_identity i WHERE merchant_id = %(merchant)s
          AND person <> (SELECT j.person_key FROM measurement_identity j WHERE j.merchant_id = i.merchant_id
                         AND j.person = i.person ORDER BY j.person_key LIMIT 1)""",
}
SENTENCES = (*INVARIANTS, COPIED)
"""All that is checked."""
