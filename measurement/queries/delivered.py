"""What was delivered and counted in a period: report rows of one level, tallies of touches, totals of notes.

One statement for each source, whatever the rows are. Levels of an ad report are views of one spend: the
whole is summed over the first level that is stated, rows over the level that names most of the money, and
what no row holds stands apart, so that rows and rest are the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from measurement.process.engagement import Definition, is_hit
from measurement.process.figures import NOTE_TOTALS, REPORTED, Sums, parts_of_notes
from measurement.process.questions import Question, Row
from measurement.queries.costs import first_level
from measurement.queries.reported import standing_sql, until, views_sql
from merchants.models import Merchant
from merchants.periods import Period

_NEVER = Period(date(1970, 1, 1), date(1970, 1, 2))
SPEND_KEYS = {
    Row.NOTE: "n.id",
    Row.BLOGGER: "coalesce(n.blogger_id, s.blogger_id)",
    Row.CAMPAIGN: "coalesce(s.campaign_id, x.campaign_id)",
    Row.UNIT: "coalesce(s.unit_id, x.unit_id)",
    Row.CREATIVE: "s.creative_id",
    Row.KEYWORD: "s.keyword_id",
    Row.SPU: "coalesce(s.spu_id, n.spu_id)",
    Row.DAY: "s.day",
}
TALLY_KEYS = {
    Row.NOTE: "c.note_id",
    Row.BLOGGER: "coalesce(n.blogger_id, c.blogger_id)",
    Row.CAMPAIGN: "coalesce(c.campaign_id, x.campaign_id)",
    Row.UNIT: "x.unit_id",
    Row.CREATIVE: "c.creative_id",
    Row.KEYWORD: "c.keyword_id",
    Row.SPU: "coalesce(t.spu_id, c.spu_id)",
    Row.DAY: "t.day",
}
SPEND_SOURCE = """
    FROM measurement_spend s
    LEFT JOIN measurement_creative x ON x.id = s.creative_id AND x.merchant_id = s.merchant_id
    LEFT JOIN measurement_note n ON n.id = coalesce(s.note_id, x.note_id) AND n.merchant_id = s.merchant_id
"""
TALLY_SOURCE = """
    FROM measurement_touchtally t
    JOIN measurement_channel c ON c.id = t.channel_id AND c.merchant_id = t.merchant_id
    LEFT JOIN measurement_note n ON n.id = c.note_id AND n.merchant_id = t.merchant_id
    LEFT JOIN measurement_creative x ON x.id = c.creative_id AND x.merchant_id = t.merchant_id
