"""The outbox of replies: each is sent to its source at least once, in the order of its conversation."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from leads import sealing
from leads.channels import access
from leads.channels import sending as wire
from leads.channels.calls import Ask, Outcome, Took, Unreachable, pause
from leads.channels.sending import SENDERS, Outgoing
from leads.models import Consultation, ContactIdentity, Conversation, Message, Source
from leads.operations import queue, sessions, signals, sources, told_back
from leads.operations.asking import ask
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Merchant

HELD = timedelta(seconds=30)  # longer than a call may take; a worker that is lost meanwhile sends it again
LONGEST = timedelta(minutes=4)
ATTEMPTS = 6  # over about eight minutes: who asked should not get an answer hours later
State = Message.Delivery


def source_of(merchant: Merchant, thread: Conversation) -> Source | None:
    """The source that takes replies to this conversation, if it was given what that needs and the account is
    bound: the one that brought it, else the only one of its kind. None: replies are copied by hand."""
    source = _ready(merchant, thread)
    return source if source is not None and _unbound(source, thread) is None else None


def unbound_at(merchant: Merchant, thread: Conversation) -> datetime | None:
    """Since when nothing is sent because the account of this conversation has ended its binding."""
    source = _ready(merchant, thread)
    return _unbound(source, thread) if source is not None else None


def _unbound(source: Source, thread: Conversation) -> datetime | None:
    told = source.accounts.get(thread.external_id.partition(":")[0])
    return datetime.fromisoformat(told["at"]) if told and not told["bound"] else None


def _ready(merchant: Merchant, thread: Conversation) -> Source | None:
    if thread.source not in SENDERS:
        return None
    mine = Source.objects.for_merchant(merchant).filter(channel=thread.source, active=True)
    if thread.came_by_id is not None:
        mine = mine.filter(pk=thread.came_by_id)
    some = list(mine[:2])
    ready = len(some) == 1 and access.open_to(some[0].channel, access.SEND, sources.given_to(some[0]))
    return some[0] if ready else None


def send_one(merchant: Merchant, *, now: datetime | None = None, by: Ask = ask) -> bool:
    """Sends the reply that waits longest; False when none is due.

    Each beginning is written down before the call, and the answer after it: killed between the two, the same
    is sent again under the same number, which the source counts once. Two workers never hold the same one.
    """
    moment = now or datetime.now(UTC)
    row = _claim(merchant, moment)
    if row is None:
        return False
    with tenancy.acting_for(merchant):
        source = source_of(merchant, row.conversation)
        why = "unbound" if unbound_at(merchant, row.conversation) else "no_access"
        message = _outgoing(merchant, row)
    if source is None:
        _keep(merchant, row, Outcome(Took.WAITS, why), moment)
        return True
    if sources.is_paused(source):
        _keep(merchant, row, Outcome(Took.WAITS, "paused"), moment)
        return True
    key_hex = sources.secrets_of(source).key_hex
    try:
        outcome = wire.send(by, message, sources.given_to(source), key_hex, os.urandom(16))
    except Unreachable as lost:
        outcome = Outcome(Took.AGAIN, f"unreachable: {lost}")
    _keep(merchant, row, outcome, moment)
    return True


def again(merchant: Merchant, message: Message, *, by: str) -> None:
    """Sends once more what could not be sent, as an answer given now. Raises ``ValueError`` for what did not
    fail."""
    now = datetime.now(UTC)
    with tenancy.acting_for(merchant):
        Conversation.objects.for_merchant(merchant).select_for_update().get(pk=message.conversation_id)
        rows = Message.objects.for_merchant(merchant).select_for_update(of=("self",))
        row = rows.filter(pk=message.pk, delivery=State.FAILED).select_related("conversation").first()
        if row is None:
            raise ValueError("not_failed")
        row.delivery, row.error, row.attempts, row.next_at, row.sent_at = State.QUEUED, "", 0, now, now
        row.save(update_fields=["delivery", "error", "attempts", "next_at", "sent_at"])
        _tell_screens(merchant, row)
        audit.record(merchant, "leads.message.again", by=by, on=row)
        wake("leads.send_replies", merchant_id=merchant.pk)


def _claim(merchant: Merchant, now: datetime) -> Message | None:
    """The oldest one due whose conversation has no older one waiting, held for a while."""
    with tenancy.acting_for(merchant):
        waiting = Message.objects.for_merchant(merchant).filter(delivery=State.QUEUED)
        row: Message | None = queue.claim(
            waiting, of="conversation", follow="conversation", now=now, held=HELD
        )
    return row


def _outgoing(merchant: Merchant, row: Message) -> Outgoing:
    """The account's id stands before the person's in the id of a conversation, as arrivals put it there."""
    thread = row.conversation
    brand_id, parted, user_id = thread.external_id.partition(":")
    known = ContactIdentity.objects.for_merchant(merchant).filter(platform=thread.source, external_id=user_id)
    return Outgoing(
        number=row.external_id.removeprefix(told_back.OURS),
        brand_id=brand_id if parted else "",
        user_id=user_id if known.exists() else "",
        text=sealing.unseal(merchant, "message", row.sealed),
        written_at=row.sent_at,
    )


def _keep(merchant: Merchant, row: Message, outcome: Outcome, now: datetime) -> None:
    """What came of an attempt. What will not be taken is no answer: its session's clock runs on. What the
    source has told back meanwhile was taken, whatever the answer."""
    row.error = outcome.why[:200]
    if outcome.took in (Took.ACCEPTED, Took.SENT):
        row.delivery, row.next_at = State.SENT, None
    elif outcome.took is Took.AGAIN and row.attempts < ATTEMPTS:
        row.next_at = now + pause(row.attempts, LONGEST)
    else:
        row.delivery, row.next_at = State.FAILED, None
    with tenancy.acting_for(merchant):
        Conversation.objects.for_merchant(merchant).select_for_update().get(pk=row.conversation_id)
        untold = Message.objects.for_merchant(merchant).filter(pk=row.pk, pushed_as="")
        untold.update(delivery=row.delivery, next_at=row.next_at, error=row.error)
        _tell_screens(merchant, row)


def _tell_screens(merchant: Merchant, row: Message) -> None:
    """The clock of the message's session, and whoever looks at the conversation."""
    rows = Consultation.objects.for_merchant(merchant).select_for_update(of=("self",))
    session = rows.get(pk=row.session_id)
    if session.state != Consultation.State.CLOSED:
        sessions.settle(merchant, session)
    signals.touched(row.conversation)
