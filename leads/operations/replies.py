"""What agents write: replies, internal notes, the lease of who is writing, the end of a session."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from leads import sealing
from leads.models import Agent, Consultation, Conversation, InternalNote, Message
from leads.operations import contacts, sending, sessions, signals, stages, told_back
from merchants import audit, live, tenancy
from merchants.background import wake
from merchants.models import Merchant

LEASE = timedelta(seconds=30)
State = Consultation.State


class Refused(ValueError):
    """The code of why: stale (somebody wrote meanwhile), closed, empty."""


def reply(
    merchant: Merchant,
    session: Consultation,
    agent: Agent,
    *,
    text: str,
    by: str,
    seen_revision: int | None = None,
    now: datetime | None = None,
) -> Message:
    """An agent's reply. Where the source has a sender it waits to be sent, else the agent copies it over and
    the message says so. With ``seen_revision``, one that was written before the latest change is refused, so
    that two do not answer at once."""
    moment = now or datetime.now(UTC)
    if not text.strip():
        raise Refused("empty")
    with tenancy.acting_for(merchant):
        thread = (
            Conversation.objects.for_merchant(merchant).select_for_update().get(pk=session.conversation_id)
        )
        if seen_revision is not None and seen_revision != thread.revision:
            raise Refused("stale")
        row = _open(merchant, session, agent, moment)
        goes_out = sending.source_of(merchant, thread) is not None
        message = _written(merchant, thread, row, agent, text.strip(), "TEXT", moment, goes_out=goes_out)
        if goes_out:
            wake("leads.send_replies", merchant_id=merchant.pk)
        thread.typing_agent = thread.typing_until = None
        thread.save(update_fields=["typing_agent", "typing_until"])
        _answered(merchant, row, thread)
        session.refresh_from_db()
    return message


def card_sent(
    merchant: Merchant, session: Consultation, agent: Agent, *, kind: str, now: datetime | None = None
) -> Message:
    """Notes that a card was sent in the platform's own tool: an answer like another. What a person fills in
    on it arrives as a lead."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        thread = (
            Conversation.objects.for_merchant(merchant).select_for_update().get(pk=session.conversation_id)
        )
        row = _open(merchant, session, agent, moment)
        message = _written(merchant, thread, row, agent, "", kind, moment, goes_out=False)
        _answered(merchant, row, thread)
        session.refresh_from_db()
    return message


def _open(merchant: Merchant, session: Consultation, agent: Agent, now: datetime) -> Consultation:
    """The session, locked; who answers one that nobody has, has it."""
    row: Consultation = (
        Consultation.objects.for_merchant(merchant).select_for_update(of=("self",)).get(pk=session.pk)
    )
    if row.state == State.CLOSED:
        raise Refused("closed")
    if row.agent_id is None:
        row.agent, row.assigned_at = agent, now
    return row


def _written(
    merchant: Merchant,
    thread: Conversation,
    session: Consultation,
    agent: Agent,
    text: str,
    kind: str,
    now: datetime,
    *,
    goes_out: bool,
) -> Message:
    """A message of ours. What was copied by hand may have been told back by the source already: then that one
    is it, and learns who wrote it."""
    told = None if goes_out else told_back.earlier(merchant, thread, text=text, kind=kind, at=now)
    if told is not None:
        told.agent, told.delivery, told.kind = agent, Message.Delivery.COPIED, kind
        told.save(update_fields=["agent", "delivery", "kind"])
        return told
    message: Message = Message.objects.create(
        merchant=merchant,
        conversation=thread,
        session=session,
        source=thread.source,
        external_id=f"{told_back.OURS}{uuid.uuid4()}",
        author=Message.Author.AGENT,
        agent=agent,
        kind=kind,
        sealed=sealing.seal(merchant, "message", text),
        sent_at=now,
        received_at=now,
        delivery=Message.Delivery.QUEUED if goes_out else Message.Delivery.COPIED,
        next_at=now if goes_out else None,
    )
    return message


def _answered(merchant: Merchant, session: Consultation, thread: Conversation) -> None:
    session.return_at = None
    sessions.settle(merchant, session)
    signals.touched(thread)


def note(merchant: Merchant, thread: Conversation, *, text: str, by: str, author_name: str) -> InternalNote:
    """A note for colleagues; it stops no clock and goes nowhere."""
    if not text.strip():
        raise Refused("empty")
    with tenancy.acting_for(merchant):
        row = Conversation.objects.for_merchant(merchant).select_for_update().get(pk=thread.pk)
        made: InternalNote = InternalNote.objects.create(
            merchant=merchant,
            conversation=row,
            sealed=sealing.seal(merchant, "note", text.strip()),
            written_by=by,
            author_name=author_name,
        )
        signals.touched(row)
    return made


def is_writing(
    merchant: Merchant, session: Consultation, agent: Agent, *, now: datetime | None = None
) -> bool:
    """Takes the lease of who is writing for 30 s, and keeps the return timer away; False when a colleague
    holds it."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        thread = (
            Conversation.objects.for_merchant(merchant).select_for_update().get(pk=session.conversation_id)
        )
        held = thread.typing_until is not None and thread.typing_until > moment
        if held and thread.typing_agent_id != agent.pk:
            return False
        if not held:
            live.tell(merchant, "conversation", thread.pk)
        thread.typing_agent, thread.typing_until = agent, moment + LEASE
        thread.save(update_fields=["typing_agent", "typing_until"])
        Consultation.objects.for_merchant(merchant).filter(
            pk=session.pk, agent=agent, return_at__isnull=False, return_at__lt=moment + LEASE
        ).update(return_at=moment + LEASE)
    return True


def close(merchant: Merchant, session: Consultation, *, by: str, now: datetime | None = None) -> None:
    """Ends a session; the person's next message begins another with a clock of its own."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = Consultation.objects.for_merchant(merchant).select_for_update(of=("self",)).get(pk=session.pk)
        if row.state == State.CLOSED:
            return
        sessions.shut(row, at=moment)
        signals.touched(row.conversation)
        audit.record(merchant, "leads.consultation.closed", by=by, on=row)
        session.refresh_from_db()


def take_contact(
    merchant: Merchant, session: Consultation, *, kind: str, text: str, by: str, now: datetime | None = None
) -> bool:
    """Notes how to reach the person who asks; the conversation's lead has left a contact from then on. False
    when nothing of a phone or id is in the text."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        lead = stages.begin(merchant, session)
        detail = contacts.put_detail(merchant, lead.contact, kind=kind, text=text)
        if detail is None:
            return False
        if lead.left_at is None:
            lead.left_at = moment
            lead.save(update_fields=["left_at"])
        contacts.compare_names(merchant, lead)
        signals.touched(session.conversation)
        audit.record(merchant, "leads.contact.recorded", by=by, on=detail, contact=lead.contact_id)
    return True