"""
_DAYS = "{day} >= %(start)s AND {day} < %(end)s OR {day} >= %(before)s AND {day} < %(before_end)s"


@dataclass(slots=True)
class Part:
    """Sums while they grow; a count that nobody told is not in the mappings."""

    cost: int | None = None
    reported: dict[str, int] = field(default_factory=dict)
    stated: dict[str, int] = field(default_factory=dict)
    clicks_shown: int | None = None
    touches: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    hits: int | None = None
    judged: int = 0

    def add_line(self, line: SpendLine) -> None:
        self.cost = (self.cost or 0) + line.fen
        for name, (count, fen) in line.told.items():
            self.reported[name] = self.reported.get(name, 0) + count
            self.stated[name] = self.stated.get(name, 0) + fen
        if line.clicks_shown is not None:
            self.clicks_shown = (self.clicks_shown or 0) + line.clicks_shown

    def add_note(self, totals: Mapping[str, int], hit: bool | None) -> None:
        for name, count in totals.items():
            self.notes[name] = self.notes.get(name, 0) + count
        if hit is not None:
            self.hits = (self.hits or 0) + hit
            self.judged += 1

    def sums(self, kinds: Iterable[str]) -> Sums:
        """``kinds``: those of which any touch was ever taken in; of others nothing is known."""
        return Sums(
            cost=self.cost,
            reported=self.reported,
            stated=self.stated,
            clicks_shown=self.clicks_shown,
            touches={kind: self.touches.get(kind, 0) for kind in kinds},
            people={kind: self.people.get(kind, 0) for kind in kinds},
            notes=self.notes,
            hits=self.hits,
            judged=self.judged,
        )

    def less(self, others: Iterable[Part]) -> Part:
        """What is left of reports and cost when these are taken away; touches are grouped already."""
        rest = Part(self.cost, dict(self.reported), dict(self.stated), self.clicks_shown)
        for other in others:
            rest.cost = None if rest.cost is None else rest.cost - (other.cost or 0)
            for name in rest.reported:
                rest.reported[name] -= other.reported.get(name, 0)
                rest.stated[name] -= other.stated.get(name, 0)
            if rest.clicks_shown is not None:
                rest.clicks_shown -= other.clicks_shown or 0
        return rest


@dataclass(frozen=True, slots=True)
class SpendLine:
    """Report rows of one level and key, of days that are stated at the same ``levels``: cost, and by count its sum
    with the cost of the rows that tell it."""

    now: bool
    source: str
    kind: str
    levels: str
    level: str
    key: str | None
    fen: int
    told: Mapping[str, tuple[int, int]]
    clicks_shown: int | None


def scope_of(merchant: Merchant, question: Question) -> dict[str, Any]:
    before = question.before or _NEVER
    return {
        "merchant": merchant.pk,
        "start": question.period.start,
        "end": question.period.end,
        "before": before.start,
        "before_end": before.end,
        "until": until(question.as_of),
        **question.filters,
    }


def _where(question: Question, keys: Mapping[Row, str], table: str) -> str:
    days = f"({_DAYS.format(day=f'{table}.day')}) AND {table}.merchant_id = %(merchant)s"
    return " AND ".join([days, *(f"{keys[Row(name)]} = %({name})s" for name in question.filters)])


def _key(question: Question, keys: Mapping[Row, str], table: str) -> str:
    """The key of a row; of the former period only its days are told apart, and only where rows are days."""
    if question.by == Row.DAY:
        return f"{keys[Row.DAY]}::text"
    return f"CASE WHEN {table}.day >= %(start)s THEN ({keys[question.by]})::text END"


def _number(name: str) -> str:
    return f"CASE WHEN jsonb_typeof(s.metrics->'{name}') = 'number' THEN (s.metrics->>'{name}')::numeric END"


def spend_lines(merchant: Merchant, question: Question) -> list[SpendLine]:
    counts = ", ".join(
        f"sum({_number(name)})::bigint,"
        f" sum(s.fen) FILTER (WHERE jsonb_typeof(s.metrics->'{name}') = 'number')::bigint"
        for name in REPORTED
    )
    statement = f"""
        SELECT s.day >= %(start)s, s.source, s.kind, v.levels, s.level, {_key(question, SPEND_KEYS, "s")},
               sum(s.fen)::bigint,
               sum({_number("click")}) FILTER (WHERE jsonb_typeof(s.metrics->'impression') = 'number')::bigint,
               {counts}
        {SPEND_SOURCE} {views_sql("s", _DAYS)}
        WHERE {_where(question, SPEND_KEYS, "s")} AND {standing_sql("s")}
        GROUP BY 1, 2, 3, 4, 5, 6
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, scope_of(merchant, question))
        return [_line(row) for row in cursor.fetchall()]


def _line(row: tuple[Any, ...]) -> SpendLine:
    now, source, kind, levels, level, key, fen, clicks_shown, *counts = row
    told = {
        name: (int(counts[2 * place]), int(counts[2 * place + 1]))
        for place, name in enumerate(REPORTED)
        if counts[2 * place] is not None
    }
    return SpendLine(now, source, kind, levels, level, key, int(fen), told, clicks_shown)


