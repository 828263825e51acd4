"""The outbox of the desk's letters: to who leads the shift, each morning; to owners, when an alarm is raised.

A letter is a row that is written once for each person and what it is about, however many workers look. It is held
while it is sent; a worker killed between the mail server's answer and the commit sends it again, with the same
message id.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from leads.channels.calls import pause
from leads.models import Agent, Letter
from leads.operations import queue
from leads.queries import oversight
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Membership, Merchant
from merchants.periods import DAY

HELD = timedelta(minutes=5)
LONGEST = timedelta(hours=1)
ATTEMPTS = 8  # about three hours; then the letter stays failed
State = Letter.State


def write_due(merchant: Merchant, *, now: datetime) -> int:
    """Writes the letter of the day before to everybody who leads the shift, from its hour on by the merchant's
    clock; what was missed is caught up until midnight. Returns how many are new."""
    with tenancy.acting_for(merchant):
        local = now.astimezone(ZoneInfo(merchant.time_zone))
        if local.hour < oversight.of(merchant).letter_hour:
            return 0
        about = (local.date() - DAY).isoformat()
        written = Letter.objects.for_merchant(merchant).filter(kind=Letter.Kind.SHIFT, about=about)
        members = Membership.objects.filter(merchant=merchant).values("user_id")
        leading = (
            Agent.objects.for_merchant(merchant)
            .filter(leads_shift=True, left_at=None, user__in=members)
            .exclude(user__email=None)
            .exclude(user__in=written.values("person_id"))
        )
        new = [
            Letter(
                merchant=merchant,
                kind=Letter.Kind.SHIFT,
                about=about,
                person_id=person,
                next_at=now,
                written_at=now,
            )
            for person in leading.order_by("pk").values_list("user_id", flat=True)
        ]
        Letter.objects.bulk_create(new, ignore_conflicts=True)  # another worker may have been quicker
        if new:
            wake("leads.send_letters", merchant_id=merchant.pk)
    return len(new)


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
