"""The outbox of letters that tell the owners of papers running out: 60, 30, 7 and 1 days before, once each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from merchants import audit, tenancy
from merchants.models import ExpiryLetter, Membership, Merchant
from merchants.periods import day_of
from merchants.queries import expiry
from merchants.roles import OWNER

PAUSE = timedelta(hours=1)
ATTEMPTS = 24  # about a day; then the letter stays failed
State = ExpiryLetter.State


def write_due(merchant: Merchant, *, now: datetime) -> int:
    """Writes the reminders that are due to every owner with an address; how many are new. A merchant that is told
    late, since it came in with few days left or nobody looked, gets the nearest reminder alone."""
    with tenancy.acting_for(merchant):
        today = day_of(now, ZoneInfo(merchant.time_zone))
        owners = Membership.objects.filter(merchant=merchant, role=OWNER.code).exclude(user__email=None)
        people = list(owners.exclude(user__email="").order_by("user_id").values_list("user_id", flat=True))
        before = ExpiryLetter.objects.for_merchant(merchant).count()
        ExpiryLetter.objects.bulk_create(
            [
                ExpiryLetter(
                    merchant=merchant,
                    key=one.one.key,
                    last_day=one.last_day,
                    days=one.remind,
                    person_id=person,
                    next_at=now,
                    written_at=now,
                )
                for one in expiry.running_out(merchant, today)
                if one.remind is not None
                for person in people
            ],
            ignore_conflicts=True,  # written before, perhaps by another worker a moment ago
        )
        return int(ExpiryLetter.objects.for_merchant(merchant).count() - before)


def post_one(merchant: Merchant, send: Callable[[ExpiryLetter], bool], *, now: datetime) -> bool:
    """Has the oldest letter that is due sent; False when none is. ``send`` tells whether there was anybody to
    send it to, and raises ``OSError`` where the mail server did not take it. The letter is held meanwhile: a worker
    killed between the server's answer and the commit sends it again, with the same message id."""
    with tenancy.acting_for(merchant):
        waiting = ExpiryLetter.objects.for_merchant(merchant).filter(state=State.WAITING, next_at__lte=now)
        row: ExpiryLetter | None = (
            waiting.select_related("person")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("next_at", "pk")
            .first()
        )
        if row is None:
            return False
        row.attempts += 1
        try:
            row.state, row.error = (State.SENT, "") if send(row) else (State.FAILED, "nobody to read it")
        except OSError as refused:  # smtplib's errors are OSErrors too
            row.error, row.next_at = type(refused).__name__, now + PAUSE
            row.state = State.FAILED if row.attempts >= ATTEMPTS else State.WAITING
        if row.state == State.SENT:
            row.sent_at = datetime.now(UTC)
            audit.record(merchant, "merchants.expiry.told", by="system:worker", on=row, key=row.key)
        row.save(update_fields=["state", "error", "attempts", "next_at", "sent_at"])
    return True
