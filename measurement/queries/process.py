"""The report of the process: figures of notes, bloggers, campaigns and the rest, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from measurement import metrics, privacy
from measurement.models import Creative, Unit
from measurement.process.engagement import Definition
from measurement.process.figures import Figure, figures, layered
from measurement.process.questions import MAIN, Question, Row
from measurement.queries import delivered
from measurement.queries.delivered import Part
from measurement.queries.names import Name, names_of
from measurement.queries.process_layers import Entered, New, k
from measurement.queries.process_setting import definition_of
from measurement.queries.reported import standing_sql, until
from measurement.reports import Dimension
from merchants.models import Merchant
from merchants.periods import day_of

PAGE = 25
NOBODY = Entered()
NOT_KNOWN = New()


@dataclass(frozen=True, slots=True)
class Line:
    """One row: figures by code, ``judged`` the notes of it of which it is known whether they are hits."""

    key: str
    figures: Mapping[str, Figure]
    judged: int = 0
    name: str = ""
    by_line: str = ""
    cover: str = ""
    avatar: str = ""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far each side goes: last day of cost that is stated, last day of touches, and whether touches still
    wait to be counted."""

    reported_through: date | None
    touched_through: date | None
    waiting: bool
    kinds: tuple[str, ...]
    has_spend: bool

    def through(self, today: date) -> date | None:
        """The last complete day that both sides know, as far as a side has anything."""
        known = [day for day in (self.reported_through, self.touched_through) if day]
        return min([*known, today - timedelta(days=1)]) if known else None


@dataclass(frozen=True, slots=True)
class Answer:
    """``lines`` are those of the page, ``count`` all of them. ``total`` and ``unassigned`` cover all;
    ``before`` holds the figures of the former period, ``days_before`` the group's main figure by its day.
    ``entered`` are the people of our own layers; ``named`` says whether a touchpoint names any row, without
    which nobody can be counted to one."""

    question: Question
    definition: Definition
    freshness: Freshness
    lines: tuple[Line, ...]
    count: int
    total: Line
    unassigned: Line | None
    before: Mapping[str, Figure] | None
    time_zone: str
    currency: str
    definition_version: str = metrics.VERSION
    days_before: Mapping[str, Figure] = field(default_factory=dict)
    through: date | None = None
    empty_reason: str = ""
    entered: Entered = NOBODY
    named: bool = False


def report(
    merchant: Merchant,
    question: Question,
    *,
    now: datetime,
    page_size: int | None = PAGE,
    entered: Entered = NOBODY,
) -> Answer:
    """The answer; ``page_size`` None gives all rows. Sorted by the question's order, unknown last. Touches are
    counted as they stand, so of a past day they are unknown.
    ``entered`` are the people of our own layers, where they are asked for and may be told."""
    definition = definition_of(merchant, as_of=question.as_of)
    fresh = freshness(merchant, as_of=question.as_of)
    found = delivered.spent(delivered.spend_lines(merchant, question))
    kinds = () if question.as_of else fresh.kinds
    nobodys = Part() if question.as_of else delivered.add_tallies(merchant, question, found)
    delivered.add_notes(merchant, question, definition, found)

    for key in entered.rows:
        found.rows.setdefault(key, Part())

    def line(key: str, part: Part, new: New = NOT_KNOWN) -> Line:
        told = figures(part.sums(kinds), definition)
        return Line(key, told | layered(part.cost, new.interested, new.deep), part.judged)

    lines = [
        _published(line(key, part, entered.rows.get(key, NOT_KNOWN))) for key, part in found.rows.items()
    ]
    ordered, shown = _page(merchant, lines, question, page_size)
    rest = found.whole.less(found.rows.values())
    rest.touches, rest.people = nobodys.touches, nobodys.people
    unnamed = entered.unnamed
    unassigned = _published(line("", rest, unnamed)) if _holds(rest) or unnamed != NOT_KNOWN else None
    main = MAIN[question.show]
    return Answer(
        question=question,
        definition=definition,
        freshness=fresh,
        lines=tuple(shown),
        count=len(ordered),
        total=_with_published(
            line("", found.whole, entered.whole), [*lines, *([unassigned] if unassigned else [])]
        ),
        unassigned=unassigned,
        before=line("", found.former, entered.former).figures if question.before else None,
        days_before={key: line(key, part).figures[main] for key, part in found.former_days.items()},
        time_zone=merchant.time_zone,
        currency=merchant.currency,
        through=fresh.through(day_of(now)),
        empty_reason=_why_empty(question, fresh, lines, day_of(now)),
        entered=entered,
        named=any(part.touches for part in found.rows.values()),
    )


