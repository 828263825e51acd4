"""A lead that was left without a chat waits for its first contact as a consultation: in the same queue, given away
by the same rule, with a clock of its own (docs/adr/0042)."""

from __future__ import annotations

from datetime import datetime, timedelta

from leads.clock import reckoning
from leads.models import Agent, Consultation, Conversation, Lead
from leads.operations import signals
from leads.queries import rules
from merchants.background import wake
from merchants.models import Merchant

State = Consultation.State


def wait(merchant: Merchant, lead: Lead, *, now: datetime) -> Consultation | None:
    """Puts a new lead into the queue, due so many seconds of service after it was left. None of one that was left
    longer ago than the policy says: a file of old leads starts no clocks."""
    schedule, policy = (
        rules.schedule_of(merchant, lead.store_id),
        rules.policy_of(merchant, lead.store_id),
    )
    assert schedule is not None
    assert policy is not None
    if now - lead.began_at > timedelta(hours=policy.lead_hours):
        return None
    try:
        due_at = reckoning.due(rules.hours_of(schedule), lead.began_at, policy.lead_seconds)
    except reckoning.NeverOpen:
        due_at = None
    thread = Conversation.objects.create(
        merchant=merchant,
        source=lead.source,
        external_id=f"lead:{lead.pk}",
        contact_id=lead.contact_id,
        store_id=lead.store_id,
        skill=lead.skill,
        origin=lead.origin,
    )
    session: Consultation = Consultation.objects.create(
        merchant=merchant,
        conversation=thread,
        contact_id=lead.contact_id,
        store_id=lead.store_id,
        kind=Consultation.Kind.FORM,
        number=1,
        enquired_at=lead.began_at,
        opened_at=lead.began_at,
        last_message_at=lead.began_at,
        waiting_since=lead.began_at,
        due_at=due_at,
        ingest_lag_seconds=int((now - lead.began_at).total_seconds()),
        schedule=schedule,
        policy=policy,
    )
    lead.session = session
    lead.save(update_fields=["session"])
    signals.touched(thread)
    wake("leads.assign", merchant_id=merchant.pk)
    return session


def tried(lead: Lead, agent: Agent, *, at: datetime, reached: bool) -> None:
    """Somebody tried to reach the person: the clock stops. Who was reached waits no longer; who was not stays
    in the agent's queue until nobody has tried for long."""
    session = waiting(lead)
    if session is None:
        return
    if session.agent_id is None:
        session.agent, session.assigned_at = agent, at
    if session.first_human_reply_at is None:
        _stop(session, at=at, agent=agent)
    session.last_message_at, session.waiting_since = max(at, session.last_message_at), None
    session.state, session.return_at = State.ANSWERED, None
    session.save()
    if reached:
        _shut(session, at=at)
    signals.touched(session.conversation)


def moved(lead: Lead, *, at: datetime) -> None:
    """Somebody moved the lead on, which tells as much as an attempt; who ended it has nobody to reach."""
    if lead.agent is not None and lead.stage.type != "lost":
        tried(lead, lead.agent, at=at, reached=True)
    else:
        end(lead, at=at)


def end(lead: Lead, *, at: datetime) -> None:
    """Nobody is to be reached any more, or it is a chat now, with a clock of its own."""
    session = waiting(lead)
    if session is not None:
        _shut(session, at=at)
        signals.touched(session.conversation)


def waiting(lead: Lead) -> Consultation | None:
    """The session of a form that has not ended, locked."""
    if lead.session_id is None:
        return None
    rows = Consultation.objects.for_merchant(lead.merchant_id).select_for_update(of=("self",))
    found: Consultation | None = (
        rows.filter(pk=lead.session_id, kind=Consultation.Kind.FORM)
        .exclude(state=State.CLOSED)
        .select_related("conversation", "schedule", "agent")
        .first()
    )
    return found


def _stop(session: Consultation, *, at: datetime, agent: Agent) -> None:
    """By the versions it runs by; a form that is never due (no service hours) is not timed."""
    session.first_human_reply_at, session.first_human = at, agent
    if session.due_at is None:
        return
    assert session.schedule is not None
    assert session.opened_at is not None
    hours = rules.hours_of(session.schedule)
    took = reckoning.reply(hours, asked=session.opened_at, answered=at, due_at=session.due_at)
    session.calendar_seconds, session.service_seconds = took.calendar_seconds, took.service_seconds
    session.result = Consultation.Result.MET if took.in_time else Consultation.Result.LATE
    if not took.in_time and session.breached_at is None:
        session.breached_at, session.breached_by = session.due_at, session.agent


def _shut(session: Consultation, *, at: datetime) -> None:
    session.state, session.closed_at = State.CLOSED, at
    session.return_at = session.waiting_since = None
    if session.first_human_reply_at is None:
        session.result = Consultation.Result.CANCELLED
    session.save()
