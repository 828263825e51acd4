"""What a report is asked, as it stands in the address, and what stands around every answer (pure).

All state of a page is in its address: :func:`read` takes the parameters as they came, puts the default
in place of what makes no sense and says so, and :meth:`ReportQuery.parameters` writes them back, defaults
left out. ``read(query.parameters(), today)`` is ``query`` again, on the same day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from measurement import besides, computed
from measurement.choices import Grade, Model, Placement, Platform, TouchKind
from measurement.metrics import Verdict
from merchants.periods import LONGEST, PRESETS, Period, matched_before, preset, year_before


class Axis(StrEnum):
    """Which day a credit counts for: that of the touch (the seeding) or that of the order."""

    TOUCH = "touch"
    ORDER = "order"


class Dimension(StrEnum):
    """What a row of the report is."""

    NOTE = "note"
    BLOGGER = "blogger"
    CAMPAIGN = "campaign"
    PLACEMENT = "placement"
    CREATIVE = "creative"
    KEYWORD = "keyword"
    SPU = "spu"
    PLATFORM = "platform"
    DAY = "day"
    KIND = "kind"


class Compare(StrEnum):
    PREVIOUS = "previous"
    YEAR = "year"
    NONE = "none"


class EmptyReason(StrEnum):
    NO_DATA = "no_data"
    FILTER = "filter"
    NOT_CONNECTED = "not_connected"
    NOT_PERMITTED = "not_permitted"
    TOO_NEW = "too_new"


HORIZONS = (0, 7, 15, 30, 60, 90)
"""Days x of ROI(T+x) that may be asked; 0 is the decision cycle of each category."""

SORTS = ("cost", "credited", "roi", "orders", "people", "maturity", "name", "spread")
ID_FILTERS = ("note", "blogger", "campaign", "creative", "keyword", "spu", "live", "host", "curator")
"""``live`` is one live stream, ``host`` and ``curator`` all those that a blogger hosts, or sells in."""
WORD_FILTERS: dict[str, type[StrEnum]] = {"platform": Platform, "kind": TouchKind, "placement": Placement}
DATED = frozenset({"period", "from", "to", "compare", "asof"})
"""Parameters of days: what pages with a question of their own take from this one."""

CUSTOM = "custom"
WITHOUT = "without"
DEFAULT_SPAN = "28d"


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """One question. ``within`` holds the filters by name: ids of content, or a platform or kind. ``order`` is
    that of the Markov chain, ``nulls`` whether journeys without an order count in it, ``beside`` a second thing."""

    period: Period
    span: str = DEFAULT_SPAN
    compare: Compare = Compare.PREVIOUS
    model: Model = Model.LINEAR
    axis: Axis = Axis.TOUCH
    by: Dimension = Dimension.NOTE
    grade: str = ""
    verdict: str = ""
    as_of: date | None = None
    horizon: int = 0
    sort: str = "-credited"
    page: int = 1
    within: tuple[tuple[str, str], ...] = ()
    order: int = 1
    nulls: bool = True
    beside: str = ""

    @property
    def filters(self) -> dict[str, str]:
        return dict(self.within)

    @property
    def before(self) -> Period | None:
        """The period to compare with, on the same weekdays."""
        if self.compare == Compare.NONE:
            return None
        return matched_before(self.period) if self.compare == Compare.PREVIOUS else year_before(self.period)

    @property
    def cost_is_known(self) -> bool:
        """Cost buys content, not platforms or kinds of act: sliced by those, cost is unknown."""
        return self.by not in {Dimension.PLATFORM, Dimension.KIND} and not (
            {"platform", "kind"} & set(self.filters)
        )

    def parameters(self) -> dict[str, str]:
        """The parameters of the address, defaults left out."""
        written = {
            "period": _unless(self.span, DEFAULT_SPAN),
            "from": self.period.start.isoformat() if self.span == CUSTOM else "",
            "to": self.period.last.isoformat() if self.span == CUSTOM else "",
            "compare": _unless(self.compare, Compare.PREVIOUS),
            "model": _unless(self.model, Model.LINEAR),
            "axis": _unless(self.axis, Axis.TOUCH),
            "by": _unless(self.by, Dimension.NOTE),
            "grade": self.grade,
            "class": self.verdict,
            "asof": self.as_of.isoformat() if self.as_of else "",
            "x": str(self.horizon or ""),
            "sort": _unless(self.sort, "-credited"),
            "page": "" if self.page == 1 else str(self.page),
            "order": "" if self.order == 1 else str(self.order),
            "nulls": "" if self.nulls else WITHOUT,
            "beside": self.beside,
            **self.filters,
        }
        return {name: value for name, value in written.items() if value}

    def but(self, **changes: Any) -> ReportQuery:
        """The same question with something else; the page goes back to the first unless it is said."""
        return replace(self, **{"page": 1, **changes})

    def within_also(self, name: str, value: str | int) -> ReportQuery:
        """The same question inside one row."""
        return self.but(within=tuple(sorted({**self.filters, name: str(value)}.items())))

    def without(self, name: str) -> ReportQuery:
        return self.but(within=tuple(pair for pair in self.within if pair[0] != name))


def _unless(value: str, default: str) -> str:
    return "" if value == default else str(value)


@dataclass(frozen=True, slots=True)
class Problem:
    """A parameter that made no sense, and what it was replaced by."""

    name: str
    value: str


def read(parameters: Mapping[str, str], today: date) -> tuple[ReportQuery, list[Problem]]:
    """The question in these parameters, and those of them that were not understood. Never raises."""
    reader = _Reader(parameters)
    span, period = reader.period(today)
    query = ReportQuery(
        period=period,
        span=span,
        compare=reader.choice("compare", Compare, Compare.PREVIOUS),
        model=reader.choice("model", Model, Model.LINEAR),
        axis=reader.choice("axis", Axis, Axis.TOUCH),
        by=reader.choice("by", Dimension, Dimension.NOTE),
        grade=reader.one_of("grade", (Grade.SAME_PERSON, Grade.DECLARED)),
        verdict=reader.one_of("class", tuple(Verdict)),
        as_of=reader.as_of(today),
        horizon=int(reader.one_of("x", tuple(str(days) for days in HORIZONS)) or 0),
        sort=reader.one_of("sort", tuple(SORTS) + tuple(f"-{name}" for name in SORTS)) or "-credited",
        page=reader.number("page") or 1,
        within=reader.filters(),
        order=int(reader.one_of("order", ("1", "2", "3")) or 1),
        nulls=reader.one_of("nulls", (WITHOUT,)) != WITHOUT,
        beside=reader.beside(),
    )
    return query, reader.problems


def past_day(parameters: Mapping[str, str], today: date) -> tuple[date | None, list[Problem]]:
    """The day that a page is as of, for pages that ask nothing else of days."""
    reader = _Reader(parameters)
    return reader.as_of(today), reader.problems


class _Reader:
    """Reads parameters one by one and remembers what it could not read."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self.given = {name: str(value).strip() for name, value in parameters.items()}
        self.problems: list[Problem] = []

    def refuse(self, name: str) -> None:
        self.problems.append(Problem(name, self.given[name][:40]))

    def choice(self, name: str, kind: Any, default: Any) -> Any:
        value = self.given.get(name, "")
        if value in {str(member) for member in kind}:
            return kind(value)
        if value:
            self.refuse(name)
        return default

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.given.get(name, "")
        if value in allowed:
            return str(value)
        if value:
            self.refuse(name)
        return ""

    def number(self, name: str) -> int | None:
        value = self.given.get(name, "")
        if value.isascii() and value.isdigit() and len(value) < 16 and int(value):
            return int(value)
        if value:
            self.refuse(name)
        return None

    def day(self, name: str) -> date | None:
        value = self.given.get(name, "")
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.refuse(name)
            return None

    def as_of(self, today: date) -> date | None:
        """A day in the past; today and later is the present."""
        day = self.day("asof")
        return day if day is None or day < today else None

    def beside(self) -> str:
        try:
            return besides.written(self.given)
        except ValueError:
            self.refuse("beside")
            return ""

    def period(self, today: date) -> tuple[str, Period]:
        """Both dates make a custom span, unless a preset is named; a span that cannot be is the default."""
        span = self.one_of("period", (*PRESETS, CUSTOM))
        if span in PRESETS:
            return span, preset(span, today)
        start, last = self.day("from"), self.day("to")
        if start and last:
            if start <= last and (last - start).days < LONGEST and last < date.max:
                return CUSTOM, Period(start, date.fromordinal(last.toordinal() + 1))
            self.refuse("to")
        return (span or DEFAULT_SPAN), preset(DEFAULT_SPAN, today)

    def filters(self) -> tuple[tuple[str, str], ...]:
        found = {name: str(number) for name in ID_FILTERS if (number := self.number(name))}
        for name, kind in WORD_FILTERS.items():
            if value := self.one_of(name, tuple(str(member) for member in kind)):
                found[name] = value
        return tuple(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Envelope:
    """What must be said around every figure of a report.

    ``data_through`` is the last complete day that orders are known of; ``provisional_from`` the first
    day whose decision cycle has not passed then; ``coverage`` the joined share of the revenue of orders of
    the period; ``n`` the distinct orders behind the credited rows.
    """

    data_through: date | None
    computed_at: datetime | None
    time_zone: str
    currency: str
    definition_version: str
    rule_version: str
    run: int | None
    model: str
    window: str
    coverage: Decimal | None
    n: int | None
    provisional_from: date | None = None
    full_on: date | None = None
    late_sources: tuple[str, ...] = ()
    suppressed_rows: int = 0
    interval: str = "95 %, Fay and Feuer, by buyers"
    empty_reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. Fen, or None where unknown: cost that nobody stated, and credit as long as not one order of
    the merchant could ever be tied to content. ``joined`` is the credited revenue by grade (A, B).

    ``low`` and ``high`` are the ends of the 95 % interval of ``credited``; ``profit`` is credited revenue
    times margin where the margin of everything in it is known. ``shared`` is its part of costs that no row
    carries, by kind; ``cost`` is without it, the class goes by both.
    """

    key: str
    name: str = ""
    cost: int | None = None
    credited: int | None = None
    joined: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, int] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None
    profit: int | None = None
    roi: Decimal | None = None
    orders: int | None = None
    people: int | None = None
    maturity: Decimal | None = None
    verdict: str = ""
    cover: str = ""
    by_line: str = ""
    avatar: str = ""
    later: int = 0
    shared: Mapping[str, int] = field(default_factory=dict)

    @property
    def full_cost(self) -> int | None:
        return None if self.cost is None else self.cost + sum(self.shared.values())

    @property
    @computed.computes("spread")
    def spread(self) -> int:
        """How far the models are apart: the largest credit less the smallest."""
        return max(self.shares.values(), default=0) - min(self.shares.values(), default=0)


@dataclass(frozen=True, slots=True)
class Totals:
    """Proof that the parts add up, for the orders paid in the period, in fen.

    joined A + joined B + unjoined = net of all lines; net of lines + rest (postage and other amounts that
    no line holds) = paid − refunded of the orders. Of a past day the lines are known, the rest is not.
    """

    joined: Mapping[str, int]
    unjoined: int
    rest: int | None
    orders: int
    paid: int | None
    refunded: int | None

    @property
    def lines(self) -> int:
        return sum(self.joined.values()) + self.unjoined

    @property
    def whole(self) -> int:
        """Of the lines, and of what stands on none as far as it is known."""
        return self.lines + (self.rest or 0)

    @property
    def adds_up(self) -> bool | None:
        """Whether credited + unjoined + rest is paid − refunded; unknown for a report of the past."""
        if self.paid is None or self.refunded is None:
            return None
        return self.whole == self.paid - self.refunded


@dataclass(frozen=True, slots=True)
class Reported:
    """A figure that a platform stated itself, beside ours and never added to it."""

    source: str
    metric: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Report:
    """An answer. ``rows`` are those of the page, ``count`` all of them; ``total`` and ``unassigned`` cover
    all; ``scale`` is the common axis of the intervals of the page; ``platforms`` is the revenue of the
    orders of the period by platform and grade; ``by_margin`` tells whether classes go by gross profit;
    ``joinable`` whether any order was ever tied to content; ``before`` is the total of the period before
    and ``days_before`` its credit by day, where rows are days."""

    query: ReportQuery
    envelope: Envelope
    rows: tuple[Row, ...]
    count: int
    total: Row
    unassigned: Row | None
    totals: Totals
    platforms: Mapping[str, Mapping[str, int]]
    cost_by_task: Mapping[str, int]
    cost_by_kind: Mapping[str, int]
    cost_by_verdict: Mapping[str, int]
    reported: tuple[Reported, ...]
    by_margin: bool
    before: Row | None = None
    scale: int = 0
    joinable: bool = True
    days_before: Mapping[str, int] = field(default_factory=dict)
