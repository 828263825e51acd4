"""The Alliance page: what the programmes report, what we credit beside it, and the gap between the two.

Figures of the platform come from the standing statements, ours from the rollups; whole orders behind a credit
are read from the presences of exactly this slice, never from the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from measurement.alliance.costs import JUGUANG
from measurement.choices import Model, Platform, Programme
from measurement.computed import computes
from measurement.queries.alliance_sureness import Sureness, sureness
from measurement.queries.costs import first_level
from measurement.queries.names import names_of
from measurement.queries.reported import standing_sql, until
from measurement.queries.slices import FEN
from measurement.reported.alliance import METRICS
from measurement.reported.chain import PAIRS, Sums
from measurement.reported.gap import Facts, Gap, taken_apart
from measurement.reported.question import Asked, View, chosen
from measurement.reports import Dimension
from merchants.models import Merchant
from merchants.periods import Period, day_of

PLATFORM_OF = {
    Programme.XIAOHONGXING.value: Platform.TAOBAO.value,
    Programme.XIAOHONGMENG.value: Platform.JD.value,
    Programme.XIAOHONGLIAN.value: Platform.VIPSHOP.value,
}
JUGUANG_WINDOWS = (7, 15, 30)
ROWS = 200  # tasks or notes of the table


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """A task or a note. ``credited`` is our figure for it, None where we cannot know it."""

    key: str
    name: str
    sums: Sums
    credited: int | None = None
    note_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReportedDay:
    """``complete``: its window had passed when the day was last told."""

    day: date
    gmv_fen: int | None
    credited: int
    complete: bool


@dataclass(frozen=True, slots=True)
class OffSite:
    """Juguang's own off-site figures of a window: orders, revenue, and the cost of the same rows."""

    window_days: int
    orders: int | None
    revenue_fen: int | None
    cost_fen: int | None


@dataclass(frozen=True, slots=True)
class AlliancePage:
    """``ever``: whether an Alliance report was ever handed in; ``views``: all that the period states."""

    view: View | None = None
    views: tuple[View, ...] = ()
    total: Sums = field(default_factory=Sums)
    rows: tuple[ReportedRow, ...] = ()
    days: tuple[ReportedDay, ...] = ()
    gap: Gap | None = None
    credited: int | None = None  # our figure for the same platform and days
    sure: Sureness = field(default_factory=Sureness)
    orders: int | None = 0  # distinct orders behind it, within the window; None of a past day
    notes_known: bool = False  # whether we know which notes belong to the tasks
    told_at: datetime | None = None
    off_site: tuple[OffSite, ...] = ()
    ever: bool = False
    picked: ReportedRow | None = None


@computes("alliance_reported", "alliance_people")
def page(
    merchant: Merchant, asked: Asked, period: Period, model: Model, *, as_of: date | None = None
) -> AlliancePage:
    """All of it, in a constant number of statements; ``as_of``: as both sides stood at the end of that day.
    Orders of a past day are not counted, so that the gap is taken apart for today only."""
    dated = {"as_of": as_of, "until": until(as_of)}
    with connection.cursor() as cursor:
        views, ever = _views(cursor, merchant, period, dated)
        off_site = _off_site(cursor, merchant, period, dated)
        view = chosen(asked, views)
        if view is None:
            return AlliancePage(off_site=off_site, ever=ever)
        scope = _scope(merchant, view, period) | dated
        total, rows, told_at = _sums(cursor, view, scope)
        picked = next((row for row in rows if row.key == asked.row), None)
        notes = _notes(cursor, scope, view, picked)
        scope |= {
            "all_notes": notes is None,
            "notes": notes or [],
            "only": picked is not None,
            "row": picked.key if picked else "",
        }
        stated = _stated(cursor, scope, view)
        scope |= _days_of(stated, view)
        ours = _ours(cursor, scope, model, view)
        reported = picked.sums if picked else total
        facts, orders = (None, None) if as_of else _facts(cursor, scope, view, ours, reported)
        within = f"(NOT %(only)s OR {_IN_SCOPE})"
        sure = sureness(cursor, merchant, scope, period, model, by_touch=view.axis == "click", where=within)
        days = _days(stated, view, ours)
    if picked is not None and notes is None:  # which content the task holds is not known
        facts, ours, sure = None, replace(ours, notes={}, days={}, whole=None), Sureness()
    rows = tuple(replace(row, credited=_of_row(row, ours)) for row in _named(merchant, view, rows))
    return AlliancePage(
        view=view,
        views=views,
        total=total,
        rows=rows[:ROWS],
        days=days,
        gap=None if facts is None else taken_apart(facts),
        credited=ours.whole,
        sure=sure,
        orders=orders,
        notes_known=notes is not None,
        told_at=told_at,
        off_site=off_site,
        ever=ever,
        picked=next((row for row in rows if picked and row.key == picked.key), None),
    )


