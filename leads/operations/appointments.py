"""Appointments within what a store can take: booked, moved, ended, taken back; and visits that are verified."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from leads import pipeline, places
from leads.models import Appointment, AppointmentEvent, BookingRule, Lead, StageMove, Visit
from leads.operations import stages
from merchants import audit, live, tenancy
from merchants.models import Merchant, Store

State, Kind = Appointment.State, AppointmentEvent.Kind
HOLDING = (State.BOOKED, State.ARRIVED)  # who came holds the place until the appointment is over
DIGITS = "0123456789"
EARLY = timedelta(days=1)  # a code is taken from this long before the appointment


class Refused(ValueError):
    """The code of why: full, past, booked (the lead has one), ended, no_evidence, no_reason, not_begun,
    too_late (to take an end back)."""


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
        locked = Lead.objects.for_merchant(merchant).select_for_update(of=("self",)).get(pk=lead.pk)
        if locked.appointments.filter(state=State.BOOKED).exists():
            raise Refused("booked")
        row = _keep(merchant, lead, store, starts_at, service, by=by, now=moment)
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
        _set(merchant, former, Kind.MOVED, by=by, at=moment)
        row = _keep(merchant, former.lead, former.store, starts_at, former.service, by=by, now=moment)
        former.moved_to = row
        former.save(update_fields=["moved_to"])
        audit.record(merchant, "leads.appointment.changed", by=by, on=former, state="moved", to=row.pk)
    return row


def cancel(
    merchant: Merchant, appointment: Appointment, *, reason: str, by: str, now: datetime | None = None
) -> AppointmentEvent:
    """The appointment will not take place; ``reason`` says why, in words."""
    if not reason.strip():
        raise Refused("no_reason")
    return _end(merchant, appointment, Kind.CANCELLED, reason=reason.strip(), by=by, now=now)


def missed(
    merchant: Merchant, appointment: Appointment, *, by: str, now: datetime | None = None
) -> AppointmentEvent:
    """Nobody came, which is known once it has begun. A person who comes after all is a visit nevertheless."""
    return _end(merchant, appointment, Kind.NO_SHOW, reason="", by=by, now=now)


def _end(
    merchant: Merchant, appointment: Appointment, kind: str, *, reason: str, by: str, now: datetime | None
) -> AppointmentEvent:
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = _standing(merchant, appointment)
        if kind == Kind.NO_SHOW and moment < row.starts_at:
            raise Refused("not_begun")
        event = _set(merchant, row, kind, reason=reason, by=by, at=moment)
        audit.record(merchant, "leads.appointment.changed", by=by, on=row, state=kind)
    return event


def undo(merchant: Merchant, event: AppointmentEvent, *, by: str, now: datetime | None = None) -> Appointment:
    """Takes a cancellation or a no-show back, as far as ten minutes later: the appointment stands again, if
    its place is still free and its lead has no other one."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = _locked(merchant, event.appointment)
        latest = row.events.order_by("-pk").first()
        if latest is None or latest.pk != event.pk or event.kind not in {Kind.CANCELLED, Kind.NO_SHOW}:
            raise Refused("ended")
        if not pipeline.may_undo(event.happened_at, moment):
            raise Refused("too_late")
        if row.lead.appointments.filter(state=State.BOOKED).exists():
            raise Refused("booked")
        if row.ends_at > moment:
            _take_place(_rule(merchant, row.store, row.service), (row.starts_at, row.ends_at))
        row.state = State.BOOKED
        row.save(update_fields=["state"])
        _write(merchant, row, Kind.UNDONE, by=by, at=moment, undoes=event)
        audit.record(merchant, "leads.appointment.changed", by=by, on=row, state="booked", undone=event.kind)
    return row


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
        _set(merchant, row, Kind.ARRIVED, by=by, at=moment)
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
    appointment: Appointment | None = None,
    at: datetime | None = None,
) -> Visit:
    """A visit without a code; ``evidence`` says what shows it. The same nonce again is the same visit. With
    an ``appointment`` that stands, or that was taken for a no-show, the person has kept it."""
    moment = at or datetime.now(UTC)
    if not evidence.strip():
        raise Refused("no_evidence")
    with tenancy.acting_for(merchant):
        again: Visit | None = Visit.objects.for_merchant(merchant).filter(nonce=nonce).first()
        if again is not None:
            return again
        if appointment is not None:
            row = _locked(merchant, appointment)
            if row.state not in {State.BOOKED, State.NO_SHOW}:
                raise Refused("ended")
            if moment < row.starts_at - EARLY:
                raise Refused("early")
            _set(merchant, row, Kind.ARRIVED, by=by, at=moment)
            store = row.store
        return _visit(
            merchant,
            lead,
            by=by,
            at=moment,
            nonce=nonce,
            appointment=appointment,
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
    """A visit with evidence was seen by hand, one without by its code."""
    visit: Visit = Visit.objects.create(
        merchant=merchant,
        lead=lead,
        appointment=appointment,
        store=store,
        nonce=nonce,
        by_code=not evidence,
        evidence=evidence[:200],
        visited_at=at,
        recorded_by=by,
    )
    audit.record(merchant, "leads.visit.recorded", by=by, on=visit, lead=lead.pk)
    _advance(merchant, lead, "visited", by=by, now=at)
    return visit


def _keep(
    merchant: Merchant, lead: Lead, store: Store, starts_at: datetime, service: str, *, by: str, now: datetime
) -> Appointment:
    rule = _rule(merchant, store, service)
    ends_at = starts_at + timedelta(minutes=rule.slot_minutes)
    _take_place(rule, (starts_at, ends_at))
    row: Appointment = Appointment.objects.create(
        merchant=merchant,
        lead=lead,
        store=store,
        service=service,
        starts_at=starts_at,
        ends_at=ends_at,
        code=_code(merchant),
        booked_at=now,
        booked_by=by,
    )
    _write(merchant, row, Kind.BOOKED, by=by, at=now)
    return row


def _rule(merchant: Merchant, store: Store, service: str) -> BookingRule:
    """The rule of a service, locked: bookings of one service of a store wait for each other."""
    BookingRule.objects.get_or_create(merchant=merchant, store=store, service=service)
    rows = BookingRule.objects.for_merchant(merchant).select_for_update()
    found: BookingRule = rows.get(store=store, service=service)
    return found


def _take_place(rule: BookingRule, wanted: places.Span) -> None:
    """Raises :class:`Refused` where at some moment of it the store has all that it takes."""
    taken = Appointment.objects.for_merchant(rule.merchant_id).filter(
        store=rule.store_id,
        service=rule.service,
        state__in=HOLDING,
        starts_at__lt=wanted[1],
        ends_at__gt=wanted[0],
    )
    if not places.fits(taken.values_list("starts_at", "ends_at"), wanted, rule.capacity):
        raise Refused("full")


def _code(merchant: Merchant) -> str:
    """Eight digits that no appointment of the merchant has."""
    while True:
        code = "".join(secrets.choice(DIGITS) for _ in range(8))
        if not Appointment.objects.for_merchant(merchant).filter(code=code).exists():
            return code


def _locked(merchant: Merchant, appointment: Appointment) -> Appointment:
    rows = Appointment.objects.for_merchant(merchant).select_for_update(of=("self",))
    row: Appointment = rows.select_related("lead", "store").get(pk=appointment.pk)
    return row


def _standing(merchant: Merchant, appointment: Appointment) -> Appointment:
    row = _locked(merchant, appointment)
    if row.state != State.BOOKED:
        raise Refused("ended")
    return row


def _set(
    merchant: Merchant, row: Appointment, kind: str, *, by: str, at: datetime, reason: str = ""
) -> AppointmentEvent:
    row.state = kind  # a kind that ends an appointment is the state in which it ends
    row.save(update_fields=["state"])
    return _write(merchant, row, kind, by=by, at=at, reason=reason)


def _write(
    merchant: Merchant,
    row: Appointment,
    kind: str,
    *,
    by: str,
    at: datetime,
    reason: str = "",
    undoes: AppointmentEvent | None = None,
) -> AppointmentEvent:
    """Appends to the history of an appointment, and tells whoever looks at the calendar."""
    event: AppointmentEvent = AppointmentEvent.objects.create(
        merchant=merchant,
        appointment=row,
        kind=kind,
        reason=reason[:200],
        undoes=undoes,
        happened_at=at,
        recorded_by=by,
    )
    live.tell(merchant, "appointment", row.pk)
    return event


def _advance(merchant: Merchant, lead: Lead, to: str, *, by: str, now: datetime) -> StageMove | None:
    """Moves a lead on, unless it is further already or has ended."""
    lead.refresh_from_db()
    target = stages.stage_of(merchant, to)
    if lead.stage.type in {"won", "lost"} or (
        lead.stage.type != "hold" and lead.stage.position >= target.position
    ):
        return None
    return stages.move(merchant, lead, to=to, by=by, now=now)
