"""Who stood behind a period's credit, and what became of it: buyers, refunds, short windows, other products.

Read from the credit of the lines that the slice touches, line by line by its key, when somebody asks for it:
the only figures of the page "Over time" that rollups do not hold. They are those of now, never of a past day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from measurement.choices import Model
from measurement.computed import computes
from measurement.process.windows import LIVE_HOURS, OWN_SHOP_DAYS
from measurement.queries.names import names_of
from measurement.queries.products import longest_cycle, products_of
from measurement.queries.slices import FEN, NOTE, conditions, scope_of
from measurement.reports import Dimension, ReportQuery
from merchants.models import Merchant

NEW, RETURNING, UNKNOWN = "new", "returning", "unknown"
OTHERS = 8  # other products that are named; the rest stand together


@dataclass(frozen=True, slots=True)
class Group:
    """Orders, persons, and credited fen after (``net``) and before refunds (``gross``)."""

    orders: int = 0
    people: int = 0
    net: int = 0
    gross: int = 0

    @property
    def refunded(self) -> int:
        return self.gross - self.net


@dataclass(frozen=True, slots=True)
class Other:
    """A product that the same people bought beside those that are credited; ``fen`` is paid less refunded."""

    name: str
    orders: int
    people: int
    fen: int


@dataclass(frozen=True, slots=True)
class Buyers:
    """``groups`` by new, returning, unknown, and "" for all of them. ``live``: credit of live views within
    24 hours and within the cycle; ``own_shop``: credit of orders in the platform's own shop within 7 days and
    within the cycle; ``others``: the largest other products, and ``beside`` all of them together."""

    groups: Mapping[str, Group]
    live: tuple[int, int]
    own_shop: tuple[int, int]
    others: tuple[Other, ...] = ()
    beside: Other = field(default=Other("", 0, 0, 0))

    @property
    def whole(self) -> Group:
        return self.groups.get("", Group())


@computes("gross_credit", "new_buyers", "other_products", "short_windows")
def buyers(merchant: Merchant, query: ReportQuery) -> Buyers:
    """The buyers of a question, in three statements at most. Its ``as_of`` and horizon are not regarded."""
    scope = scope_of(merchant, query, query.period) | {"window": longest_cycle(products_of(merchant))}
    groups: dict[str, Group] = {}
    live = own_shop = (0, 0)
    with connection.cursor() as cursor:
        cursor.execute(_statement(query), scope)
        for name, orders, people, net, gross, *short in cursor.fetchall():
            groups[name] = Group(orders, people, net, gross)
            if name == "":
                live, own_shop = (short[0], short[1]), (short[2], short[3])
        cursor.execute(_OTHERS.format(where=conditions(query), note=NOTE), scope)
        rows = cursor.fetchall()
    return Buyers(groups, live, own_shop, *_others(merchant, rows))


def _others(merchant: Merchant, rows: list[tuple[Any, ...]]) -> tuple[tuple[Other, ...], Other]:
    beside = next((Other("", *row[2:]) for row in rows if row[0]), Other("", 0, 0, 0))
    single = sorted((row for row in rows if not row[0]), key=lambda row: (-row[4], row[1]))[:OTHERS]
    called = names_of(merchant, Dimension.SPU, [str(row[1]) for row in single if row[1]])
    return tuple(Other(called[str(row[1])].name if row[1] else "", *row[2:]) for row in single), beside


# A touch's weight under each model, as integers: its share of the line is weight ÷ sum of weights, which
# holds for the amount before refunds as for the one after. A declared touch is alone and has no weights.
_WEIGHTS = {
    Model.FIRST: "(r.position = 1)::integer",
    Model.LAST: "(r.position = r.touch_count)::integer",
    Model.LINEAR: "1",
    Model.POSITION: "coalesce(r.weight_position, 1)",
    Model.DECAY: "coalesce(r.weight_decay, 1)",
}


def _statement(query: ReportQuery) -> str:
    return _BUYERS.format(
        where=conditions(query),
        note=NOTE,
        fen=FEN[query.model],
        weight=_WEIGHTS[query.model],
        live_hours=LIVE_HOURS,
        shop_days=OWN_SHOP_DAYS,
    )


# Whoever had an order on an earlier day is returning, as far as this ledger and the joined keys reach.
_BUYERS = """
WITH touched AS MATERIALIZED (
    SELECT DISTINCT r.line_id, r.order_id, r.person, r.order_day
    FROM measurement_presence r
    JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}
    WHERE {where}
), credited AS (
    SELECT t.order_id, t.person, s.fen, l.paid_fen * s.part / s.whole AS gross,
           coalesce(s.live, 0) AS live, coalesce(s.live_soon, 0) AS live_soon,
           CASE WHEN l.platform = 'xiaohongshu_ark' THEN s.fen ELSE 0 END AS own,
           CASE WHEN l.platform = 'xiaohongshu_ark' THEN coalesce(s.soon, 0) ELSE 0 END AS own_soon,
           CASE WHEN t.person IS NULL THEN 'unknown'
                WHEN EXISTS (SELECT FROM measurement_presence p WHERE p.merchant_id = %(merchant)s
                             AND p.person = t.person AND p.order_day < t.order_day) THEN 'returning'
                ELSE 'new' END AS kind
    FROM touched t
    JOIN measurement_orderline l ON l.id = t.line_id AND l.merchant_id = %(merchant)s
    CROSS JOIN LATERAL (
        SELECT sum({weight})::numeric AS whole,
               sum({weight}) FILTER (WHERE {where}) AS part,
               coalesce(sum(r.{fen}) FILTER (WHERE {where}), 0) AS fen,
               sum(r.{fen}) FILTER (WHERE {where} AND l.paid_at - r.touched_at <= interval '{shop_days} days') AS soon,
               sum(r.{fen}) FILTER (WHERE {where} AND c.kind = 'live_view') AS live,
               sum(r.{fen}) FILTER (WHERE {where} AND c.kind = 'live_view'
                                    AND l.paid_at - r.touched_at <= interval '{live_hours} hours') AS live_soon
        FROM measurement_credit r
        JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}
        WHERE r.merchant_id = %(merchant)s AND r.id BETWEEN t.line_id * 65536 AND t.line_id * 65536 + 65535
    ) s
)
SELECT coalesce(kind, ''), count(DISTINCT order_id), count(DISTINCT person), coalesce(sum(fen), 0)::bigint,
       coalesce(round(sum(gross)), 0)::bigint, coalesce(sum(live_soon), 0)::bigint,
       coalesce(sum(live), 0)::bigint, coalesce(sum(own_soon), 0)::bigint, coalesce(sum(own), 0)::bigint
FROM credited GROUP BY GROUPING SETS ((kind), ())
"""

_OTHERS = """
WITH people AS MATERIALIZED (
    SELECT r.person, min(r.touch_day) AS first_day, array_agg(DISTINCT coalesce(r.spu_id, 0)) AS spus
    FROM measurement_presence r
    JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s {note}
    WHERE {where} AND r.person IS NOT NULL
    GROUP BY r.person
), others AS (
    SELECT DISTINCT p.line_id, p.order_id, p.person, coalesce(p.spu_id, 0) AS spu
    FROM people b
    JOIN measurement_presence p ON p.merchant_id = %(merchant)s AND p.person = b.person
        AND p.order_day BETWEEN b.first_day AND b.first_day + %(window)s
    WHERE coalesce(p.spu_id, 0) <> ALL (b.spus)
)
SELECT grouping(o.spu) = 1, o.spu, count(DISTINCT o.order_id), count(DISTINCT o.person),
       coalesce(sum(l.net_fen), 0)::bigint
FROM others o JOIN measurement_orderline l ON l.id = o.line_id AND l.merchant_id = %(merchant)s
GROUP BY GROUPING SETS ((o.spu), ())
"""
