"""The calendar of a store: what can be booked and what is, and how often people do not come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from leads import places
from leads.funnel import Share
from leads.models import Appointment, BookingRule, Lead, Reminder, Snippet
from leads.places import Slot
from leads.queries import rules
from merchants.models import Merchant, Store
from merchants.periods import Period, start_of

State = Appointment.State
HOLDING = (State.BOOKED, State.ARRIVED)
LOOKED_BACK = 90  # days over which people who did not come are counted
REMIND = "remind"  # the shortcut of the merchant's own words of a reminder
BOOKABLE = 100  # leads that a slot can be given to, the latest first


@dataclass(slots=True)
class Time:
    """A time of a day: what is left in it, and who comes. ``slot`` is None for a time outside the hours."""

    starts_at: datetime
    slot: Slot | None = None
    rows: list[Appointment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    times: list[Time]


@dataclass(frozen=True, slots=True)
class Record:
    """Of appointments that should have begun in the days looked at. ``missed`` is of those with a known
    outcome; ``unknown`` stand although they are over; ``moved`` is of all that were booked."""

    missed: Share
    moved: Share
    unknown: int
    cancelled: int


def rule_of(merchant: Merchant, store: Store, service: str = "") -> BookingRule:
    """The rule of a service; what holds before one is set is not written down."""
    found = BookingRule.objects.for_merchant(merchant).filter(store=store, service=service).first()
    return found or BookingRule(merchant=merchant, store=store, service=service)


def services_of(merchant: Merchant, store: Store) -> list[str]:
    """The services that a store books separately, the nameless one first."""
    rows = BookingRule.objects.for_merchant(merchant).filter(store=store)
    return sorted({"", *rows.values_list("service", flat=True)})


def days(merchant: Merchant, store: Store, period: Period, *, service: str = "") -> list[Day]:
    """The days of a period: the slots of the store's service hours with what is left of each, and the
    appointments, moved ones excepted; four queries."""
    rule = rule_of(merchant, store, service)
    schedule = rules.schedule_of(merchant, store.pk)
    hours = rules.hours_of(schedule) if schedule else None
    zone = ZoneInfo(hours.zone if hours else merchant.time_zone)
    first, last = start_of(period.start, zone), start_of(period.end, zone)
    rows = list(
        Appointment.objects.for_merchant(merchant)
        .filter(store=store, service=service, starts_at__lt=last, ends_at__gt=first)
        .exclude(state=State.MOVED)
        .select_related("lead__contact", "lead__stage", "lead__agent")
        .prefetch_related("lead__contact__details")
        .order_by("starts_at", "pk")
    )
    taken = [(row.starts_at, row.ends_at) for row in rows if row.state in HOLDING]
    found = []
    for day in period:
        open_hours = hours.on(day) if hours else ()
        slots = places.slots(open_hours, rule.slot_minutes, taken, rule.capacity)
        mine = [row for row in rows if row.starts_at.astimezone(zone).date() == day]
        found.append(Day(day, _times(slots, mine)))
    return found


def _times(slots: Iterable[Slot], rows: Iterable[Appointment]) -> list[Time]:
    """Each appointment in the slot in which it begins, or at a time of its own."""
    times = [Time(slot.starts_at, slot) for slot in slots]
    for row in rows:
        held = (
            one
            for one in times
            if one.starts_at == row.starts_at
            or (one.slot and one.slot.starts_at <= row.starts_at < one.slot.ends_at)
        )
        place = next(held, None)
        if place is None:
            place = Time(row.starts_at)
            times.append(place)
        place.rows.append(row)
    return sorted(times, key=lambda one: one.starts_at)


def record(merchant: Merchant, store: Store, *, now: datetime) -> Record:
    """How the store's appointments of the last days ended; one query."""
    begun = Appointment.objects.for_merchant(merchant).filter(
        store=store, starts_at__lte=now, starts_at__gt=now - timedelta(days=LOOKED_BACK)
    )
    told: dict[str, Any] = begun.aggregate(
        all=Count("pk"),
        over=Count("pk", filter=Q(state=State.BOOKED, ends_at__lte=now)),
        **{state.value: Count("pk", filter=Q(state=state)) for state in State},
    )
    return Record(
        missed=Share(told["no_show"], told["no_show"] + told["arrived"]),
        moved=Share(told["moved"], told["all"]),
        unknown=told["over"],
        cancelled=told["cancelled"],
    )


def bookable(merchant: Merchant) -> Any:
    """Leads that have not ended and have no standing appointment, the latest first."""
    standing = Appointment.objects.for_merchant(merchant).filter(state=State.BOOKED)
    rows = Lead.objects.for_merchant(merchant).exclude(stage__type__in=["won", "lost"])
    rows = rows.exclude(pk__in=standing.values("lead_id")).select_related("contact")
    return rows.prefetch_related("contact__details").order_by("-staged_at", "-pk")


def reminders(merchant: Merchant, *, now: datetime, agent_id: int | None = None) -> list[Reminder]:
    """Reminders that are due and not done, of appointments that stand and have not begun, the nearest first;
    of one agent's leads, or of all."""
    rows = Reminder.objects.for_merchant(merchant).filter(
        done_at=None, due_at__lte=now, appointment__state=State.BOOKED, appointment__starts_at__gt=now
    )
    if agent_id is not None:
        rows = rows.filter(appointment__lead__agent_id=agent_id)
    related = rows.select_related(
        "appointment__lead__contact", "appointment__lead__agent", "appointment__store"
    )
    return list(related.order_by("appointment__starts_at", "pk"))


def reminder_text(merchant: Merchant) -> str:
    """The merchant's own words of a reminder, if there are any: a snippet of that name."""
    row = Snippet.objects.for_merchant(merchant).filter(shortcut=REMIND).first()
    return row.text if row else ""