def _of_row(row: ReportedRow, ours: _Ours) -> int | None:
    """Our figure for a note; of a task it is known only where it is opened."""
    return ours.notes.get(row.note_id, 0) if row.note_id is not None else None


@dataclass(frozen=True, slots=True)
class _Ours:
    """Credited fen: ``whole``, of it ``in_scope``, of that ``in_window``; by note and by day."""

    whole: int | None
    in_scope: int
    in_window: int
    notes: Mapping[int, int]
    days: Mapping[date, int]


def _views(
    cursor: Any, merchant: Merchant, period: Period, dated: Mapping[str, Any]
) -> tuple[tuple[View, ...], bool]:
    cursor.execute(
        "SELECT DISTINCT programme, level, window_days, axis, CASE WHEN last_click THEN 'last'"
        " WHEN NOT last_click THEN 'all' ELSE '' END FROM measurement_alliancerow r"
        " WHERE merchant_id = %(merchant)s AND day >= %(start)s AND day < %(end)s"
        f" AND {standing_sql('r')} ORDER BY 1, 2, 3, 4, 5",
        {"merchant": merchant.pk, "start": period.start, "end": period.end, **dated},
    )
    views = tuple(View(*row) for row in cursor.fetchall())
    if views:
        return views, True
    cursor.execute(
        "SELECT EXISTS (SELECT FROM measurement_alliancerow WHERE merchant_id = %s)", [merchant.pk]
    )
    return (), bool(cursor.fetchone()[0])


def _scope(merchant: Merchant, view: View, period: Period) -> dict[str, Any]:
    return {
        "merchant": merchant.pk,
        "start": period.start,
        "end": period.end,
        "programme": view.programme,
        "level": view.level,
        "window": view.window_days,
        "axis": view.axis,
        "last_click": {"last": True, "all": False}.get(view.clicks),
        "platform": PLATFORM_OF[view.programme],
    }


def _sums(
    cursor: Any, view: View, scope: Mapping[str, Any]
) -> tuple[Sums, tuple[ReportedRow, ...], datetime | None]:
    """The whole, and the tasks or notes with the most GMV first."""
    key = KEYS[view.level]
    cursor.execute(_SUMS.format(key=key, told=_TOLD, sums=_METRIC_SUMS, pairs=_PAIR_SUMS, view=_VIEW), scope)
    total, rows, told_at = Sums(), [], None
    for whole, found, name, note_id, count, told, *figures in cursor.fetchall():
        sums = _read(figures, count)
        if whole:
            total, told_at = sums, told
        else:
            note = note_id if view.level == "note" else None
            rows.append(ReportedRow(str(found or ""), str(name or found or ""), sums, note_id=note))
    rows.sort(key=lambda row: (-(row.sums.total("gmv_fen") or 0), row.name, row.key))
    return total, tuple(rows), told_at


def _read(figures: list[Any], count: int) -> Sums:
    totals = {name: int(value) for name, value in zip(METRICS, figures, strict=False) if value is not None}
    parts = figures[len(METRICS) :]
    pairs = {
        name: (int(parts[2 * place]), int(parts[2 * place + 1]))
        for place, name in enumerate(PAIRS)
        if parts[2 * place] is not None
    }
    return Sums(totals, pairs, count)


def _named(merchant: Merchant, view: View, rows: tuple[ReportedRow, ...]) -> tuple[ReportedRow, ...]:
    if view.level != "note":
        return rows
    found = names_of(merchant, Dimension.NOTE, [str(row.note_id) for row in rows if row.note_id is not None])
    return tuple(
        replace(row, name=found[str(row.note_id)].name) if row.note_id is not None else row for row in rows
    )


def _notes(cursor: Any, scope: Mapping[str, Any], view: View, picked: ReportedRow | None) -> list[int] | None:
    """The notes that the report speaks of; None where nobody has told which belong to its tasks."""
    if view.level == "note" and picked is not None:
        return [] if picked.note_id is None else [picked.note_id]
    cursor.execute(_NOTES, {**scope, "task": picked.key if picked else None})
    return [row[0] for row in cursor.fetchall()] or None


