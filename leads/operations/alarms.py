"""Alarms on many looks at contacts: raised in the transaction of the act that makes them as many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from leads import watching
from leads.models import Alarm, Export, Letter, Oversight
from leads.queries import oversight
from leads.watching import Limit
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import AuditEvent, Membership, Merchant
from merchants.roles import OWNER

REVEALS = ("leads.contact.revealed", "leads.delivery.looked_at")
"""Acts of the trail after which a person has seen a contact in the clear."""


def heed_reveal(merchant: Merchant, *, by: str) -> None:
    """Counts a look that was just written into the trail. Inside its transaction."""
    person = _person(by)
    if person is None or not _take_turn(merchant, person):
        return
    rows = AuditEvent.objects.for_merchant(merchant).filter(actor=by, act__in=REVEALS).order_by("-at", "-pk")
    latest = rows.values_list("at", flat=True)[0]
    looks = [(at, 1) for at in rows.filter(at__gt=latest - watching.DAY).values_list("at", flat=True)]
    rule = oversight.of(merchant)
    limits = (
        Limit(Alarm.Kind.REVEALS_AN_HOUR, watching.HOUR, rule.reveals_an_hour),
        Limit(Alarm.Kind.REVEALS_A_DAY, watching.DAY, rule.reveals_a_day),
    )
    for limit in limits:
        _heed(merchant, person, limit, looks, now=latest, added=1)


def heed_export(merchant: Merchant, row: Export) -> None:
    """Counts the rows of an export with contacts that has just become ready. Inside its transaction."""
    if not _take_turn(merchant, row.person_id):
        return
    ready = Export.objects.for_merchant(merchant).filter(person_id=row.person_id, with_contacts=True)
    ready = ready.exclude(expires_at=None).filter(touched_at__gt=row.touched_at - watching.DAY)
    rule = oversight.of(merchant)
    _heed(
        merchant,
        row.person_id,
        Limit(Alarm.Kind.ROWS_A_DAY, watching.DAY, rule.rows_a_day),
        list(ready.values_list("touched_at", "rows_done")),
        now=row.touched_at,
        added=row.rows_done,
    )


def acknowledge(merchant: Merchant, row: Alarm, *, by: str, now: datetime | None = None) -> None:
    """Somebody has seen to it; who did so first stands there."""
    with tenancy.acting_for(merchant):
        mine = Alarm.objects.for_merchant(merchant).filter(pk=row.pk, acknowledged_at=None)
        if mine.update(acknowledged_at=now or datetime.now(UTC), acknowledged_by=by):
            audit.record(merchant, "leads.alarm.acknowledged", by=by, on=row)


def set_oversight(merchant: Merchant, *, by: str, **fields: int) -> Oversight:
    """A new version of limits and of the hour of the letter; what was raised stays."""
    with tenancy.acting_for(merchant):
        row: Oversight = Oversight.objects.create(
            merchant=merchant, version=oversight.of(merchant).version + 1, recorded_by=by, **fields
        )
        audit.record(merchant, "leads.oversight.set", by=by, on=row, **fields)
    return row


def _person(by: str) -> int | None:
    kind, _, number = by.partition(":")
    return int(number) if kind == "user" and number.isdecimal() else None


def _take_turn(merchant: Merchant, person: int) -> bool:
    """Two acts of one person at once are counted one after the other, so that the last one sees both; False
    for somebody who is no member."""
    rows = Membership.objects.select_for_update().filter(merchant=merchant, user_id=person)
    return rows.values_list("pk", flat=True).first() is not None


def _heed(
    merchant: Merchant,
    person: int,
    limit: Limit,
    happened: Sequence[tuple[datetime, int]],
    *,
    now: datetime,
    added: int,
) -> None:
    rows = Alarm.objects.for_merchant(merchant).filter(kind=limit.kind, person_id=person)
    standing = rows.filter(raised_at__gt=now - limit.window).first()
    if standing is not None:
        standing.count += added
        standing.save(update_fields=["count"])
        return
    found = watching.reached(limit, happened, now=now)
    if found is None:
        return
    alarm: Alarm = Alarm.objects.create(
        merchant=merchant,
        kind=limit.kind,
        person_id=person,
        first_at=found.first_at,
        raised_at=now,
        count=found.count,
        below=limit.below,
    )
    audit.record(
        merchant, "leads.alarm.raised", by="system:oversight", on=alarm, kind=limit.kind, person=person
    )
    owners = Membership.objects.filter(merchant=merchant, role=OWNER.code).exclude(user__email=None)
    Letter.objects.bulk_create(
        Letter(
            merchant=merchant,
            kind=Letter.Kind.ALARM,
            about=str(alarm.pk),
            person_id=owner,
            next_at=now,
            written_at=now,
        )
        for owner in owners.order_by("pk").values_list("user_id", flat=True)
    )
    wake("leads.send_letters", merchant_id=merchant.pk)
