"""Reminders of appointments: the assignee hears of them; what the person is told is an agent's act."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from leads import places
from leads.models import Appointment, BookingRule, Reminder
from merchants import audit, live, tenancy
from merchants.models import Merchant, Store

LONGEST = 168  # hours before an appointment
State = Appointment.State


def fall_due(merchant: Merchant, *, now: datetime) -> int:
    """Writes down the reminders that are due, each once, however many look at once; how many are new."""
    with tenancy.acting_for(merchant):
        hours = {
            (rule.store_id, rule.service): rule.remind_hours
            for rule in BookingRule.objects.for_merchant(merchant).exclude(remind_hours=[])
        }
        rows = Appointment.objects.for_merchant(merchant).filter(
            state=State.BOOKED, starts_at__gt=now, starts_at__lte=now + timedelta(hours=LONGEST)
        )
        known = set(
            Reminder.objects.for_merchant(merchant)
            .filter(appointment__in=rows)
            .values_list("appointment_id", "hours")
        )
        fresh = []
        for row in rows:
            told = places.reminder(
                hours.get((row.store_id, row.service), ()),
                starts_at=row.starts_at,
                booked_at=row.booked_at,
                now=now,
            )
            if told is not None and (row.pk, told[0]) not in known:
                fresh.append(Reminder(merchant=merchant, appointment=row, hours=told[0], due_at=told[1]))
        Reminder.objects.bulk_create(fresh, ignore_conflicts=True)
        for one in fresh:
            live.tell(merchant, "appointment", one.appointment_id)
    return len(fresh)


def done(merchant: Merchant, reminder: Reminder, *, by: str, now: datetime | None = None) -> None:
    """The person was reminded. Of a reminder that somebody has done already nothing changes."""
    with tenancy.acting_for(merchant):
        open_ones = Reminder.objects.for_merchant(merchant).filter(pk=reminder.pk, done_at=None)
        if open_ones.update(done_at=now or datetime.now(UTC), done_by=by):
            audit.record(merchant, "leads.appointment.reminded", by=by, on=reminder)
            live.tell(merchant, "appointment", reminder.appointment_id)


def set_rule(
    merchant: Merchant,
    store: Store,
    *,
    service: str = "",
    slot_minutes: int,
    capacity: int,
    remind_hours: list[int],
    by: str,
) -> BookingRule:
    """How long a slot of a store is, how many it takes at once, how many hours before there is a reminder.
    What is booked stays as it is."""
    if slot_minutes < 1 or any(not 1 <= one <= LONGEST for one in remind_hours):
        raise ValueError("A slot is longer than nothing, a reminder a week before at most.")
    with tenancy.acting_for(merchant):
        fields: dict[str, Any] = {"slot_minutes": slot_minutes, "capacity": capacity}
        fields |= {"remind_hours": sorted(set(remind_hours), reverse=True)}
        row, _ = BookingRule.objects.update_or_create(
            merchant=merchant, store=store, service=service, defaults=fields
        )
        audit.record(merchant, "leads.booking_rule.set", by=by, on=row, **fields)
    rule: BookingRule = row
    return rule
