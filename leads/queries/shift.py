"""A day of the desk for who leads the shift: what came, what was late, what still waits for somebody; and the morning
of one agent: what waits for this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Min, Q

from leads.models import Agent, Appointment, Consultation, Lead, Reminder, StageType
from leads.queries.funnel import Speed, sessions, speed
from merchants.models import Merchant
from merchants.periods import DAY, Period

STILL = timedelta(days=7)  # as long as feedback on a lead is taken (domain.md 3.1: valid within seven days)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many there are at the moment, and since when the oldest, or when the first; None of none."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ShiftDay:
    """``speed`` is of the sessions that began on the day, ``late`` those of them whose due time passed without an
    answer. ``waiting`` consultations and ``unclaimed`` leads are those of now. ``no_shows`` are appointments of
    the day that nobody came to, ``unsaid`` those of which nobody has said what became of them."""

    day: date
    speed: Speed
    late: int
    waiting: Standing
    unclaimed: Standing
    no_shows: int
    unsaid: int


def day(merchant: Merchant, of: date, *, stores: Sequence[int] = ()) -> ShiftDay:
    """One day by the merchant's clock; with ``stores``, only what is theirs or of no known store."""
    zone = ZoneInfo(merchant.time_zone)
    period = Period(of, of + DAY)
    first, last = period.instants(zone)
    theirs = Q(store_id__in=stores) | Q(store_id=None) if stores else Q()
    asked = Consultation.objects.for_merchant(merchant).filter(theirs, kind=Consultation.Kind.CHAT)
    began = asked.filter(opened_at__gte=first, opened_at__lt=last)
    appointments = Appointment.objects.for_merchant(merchant).filter(
        theirs, starts_at__gte=first, starts_at__lt=last
    )
    unclaimed = Lead.objects.for_merchant(merchant).filter(
        theirs, agent=None, ended_at=None, stage__type__in=[StageType.OPEN, StageType.ONGOING]
    )
    return ShiftDay(
        day=of,
        speed=speed(sessions(merchant, period, theirs)),
        late=began.filter(Q(breached_at__isnull=False) | Q(result=Consultation.Result.LATE)).count(),
        waiting=_standing(asked.filter(state=Consultation.State.WAITING), "opened_at"),
        unclaimed=_standing(unclaimed, "began_at"),
        no_shows=appointments.filter(state=Appointment.State.NO_SHOW).count(),
        unsaid=appointments.filter(state=Appointment.State.BOOKED).count(),
    )


@dataclass(frozen=True, slots=True)
class Morning:
    """What waits for one agent: consultations without a first reply, leads in whose stage nothing has happened for
    :data:`STILL`, appointments of the day, reminders that are due until its end, and former appointments of which
    nobody has said what became of them."""

    day: date
    waiting: Standing
    still: Standing
    appointments: Standing
    reminders: int
    unsaid: int

    @property
    def is_empty(self) -> bool:
        counts = (self.waiting.count, self.still.count, self.appointments.count, self.reminders, self.unsaid)
        return not any(counts)


def morning(merchant: Merchant, agent: Agent, *, now: datetime) -> Morning:
    """The morning of an agent, by the merchant's clock. A lead whose session waits does not stand still."""
    zone = ZoneInfo(merchant.time_zone)
    today = now.astimezone(zone).date()
    first, last = Period(today, today + DAY).instants(zone)
    waiting = Consultation.objects.for_merchant(merchant).filter(
        agent=agent, state=Consultation.State.WAITING
    )
    still = (
        Lead.objects.for_merchant(merchant)
        .filter(agent=agent, ended_at=None, stage__type__in=[StageType.OPEN, StageType.ONGOING])
        .filter(staged_at__lte=now - STILL)
        .exclude(appointments__state=Appointment.State.BOOKED)
        .exclude(conversation__sessions__state=Consultation.State.WAITING)
    )
    booked = Appointment.objects.for_merchant(merchant).filter(
        lead__agent=agent, state=Appointment.State.BOOKED
    )
    reminders = Reminder.objects.for_merchant(merchant).filter(
        appointment__in=booked.filter(starts_at__gt=now), done_at=None, due_at__lt=last
    )
    return Morning(
        day=today,
        waiting=_standing(waiting, "waiting_since"),
        still=_standing(still, "staged_at"),
        appointments=_standing(booked.filter(starts_at__gte=first, starts_at__lt=last), "starts_at"),
        reminders=reminders.count(),
        unsaid=booked.filter(ends_at__lt=first).count(),
    )


def _standing(rows: object, since: str) -> Standing:
    found = rows.aggregate(oldest=Min(since))  # type: ignore[attr-defined]
    return Standing(rows.count(), found["oldest"])  # type: ignore[attr-defined]
