"""What time does to a desk: due times pass, silent agents lose their turn, idle sessions end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import F

from leads.models import Consultation
from leads.operations import assignment, feedback, reminders, sessions, signals
from merchants import tenancy
from merchants.models import Merchant

State = Consultation.State


def tend(merchant: Merchant, *, now: datetime | None = None) -> None:
    """One look at a merchant's clocks. Repeatable, in many workers at once."""
    moment = now or datetime.now(UTC)
    mark_breaches(merchant, now=moment)
    assignment.return_silent(merchant, now=moment)
    assignment.assign_waiting(merchant, now=moment)
    close_idle(merchant, now=moment)
    feedback.expire(merchant, now=moment)
    reminders.fall_due(merchant, now=moment)


def mark_breaches(merchant: Merchant, *, now: datetime) -> int:
    """Notes when a due time has passed without an answer, and who had the consultation then."""
    with tenancy.acting_for(merchant):
        rows = Consultation.objects.for_merchant(merchant).filter(
            state=State.WAITING, due_at__lt=now, breached_at=None
        )
        return int(rows.update(breached_at=F("due_at"), breached_by=F("agent")))


def close_idle(merchant: Merchant, *, now: datetime) -> int:
    """Ends answered sessions in which nobody wrote for as long as their policy says."""
    with tenancy.acting_for(merchant):
        rows = (
            Consultation.objects.for_merchant(merchant)
            .select_for_update(skip_locked=True, of=("self",))
            .filter(state=State.ANSWERED, waiting_since=None)
            .select_related("policy", "conversation")
        )
        idle = [
            row
            for row in rows
            if row.policy and row.last_message_at + timedelta(hours=row.policy.idle_hours) <= now
        ]
        for row in idle:
            assert row.policy is not None
            sessions.shut(row, at=row.last_message_at + timedelta(hours=row.policy.idle_hours))
            signals.touched(row.conversation)
    return len(idle)