def _ours(cursor: Any, scope: Mapping[str, Any], model: Model, view: View) -> _Ours:
    day = DAYS[view.axis]
    cursor.execute(_OURS.format(day=day, fen=FEN[model], scope=_IN_SCOPE, window=_IN_WINDOW), scope)
    notes: dict[int, int] = {}
    days: dict[date, int] = {}
    whole = (0, 0, 0)
    for by_note, by_day, note_id, of_day, *sums in cursor.fetchall():
        if by_note and by_day:
            whole = (int(sums[0]), int(sums[1]), int(sums[2]))
        elif by_day:
            notes[note_id] = int(sums[0])
        else:
            days[of_day] = int(sums[0])
    return _Ours(*whole, notes, days)


def _facts(
    cursor: Any, scope: Mapping[str, Any], view: View, ours: _Ours, sums: Sums
) -> tuple[Facts | None, int]:
    """What the gap is taken apart by, and the orders behind our figure within the window."""
    unit = "coalesce(c.note_id, 0)" if view.level == "note" and view.clicks != "last" else "0"
    cursor.execute(_LINES.format(day=DAYS[view.axis], unit=unit, scope=_IN_SCOPE, window=_IN_WINDOW), scope)
    orders, net, paid, unjoined = cursor.fetchone()
    reported = sums.total("gmv_fen")
    if reported is None or ours.whole is None:
        return None, orders
    return Facts(
        reported=reported,
        credited=ours.whole,
        in_scope=ours.in_scope,
        in_window=ours.in_window,
        net=int(net),
        paid=int(paid),
        other=sums.total("other_gmv_fen"),
        unjoined=int(unjoined),
    ), orders


Stated = list[tuple[date, int | None, datetime]]
"""Each stated day: its GMV, and when the part of it that was told first was last told."""


def _stated(cursor: Any, scope: Mapping[str, Any], view: View) -> Stated:
    cursor.execute(_DAYS.format(view=_VIEW, told=_TOLD, key=KEYS[view.level]), scope)
    return [(day, None if gmv is None else int(gmv), told_at) for day, gmv, told_at in cursor.fetchall()]


def _days_of(stated: Stated, view: View) -> dict[str, Any]:
    """Ours is compared on exactly the days that the report states; orders may follow within its window."""
    days = [day for day, _gmv, _told_at in stated]
    return {"days": days, "first": days[0], "until": days[-1] + timedelta(days=view.window_days + 1)}


def _days(stated: Stated, view: View, ours: _Ours) -> tuple[ReportedDay, ...]:
    """Every stated day. A day is complete once its window had passed when it was last told."""
    return tuple(
        ReportedDay(
            day, gmv, ours.days.get(day, 0), day_of(told_at) >= day + timedelta(days=view.window_days)
        )
        for day, gmv, told_at in stated
    )


@computes("alliance_off_site")
def _off_site(
    cursor: Any, merchant: Merchant, period: Period, dated: Mapping[str, Any]
) -> tuple[OffSite, ...]:
    """Juguang's own figures, of one level of its report."""
    cursor.execute(
        f"SELECT s.level, {_OFF_SITE_SUMS} FROM measurement_spend s WHERE s.merchant_id = %(merchant)s"
        " AND s.source = %(source)s AND s.day >= %(start)s AND s.day < %(end)s"
        f" AND {standing_sql('s')} GROUP BY 1",
        {"merchant": merchant.pk, "source": JUGUANG, "start": period.start, "end": period.end, **dated},
    )
    levels = {row[0]: row[1:] for row in cursor.fetchall()}
    if not levels:
        return ()
    figures = levels[first_level(set(levels))]
    found = []
    for place, window in enumerate(JUGUANG_WINDOWS):
        orders, revenue, cost = (
            None if value is None else int(value) for value in figures[3 * place : 3 * place + 3]
        )
        if orders is not None or revenue is not None:
            found.append(OffSite(window, orders, revenue, cost))
    return tuple(found)


