"""Sessions of a conversation: begun by a message, timed by what the messages say, whatever their order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from leads import sealing
from leads.clock import reckoning
from leads.clock.hours import Hours
from leads.clock.session import Told, told
from leads.models import Agent, ClockPolicy, Consultation, Conversation, Message
from leads.operations import contacts, setup, signals, stages, told_back
from leads.queries import rules
from merchants import events, tenancy
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
                signals.touched(thread)
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
        signals.touched(thread)
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
    learned(merchant, row, origin)
    return row


def _session(merchant: Merchant, thread: Conversation, author: str, at: datetime) -> Consultation:
    """The session that a message of this time belongs to, whatever arrived before it. A person's message after
    the idle hours, or after somebody closed the session, begins another; a message that comes to us late
    begins one before those that are there, over by then, or belongs to the next where that one is near."""
    told = thread.sessions.select_related("policy")
    before: Consultation | None = told.filter(enquired_at__lte=at).order_by("-number").first()
    if before is not None and (author != Message.Author.USER or not _is_over(before, at)):
        since = _idle_since(before, at) if author == Message.Author.USER else None
        return _split(merchant, thread, before, at, since) if since else before
    after: Consultation | None = told.filter(enquired_at__gt=at).order_by("number").first()
    if after is not None and after.enquired_at - at <= _idle(after):
        return after
    if before is not None and before.state != State.CLOSED:
        shut(before, at=before.last_message_at + _idle(before))
    return _begin(merchant, thread, at, before=before, after=after)


def _is_over(session: Consultation, at: datetime) -> bool:
    closed = session.closed_at is not None and at > session.closed_at
    return closed or at - session.last_message_at > _idle(session)


def _idle_since(session: Consultation, at: datetime) -> datetime | None:
    """Since when the session lay idle at a moment that lies within it: we wrote later, before we heard of this."""
    if at >= session.last_message_at:
        return None
    earlier = session.messages.filter(sent_at__lte=at).order_by("-sent_at").values_list("sent_at", flat=True)
    last: datetime = earlier.first() or at
    return last if at - last > _idle(session) else None


def _split(
    merchant: Merchant, thread: Conversation, session: Consultation, at: datetime, since: datetime
) -> Consultation:
    """Ends a session where it lay idle; what was said later, and whoever has it, is another's from then on."""
    is_open = session.state != State.CLOSED
    agent, assigned_at = session.agent, session.assigned_at
    shut(session, at=since + _idle(session))
    made = _begin(merchant, thread, at, before=session, after=None if is_open else session)
    made.agent, made.assigned_at = agent, assigned_at
    made.save(update_fields=["agent", "assigned_at"])
    session.messages.filter(sent_at__gt=at).update(session=made)
    settle(merchant, session)
    return made


def _idle(session: Consultation) -> timedelta:
    return _idle_by(session.policy)


def _idle_by(policy: ClockPolicy | None) -> timedelta:
    return timedelta(hours=policy.idle_hours if policy else 24)


