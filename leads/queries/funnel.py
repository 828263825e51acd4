"""The enquiries and the sessions of a period, how far they came and how fast they were answered, in a constant
number of queries. A figure and the list behind it are made of the same rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from leads import funnel
from leads.funnel import Funnel, Share, Way
from leads.models import Consultation, Lead
from merchants.models import Merchant
from merchants.periods import Period

THREE_MINUTES = 180  # seconds
ALL = Q()
Key = tuple[Any, str]
"""What a row is: its key, None where it is unknown, and its name, empty where nobody told one."""


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A lead of the period with what it came by; texts are empty and ids None where the source did not say."""

    lead_id: int
    began_at: datetime
    way: Way
    source: str
    store_id: int | None
    store: str
    agent_id: int | None
    agent: str
    note_id: str
    note: str
    campaign_id: str
    campaign: str
    blogger_id: str


BY: dict[str, Callable[[Enquiry], Key]] = {
    "store": lambda one: (one.store_id, one.store),
    "agent": lambda one: (one.agent_id, one.agent),
    "source": lambda one: (one.source, one.source),
    "note": lambda one: (one.note_id or None, one.note or one.note_id),
    "campaign": lambda one: (one.campaign_id or None, one.campaign or one.campaign_id),
}
"""What rows can be, as far as the desk knows by itself."""


@dataclass(frozen=True, slots=True)
class Session:
    """A consultation that was opened in the period; seconds to the first human reply, None without one."""

    consultation_id: int
    opened_at: datetime  # in the merchant's zone
    in_platform_hours: bool
    calendar_seconds: int | None
    service_seconds: int | None
    result: str


def _quick(seconds: int | None) -> bool:
    return seconds is not None and seconds <= THREE_MINUTES


PICKS: dict[str, Callable[[Session], bool]] = {
    "sessions": lambda one: True,
    "answered": lambda one: one.calendar_seconds is not None,
    "in_time": lambda one: one.result == Consultation.Result.MET,
    "three_minutes": lambda one: _quick(one.service_seconds),
    "platform_hours": lambda one: one.in_platform_hours,
    "platform_three_minutes": lambda one: one.in_platform_hours and _quick(one.calendar_seconds),
}
"""The counts of sessions that a page shows, each by what a session must be to count."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Times to the first human reply. ``answered`` sessions have one; quantiles are of those whose seconds of
    service are known. Shares count the unanswered as not in time."""

    sessions: int
    answered: int
    p50: int | None
    p90: int | None
    in_time: Share  # within the merchant's own target, all service hours
    three_minutes: Share  # within 180 s of service, all service hours
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


def enquiries(merchant: Merchant, period: Period) -> list[Enquiry]:
    """The leads that began in the period, the latest first."""
    first, last = period.instants(ZoneInfo(merchant.time_zone))
    rows: list[Any] = list(
        Lead.objects.for_merchant(merchant)
        .filter(began_at__gte=first, began_at__lt=last)
        .order_by("-began_at", "-pk")
        .values(
            "pk", "began_at", "left_at", "valid_at", "visited_at", "won_at", "conversation_id", "origin", "source",
            "store_id", "store__name", "agent_id", "agent__name", "note_id", "campaign_id", "session__opened_at",
            "session__enquired_at",
        )
    )  # fmt: skip
    return [_enquiry(row) for row in rows]


def _enquiry(row: dict[str, Any]) -> Enquiry:
    origin = row["origin"]
    return Enquiry(
        lead_id=row["pk"],
        began_at=row["began_at"],
        way=Way(
            enquired_at=row["session__enquired_at"] or row["began_at"],
            opened_at=row["session__opened_at"],
            left_at=row["left_at"],
            valid_at=row["valid_at"],
            visited_at=row["visited_at"],
            won_at=row["won_at"],
            by_form=row["conversation_id"] is None,
        ),
        source=row["source"],
        store_id=row["store_id"],
        store=row["store__name"] or "",
        agent_id=row["agent_id"],
        agent=row["agent__name"] or "",
        note_id=row["note_id"],
        note=str(origin.get("note_title") or ""),
        campaign_id=row["campaign_id"],
        campaign=str(origin.get("campaign_name") or ""),
        blogger_id=str(origin.get("blogger_id") or ""),
    )


