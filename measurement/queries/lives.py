"""Live streams with what their viewers bought, by stream, host or buyer-curator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import F, Q

from measurement.models import LiveResult, LiveStream
from measurement.process.windows import LIVE_HOURS, NEXT_DAYS
from merchants.models import Merchant
from merchants.periods import Period, day_of


@dataclass(slots=True)
class Sum:
    """Sums of streams: counts of people are sums over streams, a viewer of two counts twice."""

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


def lives(merchant: Merchant, period: Period, by: str, *, of: Mapping[str, str] | None = None) -> Lives:
    """Streams of the period and those whose start nobody told, latest first; or their sums by ``host`` or
    ``curator``, the largest first. ``of`` keeps the streams of one of them. A constant number of queries."""
    start, end = period.instants()
    only = {PEOPLE[name]: key for name, key in (of or {}).items()}
    streams = list(
        LiveStream.objects.for_merchant(merchant)
        .filter(Q(started_at__gte=start, started_at__lt=end) | Q(started_at=None), **only)
        .select_related("blogger", "curator")
        .order_by(F("started_at").desc(nulls_last=True), "-id")
    )
    results: dict[int, list[LiveResult]] = defaultdict(list)
    for result in LiveResult.objects.for_merchant(merchant).filter(live_stream__in=streams):
        results[result.live_stream_id].append(result)
    rows: dict[str, Sum] = {}
    total = Sum("")
    platforms: dict[str, tuple[int, int]] = {}
    for stream in streams:
        row = _row_of(rows, stream, by)
        row.streams += 1
        total.streams += 1
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
        ordered.sort(key=lambda row: -(row.paid_fen or 0))
    return Lives(tuple(ordered), total, _latest(results.values()), platforms)


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
