"""What looks wrong with what was bought: found by a worker, by the rules of ``measurement.waste.flags``.

Impressions are those of the platforms' reports. Reading times and devices come from the reports too, and from
single touches where their source tells them (``dwell_seconds``, ``device``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.db import connection

from measurement.choices import TouchKind
from measurement.models import SpendFlag
from measurement.queries import slices
from measurement.queries.costs import KEYS, SOURCE
from measurement.reports import Dimension
from measurement.waste import flags as rules
from measurement.waste.flags import Day, Flag
from merchants import tenancy
from merchants.models import Merchant
from merchants.periods import start_of

SPAN = timedelta(days=90)
LEVELS = {Dimension.CAMPAIGN: ("campaign", "unit", "creative"), Dimension.NOTE: ("note", "creative")}
# what sources call it: impressions, clicks or reads, mean seconds read, distinct devices
NAMES = {
    "impressions": ("impression", "imp_num"),
    "clicks": ("click", "read_num"),
    "seconds": ("read_seconds_mean", "avg_view_time"),
    "devices": ("device_num", "distinct_devices"),
}
READS = (TouchKind.READ, TouchKind.SEARCH_CLICK, TouchKind.DEEP_READ)  # that open a note
TOUCHES = "touches"  # the source of what single touches tell
Rows = dict[tuple[str, str], list[dict[str, Any]]]  # days of each (source, row)


def renew(merchant: Merchant, *, through: date) -> int:
    """Puts the flags of the last 90 days in place of the former ones. How many."""
    with tenancy.acting_for(merchant):
        found = list(_flags(merchant, through))
        SpendFlag.objects.for_merchant(merchant).delete()
        SpendFlag.objects.bulk_create(found, batch_size=500)
    return len(found)


def _flags(merchant: Merchant, through: date) -> Iterator[SpendFlag]:
    for dimension, levels in LEVELS.items():
        rows = _rows(merchant, dimension, levels, through - SPAN - timedelta(days=28))
        usual = _usual_devices(rows)
        for (source, key), days in rows.items():
            seen = [
                Day(one["day"], one["impressions"], one["clicks"], one["fen"])
                for one in days
                if one["impressions"] is not None
            ]
            fen = {one["day"]: one["fen"] for one in days}
            # a cooperation is one row of running totals, so it has no days to compare
            floods = rules.floods(seen) if len(seen) > rules.HISTORY else []
            for flag in (*floods, *_totals(days, usual)):
                if flag.day is None or flag.day > through - SPAN:
                    yield _row(merchant, dimension, source, key, flag, fen)
        yield from _of_touches(merchant, dimension, rows, through - SPAN)


def _of_touches(merchant: Merchant, dimension: Dimension, rows: Rows, since: date) -> Iterator[SpendFlag]:
    """Flags of single touches, of what was paid for: the rest is no question of money."""
    paid: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for (_, key), days in rows.items():
        for one in days:
            if one["day"] > since:
                paid[key][one["day"]] += one["fen"]
    read = _reads(merchant, dimension, since)
    usual = _usual_devices(read)
    for (source, key), days in read.items():
        if key in paid:
            for flag in _totals(days, usual):
                yield _row(merchant, dimension, source, key, flag, paid[key])


def _totals(days: list[dict[str, Any]], usual: float | None) -> Iterator[Flag]:
    reads = [one for one in days if one["seconds"] is not None and one["clicks"]]
    counted = sum(one["clicks"] for one in reads)
    if counted:
        mean = sum(one["seconds"] * one["clicks"] for one in reads) / counted
        if flag := rules.dwell(counted, mean):
            yield flag
    viewed = [one for one in days if one["devices"] and one["clicks"]]
    views, devices = sum(one["clicks"] for one in viewed), sum(one["devices"] for one in viewed)
    if flag := rules.devices(views or None, devices or None, usual):
        yield flag


def _usual_devices(rows: Rows) -> float | None:
    each = [
        one["clicks"] / one["devices"]
        for days in rows.values()
        for one in days
        if one["devices"] and one["clicks"]
    ]
    return median(each) if len(each) >= rules.HISTORY else None


def _row(
    merchant: Merchant, dimension: Dimension, source: str, key: str, flag: Flag, fen: dict[date, int]
) -> SpendFlag:
    return SpendFlag(
        merchant=merchant,
        kind=flag.kind,
        dimension=dimension,
        key=key,
        day=flag.day,
        value=flag.value,
        usual=flag.usual,
        fen=fen.get(flag.day) if flag.day else sum(fen.values()),
        source=source,
    )


def _reads(merchant: Merchant, dimension: Dimension, since: date) -> Rows:
    """Days after ``since`` of each row as its readers' touches tell them. Seconds and devices may be known of
    different touches, so each stands in an entry of its own, with the reads that it is known of."""
    key = slices.KEYS[dimension]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT ({key})::text, (t.occurred_at AT TIME ZONE 'Asia/Shanghai')::date,
                count(t.dwell_seconds), avg(t.dwell_seconds)::float8, count(t.device), count(DISTINCT t.device)
            FROM measurement_touch t
            JOIN measurement_channel c ON c.id = t.channel_id AND c.merchant_id = t.merchant_id
            WHERE t.merchant_id = %(merchant)s AND t.occurred_at >= %(since)s AND NOT t.retracted
              AND (t.dwell_seconds IS NOT NULL OR t.device IS NOT NULL)
              AND c.kind = ANY(%(reads)s) AND ({key}) <> {slices.NOTHING}
            GROUP BY 1, 2 ORDER BY 2""",
            {"merchant": merchant.pk, "since": start_of(since + timedelta(days=1)), "reads": list(READS)},
        )
        rows = cursor.fetchall()
    found: Rows = defaultdict(list)
    for row, day, timed, seconds, viewed, devices in rows:
        known = {"day": day, "seconds": None, "devices": None}
        if timed:
            found[TOUCHES, row].append(known | {"clicks": timed, "seconds": seconds})
        if viewed:
            found[TOUCHES, row].append(known | {"clicks": viewed, "devices": devices})
    return found


