"""Reports by e-mail: what goes out when, and the outbox of what is due.

A due schedule becomes a :class:`~measurement.models.Mailing` in the transaction that moves ``next_at`` on, so
each time it is due makes one letter, however many workers look. A letter is claimed for :data:`LEASE`; a
worker killed between the mail server's answer and the commit sends it again, with the same message id.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from measurement.choices import Rhythm
from measurement.models import Mailing, SavedView, Schedule
from measurement.rhythms import next_after
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Merchant, User

LEASE = timedelta(minutes=5)
ATTEMPTS = 5  # then the letter stays failed, and the next one is tried when it is due


def schedule(
    merchant: Merchant,
    *,
    view: SavedView | None,
    owner: User,
    rhythm: Rhythm,
    day: int,
    hour: int,
    form: str,
    language: str,
    recipients: list[int],
    now: datetime,
    by: str,
) -> Schedule:
    """Lets a view (or, without one, the digest) go out by itself. ``recipients`` are ids of people.
    Raises ``ValueError`` for a day or an hour that does not exist, or nobody to write to."""
    if not recipients:
        raise ValueError("a report goes to somebody")
    next_at = next_after(now, rhythm, day=day, hour=hour)
    with tenancy.acting_for(merchant):
        row: Schedule = Schedule.objects.create(
            merchant=merchant,
            view=view,
            owner=owner,
            rhythm=rhythm,
            day=day,
            hour=hour,
            form=form,
            language=language,
            recipients=recipients,
            next_at=next_at,
        )
        audit.record(
            merchant, "measurement.schedule.set", by=by, on=row, rhythm=rhythm, recipients=len(recipients)
        )
    return row


def remove(merchant: Merchant, row: Schedule, *, by: str) -> None:
    with tenancy.acting_for(merchant):
        audit.record(merchant, "measurement.schedule.removed", by=by, on=row)
        row.delete()


def pause(merchant: Merchant, row: Schedule, *, paused: bool, now: datetime, by: str) -> None:
    """Stops a schedule, or lets it go on with the next time after now: what was missed is not caught up."""
    with tenancy.acting_for(merchant):
        row.paused = paused
        row.next_at = next_after(now, Rhythm(row.rhythm), day=row.day, hour=row.hour)
        row.save(update_fields=["paused", "next_at"])
        audit.record(merchant, "measurement.schedule.paused", by=by, on=row, paused=paused)


def write_due(merchant: Merchant, *, now: datetime) -> list[int]:
    """Puts a letter into the outbox for every schedule that is due, and moves it on past now: times missed
    while nothing ran make one letter, the last of them. Returns the letters that wait."""
    with tenancy.acting_for(merchant):
        due = Schedule.objects.for_merchant(merchant).filter(paused=False, next_at__lte=now)
        for row in due.select_for_update().order_by("id"):
            Mailing.objects.get_or_create(merchant=merchant, schedule=row, due_at=row.next_at)
            row.next_at = next_after(now, Rhythm(row.rhythm), day=row.day, hour=row.hour)
            row.save(update_fields=["next_at"])
        waiting = Mailing.objects.for_merchant(merchant).filter(state=Mailing.State.WAITING)
        free = waiting.filter(Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE))
        found = list(free.order_by("id").values_list("id", flat=True))
        for mailing_id in found:
            wake("measurement.send_mailing", merchant_id=merchant.pk, mailing_id=mailing_id)
    return found


def claim(merchant: Merchant, mailing_id: int, *, now: datetime) -> Mailing | None:
    """The letter, if it waits and nobody is at it; given up after :data:`ATTEMPTS`."""
    with tenancy.acting_for(merchant):
        rows = Mailing.objects.for_merchant(merchant).select_for_update()
        row: Mailing | None = rows.filter(pk=mailing_id, state=Mailing.State.WAITING).first()
        if row is None or (row.claimed_at is not None and now - row.claimed_at < LEASE):
            return None
        row.claimed_at, row.attempts = now, row.attempts + 1
        if row.attempts > ATTEMPTS:
            row.state = Mailing.State.FAILED
            row.error = row.error or "worker lost"
        row.save()
        return None if row.state == Mailing.State.FAILED else row


def sent(merchant: Merchant, mailing_id: int, *, to: int, now: datetime) -> None:
    """The mail server has taken the letter."""
    with tenancy.acting_for(merchant):
        row = Mailing.objects.for_merchant(merchant).select_for_update().get(pk=mailing_id)
        row.state, row.sent_at, row.sent_to, row.error = Mailing.State.SENT, now, to, ""
        row.save()
        audit.record(merchant, "measurement.mailing.sent", by="system:worker", on=row, recipients=to)


def not_sent(merchant: Merchant, mailing_id: int, *, error: str) -> None:
    """The mail server did not take it: it waits until its claim has run out."""
    with tenancy.acting_for(merchant):
        mine = Mailing.objects.for_merchant(merchant).filter(pk=mailing_id)
        mine.update(error=error[:200])
        mine.filter(attempts__gte=ATTEMPTS).update(state=Mailing.State.FAILED, attempts=F("attempts"))
