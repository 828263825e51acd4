"""The page of waste and moves: rows that a worker left; of a past day, rows made as the worker makes them.

What looked wrong is kept as it stands, so of a past day there are no flags.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, F, Sum, Value, When

from measurement.metrics import Verdict
from measurement.models import JudgedRow, Judging, Move, SpendFlag, StopRule
from measurement.queries.judged import judged
from measurement.queries.names import Name, names_of
from measurement.queries.results import basis_of
from measurement.queries.standing import DIMENSIONS, SPANS
from measurement.reports import Dimension, Problem, past_day
from measurement.ripening.stoprules import RuleState
from merchants.models import Merchant
from merchants.periods import day_of, end_of

PAGE = 25
FLAGS = 12
MOVES = 40
CLASSES = ("losing", "unproven", "ripening", "paying")
ORDERS: dict[str, tuple[Any, ...]] = {
    "waste": (
        Case(When(verdict=Verdict.LOSING, then=Value(0)), default=Value(1)),
        F("high").asc(nulls_last=True),
    ),
    "best": (F("low").desc(nulls_last=True),),
    "cost": (F("cost").desc(nulls_last=True),),
}
"""By the lower end of what is lost, of what is gained, or by full cost; and the same of rows that are not kept."""
KEYS: dict[str, Callable[[JudgedRow], Any]] = {
    "waste": lambda row: (row.verdict != Verdict.LOSING, row.high is None, row.high, row.key),
    "best": lambda row: (row.low is None, -(row.low or 0), row.key),
    "cost": lambda row: (row.cost is None, -(row.cost or 0), row.key),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked: days of touches, what rows are, one class or all, in which order."""

    days: int = 90
    by: Dimension = Dimension.CAMPAIGN
    verdict: str = ""
    sort: str = "waste"
    page: int = 1
    as_of: date | None = None

    def parameters(self, **changes: Any) -> dict[str, str]:
        state = {
            "days": self.days,
            "by": self.by.value,
            "class": self.verdict,
            "sort": self.sort,
            "page": self.page,
            "asof": self.as_of or "",
        }
        defaults = {"days": 90, "by": "campaign", "class": "", "sort": "waste", "page": 1, "asof": ""}
        wanted = {**state, **({"page": 1, **changes} if changes else {})}
        return {name: str(value) for name, value in wanted.items() if value != defaults[name]}


def read(parameters: Mapping[str, str], today: date) -> tuple[Asked, list[Problem]]:
    """The question in an address; what makes no sense is left at its default, of the day that is said."""
    as_of, problems = past_day(parameters, today)
    days = parameters.get("days", "")
    page = parameters.get("page", "")
    by = parameters.get("by", "")
    asked = Asked(
        days=int(days) if days in {str(span) for span in SPANS} else 90,
        by=Dimension(by) if by in {str(one) for one in DIMENSIONS} else Dimension.CAMPAIGN,
        verdict=one if (one := parameters.get("class", "")) in {str(v) for v in Verdict} else "",
        sort=one if (one := parameters.get("sort", "")) in ORDERS else "waste",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 and int(page) else 1,
        as_of=as_of,
    )
    return asked, problems


@dataclass(frozen=True, slots=True)
class Class:
    """One class of spend: its full cost, how many rows, and the net return of all of them."""

    verdict: str
    cost: int
    rows: int
    high: int


@dataclass(frozen=True, slots=True)
class Waste:
    judging: Judging | None
    classes: tuple[Class, ...]
    rows: tuple[JudgedRow, ...]
    names: Mapping[str, Name]
    rest: JudgedRow | None
    count: int
    flags: tuple[tuple[SpendFlag, str], ...]
    moves: tuple[Move, ...]

    @property
    def judged_cost(self) -> int:
        return sum(one.cost for one in self.classes)

    @property
    def axis(self) -> tuple[int, int]:
        """Both ends of the common axis of the page's intervals; zero is on it."""
        lows = [row.low for row in self.rows if row.low is not None]
        highs = [row.high for row in self.rows if row.high is not None]
        return min([0, *lows]), max([0, *highs])


def waste(merchant: Merchant, asked: Asked, *, now: datetime, page_size: int | None = PAGE) -> Waste:
    """Everything the page shows; ``page_size`` None: all rows. A constant number of queries."""
    judging, classes, rows, rest = (_standing if asked.as_of is None else _past)(merchant, asked, now)
    first = (asked.page - 1) * (page_size or 0)
    shown = tuple(rows[first : first + page_size] if page_size else rows)
    return Waste(
        judging=judging,
        classes=tuple(sorted(classes, key=lambda one: CLASSES.index(one.verdict))),
        rows=shown,
        names=names_of(merchant, asked.by, [row.key for row in shown]),
        rest=rest,
        count=sum(one.rows for one in classes if asked.verdict in {"", one.verdict}),
        flags=_flags(merchant) if asked.as_of is None else (),
        moves=moves(merchant, as_of=asked.as_of),
    )


