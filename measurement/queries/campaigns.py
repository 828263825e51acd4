"""Paid delivery by campaign and day: money, what platforms report of it, and the orders it took part in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection

from measurement.choices import Model
from measurement.queries.costs import SOURCE
from measurement.queries.posted import stood
from measurement.queries.reported import standing_sql, until
from merchants.models import Merchant

SIGNALS: dict[str, tuple[str, ...]] = {
    "ti": ("ti_user_num",),
    "search": ("search_cmt_after_read",),
    "shop_entry": ("external_goods_visit_24h", "goods_visit", "seller_visit"),
}
"""Early signals, and the metrics that tell them; the first one that a row has counts."""


@dataclass(slots=True)
class Delivery:
    """One campaign, or one note inside a campaign (``key``). ``spent`` is fen by day, ``orders`` distinct
    orders by order day, ``signals`` counts by day, without days of which nothing is told."""

    key: tuple[int, int]
    spu: int = 0
    spent: dict[date, int] = field(default_factory=dict)
    orders: dict[date, int] = field(default_factory=dict)
    signals: dict[str, dict[date, int]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def first_day(self) -> date:
        return min(self.spent)

    @property
    def last_day(self) -> date:
        return max(self.spent)

    @property
    def fen(self) -> int:
        return sum(self.spent.values())

    def orders_by(self, day: date) -> int:
        return sum(count for on, count in self.orders.items() if on <= day)

    def early(self, signal: str, days: int) -> int | None:
        """The signal's count over the first days; None when nothing was told of it."""
        until = self.first_day + timedelta(days=days)
        told = [count for day, count in self.signals[signal].items() if day < until]
        return sum(told) if told else None

    def early_fen(self, days: int) -> int:
        until = self.first_day + timedelta(days=days)
        return sum(fen for day, fen in self.spent.items() if day < until)


def deliveries(
    merchant: Merchant, since: date, *, by_note: bool = False, as_of: date | None = None
) -> list[Delivery]:
    """Campaigns with money since that day (by note: each note of each), in two statements; or as they had been
    stated and credited by the end of a past day. Of each source the report level that names the most money is read;
    levels are views of one spend."""
    note = "coalesce(n.id, 0)" if by_note else "0"
    channel_note = "coalesce(c.note_id, 0)" if by_note else "0"
    present = "measurement_presence" if as_of is None else stood(Model.LINEAR)
    end = until(as_of)
    scope: dict[str, Any] = {"merchant": merchant.pk, "since": since, "until": end, "recorded_before": end}
    with connection.cursor() as cursor:
        cursor.execute(_SPENT.format(note=note), scope)
        rows = cursor.fetchall()
        cursor.execute(_ORDERS.format(note=channel_note, present=present), scope)
        orders = cursor.fetchall()
    found = _deliveries(rows)
    for campaign, at_note, day, count in orders:
        if one := found.get((campaign, at_note)):
            one.orders[day] = count
    return [found[key] for key in sorted(found)]


def _deliveries(rows: list[tuple[Any, ...]]) -> dict[tuple[int, int], Delivery]:
    money: dict[tuple[str, str], int] = defaultdict(int)
    for source, level, _, _, _, _, fen, *_ in rows:
        money[source, level] += fen
    levels = {
        source: max(
            (level for at, level in money if at == source), key=lambda level: (money[source, level], level)
        )
        for source, _ in money
    }
    found: dict[tuple[int, int], Delivery] = {}
    by_spu: dict[tuple[int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for source, level, campaign, note, spu, day, fen, *signals in rows:
        if level != levels[source]:
            continue
        one = found.setdefault((campaign, note), Delivery((campaign, note)))
        one.spent[day] = one.spent.get(day, 0) + fen
        by_spu[one.key][spu] += fen
        for name, value in zip(SIGNALS, signals, strict=True):
            if value is not None:
                one.signals[name][day] = one.signals[name].get(day, 0) + int(value)
    for key, spus in by_spu.items():
        found[key].spu = max(spus, key=lambda spu: (spus[spu], spu))
    return found


def _told(names: tuple[str, ...]) -> str:
    """The first of these metrics that a row tells as a whole number."""
    each = (
        f"CASE WHEN s.metrics->>'{name}' ~ '^[0-9]{{{{1,15}}}}$' THEN (s.metrics->>'{name}')::bigint END"
        for name in names
    )
    return f"sum(coalesce({', '.join(each)}))::bigint"


_SPENT = f"""
SELECT s.source, s.level, coalesce(s.campaign_id, x.campaign_id), {{note}},
       coalesce(s.spu_id, n.spu_id, 0), s.day, sum(s.fen)::bigint, {", ".join(map(_told, SIGNALS.values()))}
{SOURCE}
WHERE s.merchant_id = %(merchant)s AND s.day >= %(since)s AND {standing_sql("s")} AND s.kind = 'ads'
  AND coalesce(s.campaign_id, x.campaign_id) IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(s.fen) > 0
"""

_ORDERS = """
SELECT c.campaign_id, {note}, r.order_day, count(DISTINCT r.order_id)
FROM {present} r
JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = r.merchant_id
WHERE r.merchant_id = %(merchant)s AND r.touch_day >= %(since)s AND c.campaign_id IS NOT NULL
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class AtDay:
    """What a campaign had come to by the end of a day: credited fen and orders of touches and orders up to
    then, cost and deeply interested people stated for these days; None where nothing is stated."""

    credited: int
    orders: int
    fen: int | None
    ti: int | None


def at_day(merchant: Merchant, campaign: int, first: date, last: date) -> AtDay:
    """One campaign from ``first`` to ``last``, whenever it is asked."""
    with connection.cursor() as cursor:
        cursor.execute(_AT_DAY, {"merchant": merchant.pk, "campaign": campaign, "first": first, "last": last})
        credited, orders = cursor.fetchone()
    mine = [one for one in deliveries(merchant, first) if one.key == (campaign, 0)]
    spent = {day: fen for one in mine for day, fen in one.spent.items() if day <= last}
    told: Mapping[date, int] = mine[0].signals["ti"] if mine else {}
    ti = [count for day, count in told.items() if day <= last]
    return AtDay(
        credited=int(credited or 0),
        orders=int(orders),
        fen=sum(spent.values()) if spent else None,
        ti=sum(ti) if ti else None,
    )


_AT_DAY = """
SELECT (SELECT sum(r.fen_linear) FROM measurement_rollup r
        JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = r.merchant_id
        WHERE r.merchant_id = %(merchant)s AND c.campaign_id = %(campaign)s
          AND r.touch_day >= %(first)s AND r.touch_day <= %(last)s AND r.order_day <= %(last)s),
       (SELECT count(DISTINCT r.order_id) FROM measurement_presence r
        JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = r.merchant_id
        WHERE r.merchant_id = %(merchant)s AND c.campaign_id = %(campaign)s
          AND r.touch_day >= %(first)s AND r.touch_day <= %(last)s AND r.order_day <= %(last)s)
"""