def _begin(
    merchant: Merchant,
    thread: Conversation,
    at: datetime,
    *,
    before: Consultation | None,
    after: Consultation | None,
) -> Consultation:
    """A session that begins now, or one before others, whose numbers move up so that they tell the order."""
    number = before.number + 1 if before else 1
    for later in thread.sessions.filter(number__gte=number).order_by("-number"):
        later.number += 1
        later.save(update_fields=["number"])
    policy = rules.policy_of(merchant, thread.store_id)
    made: Consultation = Consultation.objects.create(
        merchant=merchant,
        conversation=thread,
        contact_id=thread.contact_id,
        store_id=thread.store_id,
        number=number,
        enquired_at=at,
        last_message_at=at,
        schedule=rules.schedule_of(merchant, thread.store_id),
        policy=policy,
        state=State.CLOSED if after else State.WAITING,
        closed_at=at + _idle_by(policy) if after else None,
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
    if session.closed_at == session.last_message_at + _idle(session):  # nobody closed it: it lay idle
        session.closed_at = said.last_at + _idle(session)
    session.last_message_at = said.last_at
    session.waiting_since = said.waiting_since if session.state != State.CLOSED else None
    if said.opened_at is not None:
        _time(session, said, rows)
        _end(session)
    session.save()
    told_anew = False
    if session.opened_at is not None:
        lead = stages.begin(merchant, session)
        told_anew = learned(merchant, session.conversation, lead.origin)
        if session.first_human_reply_at is not None:
            stages.answered(merchant, session)
    if session.opened_at != was_opened and not told_anew:
        events.tell(merchant, OPENED, _opening(session))


def learned(
    merchant: Merchant,
    thread: Conversation,
    origin: Mapping[str, Any],
    *,
    instead: Mapping[str, Any] | None = None,
) -> bool:
    """The source has told how the person came: what the conversation does not know yet is kept, and what it
    knows as ``instead`` has it is replaced. Its sessions are then told of anew. The conversation is locked; False
    when it knew."""
    stood = instead or {}
    added = {
        name: value
        for name, value in origin.items()
        if name not in thread.origin or (thread.origin[name] == stood.get(name) != value)
    }
    if not added:
        return False
    thread.origin = thread.origin | added
    thread.save(update_fields=["origin"])
    for session in thread.sessions.exclude(opened_at=None).order_by("number"):
        events.tell(merchant, OPENED, _opening(session))
    signals.touched(thread)
    thread.revision += 1
    return True


def _time(session: Consultation, said: Told, rows: list[Message]) -> None:
    """The clock by the versions the session began with. Where hours never open the answer counts as well: in
    calendar time, and neither in time nor late."""
    assert session.schedule is not None
    assert said.opened_at is not None
    hours = rules.hours_of(session.schedule)
    first = next(row for row in rows if row.author == Message.Author.USER)
    session.opened_at = said.opened_at
    session.ingest_lag_seconds = int((first.received_at - first.sent_at).total_seconds())
    session.first_auto_reply_at = said.first_auto_at
    session.due_at = _due(session, hours)
    if said.first_human_at is None:
        if session.first_human_reply_at is not None:
            _unanswer(session)
        return
    answer = next(r for r in rows if r.author == Message.Author.AGENT and r.sent_at == said.first_human_at)
    session.first_human_reply_at = said.first_human_at
    session.first_human = answer.agent
    session.return_at = None
    if session.state == State.WAITING:
        session.state = State.ANSWERED
    took = reckoning.reply(hours, asked=said.opened_at, answered=said.first_human_at, due_at=session.due_at)
    session.calendar_seconds, session.service_seconds = took.calendar_seconds, took.service_seconds
    if took.in_time is None:
        session.result, session.breached_at, session.breached_by = "", None, None
        return
    session.result = Result.MET if took.in_time else Result.LATE
    if not took.in_time and session.breached_at is None:
        session.breached_at, session.breached_by = session.due_at, session.agent
    if took.in_time:
        session.breached_at = session.breached_by = None


def _due(session: Consultation, hours: Hours) -> datetime | None:
    """When an answer is due; unknown where the service hours never open."""
    assert session.opened_at is not None
    assert session.policy is not None
    try:
        return reckoning.due(hours, session.opened_at, session.policy.reply_seconds)
    except reckoning.NeverOpen:
        return None


def _unanswer(session: Consultation) -> None:
    """The reply that had stopped the clock was not sent after all: it runs on as it did."""
    session.first_human_reply_at = session.first_human = None
    session.calendar_seconds = session.service_seconds = None
    session.result, session.breached_at, session.breached_by = "", None, None
    if session.state == State.ANSWERED:
        session.state = State.WAITING


def _opening(session: Consultation) -> dict[str, Any]:
    """What others learn of a consultation: who by the platform's id, when, and through what; no words. The
    ``statement`` grows with each telling, and each is the whole of what is known."""
    thread = session.conversation
    identity = thread.contact.identities.filter(platform=thread.source).order_by("pk").first()
    return {
        "consultation": session.pk,
        "source": thread.source,
        "platform_user": identity.external_id if identity else "",
        "opened_at": session.opened_at.isoformat() if session.opened_at else "",
        "skill": thread.skill,
        "origin": thread.origin,
        "statement": thread.revision,
    }


def _end(session: Consultation) -> None:
    """A session that is over and that nobody has answered will not be."""
    over = session.state == State.CLOSED and session.opened_at is not None
    if over and session.first_human_reply_at is None:
        session.result = Result.CANCELLED


def shut(session: Consultation, *, at: datetime) -> None:
    session.state, session.closed_at, session.return_at = State.CLOSED, at, None
    session.waiting_since = None
    _end(session)
    session.save(update_fields=["state", "closed_at", "return_at", "waiting_since", "result"])


def agent_of(merchant: Merchant, user_id: int) -> Agent | None:
    """The agent that a member is, while the agent has not left."""
    found: Agent | None = Agent.objects.for_merchant(merchant).filter(user_id=user_id, left_at=None).first()
    return found
