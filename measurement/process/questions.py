"""What the page of the process is asked, as it stands in the address (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from measurement import reports
from measurement.reports import CUSTOM, Compare, Problem
from merchants.periods import Period


class Row(StrEnum):
    """What a row is."""

    NOTE = "note"
    BLOGGER = "blogger"
    CAMPAIGN = "campaign"
    UNIT = "unit"
    CREATIVE = "creative"
    KEYWORD = "keyword"
    SPU = "spu"
    DAY = "day"


class Group(StrEnum):
    """Columns that are read together; one group fits a phone."""

    DELIVERY = "delivery"
    ENGAGEMENT = "engagement"
    SEEDING = "seeding"
    TOUCHES = "touches"
    NOTES = "notes"
    ALL = "all"


OURS = ("our_i", "our_cpi", "our_ti", "our_cpti")
"""New people of our own layers and what one cost: beside the platform's, never added to them."""


class State(StrEnum):
    """Why nobody is counted into our own layers, or that people are."""

    NOT_ASKED = "not_asked"
    NO_RULE = "no_rule"
    PAST = "past"
    BUDGET_SPENT = "budget_spent"
    COUNTED = "counted"


COLUMNS: dict[Group, tuple[str, ...]] = {
    Group.DELIVERY: ("cost", "impressions", "clicks", "ctr", "cpm", "cpc"),
    Group.ENGAGEMENT: (
        "cost", "engagement", "cpe", "engagement_rate", "reported_like", "reported_save",
        "reported_comment", "reported_share", "reported_follow", "reported_screenshot",
    ),
    Group.SEEDING: (
        "cost", "reported_interested", "reported_cpi", "reported_ti", "reported_cpti", *OURS,
        "searches_after_reading", "shop_visits", "goods_visits", "offsite_visits",
    ),
    Group.TOUCHES: (
        "our_impressions", "reads", "reader_days", "deep_reads", "saves", "our_engagement", "deep_share",
        "searches", "search_clicks", "component_clicks", "enquiries",
    ),
    Group.NOTES: ("cost", "note_impressions", "note_reads", "note_likes", "note_engagement", "hits"),
}  # fmt: skip
MAIN = {
    Group.DELIVERY: "impressions", Group.ENGAGEMENT: "engagement", Group.SEEDING: "reported_ti",
    Group.TOUCHES: "reads", Group.NOTES: "note_reads", Group.ALL: "impressions",
}  # fmt: skip
"""The figure that a group is about."""

FILTERS = tuple(row.value for row in Row if row != Row.DAY)


def columns_of(group: Group) -> tuple[str, ...]:
    if group != Group.ALL:
        return COLUMNS[group]
    return tuple(dict.fromkeys(code for codes in COLUMNS.values() for code in codes))


@dataclass(frozen=True, slots=True)
class Question:
    """``within`` holds the filters: ids of content by name. ``sort`` is a column, falling with a minus."""

    period: Period
    span: str = reports.DEFAULT_SPAN
    compare: Compare = Compare.PREVIOUS
    by: Row = Row.NOTE
    show: Group = Group.DELIVERY
    sort: str = ""
    page: int = 1
    within: tuple[tuple[str, str], ...] = ()
    as_of: date | None = None

    @property
    def filters(self) -> dict[str, str]:
        return dict(self.within)

    @property
    def before(self) -> Period | None:
        """The period to compare with, on the same weekdays."""
        return reports.ReportQuery(self.period, compare=self.compare).before

    @property
    def columns(self) -> tuple[str, ...]:
        return columns_of(self.show)

    @property
    def layered(self) -> bool:
        """Whether people of our own layers are asked for."""
        return not set(OURS).isdisjoint(self.columns)

    @property
    def products_apart(self) -> bool:
        """Whether rows are products, each with people of its own, of whom one may stand with several."""
        return self.by == Row.SPU and "spu" not in self.filters

    @property
    def order(self) -> str:
        """What the rows are sorted by: as asked, else the group's main figure, the largest first."""
        return self.sort or f"-{MAIN[self.show]}"

    def parameters(self) -> dict[str, str]:
        """The parameters of the address, defaults left out."""
        dated = reports.ReportQuery(
            self.period, span=self.span, compare=self.compare, as_of=self.as_of
        ).parameters()
        written = {
            **dated,
            "by": "" if self.by == Row.NOTE else self.by.value,
            "show": "" if self.show == Group.DELIVERY else self.show.value,
            "sort": self.sort,
            "page": "" if self.page == 1 else str(self.page),
            **self.filters,
        }
        return {name: value for name, value in written.items() if value}

    def but(self, **changes: Any) -> Question:
        """The same question with something else, on its first page unless that is said."""
        return replace(self, **{"page": 1, **changes})

    def within_also(self, name: str, value: str) -> Question:
        return self.but(within=tuple(sorted({**self.filters, name: value}.items())))

    def without(self, name: str) -> Question:
        return self.but(within=tuple(pair for pair in self.within if pair[0] != name))

    def on(self, day: date) -> Question:
        return self.but(period=Period(day, date.fromordinal(day.toordinal() + 1)), span=CUSTOM)


def read(parameters: Mapping[str, str], today: date) -> tuple[Question, list[Problem]]:
    """The question in these parameters, and those of them that were not understood. Never raises."""
    dated = {name: value for name, value in parameters.items() if name in reports.DATED}
    query, problems = reports.read(dated, today)
    given = {name: str(value).strip() for name, value in parameters.items()}

    def chosen(name: str, allowed: tuple[str, ...], default: str) -> str:
        value = given.get(name, "")
        if value in allowed:
            return value
        if value:
            problems.append(Problem(name, value[:40]))
        return default

    def number(name: str) -> str:
        value = given.get(name, "")
        if value.isascii() and value.isdigit() and len(value) < 16 and int(value):
            return value
        if value:
            problems.append(Problem(name, value[:40]))
        return ""

    show = Group(chosen("show", tuple(Group), Group.DELIVERY))
    sortable = ("name", *columns_of(Group.ALL))
    return (
        Question(
            period=query.period,
            span=query.span,
            compare=query.compare,
            by=Row(chosen("by", tuple(Row), Row.NOTE)),
            show=show,
            sort=chosen("sort", (*sortable, *(f"-{name}" for name in sortable)), ""),
            page=int(number("page") or 1),
            as_of=query.as_of,
            within=tuple((name, value) for name in sorted(FILTERS) if (value := number(name))),
        ),
        problems,
    )
