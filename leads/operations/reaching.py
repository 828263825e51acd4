"""Who follows a lead up, and every attempt to reach its person."""

from __future__ import annotations

from datetime import UTC, datetime

from leads.models import Agent, Consultation, ContactAttempt, Lead
from leads.operations import assignment, feedback, first_contact, stages
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Merchant, Store


def claim(merchant: Merchant, lead: Lead, agent: Agent, *, by: str, now: datetime | None = None) -> None:
    """An agent takes a lead that nobody has, with its consultation while one waits. Raises
    :class:`assignment.Refused` when somebody was quicker, or when the agent has all that fits."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = _locked(merchant, lead)
        if row.agent_id == agent.pk:
            return
        if row.agent_id is not None:
            raise assignment.Refused("taken")
        if row.ended_at is not None:
            raise assignment.Refused("ended_lead")
        session = row.session
        if session is not None and session.state != Consultation.State.CLOSED:
            assignment.take(merchant, session, agent, by=by, now=moment)
        else:
            row.agent = agent
            row.save(update_fields=["agent"])
            stages.taken(merchant, row, now=moment)
        audit.record(merchant, "leads.lead.taken", by=by, on=row, to=agent.pk)


def tried(
    merchant: Merchant, lead: Lead, agent: Agent, *, how: str, by: str, now: datetime | None = None
) -> ContactAttempt:
    """An agent tried to reach the person; who tries a lead that nobody has, has it. Raises ``ValueError`` for an
    unknown way."""
    moment = now or datetime.now(UTC)
    way = ContactAttempt.How(how)
    with tenancy.acting_for(merchant):
        row = _locked(merchant, lead)
        if row.agent_id is None:
            row.agent = agent
            row.save(update_fields=["agent"])
        made: ContactAttempt = ContactAttempt.objects.create(
            merchant=merchant, lead=row, how=way, agent=agent, happened_at=moment, recorded_by=by
        )
        reached = way in ContactAttempt.REACHED
        feedback.acted(merchant, row, str(way), at=moment)
        first_contact.tried(row, agent, at=moment, reached=reached)
        if reached:
            stages.reached(merchant, row, now=moment)
        else:
            stages.taken(merchant, row, now=moment)
        audit.record(merchant, "leads.lead.tried", by=by, on=row, how=str(way))
    return made


def hand_over(merchant: Merchant, lead: Lead, to: Agent, *, by: str, now: datetime | None = None) -> None:
    """Gives a lead to a colleague, with its consultation while that is open. Raises :class:`assignment.Refused`
    when the colleague has left or the lead has ended."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = _locked(merchant, lead)
        if row.ended_at is not None:
            raise assignment.Refused("ended_lead")
        if to.left_at is not None:
            raise assignment.Refused("left")
        session = row.session
        if session is not None and session.state != Consultation.State.CLOSED:
            assignment.hand_over(merchant, session, to, by=by, now=moment)
        row.agent = to
        row.save(update_fields=["agent"])
        stages.taken(merchant, row, now=moment)
        audit.record(merchant, "leads.lead.handed", by=by, on=row, to=to.pk)


def place(merchant: Merchant, lead: Lead, *, store: Store | None, skill: str, by: str) -> None:
    """For which store and which service the lead is. One that still waits for somebody is given away by it."""
    with tenancy.acting_for(merchant):
        row = _locked(merchant, lead)
        row.store, row.skill = store, skill.strip()
        row.save(update_fields=["store", "skill"])
        form = first_contact.waiting(row)
        if form is not None:
            form.store = form.conversation.store = store
            form.conversation.skill = row.skill
            form.save(update_fields=["store"])
            form.conversation.save(update_fields=["store", "skill"])
            wake("leads.assign", merchant_id=merchant.pk)
        audit.record(
            merchant, "leads.lead.placed", by=by, on=row, store=store.code if store else "", skill=row.skill
        )


def _locked(merchant: Merchant, lead: Lead) -> Lead:
    rows = Lead.objects.for_merchant(merchant).select_for_update(of=("self",))
    found: Lead = rows.select_related("stage", "session").get(pk=lead.pk)
    return found
