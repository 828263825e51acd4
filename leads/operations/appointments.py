"""Appointments within what a store can take, and visits that are verified."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from leads.models import Appointment, BookingRule, Lead, StageMove, Visit
from leads.operations import stages
from merchants import audit, tenancy
from merchants.models import Merchant, Store

State = Appointment.State
DIGITS = "0123456789"
EARLY = timedelta(days=1)  # a code is taken from this long before the appointment


class Refused(ValueError):
    """The code of why: full, past, booked (the lead has one), ended, no_evidence."""


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    USED = "used"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Scan:
    """What came of a code. ``why`` is unknown, early, cancelled, moved, other_store when it was refused."""

    outcome: Outcome
    visit: Visit | None = None
    why: str = ""


def book(
    merchant: Merchant,
    lead: Lead,
    *,
    store: Store,
    starts_at: datetime,
    service: str = "",
    by: str,
    now: datetime | None = None,
) -> Appointment:
    """Keeps a time at a store. Raises :class:`Refused` when it is over, or has all that the store takes."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        if starts_at <= moment:
            raise Refused("past")
        if lead.appointments.filter(state=State.BOOKED).exists():
            raise Refused("booked")
        row = _keep(merchant, lead, store, starts_at, service, by)
        audit.record(merchant, "leads.appointment.booked", by=by, on=row, lead=lead.pk)
        _advance(merchant, lead, "booked", by=by, now=moment)
    return row


def rebook(
    merchant: Merchant, appointment: Appointment, *, starts_at: datetime, by: str, now: datetime | None = None
) -> Appointment:
    """Another time instead; the former one stays in history and its code is no longer taken."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        former = _standing(merchant, appointment)
        if starts_at <= moment:
            raise Refused("past")
        former.state = State.MOVED
        former.save(update_fields=["state"])
        row = _keep(merchant, former.lead, former.store, starts_at, former.service, by)
        former.moved_to = row
        former.save(update_fields=["moved_to"])
        audit.record(merchant, "leads.appointment.changed", by=by, on=former, state="moved", to=row.pk)
    return row


def end(merchant: Merchant, appointment: Appointment, *, state: str, by: str) -> None:
    """Cancelled, or nobody came. A person who comes after all is a visit nevertheless."""
    if state not in {State.CANCELLED, State.NO_SHOW}:
        raise ValueError(state)
    with tenancy.acting_for(merchant):
        row = _standing(merchant, appointment)
        row.state = state
        row.save(update_fields=["state"])
        audit.record(merchant, "leads.appointment.changed", by=by, on=row, state=state)


def redeem(
    merchant: Merchant,
    *,
    code: str,
    nonce: uuid.UUID,
    by: str,
    store: Store | None = None,
    at: datetime | None = None,
) -> Scan:
    """Takes the code of a visit. The same scan sent again is the same visit, also when it was made without a
    network and sent later (``at`` is when it was made); another scan of a used code says so."""
    moment = at or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        again = Visit.objects.for_merchant(merchant).filter(nonce=nonce).first()
        if again is not None:
            return Scan(Outcome.ACCEPTED, again)
        row = (
            Appointment.objects.for_merchant(merchant)
            .select_for_update(of=("self",))
            .select_related("lead", "store")
            .filter(code="".join(code.split()))
            .first()
        )
        if row is None:
            return Scan(Outcome.REFUSED, why="unknown")
        used = Visit.objects.for_merchant(merchant).filter(appointment=row).first()
        if used is not None:
            return Scan(Outcome.USED, used)
        if row.state in {State.CANCELLED, State.MOVED}:
            return Scan(Outcome.REFUSED, why=row.state)
        if store is not None and store.pk != row.store_id:
            return Scan(Outcome.REFUSED, why="other_store")
        if moment < row.starts_at - EARLY:
            return Scan(Outcome.REFUSED, why="early")
        row.state = State.ARRIVED
        row.save(update_fields=["state"])
        visit = _visit(merchant, row.lead, by=by, at=moment, nonce=nonce, appointment=row, store=row.store)
    return Scan(Outcome.ACCEPTED, visit)


def visit_by_hand(
    merchant: Merchant,
    lead: Lead,
    *,
    evidence: str,
    nonce: uuid.UUID,
    by: str,
    store: Store | None = None,
    at: datetime | None = None,
) -> Visit:
    """A visit without a code; ``evidence`` says what shows it. The same nonce again is the same visit."""
    if not evidence.strip():
        raise Refused("no_evidence")
    with tenancy.acting_for(merchant):
        again: Visit | None = Visit.objects.for_merchant(merchant).filter(nonce=nonce).first()
        if again is not None:
            return again
        return _visit(
            merchant,
            lead,
            by=by,
            at=at or datetime.now(UTC),
            nonce=nonce,
            store=store,
            evidence=evidence.strip(),
        )


def _visit(
    merchant: Merchant,
    lead: Lead,
    *,
    by: str,
    at: datetime,
    nonce: uuid.UUID,
    appointment: Appointment | None = None,
    store: Store | None = None,
    evidence: str = "",
) -> Visit:
    visit: Visit = Visit.objects.create(
        merchant=merchant,
        lead=lead,
        appointment=appointment,
        store=store,
        nonce=nonce,
        by_code=appointment is not None,
        evidence=evidence[:200],
        visited_at=at,
        recorded_by=by,
    )
    audit.record(merchant, "leads.visit.recorded", by=by, on=visit, lead=lead.pk)
    _advance(merchant, lead, "visited", by=by, now=at)
    return visit


def _keep(
    merchant: Merchant, lead: Lead, store: Store, starts_at: datetime, service: str, by: str
) -> Appointment:
    """Takes a place; bookings of one service of a store wait for each other."""
    rule, _ = BookingRule.objects.get_or_create(merchant=merchant, store=store, service=service)
    rule = BookingRule.objects.for_merchant(merchant).select_for_update().get(pk=rule.pk)
    ends_at = starts_at + timedelta(minutes=rule.slot_minutes)
    standing = Appointment.objects.for_merchant(merchant).filter(
        store=store, service=service, state=State.BOOKED, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if standing.count() >= rule.capacity:
        raise Refused("full")
    row: Appointment = Appointment.objects.create(
        merchant=merchant,
        lead=lead,
        store=store,
        service=service,
        starts_at=starts_at,
        ends_at=ends_at,
        code=_code(merchant),
        booked_by=by,
    )
    return row


def _code(merchant: Merchant) -> str:
    """Eight digits that no appointment of the merchant has."""
    while True:
        code = "".join(secrets.choice(DIGITS) for _ in range(8))
        if not Appointment.objects.for_merchant(merchant).filter(code=code).exists():
            return code


def _standing(merchant: Merchant, appointment: Appointment) -> Appointment:
    row: Appointment = (
        Appointment.objects.for_merchant(merchant)
        .select_for_update(of=("self",))
        .select_related("lead", "store")
        .get(pk=appointment.pk)
    )
    if row.state != State.BOOKED:
        raise Refused("ended")
    return row


def _advance(merchant: Merchant, lead: Lead, to: str, *, by: str, now: datetime) -> StageMove | None:
    """Moves a lead on, unless it is further already or has ended."""
    lead.refresh_from_db()
    target = stages.stage_of(merchant, to)
    if lead.stage.type in {"won", "lost"} or (
        lead.stage.type != "hold" and lead.stage.position >= target.position
    ):
        return None
    return stages.move(merchant, lead, to=to, by=by, now=now)