Found = tuple[Judging | None, list[Class], Any, JudgedRow | None]
"""When it was judged, the classes, the rows of the class that is asked in the order that is asked, and what
belongs to no row."""


def _standing(merchant: Merchant, asked: Asked, now: datetime) -> Found:
    of_all = JudgedRow.objects.for_merchant(merchant).filter(days=asked.days, dimension=asked.by)
    rows = of_all.exclude(key="").exclude(verdict="")
    summed = rows.values("verdict").annotate(cost=Sum("cost"), rows=Count("id"), high=Sum("high"))
    wanted = rows.filter(verdict=asked.verdict) if asked.verdict else rows
    return (
        Judging.objects.for_merchant(merchant).first(),
        [Class(one["verdict"], one["cost"], one["rows"], one["high"]) for one in summed],
        wanted.order_by(*ORDERS[asked.sort], "key"),
        of_all.filter(key="").first(),
    )


def _past(merchant: Merchant, asked: Asked, now: datetime) -> Found:
    """The same of rows that are not kept."""
    basis = basis_of(merchant)
    made = list(
        judged(merchant, basis, now=now, spans=(asked.days,), dimensions=(asked.by,), as_of=asked.as_of)
    )
    rows = [row for row in made if row.key and row.verdict]
    classes = []
    for verdict in {row.verdict for row in rows}:
        mine = [row for row in rows if row.verdict == verdict]
        classes.append(
            Class(verdict, sum(row.cost or 0 for row in mine), len(mine), sum(row.high or 0 for row in mine))
        )
    wanted = [row for row in rows if asked.verdict in {"", row.verdict}]
    through = min(basis[0].through(day_of(now)) or date.max, asked.as_of or date.max)
    return (
        Judging(merchant=merchant, judged_at=now, through=through, run_id=None),
        classes,
        sorted(wanted, key=KEYS[asked.sort]),
        next((row for row in made if not row.key), None),
    )


def moves(merchant: Merchant, *, as_of: date | None = None) -> tuple[Move, ...]:
    """The latest moves, those that matured and nobody has looked at first; or those that had been recorded by the
    end of a past day, with what was known of them by then."""
    rows = Move.objects.for_merchant(merchant).select_related("owner")
    if as_of is not None:
        end = end_of(as_of)
        recorded = rows.filter(recorded_at__lt=end).order_by("-starts_on", "-id")[:MOVES]
        return tuple(_unsettled(move) if _later(move.settled_at, end) else move for move in recorded)
    waits = Case(When(settled_at__isnull=False, seen_at=None, then=Value(0)), default=Value(1))
    return tuple(rows.order_by(waits, "-starts_on", "-id")[:MOVES])


def _later(at: datetime | None, end: datetime) -> bool:
    return at is not None and at >= end


def _unsettled(move: Move) -> Move:
    """The move before its outcome was known."""
    move.settled_at = move.seen_at = move.before = move.after = move.low = move.high = None
    move.came = ""
    return move


def _flags(merchant: Merchant) -> tuple[tuple[SpendFlag, str], ...]:
    rows = list(
        SpendFlag.objects.for_merchant(merchant).order_by(F("day").desc(nulls_first=True), "id")[:FLAGS]
    )
    names = {
        dimension: names_of(merchant, dimension, [row.key for row in rows if row.dimension == dimension])
        for dimension in (Dimension.CAMPAIGN, Dimension.NOTE)
    }
    return tuple((row, names[Dimension(row.dimension)][row.key].name) for row in rows)


@dataclass(frozen=True, slots=True)
class Unseen:
    """What people should look at: rules that fired and moves that matured."""

    rules: tuple[StopRule, ...]
    moves: tuple[Move, ...]


def unseen(merchant: Merchant, since: date, limit: int = 3) -> Unseen:
    """Of the last weeks, the latest first; two queries."""
    fired = StopRule.objects.for_merchant(merchant).filter(
        state=RuleState.FIRED, seen_at=None, replaced_at=None, evaluated_at__date__gte=since
    )
    matured = Move.objects.for_merchant(merchant).filter(
        settled_at__isnull=False, seen_at=None, settled_at__date__gte=since
    )
    return Unseen(
        tuple(fired.select_related("campaign").order_by("-evaluated_at", "-id")[:limit]),
        tuple(matured.order_by("-settled_at", "-id")[:limit]),
    )