def sessions(merchant: Merchant, period: Period, within: Q = ALL) -> list[Session]:
    """The chats that were opened in the period, the latest first; ``within`` says which of them. Forms are none:
    nobody waits in a chat for their answer."""
    zone = ZoneInfo(merchant.time_zone)
    first, last = period.instants(zone)
    rows: list[Any] = list(
        Consultation.objects.for_merchant(merchant)
        .filter(within, kind=Consultation.Kind.CHAT, opened_at__gte=first, opened_at__lt=last)
        .order_by("-opened_at", "-pk")
        .values_list("pk", "opened_at", "calendar_seconds", "service_seconds", "result")
    )
    return [
        Session(pk, at.astimezone(zone), funnel.in_platform_hours(at, zone), *rest) for pk, at, *rest in rows
    ]


def rows(found: Iterable[Enquiry], key_of: Callable[[Enquiry], Key]) -> list[Row]:
    """A row for each key, the largest first and what is unknown last."""
    groups: dict[Any, list[Way]] = defaultdict(list)
    names: dict[Any, str] = {}
    for one in found:
        key, name = key_of(one)
        groups[key].append(one.way)
        names.setdefault(key, name)
    made = [Row(key, names[key], funnel.count(ways)) for key, ways in groups.items()]
    return sorted(made, key=lambda row: (row.key is None, [-n for n in row.funnel.counts], str(row.name)))


def behind(
    found: Iterable[Enquiry], key_of: Callable[[Enquiry], Key], *, step: str, row: str | None = None
) -> list[Enquiry]:
    """The enquiries that a figure counts: those that reached the step, of the row with this key as text
    (empty: the unknown one; None: all rows)."""
    place = funnel.STEPS.index(step)
    return [
        one for one in found if one.way.reached()[place] and (row is None or row == text_of(key_of(one)[0]))
    ]


def text_of(key: Any) -> str:
    """A row's key as an address has it."""
    return "" if key is None else str(key)


def picked(found: Iterable[Session], pick: str, at: tuple[int, int] | None = None) -> list[Session]:
    """The sessions that a figure counts; ``at`` is the weekday (Monday 0) and the hour they began in."""
    counts = PICKS[pick]
    return [
        one
        for one in found
        if counts(one) and (at is None or at == (one.opened_at.weekday(), one.opened_at.hour))
    ]


def speed(found: Sequence[Session]) -> Speed:
    numbers = {name: len(picked(found, name)) for name in PICKS}
    took = [one.service_seconds for one in found if one.service_seconds is not None]
    return Speed(
        sessions=numbers["sessions"],
        answered=numbers["answered"],
        p50=funnel.quantile(took, 0.5),
        p90=funnel.quantile(took, 0.9),
        in_time=Share(numbers["in_time"], numbers["sessions"]),
        three_minutes=Share(numbers["three_minutes"], numbers["sessions"]),
        in_platform_hours=Share(numbers["platform_three_minutes"], numbers["platform_hours"]),
    )


def week(found: Iterable[Session]) -> list[list[Cell]]:
    """Seven days, Monday first, of 24 hours: the share answered in time of what began in that hour."""
    cells: dict[tuple[int, int], list[Session]] = defaultdict(list)
    for one in found:
        cells[one.opened_at.weekday(), one.opened_at.hour].append(one)
    return [
        [
            Cell(hour, Share(len(picked(cells[day, hour], "in_time")), len(cells[day, hour])))
            for hour in range(24)
        ]
        for day in range(7)
    ]


def leads_of(merchant: Merchant, ids: Sequence[int]) -> list[Lead]:
    """These leads with what a list shows of them, in the order of the ids."""
    shown = Lead.objects.for_merchant(merchant).select_related("contact", "stage", "store", "agent")
    by_id = shown.prefetch_related("contact__details").in_bulk(ids)
    return [by_id[pk] for pk in ids]


def consultations_of(merchant: Merchant, ids: Sequence[int]) -> list[Consultation]:
    """These consultations with what a list shows of them, in the order of the ids."""
    shown = Consultation.objects.for_merchant(merchant).select_related("contact", "store", "first_human")
    by_id = shown.in_bulk(ids)
    return [by_id[pk] for pk in ids]
