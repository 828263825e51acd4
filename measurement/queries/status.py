"""How fresh a merchant's figures are, and whether the parts add up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

import numpy as np
from django.db import connection

from measurement.attribution.cells import NOBODY, Cells, day_number, different, sums
from measurement.choices import Grade, Model
from measurement.computed import computes
from measurement.queries.cells import cells as read_cells
from measurement.reports import Totals
from merchants.models import Merchant
from merchants.periods import Period

LATE_AFTER = timedelta(hours=36)
BY_HAND = ("file", "api")  # come when somebody hands them in: never late


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    source: str
    last_received_at: datetime | None
    last_error: str
    paused: bool

    def late(self, now: datetime) -> bool:
        """Nothing came for so long that the figures miss days."""
        if self.paused or self.source in BY_HAND:
            return False
        return self.last_received_at is None or now - self.last_received_at > LATE_AFTER


@dataclass(frozen=True, slots=True)
class Status:
    """The latest run, the latest order day that is known, the sources, and what there is at all."""

    run: int | None
    rule_version: str
    computed_at: datetime | None
    last_order_day: date | None
    sources: tuple[Source, ...]
    has_orders: bool
    has_touches: bool
    has_credit: bool
    has_spend: bool
    has_margins: bool
    has_legal_basis: bool

    def through(self, today: date) -> date | None:
        """The last complete day that orders are known of: yesterday at the latest."""
        if self.last_order_day is None:
            return None
        return min(self.last_order_day, today - timedelta(days=1))

    def late_sources(self, now: datetime) -> tuple[str, ...]:
        return tuple(source.name for source in self.sources if source.late(now))


def status(merchant: Merchant) -> Status:
    """One round trip for the latest run and what exists, one for the sources."""
    with connection.cursor() as cursor:
        cursor.execute(_STATUS, {"merchant": merchant.pk})
        run, rule_version, computed_at, last_order_day, orders, touches, spend, margins, credit = (
            cursor.fetchone()
        )
        cursor.execute(
            "SELECT name, source, last_received_at, last_error, paused, legal_basis <> ''"
            " FROM merchants_connection WHERE merchant_id = %s ORDER BY name",
            [merchant.pk],
        )
        rows = cursor.fetchall()
    return Status(
        run=run,
        rule_version=rule_version or "",
        computed_at=computed_at,
        last_order_day=last_order_day,
        sources=tuple(Source(*row[:5]) for row in rows),
        has_orders=orders,
        has_touches=touches,
        has_spend=spend,
        has_margins=margins,
        has_credit=credit,
        has_legal_basis=any(row[5] for row in rows),
    )


_STATUS = """
SELECT r.id, r.rule_version, r.started_at,
       (SELECT max(order_day) FROM measurement_rollup WHERE merchant_id = %(merchant)s),
       EXISTS (SELECT FROM measurement_order WHERE merchant_id = %(merchant)s AND paid_at IS NOT NULL),
       EXISTS (SELECT FROM measurement_channel WHERE merchant_id = %(merchant)s),
       EXISTS (SELECT FROM measurement_spend WHERE merchant_id = %(merchant)s),
       EXISTS (SELECT FROM measurement_spumargin WHERE merchant_id = %(merchant)s),
       EXISTS (SELECT FROM measurement_rollup WHERE merchant_id = %(merchant)s AND channel_id IS NOT NULL)
FROM (SELECT 1) AS one
LEFT JOIN LATERAL (
    SELECT id, rule_version, started_at FROM measurement_run
    WHERE merchant_id = %(merchant)s ORDER BY id DESC LIMIT 1
) r ON true
"""


@dataclass(frozen=True, slots=True)
class Bought:
    """Revenue of the orders of a period by platform and grade (A, B, U), in fen, and the proof of it."""

    platforms: dict[str, dict[str, int]]
    totals: Totals
    orders_of_a_buyer: Fraction = Fraction(1)

    @property
    def mean_order(self) -> int:
        """Fen, 0 without an order."""
        return self.totals.lines // self.totals.orders if self.totals.orders else 0

    @property
    def mean_buyer(self) -> int:
        """What one buyer spends on the mean, as far as persons are known; fen, 0 without an order."""
        return int(self.mean_order * self.orders_of_a_buyer)


@computes("unjoined")
def bought(
    merchant: Merchant,
    period: Period,
    *,
    model: Model = Model.LINEAR,
    as_of: date | None = None,
    cells: Cells | None = None,
) -> Bought:
    """What the orders paid in the period brought, by platform and evidence grade, as one model shares them; all
    five add up to the same. ``cells`` hold at least those order days; they are read when they are not given.
    What an order holds beside its lines is kept as it stands, so of a past day it is not known."""
    if cells is None:
        cells = read_cells(merchant, since=period.start, until=period.end, models=(model,), as_of=as_of)
    mine = cells.only(
        (cells.order_day >= day_number(period.start)) & (cells.order_day < day_number(period.end))
    )
    orders, paid, refunded, rest = (
        _orders(merchant, period) if as_of is None else (len(different(mine.order)), None, None, None)
    )
    platforms: dict[str, dict[str, int]] = defaultdict(dict)
    joined = {Grade.SAME_PERSON.value: 0, Grade.DECLARED.value: 0}
    unjoined = 0
    for (platform, grade), amount in _amounts(mine, model).items():
        platforms[platform][grade] = amount
        if grade in joined:
            joined[grade] += amount
        else:
            unjoined += amount
    totals = Totals(joined, unjoined, rest, orders, paid, refunded)
    return Bought(dict(platforms), totals, _orders_of_a_buyer(mine))


def _orders(merchant: Merchant, period: Period) -> tuple[int, int, int, int]:
    """How many orders, and what of them was paid, refunded, and stands on no line."""
    start, end = period.instants()
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, {"merchant": merchant.pk, "from": start, "until": end})
        found: tuple[int, int, int, int] = cursor.fetchone()
    return found


def _orders_of_a_buyer(cells: Cells) -> Fraction:
    """Of the buyers who are known; 1 where nobody is."""
    known = cells.only(cells.person != NOBODY)
    people = len(different(known.person))
    return Fraction(len(different(known.order)), people) if people else Fraction(1)


def _amounts(found: Cells, model: Model) -> dict[tuple[str, str], int]:
    """Fen by platform and grade."""
    kinds, places = np.unique(found.platform * 256 + found.grade, return_inverse=True)
    fen = sums(places, found.fen[model], len(kinds))
    return {
        (found.platforms[kind // 256], chr(kind % 256)): int(amount)
        for kind, amount in zip(kinds, fen, strict=True)
    }


_ORDERS = """
SELECT count(*), coalesce(sum(paid_fen), 0)::bigint, coalesce(sum(refunded_fen), 0)::bigint,
       coalesce(sum(rest_fen), 0)::bigint
FROM measurement_order
WHERE merchant_id = %(merchant)s AND paid_at >= %(from)s AND paid_at < %(until)s AND feed = 'shop'
  AND NOT superseded AND status IN ('paid', 'refunded_partially', 'refunded')
"""
