"""A day of the desk for who leads the shift: what came, what was late, what still waits for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Min, Q

from leads.models import Appointment, Consultation, Lead, StageType
from leads.queries.funnel import Speed, sessions, speed
from merchants.models import Merchant
from merchants.periods import DAY, Period


@dataclass(frozen=True, slots=True)
class Standing:
    """How many there are at the moment, and since when the oldest; None of none."""

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


def _standing(rows: object, since: str) -> Standing:
    found = rows.aggregate(oldest=Min(since))  # type: ignore[attr-defined]
    return Standing(rows.count(), found["oldest"])  # type: ignore[attr-defined]
