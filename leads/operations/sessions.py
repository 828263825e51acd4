"""Sessions of a conversation: begun by a message, timed by what the messages say, whatever their order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from leads import sealing
from leads.clock import reckoning
from leads.clock.session import Told, told
from leads.models import Agent, Consultation, Conversation, Message
from leads.operations import contacts, setup, stages, told_back
from leads.queries import rules
from merchants import events, live, tenancy
from merchants.background import wake
from merchants.models import Merchant, Store

State, Result = Consultation.State, Consultation.Result
OPENED = "leads.consultation.opened"


def take_message(
    merchant: Merchant,
    *,
    source: str,
    conversation: str,
    message_id: str,
    platform_user: str,
    text: str,
    sent_at: datetime,
    received_at: datetime,
    author: str = Message.Author.USER,
    kind: str = "TEXT",
    nickname: str = "",
    origin: dict[str, Any] | None = None,
    store: Store | None = None,
    skill: str = "",
    by: str,
) -> Message:
    """Takes in one message of a source, whatever came before it; the same one again changes nothing.

    ``author`` is user, agent (a human at the platform's own tool), bot or auto. A person's message opens a
    session where none is open or the last one lay idle; its clock starts anew. ``origin`` names how the
    person came (note_id, campaign_id, …) and is kept from the first message that tells it.
    """
    with tenancy.acting_for(merchant):
        setup.ensure(merchant)
        thread = _thread(
            merchant, source, conversation, platform_user, nickname, origin or {}, store=store, skill=skill
        )
        known = told_back.known(merchant, source, message_id)
        if known is not None:
            return known
        if author == Message.Author.AGENT:
            ours = told_back.later(merchant, thread, message_id=message_id, text=text, kind=kind, at=sent_at)
            if ours is not None:
                settle(merchant, ours.session)
                touched(thread)
                return ours
        session = _session(merchant, thread, author, sent_at)
        message: Message = Message.objects.create(
            merchant=merchant,
            conversation=thread,
            session=session,
            source=source,
            external_id=message_id,
            author=author,
            kind=kind,
            sealed=sealing.seal(merchant, "message", text),
            sent_at=sent_at,
            received_at=received_at,
        )
        settle(merchant, session)
        touched(thread)
        wake("leads.assign", merchant_id=merchant.pk)
    return message


def _thread(
    merchant: Merchant,
    source: str,
    external_id: str,
    platform_user: str,
    nickname: str,
    origin: dict[str, Any],
    *,
    store: Store | None,
    skill: str,
) -> Conversation:
    """The conversation, locked for the rest of the transaction."""
    contact = contacts.of_platform_user(merchant, platform=source, external_id=platform_user, name=nickname)
    Conversation.objects.get_or_create(
        merchant=merchant,
        source=source,
        external_id=external_id,
        defaults={"contact": contact, "store": store, "skill": skill, "origin": origin},
    )
    row: Conversation = (
        Conversation.objects.for_merchant(merchant)
        .select_for_update()
        .get(source=source, external_id=external_id)
    )
    added = {name: value for name, value in origin.items() if name not in row.origin}
    if added:
        row.origin = row.origin | added
        row.save(update_fields=["origin"])
    return row


def _session(merchant: Merchant, thread: Conversation, author: str, at: datetime) -> Consultation:
    """The session a message belongs to: the latest, unless a person writes after it was closed or lay idle."""
    latest: Consultation | None = thread.sessions.order_by("-number").first()
    if latest is not None:
        idle = timedelta(hours=latest.policy.idle_hours if latest.policy else 24)
        over = (latest.closed_at is not None and at > latest.closed_at) or at - latest.last_message_at > idle
        if author != Message.Author.USER or not over:
            return latest
        if latest.state != State.CLOSED:
            shut(latest, at=latest.last_message_at + idle)
    made: Consultation = Consultation.objects.create(
        merchant=merchant,
        conversation=thread,
        contact_id=thread.contact_id,
        store_id=thread.store_id,
        number=latest.number + 1 if latest else 1,
        enquired_at=at,
        last_message_at=at,
        schedule=rules.schedule_of(merchant, thread.store_id),
        policy=rules.policy_of(merchant, thread.store_id),
    )
    return made


def settle(merchant: Merchant, session: Consultation) -> None:
    """Sets what the messages of a session say: the clock, the replies, who waits. Repeatable. A reply that
    could not be sent answered nobody."""
    arrived = session.messages.exclude(delivery=Message.Delivery.FAILED)
    rows = list(arrived.order_by("sent_at", "pk").select_related("agent"))
    said = told((row.author, row.sent_at) for row in rows)
    was_opened = session.opened_at
    session.enquired_at = min(session.enquired_at, said.began_at)
    session.last_message_at = said.last_at
    session.waiting_since = said.waiting_since
    if said.opened_at is not None:
        _time(session, said, rows)
    session.save()
    if session.opened_at is not None:
        stages.begin(merchant, session)
        if session.first_human_reply_at is not None:
            stages.answered(merchant, session)
    if session.opened_at != was_opened:
        events.tell(merchant, OPENED, _opening(session))


def _time(session: Consultation, said: Told, rows: list[Message]) -> None:
    """The clock by the versions the session began with."""
    assert session.schedule is not None
    assert session.policy is not None
    assert said.opened_at is not None
    hours = rules.hours_of(session.schedule)
    first = next(row for row in rows if row.author == Message.Author.USER)
    session.opened_at = said.opened_at
    session.ingest_lag_seconds = int((first.received_at - first.sent_at).total_seconds())
    session.first_auto_reply_at = said.first_auto_at
    try:
        session.due_at = reckoning.due(hours, said.opened_at, session.policy.reply_seconds)
    except reckoning.NeverOpen:
        session.due_at = None
        return
    if said.first_human_at is None:
        if session.first_human_reply_at is not None:
            _unanswer(session)
        return
    answer = next(r for r in rows if r.author == Message.Author.AGENT and r.sent_at == said.first_human_at)
    took = reckoning.reply(hours, asked=said.opened_at, answered=said.first_human_at, due_at=session.due_at)
    session.first_human_reply_at = said.first_human_at
    session.first_human = answer.agent
    session.calendar_seconds, session.service_seconds = took.calendar_seconds, took.service_seconds
    session.result = Result.MET if took.in_time else Result.LATE
    session.return_at = None
    if session.state == State.WAITING:
        session.state = State.ANSWERED
    if not took.in_time and session.breached_at is None:
        session.breached_at, session.breached_by = session.due_at, session.agent
    if took.in_time:
        session.breached_at = session.breached_by = None


def _unanswer(session: Consultation) -> None:
    """The reply that had stopped the clock was not sent after all: it runs on as it did."""
    session.first_human_reply_at = session.first_human = None
    session.calendar_seconds = session.service_seconds = None
    session.result, session.breached_at, session.breached_by = "", None, None
    if session.state == State.ANSWERED:
        session.state = State.WAITING


def _opening(session: Consultation) -> dict[str, Any]:
    """What others learn of a consultation: who by the platform's id, when, and through what; no words."""
    thread = session.conversation
    identity = thread.contact.identities.filter(platform=thread.source).order_by("pk").first()
    return {
        "consultation": session.pk,
        "source": thread.source,
        "platform_user": identity.external_id if identity else "",
        "opened_at": session.opened_at.isoformat() if session.opened_at else "",
        "skill": thread.skill,
        "origin": thread.origin,
    }


def touched(thread: Conversation) -> None:
    """Whoever looks at the conversation has an old state now."""
    Conversation.objects.for_merchant(thread.merchant_id).filter(pk=thread.pk).update(
        revision=F("revision") + 1
    )
    live.tell(thread.merchant_id, "conversation", thread.pk)


def shut(session: Consultation, *, at: datetime) -> None:
    session.state, session.closed_at, session.return_at = State.CLOSED, at, None
    session.waiting_since = None
    if not session.result and session.opened_at is not None:
        session.result = Result.CANCELLED
    session.save(update_fields=["state", "closed_at", "return_at", "waiting_since", "result"])


def agent_of(merchant: Merchant, user_id: int) -> Agent | None:
    """The agent that a member is, while the agent has not left."""
    found: Agent | None = Agent.objects.for_merchant(merchant).filter(user_id=user_id, left_at=None).first()
    return found
