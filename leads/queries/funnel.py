"""The funnel of the enquiries of a period, and how fast they were answered, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from leads import funnel
from leads.funnel import Funnel, Share, Way
from leads.models import Consultation, Lead
from merchants.models import Merchant
from merchants.periods import Period

BY: dict[str, Callable[[Any], tuple[Any, str]]] = {
    "store": lambda row: (row["store_id"], row["store__name"] or ""),
    "agent": lambda row: (row["agent_id"], row["agent__name"] or ""),
    "source": lambda row: (row["source"], row["source"]),
    "note": lambda row: (row["note_id"] or None, row["origin"].get("note_title") or row["note_id"]),
    "campaign": lambda row: (row["campaign_id"] or None, row["campaign_id"]),
}
"""What rows can be: key (None: unknown) and name of a lead's values."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Times to the first human reply of the sessions that began in the period. ``answered`` have one;
    quantiles are of those, in seconds of service. Shares count the unanswered as not in time."""

    sessions: int
    answered: int
    p50: int | None
    p90: int | None
    in_time: Share  # within the merchant's own target, all service hours
    in_platform_hours: Share  # within 180 s by the calendar, of sessions begun from 09:00 to 23:00


@dataclass(frozen=True, slots=True)
class Cell:
    hour: int
    share: Share


@dataclass(frozen=True, slots=True)
class Row:
    key: Any
    name: str
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class Report:
    whole: Funnel
    rows: list[Row]
    speed: Speed
    week: list[list[Cell]] = field(default_factory=list)


def report(merchant: Merchant, period: Period, by: str) -> Report:
    """Enquiries that began in the period and how far each came, whenever that was."""
    zone = ZoneInfo(merchant.time_zone)
    first, last = period.instants(zone)
    leads: list[Any] = list(
        Lead.objects.for_merchant(merchant)
        .filter(began_at__gte=first, began_at__lt=last)
        .values(
            "began_at", "left_at", "valid_at", "visited_at", "won_at", "conversation_id", "origin", "source",
            "store_id", "store__name", "agent_id", "agent__name", "note_id", "campaign_id", "session__opened_at",
            "session__enquired_at",
        )
    )  # fmt: skip
    groups: dict[Any, list[Way]] = defaultdict(list)
    names: dict[Any, str] = {}
    for lead in leads:
        key, name = BY[by](lead)
        groups[key].append(_way(lead))
        names.setdefault(key, name)
    rows = [Row(key, names[key], funnel.count(ways)) for key, ways in groups.items()]
    rows.sort(key=lambda row: (row.key is None, [-n for n in row.funnel.counts], str(row.name)))
    sessions = list(
        Consultation.objects.for_merchant(merchant)
        .filter(opened_at__gte=first, opened_at__lt=last)
        .values_list("opened_at", "calendar_seconds", "service_seconds", "result")
    )
    return Report(
        whole=funnel.count(_way(lead) for lead in leads),
        rows=rows,
        speed=_speed(sessions, zone),
        week=_week(sessions, zone),
    )


def _way(lead: dict[str, Any]) -> Way:
    return Way(
        enquired_at=lead["session__enquired_at"] or lead["began_at"],
        opened_at=lead["session__opened_at"],
        left_at=lead["left_at"],
        valid_at=lead["valid_at"],
        visited_at=lead["visited_at"],
        won_at=lead["won_at"],
        by_form=lead["conversation_id"] is None,
    )


def _speed(sessions: list[Any], zone: ZoneInfo) -> Speed:
    took = [service for _, _, service, _ in sessions if service is not None]
    platform = [row for row in sessions if funnel.in_platform_hours(row[0], zone)]
    return Speed(
        sessions=len(sessions),
        answered=len(took),
        p50=funnel.quantile(took, 0.5),
        p90=funnel.quantile(took, 0.9),
        in_time=_met(sessions),
        in_platform_hours=Share(
            sum(calendar is not None and calendar <= 180 for _, calendar, _, _ in platform), len(platform)
        ),
    )


def _met(sessions: Iterable[Any]) -> Share:
    rows = list(sessions)
    return Share(sum(result == Consultation.Result.MET for _, _, _, result in rows), len(rows))


def _week(sessions: list[Any], zone: ZoneInfo) -> list[list[Cell]]:
    """Seven days, Monday first, of 24 hours: the share answered in time of what began in that hour."""
    cells: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in sessions:
        local = row[0].astimezone(zone)
        cells[local.weekday(), local.hour].append(row)
    return [[Cell(hour, _met(cells[day, hour])) for hour in range(24)] for day in range(7)]
