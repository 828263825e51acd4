"""What happens to a session and its conversation as a whole: a clock stops, a session ends, screens are stale."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from leads.clock import reckoning
from leads.models import Agent, Consultation, Conversation
from leads.queries import rules
from merchants import live

State, Result = Consultation.State, Consultation.Result


def touched(thread: Conversation) -> None:
    """Whoever looks at the conversation has an old state now."""
    Conversation.objects.for_merchant(thread.merchant_id).filter(pk=thread.pk).update(
        revision=F("revision") + 1
    )
    live.tell(thread.merchant_id, "conversation", thread.pk)


def stop(session: Consultation, *, at: datetime, agent: Agent | None) -> None:
    """The first answer of a human stops the clock, by the versions it runs by; the caller saves. A session that
    is never due (no service hours) is not timed."""
    if session.due_at is None:
        return
    assert session.schedule is not None
    assert session.opened_at is not None
    hours = rules.hours_of(session.schedule)
    took = reckoning.reply(hours, asked=session.opened_at, answered=at, due_at=session.due_at)
    session.first_human_reply_at, session.first_human = at, agent
    session.calendar_seconds, session.service_seconds = took.calendar_seconds, took.service_seconds
    session.result = Result.MET if took.in_time else Result.LATE
    session.return_at = None
    if session.state == State.WAITING:
        session.state = State.ANSWERED
    if not took.in_time and session.breached_at is None:
        session.breached_at, session.breached_by = session.due_at, session.agent
    if took.in_time:
        session.breached_at = session.breached_by = None


def shut(session: Consultation, *, at: datetime) -> None:
    session.state, session.closed_at, session.return_at = State.CLOSED, at, None
    session.waiting_since = None
    if not session.result and session.opened_at is not None:
        session.result = Result.CANCELLED
    session.save(update_fields=["state", "closed_at", "return_at", "waiting_since", "result"])