KEYS = {"task": "coalesce(nullif(r.task_id, ''), r.task_name)", "note": "r.note_id::text"}
DAYS = {"click": "r.touch_day", "conversion": "r.order_day"}
_METRIC_SUMS = ", ".join(f"sum((r.metrics->>'{name}')::bigint)" for name in METRICS)
_PAIR_SUMS = ", ".join(
    f"sum((r.metrics->>'{one}')::bigint) FILTER (WHERE r.metrics ?& ARRAY['{part}', '{whole}'])"
    for part, whole in PAIRS.values()
    for one in (part, whole)
)
_OFF_SITE_SUMS = ", ".join(
    f"sum((s.metrics->>'external_goods_order_{days}')::numeric),"
    f" sum((s.metrics->>'external_rgmv_{days}_fen')::numeric),"
    f" sum(s.fen) FILTER (WHERE s.metrics->>'external_rgmv_{days}_fen' IS NOT NULL"
    f" OR s.metrics->>'external_goods_order_{days}' IS NOT NULL)"
    for days in JUGUANG_WINDOWS
)
# When it was last told, as was known at the time: being told once more later says nothing of then.
_TOLD = (
    "CASE WHEN %(until)s::timestamptz IS NULL OR r.told_at < %(until)s THEN r.told_at ELSE r.stated_at END"
)
_VIEW = f"""
    r.merchant_id = %(merchant)s AND r.day >= %(start)s AND r.day < %(end)s AND {standing_sql("r")}
    AND r.programme = %(programme)s AND r.level = %(level)s AND r.window_days = %(window)s
    AND r.axis = %(axis)s AND r.last_click IS NOT DISTINCT FROM %(last_click)s::boolean
"""
_SUMS = """
SELECT grouping({key}) = 1, {key}, max(r.task_name), max(r.note_id), count(*), max({told}),
       {sums}, {pairs}
FROM measurement_alliancerow r WHERE {view}
GROUP BY GROUPING SETS (({key}), ())
"""
_NOTES = f"""
SELECT DISTINCT r.note_id FROM measurement_alliancerow r
WHERE r.merchant_id = %(merchant)s AND {standing_sql("r")} AND r.day >= %(start)s AND r.day < %(end)s
  AND r.programme = %(programme)s AND r.level = 'note' AND r.note_id IS NOT NULL
  AND (%(task)s::text IS NULL OR coalesce(nullif(r.task_id, ''), r.task_name) = %(task)s::text)
"""
_IN_SCOPE = "(%(all_notes)s OR coalesce(c.note_id = ANY(%(notes)s), false))"
_IN_WINDOW = "(r.touch_day IS NULL OR r.order_day - r.touch_day <= %(window)s)"
_OURS = """
SELECT grouping(c.note_id) = 1, grouping({day}) = 1, c.note_id, {day}, sum(r.{fen}),
       coalesce(sum(r.{fen}) FILTER (WHERE {scope}), 0),
       coalesce(sum(r.{fen}) FILTER (WHERE {scope} AND {window}), 0)
FROM measurement_rollup r
JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s
WHERE r.merchant_id = %(merchant)s AND r.platform = %(platform)s
  AND {day} = ANY(%(days)s::date[]) AND (NOT %(only)s OR {scope})
  AND (%(as_of)s::date IS NULL OR r.recorded_day <= %(as_of)s)
GROUP BY GROUPING SETS ((c.note_id), ({day}), ())
HAVING sum(r.{fen}) IS NOT NULL
"""
_LINES = """
WITH present AS MATERIALIZED (
    SELECT DISTINCT r.line_id, r.order_id, {unit} AS unit
    FROM measurement_presence r
    JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s
    WHERE r.merchant_id = %(merchant)s AND r.platform = %(platform)s
      AND {day} = ANY(%(days)s::date[]) AND {scope} AND {window}
)
SELECT (SELECT count(DISTINCT order_id) FROM present),
       coalesce(sum(l.net_fen), 0), coalesce(sum(l.paid_fen), 0),
       (SELECT coalesce(sum(r.fen_linear), 0) FROM measurement_rollup r
        WHERE r.merchant_id = %(merchant)s AND r.platform = %(platform)s AND r.channel_id IS NULL
          AND r.order_day >= %(first)s AND r.order_day < %(until)s)
FROM present JOIN measurement_orderline l ON l.id = present.line_id AND l.merchant_id = %(merchant)s
"""
_DAYS = """
SELECT r.day, sum((r.metrics->>'gmv_fen')::bigint), min({told})
FROM measurement_alliancerow r
WHERE {view} AND (NOT %(only)s OR {key} = %(row)s)
GROUP BY 1 ORDER BY 1
"""