def _published(line: Line) -> Line:
    """The line with its count of people as it may be shown: they are not the merchant's own customers."""
    people = line.figures["reader_days"]
    shown = None if people is None else privacy.published(int(people), k())
    return replace(line, figures={**line.figures, "reader_days": shown})


def _with_published(total: Line, lines: list[Line]) -> Line:
    """The total of people is the sum of what is shown, so that it tells nothing of a hidden row."""
    shown = [int(line.figures["reader_days"]) for line in lines if line.figures["reader_days"] is not None]
    return replace(total, figures={**total.figures, "reader_days": sum(shown) if shown else None})


def _holds(rest: Part) -> bool:
    return bool(rest.cost or any(rest.reported.values()) or any(rest.touches.values()))


def _why_empty(question: Question, fresh: Freshness, lines: list[Line], today: date) -> str:
    if lines:
        return ""
    if not fresh.has_spend and not fresh.kinds:
        return "not_connected"
    if question.within:
        return "filter"
    through = fresh.through(today)
    return "too_new" if through and question.period.start > through else "no_data"


_FRESH = f"""
SELECT (SELECT max(s.day) FROM measurement_spend s WHERE s.merchant_id = %(merchant)s AND {standing_sql("s")}
        AND s.day <= coalesce(%(as_of)s::date, (now() AT TIME ZONE 'Asia/Shanghai')::date - 1)),
       (SELECT max(day) FROM measurement_touchtally WHERE merchant_id = %(merchant)s),
       EXISTS (SELECT FROM measurement_tallymark WHERE merchant_id = %(merchant)s)
           OR EXISTS (SELECT FROM measurement_tallyspan WHERE merchant_id = %(merchant)s),
       ARRAY(SELECT DISTINCT kind FROM measurement_channel WHERE merchant_id = %(merchant)s
             AND kind <> 'declared' ORDER BY kind),
       EXISTS (SELECT FROM measurement_spend WHERE merchant_id = %(merchant)s)
"""


def freshness(merchant: Merchant, *, as_of: date | None = None) -> Freshness:
    """How far it goes now; of a past day, whose touches are not known, how far the reports went."""
    with connection.cursor() as cursor:
        cursor.execute(_FRESH, {"merchant": merchant.pk, "as_of": as_of, "until": until(as_of)})
        reported, touched, waiting, kinds, has_spend = cursor.fetchone()
    past = as_of is not None
    return Freshness(reported, None if past else touched, waiting and not past, tuple(kinds), has_spend)


def _page(
    merchant: Merchant, lines: list[Line], question: Question, size: int | None
) -> tuple[list[Line], list[Line]]:
    """All lines in order, and those of the page with their names. Days stand in their order."""
    if question.by == Row.DAY:
        days = sorted(lines, key=lambda line: line.key)
        return days, [replace(line, name=line.key) for line in days]
    name, falling = question.order.lstrip("-"), question.order.startswith("-")
    if name == "name":
        named = _named(merchant, lines, question)
        ordered = sorted(named, key=lambda line: (line.name, line.key), reverse=falling)
        return ordered, _cut(ordered, question.page, size)
    known = [line for line in lines if line.figures[name] is not None]
    unknown = [line for line in lines if line.figures[name] is None]
    known.sort(key=lambda line: (line.figures[name], line.figures["cost"] or 0, line.key), reverse=falling)
    unknown.sort(key=lambda line: (-(line.figures["cost"] or 0), line.key))
    ordered = known + unknown
    return ordered, _named(merchant, _cut(ordered, question.page, size), question)


def _cut(lines: list[Line], page: int, size: int | None) -> list[Line]:
    if size is None:
        return lines
    first = (min(page, max(1, -(-len(lines) // size))) - 1) * size
    return lines[first : first + size]


def _named(merchant: Merchant, lines: list[Line], question: Question) -> list[Line]:
    found = names_of_rows(merchant, question.by, [line.key for line in lines])
    return [
        replace(line, name=name.name, by_line=name.by_line, cover=name.cover, avatar=name.avatar)
        for line in lines
        for name in [found[line.key]]
    ]


def names_of_rows(merchant: Merchant, row: Row, keys: list[str]) -> dict[str, Name]:
    """Names of rows, one query; what is gone by now keeps its number."""
    if row.value in set(Dimension):
        return names_of(merchant, Dimension(row.value), keys)
    model: Any = {Row.UNIT: Unit, Row.CREATIVE: Creative}[row]
    rows = model.objects.for_merchant(merchant).filter(pk__in=[int(key) for key in keys])
    found = {}
    for one in rows.select_related("campaign", *(["note"] if model is Creative else [])):
        belongs = str(one.campaign) if one.campaign else ""
        cover = one.note.cover if model is Creative and one.note else ""
        found[str(one.pk)] = Name(str(one), belongs, cover)
    return {key: found.get(key, Name(f"#{key}")) for key in keys}
