"""The evidence of one order line: why it is credited as it is, share by share.

Days, never times of touches; content of this merchant only. Everything is read, nothing computed anew:
what stands here is what the ledger holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, Sum

from measurement.choices import Grade, Model
from measurement.joins import Join, chain
from measurement.models import Channel, Credit, Identity, IdentityLink, OrderLine, Posting, Run, Touch
from measurement.queries import cycles, rules
from measurement.queries.cycles import Cycle
from merchants.models import Connection, Merchant
from merchants.periods import day_of, end_of, start_of

FEN = {model: f"fen_{model.value}" for model in Model}


@dataclass(frozen=True, slots=True)
class Stop:
    """A touch of the journey. ``shares`` is fen by model, None for a touch that is shown and takes no
    credit; ``joined_by`` the links from its key to the order's, empty for the same key."""

    day: date | None
    days_before: int | None
    channel: Channel | None
    shares: Mapping[str, int] | None
    weight_position: int | None = None
    weight_decay: int | None = None
    joined_by: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What one run changed: the sum credited to content afterwards less before, in fen by model."""

    recorded_at: datetime
    cause: str
    run: int
    fen: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    line: OrderLine
    grade: str
    stops: tuple[Stop, ...]
    sums: Mapping[str, int]
    unjoined_because: str
    cycle: Cycle | None
    window_days: int
    setting: rules.Setting
    run: Run | None
    changes: tuple[Change, ...]
    source: Connection | None
    as_of: date | None

    @property
    def day(self) -> date | None:
        return day_of(self.line.paid_at) if self.line.paid_at else None

    @property
    def window_from(self) -> date | None:
        return self.day - timedelta(days=self.window_days) if self.day else None

    @property
    def joins(self) -> tuple[Join, ...]:
        """The links that the evidence rests on, each once."""
        return tuple(dict.fromkeys(link for stop in self.stops for link in stop.joined_by))


def switched_off(merchant: Merchant, line: OrderLine) -> str:
    """Why the evidence of this line may not be shown: ``sensitive`` or ``no_basis``; empty when it may."""
    if merchant.sensitive_trade:
        return "sensitive"
    source = source_of(merchant, line)
    return "" if source is not None and source.legal_basis else "no_basis"


def source_of(merchant: Merchant, line: OrderLine) -> Connection | None:
    """The source that brought the order; by platform and shop where its delivery has expired."""
    if line.order.delivery is not None:
        return line.order.delivery.connection
    rows: Any = Connection.objects.for_merchant(merchant)
    found: Connection | None = rows.filter(source=line.order.platform, shop=line.order.shop).first()
    return found


def line_of(merchant: Merchant) -> Any:
    """Lines with what a page says of them."""
    return OrderLine.objects.for_merchant(merchant).select_related(
        "order__delivery__connection", "spu__category", "declared_channel__note__blogger"
    )


def evidence(merchant: Merchant, line: OrderLine, *, as_of: date | None = None) -> Evidence:
    """The evidence of a line as it stands, or as it stood at the end of a past day."""
    setting = rules.setting_of(merchant)
    cycle = cycles.cycle_of_product(merchant, line.spu) if line.spu else None
    window = cycle.days if cycle else rules.NEUTRAL_DAYS
    state = _past(merchant, line, as_of) if as_of else _present(merchant, line)
    keys = _Keys(merchant, line)
    stops = _stops(merchant, line, state, keys)
    grade = max((row.grade for row in state), key="UBA".index, default=Grade.UNJOINED.value)
    sums = {
        model.value: sum(getattr(row, fen) for row in state if row.channel_id) for model, fen in FEN.items()
    }
    because = ""
    if grade == Grade.UNJOINED:
        because = _why_unjoined(merchant, line, keys, setting, window)
    return Evidence(
        line=line,
        grade=grade,
        stops=(*stops, *_declared_beside(line, grade)),
        sums=sums,
        unjoined_because=because,
        cycle=cycle,
        window_days=window,
        setting=setting,
        run=_run(merchant, state),
        changes=_changes(merchant, line),
        source=source_of(merchant, line),
        as_of=as_of,
    )


def _present(merchant: Merchant, line: OrderLine) -> list[Any]:
    first = line.pk * 65_536
    return list(
        Credit.objects.for_merchant(merchant).filter(id__gte=first, id__lt=first + 65_536).order_by("id")
    )


def _past(merchant: Merchant, line: OrderLine, as_of: date) -> list[Any]:
    """Credit as the sum of what had been posted by the end of a day; positions are not kept."""
    grain = ("channel_id", "grade", "touch_day", "touch_id")
    rows = (
        Posting.objects.for_merchant(merchant)
        .filter(line=line, recorded_at__lt=end_of(as_of))
        .values(*grain)
        .annotate(**{f"sum_{fen}": Sum(fen) for fen in FEN.values()})
        .order_by("touch_day", "touch_id")
    )
    found = []
    for row in rows:
        fen = {name: row.pop(f"sum_{name}") for name in FEN.values()}
        if any(fen.values()):
            found.append(Credit(merchant=merchant, line=line, **row, **fen))
    return found


class _Keys:
    """The keys of the person of a line, and the links that hold between them."""

    def __init__(self, merchant: Merchant, line: OrderLine) -> None:
        self.own = line.person_key
        self.all: list[UUID] = []
        self.links: list[Join] = []
        if self.own is None:
            return
        rows: Any = Identity.objects.for_merchant(merchant)
        person = rows.filter(person_key=self.own).values("person")
        self.all = sorted({self.own, *rows.filter(person__in=person).values_list("person_key", flat=True)})
        if len(self.all) > 1:
            links: Any = IdentityLink.objects.for_merchant(merchant)
            among = links.filter(Q(key_a__in=self.all) | Q(key_b__in=self.all), parted_at=None)
            self.links = [
                Join(link.key_a, link.key_b, link.reason, link.source, day_of(link.joined_at))
                for link in among
            ]

    def joined_by(self, key: UUID | None) -> tuple[Join, ...]:
        if key is None or self.own is None:
            return ()
        return chain(self.links, key, self.own) or ()


def _stops(merchant: Merchant, line: OrderLine, state: list[Any], keys: _Keys) -> tuple[Stop, ...]:
    channels: Any = Channel.objects.for_merchant(merchant).select_related(
        "note__blogger", "campaign", "keyword", "live_stream", "blogger"
    )
    known = channels.in_bulk({row.channel_id for row in state if row.channel_id})
    touched = _touch_keys(merchant, [row for row in state if row.touch_id])
    ordered = day_of(line.paid_at) if line.paid_at else None
    return tuple(
        Stop(
            day=row.touch_day,
            days_before=(ordered - row.touch_day).days if ordered and row.touch_day else None,
            channel=known.get(row.channel_id),
            shares={model.value: getattr(row, fen) for model, fen in FEN.items()},
            weight_position=row.weight_position,
            weight_decay=row.weight_decay,
            joined_by=keys.joined_by(touched.get(row.touch_id)),
        )
        for row in state
        if row.channel_id
    )


def _touch_keys(merchant: Merchant, rows: list[Any]) -> dict[int, UUID]:
    """The person key of each touch; looked up inside the days of the journey, which bounds the months."""
    days = [row.touch_day for row in rows]
    if not days:
        return {}
    touches: Any = Touch.objects.for_merchant(merchant)
    found = touches.filter(
        pk__in=[row.touch_id for row in rows],
        occurred_at__gte=start_of(min(days)),
        occurred_at__lt=end_of(max(days)),
    )
    return dict(found.values_list("id", "person_key"))


def _declared_beside(line: OrderLine, grade: str) -> tuple[Stop, ...]:
    """What the order itself names where touches of the person are credited: shown, not credited."""
    if grade != Grade.SAME_PERSON or line.declared_channel is None:
        return ()
    day = day_of(line.paid_at) if line.paid_at else None
    return (Stop(day=day, days_before=0, channel=line.declared_channel, shares=None),)


def _why_unjoined(
    merchant: Merchant, line: OrderLine, keys: _Keys, setting: rules.Setting, window: int
) -> str:
    """Why nothing is credited: ``not_counted``, ``no_key``, ``no_product``, ``never_seen``,
    ``other_product``, ``outside_window``; ``waiting`` when a touch counts that no run has seen yet."""
    if line.paid_at is None:
        return "not_counted"
    if keys.own is None:
        return "no_key"
    if setting.match_product and line.spu_id is None:
        return "no_product"
    with connection.cursor() as cursor:
        cursor.execute(
            _SEEN,
            {
                "merchant": merchant.pk,
                "keys": keys.all,
                "any_product": not setting.match_product,
                "spu": line.spu_id,
                "opens": line.paid_at - timedelta(days=window),
                "closes": line.paid_at,
            },
        )
        seen, of_product, inside = cursor.fetchone()
    if not seen:
        return "never_seen"
    if not of_product:
        return "other_product"
    return "waiting" if inside else "outside_window"


_SEEN = """
SELECT count(*), count(*) FILTER (WHERE same), count(*) FILTER (WHERE same AND occurred_at BETWEEN %(opens)s AND %(closes)s)
FROM (
    SELECT t.occurred_at, %(any_product)s OR coalesce(t.spu_id, c.spu_id) = %(spu)s AS same
    FROM measurement_touch t
    JOIN measurement_channel c ON c.id = t.channel_id AND c.merchant_id = t.merchant_id
    WHERE t.merchant_id = %(merchant)s AND t.person_key = ANY(%(keys)s) AND NOT t.retracted
) seen
"""  # noqa: E501


def _run(merchant: Merchant, state: list[Any]) -> Run | None:
    runs = [row.run_id for row in state if row.run_id]
    rows: Any = Run.objects.for_merchant(merchant)
    found: Run | None = rows.filter(pk=max(runs)).first() if runs else None
    return found


def _changes(merchant: Merchant, line: OrderLine) -> tuple[Change, ...]:
    """What each run changed of the credit to content, latest first."""
    rows: Any = Posting.objects.for_merchant(merchant).filter(line=line)
    summed = (
        rows.values("recorded_at", "cause", "run_id")
        .annotate(**{f"sum_{fen}": Sum(fen, filter=Q(channel__isnull=False)) for fen in FEN.values()})
        .order_by("-run_id")
    )
    return tuple(
        Change(
            row["recorded_at"],
            row["cause"],
            row["run_id"],
            {model.value: row[f"sum_{fen}"] or 0 for model, fen in FEN.items()},
        )
        for row in summed
    )