def _rows(merchant: Merchant, dimension: Dimension, levels: tuple[str, ...], since: date) -> Rows:
    """Days of each row by source; of a source the first of ``levels`` that it states."""
    told = ", ".join(_told(names) for names in NAMES.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.source, s.level, ({KEYS[dimension]})::text, s.day, sum(s.fen)::bigint, {told} {SOURCE}"
            " WHERE s.merchant_id = %(merchant)s AND s.day >= %(since)s AND s.replaced_at IS NULL"
            f" AND s.level = ANY(%(levels)s) AND ({KEYS[dimension]}) IS NOT NULL"
            " GROUP BY 1, 2, 3, 4 ORDER BY 4",
            {"merchant": merchant.pk, "since": since, "levels": list(levels)},
        )
        rows = cursor.fetchall()
    stated: dict[str, set[str]] = defaultdict(set)
    for source, level, *_ in rows:
        stated[source].add(level)
    found: Rows = defaultdict(list)
    for source, level, key, day, fen, impressions, clicks, seconds, devices in rows:
        if level == next(name for name in levels if name in stated[source]):
            found[source, key].append(
                {
                    "day": day,
                    "fen": fen,
                    "impressions": None if impressions is None else int(impressions),
                    "clicks": None if clicks is None else int(clicks),
                    "seconds": None if seconds is None else float(seconds),
                    "devices": None if devices is None else int(devices),
                }
            )
    return found


def _told(names: tuple[str, ...]) -> str:
    each = (
        f"CASE WHEN s.metrics->>'{name}' ~ '^[0-9]{{1,12}}([.][0-9]+)?$' THEN (s.metrics->>'{name}')::numeric END"
        for name in names
    )
    how = "avg" if "seconds" in names[0] else "sum"
    return f"{how}(coalesce({', '.join(each)}))"
