"""The page of waste and moves: rows that a worker left, never the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Sum, Value, When

from measurement.metrics import Verdict
from measurement.models import JudgedRow, Judging, Move, SpendFlag, StopRule
from measurement.queries.names import Name, names_of
from measurement.queries.standing import DIMENSIONS, SPANS
from measurement.reports import Dimension
from measurement.ripening.stoprules import RuleState
from merchants.models import Merchant

PAGE = 25
FLAGS = 12
MOVES = 40
_LOST_FIRST = Case(When(verdict=Verdict.LOSING, then=Value(0)), default=Value(1))
ORDERS: dict[str, tuple[Any, ...]] = {
    "waste": (_LOST_FIRST, F("high").asc(nulls_last=True)),  # by the lower end of what is lost
    "best": (F("low").desc(nulls_last=True),),
    "cost": (F("cost").desc(nulls_last=True),),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked: days of touches, what rows are, one class or all, in which order."""

    days: int = 90
    by: Dimension = Dimension.CAMPAIGN
    verdict: str = ""
    sort: str = "waste"
    page: int = 1

    def parameters(self, **changes: Any) -> dict[str, str]:
        state = {
            "days": self.days,
            "by": self.by.value,
            "class": self.verdict,
            "sort": self.sort,
            "page": self.page,
        }
        defaults = {"days": 90, "by": "campaign", "class": "", "sort": "waste", "page": 1}
        wanted = {**state, **({"page": 1, **changes} if changes else {})}
        return {name: str(value) for name, value in wanted.items() if value != defaults[name]}


def read(parameters: Mapping[str, str]) -> Asked:
    """The question in an address; what makes no sense is left at its default."""
    days = parameters.get("days", "")
    page = parameters.get("page", "")
    by = parameters.get("by", "")
    return Asked(
        days=int(days) if days in {str(span) for span in SPANS} else 90,
        by=Dimension(by) if by in {str(one) for one in DIMENSIONS} else Dimension.CAMPAIGN,
        verdict=one if (one := parameters.get("class", "")) in {str(v) for v in Verdict} else "",
        sort=one if (one := parameters.get("sort", "")) in ORDERS else "waste",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 and int(page) else 1,
    )


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


def waste(merchant: Merchant, asked: Asked, *, page_size: int | None = PAGE) -> Waste:
    """Everything the page shows, in a constant number of queries; ``page_size`` None: all rows."""
    judging = Judging.objects.for_merchant(merchant).first()
    of_all = JudgedRow.objects.for_merchant(merchant).filter(days=asked.days, dimension=asked.by)
    rows = of_all.exclude(key="").exclude(verdict="")
    summed = rows.values("verdict").annotate(cost=Sum("cost"), rows=Count("id"), high=Sum("high"))
    by_class = {one["verdict"]: one for one in summed}
    classes = tuple(
        Class(verdict, by_class[verdict]["cost"], by_class[verdict]["rows"], by_class[verdict]["high"])
        for verdict in ("losing", "unproven", "ripening", "paying")
        if verdict in by_class
    )
    wanted = rows.filter(verdict=asked.verdict) if asked.verdict else rows
    ordered = wanted.order_by(*ORDERS[asked.sort], "key")
    first = (asked.page - 1) * (page_size or 0)
    shown = tuple(ordered[first : first + page_size] if page_size else ordered)
    return Waste(
        judging=judging,
        classes=classes,
        rows=shown,
        names=names_of(merchant, asked.by, [row.key for row in shown]),
        rest=of_all.filter(key="").first(),
        count=sum(one.rows for one in classes if asked.verdict in {"", one.verdict}),
        flags=_flags(merchant),
        moves=moves(merchant),
    )


def moves(merchant: Merchant) -> tuple[Move, ...]:
    """The latest moves, those that matured and nobody has looked at first."""
    rows = Move.objects.for_merchant(merchant).select_related("owner")
    waits = Case(When(settled_at__isnull=False, seen_at=None, then=Value(0)), default=Value(1))
    return tuple(rows.order_by(waits, "-starts_on", "-id")[:MOVES])


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