@dataclass(slots=True)
class Spent:
    """Parts by key for the rows, the whole, the whole of the former period, and its days."""

    rows: dict[str, Part] = field(default_factory=dict)
    whole: Part = field(default_factory=Part)
    former: Part = field(default_factory=Part)
    former_days: dict[str, Part] = field(default_factory=dict)


def spent(lines: Iterable[SpendLine]) -> Spent:
    """Of each source, kind of cost and days of the same levels one level for the whole and one for the rows."""
    found = Spent()
    views: dict[tuple[bool, str, str, str], list[SpendLine]] = defaultdict(list)
    for line in lines:
        views[(line.now, line.source, line.kind, line.levels)].append(line)
    for (now, *_), view in views.items():
        total = first_level({line.level for line in view})
        for line in view:
            if line.level == total:
                (found.whole if now else found.former).add_line(line)
                if not now and line.key is not None:
                    found.former_days.setdefault(line.key, Part()).add_line(line)
        if now:
            naming = _naming_level(view, total)
            for line in view:
                if line.level == naming and line.key is not None:
                    found.rows.setdefault(line.key, Part()).add_line(line)
    return found


def _naming_level(view: list[SpendLine], total: str) -> str:
    """The level that names rows for the most money, then for the most rows; of equal ones the total's."""
    named: dict[str, tuple[int, int]] = {total: (0, 0)}
    for line in view:
        if line.key is not None:
            fen, rows = named.get(line.level, (0, 0))
            named[line.level] = (fen + abs(line.fen), rows + 1)
    return max(named, key=lambda level: named[level])


def add_tallies(merchant: Merchant, question: Question, found: Spent) -> Part:
    """Adds the tallies to what was spent; gives the part that belongs to no row."""
    statement = f"""
        SELECT t.day >= %(start)s, {_key(question, TALLY_KEYS, "t")}, c.kind,
               sum(t.touches)::bigint, sum(t.people)::bigint
        {TALLY_SOURCE}
        WHERE {_where(question, TALLY_KEYS, "t")}
        GROUP BY 1, 2, 3
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, scope_of(merchant, question))
        rows = cursor.fetchall()
    nobodys = Part()
    for now, key, kind, touches, people in rows:
        parts = [found.whole if now else found.former]
        if now:
            parts.append(nobodys if key is None else found.rows.setdefault(key, Part()))
        elif key is not None:
            parts.append(found.former_days.setdefault(key, Part()))
        for part in parts:
            part.touches[kind] = part.touches.get(kind, 0) + touches
            part.people[kind] = part.people.get(kind, 0) + people
    return nobodys


_NOTES = f"""
SELECT DISTINCT ON (s.note_id) s.note_id::text, n.blogger_id::text, n.spu_id::text,
       {", ".join(_number(name) + "::bigint" for name in NOTE_TOTALS)}
FROM measurement_spend s
JOIN measurement_note n ON n.id = s.note_id AND n.merchant_id = s.merchant_id
WHERE s.merchant_id = %(merchant)s AND {standing_sql("s")} AND s.kind = 'note_fee' AND s.metrics ? 'read_num'
ORDER BY s.note_id, s.stated_at DESC
"""


def add_notes(merchant: Merchant, question: Question, definition: Definition, found: Spent) -> None:
    """Adds the running totals of paid notes to the rows of notes, bloggers and SPUs."""
    place = {Row.NOTE: 0, Row.BLOGGER: 1, Row.SPU: 2}.get(question.by)
    if place is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NOTES, {"merchant": merchant.pk, "until": until(question.as_of)})
        rows = cursor.fetchall()
    for row in rows:
        part = found.rows.get(row[place] or "")
        if part is None:
            continue
        totals = {
            name: int(count) for name, count in zip(NOTE_TOTALS, row[3:], strict=True) if count is not None
        }
        hit = is_hit(parts_of_notes(totals), definition)
        part.add_note(totals, hit)
        found.whole.add_note(totals, hit)
