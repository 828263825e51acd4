"""Live streams with what their viewers bought, by stream, host or buyer-curator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q

from measurement.computed import computes
from measurement.models import LiveResult, LiveStream, Rollup
from measurement.process.windows import LIVE_HOURS, NEXT_DAYS
from measurement.queries.reported import until
from merchants.models import Merchant
from merchants.periods import Period, day_of


@dataclass(slots=True)
class Sum:
    """Sums of streams: counts of people are sums over streams, a viewer of two counts twice. ``credited`` is the
    linear credit of touches with the stream on the day it began and the next."""

    key: str
    name: str = ""
    avatar: str = ""
    host: str = ""
    curator: str = ""
    started_at: datetime | None = None
    started_on: date | None = None
    complete_on: date | None = None
    streams: int = 0
    views: int | None = None
    viewers: int | None = None
    buyers: int | None = None
    orders: int | None = None
    paid_fen: int | None = None
    refunded_fen: int | None = None
    later_buyers: int | None = None
    later_paid_fen: int | None = None
    credited: int | None = None
    platforms: dict[str, int] = field(default_factory=dict)

    def add(self, result: LiveResult) -> None:
        for name in _ADDED:
            setattr(self, name, (getattr(self, name) or 0) + getattr(result, name))


PEOPLE = {"host": "blogger_id", "curator": "curator_id"}
_ADDED = (
    "views", "viewers", "buyers", "orders", "paid_fen", "refunded_fen", "later_buyers", "later_paid_fen",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lives:
    rows: tuple[Sum, ...]
    total: Sum
    computed_at: datetime | None
    platforms: dict[str, tuple[int, int]]  # orders and fen within the window


@computes("live_views", "live_viewers", "live_buyers", "live_gmv", "live_refunded", "live_later")
def lives(
    merchant: Merchant,
    period: Period,
    by: str,
    *,
    of: Mapping[str, str] | None = None,
    as_of: date | None = None,
) -> Lives:
    """Streams of the period and those whose start nobody told, latest first; or their sums by ``host`` or
    ``curator``, the largest first. ``of`` keeps the streams of one of them. As of a past day: those that had begun
    by its end, with their credit; what viewers did is counted as it stands. A constant number of queries."""
    start, end = period.instants()
    end = min(end, until(as_of) or end)
    only = {PEOPLE[name]: key for name, key in (of or {}).items()}
    streams = list(
        LiveStream.objects.for_merchant(merchant)
        .filter(Q(started_at__gte=start, started_at__lt=end) | Q(started_at=None), **only)
        .select_related("blogger", "curator")
        .order_by(F("started_at").desc(nulls_last=True), "-id")
    )
    results: dict[int, list[LiveResult]] = defaultdict(list)
    if as_of is None:
        for result in LiveResult.objects.for_merchant(merchant).filter(live_stream__in=streams):
            results[result.live_stream_id].append(result)
    credited = _credited(merchant, streams, period, as_of)
    rows: dict[str, Sum] = {}
    total = Sum("")
    platforms: dict[str, tuple[int, int]] = {}
    for stream in streams:
        row = _row_of(rows, stream, by)
        row.streams += 1
        total.streams += 1
        if credited is not None:
            for one in (row, total):
                one.credited = (one.credited or 0) + credited.get(stream.pk, 0)
        for result in results[stream.pk]:
            if result.platform:
                orders, fen = platforms.get(result.platform, (0, 0))
                platforms[result.platform] = (orders + result.orders, fen + result.paid_fen)
                row.platforms[result.platform] = row.platforms.get(result.platform, 0) + result.orders
            else:
                row.add(result)
                total.add(result)
    ordered = list(rows.values())
    if by != "stream":
        ordered.sort(key=lambda row: (-(row.paid_fen or 0), -(row.credited or 0)))
    return Lives(tuple(ordered), total, _latest(results.values()), platforms)


def _credited(
    merchant: Merchant, streams: Iterable[LiveStream], period: Period, as_of: date | None
) -> dict[int, int] | None:
    """Fen by stream; None where not one order of the merchant was ever tied to content."""
    scope: dict[str, Any] = {
        "merchant": merchant.pk,
        "streams": [stream.pk for stream in streams],
        "start": period.start,
        "end": period.end,
        "as_of": as_of or date.max,
    }
    if not Rollup.objects.for_merchant(merchant).filter(channel__isnull=False).exists():
        return None
    with connection.cursor() as cursor:
        cursor.execute(_CREDITED, scope)
        return dict(cursor.fetchall())


# A stream may run past midnight. One whose start nobody told has the credit of the period.
_CREDITED = """
SELECT v.id, sum(r.fen_linear)::bigint
FROM measurement_rollup r
JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s
JOIN measurement_livestream v ON v.id = c.live_stream_id AND v.merchant_id = %(merchant)s
WHERE r.merchant_id = %(merchant)s AND v.id = ANY(%(streams)s::bigint[]) AND r.recorded_day <= %(as_of)s
  AND r.touch_day >= %(start)s AND r.touch_day <= %(end)s
  AND CASE WHEN v.started_at IS NULL THEN r.touch_day < %(end)s
      ELSE r.touch_day - (v.started_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN 0 AND 1 END
GROUP BY 1
"""


def _latest(results: Iterable[list[LiveResult]]) -> datetime | None:
    return max((result.computed_at for group in results for result in group), default=None)


def _row_of(rows: dict[str, Sum], stream: LiveStream, by: str) -> Sum:
    host = stream.blogger.name if stream.blogger else ""
    curator = stream.curator.name if stream.curator else ""
    if by == "stream":
        avatar = stream.blogger.avatar if stream.blogger else ""
        last = timedelta(hours=LIVE_HOURS, days=NEXT_DAYS)
        done = (stream.ended_at or stream.started_at) + last if stream.started_at else None
        row = Sum(
            key=str(stream.pk),
            name=str(stream),
            avatar=avatar,
            host=host,
            curator=curator,
            started_at=stream.started_at,
            started_on=day_of(stream.started_at) if stream.started_at else None,
            complete_on=done.date() if done else None,
        )
        rows[row.key] = row
        return row
    person = stream.curator if by == "curator" else stream.blogger
    key = str(person.pk) if person else ""
    return rows.setdefault(key, Sum(key, person.name if person else "", person.avatar if person else ""))
