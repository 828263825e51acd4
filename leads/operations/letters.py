"""The outbox of the desk's letters: to who leads the shift and to agents, each morning; to owners, when an alarm is
raised.

A letter is a row that is written once for each person and what it is about, however many workers look. It is held
while it is sent; a worker killed between the mail server's answer and the commit sends it again, with the same
message id.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from leads.channels.calls import pause
from leads.models import Agent, Letter
from leads.operations import queue
from leads.queries import oversight, shift
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Membership, Merchant
from merchants.periods import DAY

HELD = timedelta(minutes=5)
LONGEST = timedelta(hours=1)
ATTEMPTS = 8  # about three hours; then the letter stays failed
State, Kind = Letter.State, Letter.Kind


def write_due(merchant: Merchant, *, now: datetime) -> int:
    """Writes the letters of a morning, from its hour on by the merchant's clock: of the day before to everybody who
    leads the shift, of what waits to every agent for whom something does; what was missed is caught up until midnight.
    Returns how many are new."""
    with tenancy.acting_for(merchant):
        local = now.astimezone(ZoneInfo(merchant.time_zone))
        if local.hour < oversight.of(merchant).letter_hour:
            return 0
        members = Membership.objects.filter(merchant=merchant).values("user_id")
        agents = (
            Agent.objects.for_merchant(merchant)
            .filter(left_at=None, user__in=members)
            .exclude(user__email=None)
            .order_by("pk")
        )
        before, today = (local.date() - DAY).isoformat(), local.date().isoformat()
        leading = _unwritten(merchant, Kind.SHIFT, before, agents.filter(leads_shift=True))
        busy = [
            agent
            for agent in _unwritten(merchant, Kind.AGENT, today, agents.filter(morning_letter=True))
            if not shift.morning(merchant, agent, now=now).is_empty
        ]
        new = [
            Letter(
                merchant=merchant,
                kind=kind,
                about=about,
                person_id=agent.user_id,
                next_at=now,
                written_at=now,
            )
            for kind, about, written_to in ((Kind.SHIFT, before, leading), (Kind.AGENT, today, busy))
            for agent in written_to
        ]
        Letter.objects.bulk_create(new, ignore_conflicts=True)  # another worker may have been quicker
        if new:
            wake("leads.send_letters", merchant_id=merchant.pk)
    return len(new)


def _unwritten(merchant: Merchant, kind: Letter.Kind, about: str, agents: QuerySet[Agent]) -> list[Agent]:
    written = Letter.objects.for_merchant(merchant).filter(kind=kind, about=about)
    return list(agents.exclude(user__in=written.values("person_id")))


def claim(merchant: Merchant, *, now: datetime) -> Letter | None:
    """The oldest letter that is due, held for a while; one that no worker survives is given up."""
    with tenancy.acting_for(merchant):
        waiting = Letter.objects.for_merchant(merchant).filter(state=State.WAITING)
        row: Letter | None = queue.claim(waiting, of="id", follow="person", now=now, held=HELD)
        if row is not None and row.attempts > ATTEMPTS:
            row.state, row.error = State.FAILED, row.error or "worker lost"
            row.save(update_fields=["state", "error"])
    return row


def sent(merchant: Merchant, row: Letter, *, now: datetime) -> None:
    """The mail server has taken the letter."""
    with tenancy.acting_for(merchant):
        row.state, row.sent_at, row.error = State.SENT, now, ""
        row.save(update_fields=["state", "sent_at", "error"])
        audit.record(
            merchant, "leads.letter.sent", by="system:worker", on=row, kind=row.kind, about=row.about
        )


def not_sent(
    merchant: Merchant, row: Letter, *, error: str, again: bool, now: datetime | None = None
) -> None:
    """The letter was not taken: it waits, longer each time, or with ``again`` false ends here."""
    row.error = error[:200]
    row.next_at = (now or datetime.now(UTC)) + pause(row.attempts, LONGEST)
    if not again or row.attempts >= ATTEMPTS:
        row.state = State.FAILED
    with tenancy.acting_for(merchant):
        row.save(update_fields=["state", "error", "next_at"])
