"""Bindings and cooperations: one side offers, the other answers, either ends it; both trails keep every act."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from merchants import audit, tenancy
from merchants.models import Agreement, Claim, Merchant
from merchants.models.agreement import BINDING, Right, Shown
from merchants.models.merchant import SELLERS
from merchants.onboarding.requirements import Capability
from merchants.periods import LONGEST, day_of
from merchants.queries import agreements, claims, onboarding

EARLIEST = timedelta(days=LONGEST)  # how far back an offer may reach: as far as reports do
State = Agreement.State


class Refused(ValueError):
    """Why not: ``code`` is a key of ``merchants.reasons.AGREEMENTS``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Terms:
    """``rights`` of a binding, ``figures`` of a cooperation; ``until`` is the first day after it, None: open."""

    starts_on: date
    until: date | None
    rights: Collection[str] = ()
    figures: Collection[str] = ()


def today_of(merchant: Merchant) -> date:
    return day_of(timezone.now(), ZoneInfo(merchant.time_zone))


def offer(merchant: Merchant, partner_number: str, terms: Terms, *, by: str) -> list[Agreement]:
    """Offers the partner with this number one agreement for each right; what is asked for that does not go with
    the two sides is left out. Raises :class:`Refused` where nothing is left or nobody has the number."""
    other = _partner(merchant, partner_number)
    today = today_of(merchant)
    if terms.until is not None and terms.until <= max(terms.starts_on, today):
        raise Refused("days")
    if terms.starts_on < today - EARLIEST:
        raise Refused("too_early")
    giver, taker, rights = _sides(merchant, other, terms)
    profile = agreements.profile_of(giver if rights[0] in BINDING else taker)
    if profile is None and Merchant.Kind.BLOGGER in (giver.kind, taker.kind):
        raise Refused("no_profile")
    _may_represent(giver, taker)
    _rests_on_nothing_disputed(giver, taker, profile.external_id if profile else "")
    figures = [one.value for one in Shown if one in terms.figures] if rights == [Right.FIGURES] else []
    made = []
    with tenancy.acting_for(merchant):
        for right in rights:
            pending = Agreement.objects.filter(
                merchant=giver, partner=taker, right=right, state=State.OFFERED, starts_on=terms.starts_on
            )
            if pending.exists():
                raise Refused("offered_already")
            row = Agreement.objects.create(
                merchant=giver,
                partner=taker,
                right=right,
                blogger=profile.external_id if profile else "",
                blogger_name=profile.name if profile else "",
                figures=figures,
                starts_on=terms.starts_on,
                until=terms.until,
                offered_by=merchant,
            )
            _note(row, merchant, "offered", by=by)
            made.append(row)
    return made


def accept(merchant: Merchant, agreement_id: int, *, by: str) -> Agreement:
    """Consents. Raises :class:`Refused` for one's own offer, for what is not offered any more, for a term that
    ended while it waited, and where another agency or consent holds one of the days."""
    with tenancy.acting_for(merchant):
        row = _locked(agreement_id, State.OFFERED)
        if row.offered_by_id == merchant.pk:
            raise Refused("own_offer")
        if row.until is not None and row.until <= today_of(merchant):
            raise Refused("days")
        _may_represent(row.merchant, row.partner)
        _rests_on_nothing_disputed(row.merchant, row.partner, row.blogger)
        try:
            with transaction.atomic():
                _write(row, state=State.ACCEPTED, answered_by=merchant, answered_at=timezone.now())
        except IntegrityError as wrong:
            if "one_agency_holds" in str(wrong):
                raise Refused("other_agency") from None
            if "one_consent_covers" in str(wrong):
                raise Refused("consent_overlaps") from None
            raise
        _note(row, merchant, "accepted", by=by)
    return row


def decline(merchant: Merchant, agreement_id: int, *, by: str) -> Agreement:
    with tenancy.acting_for(merchant):
        row = _locked(agreement_id, State.OFFERED)
        if row.offered_by_id == merchant.pk:
            raise Refused("own_offer")
        _write(row, state=State.DECLINED, answered_by=merchant, answered_at=timezone.now())
        _note(row, merchant, "declined", by=by)
    return row


def end(merchant: Merchant, agreement_id: int, *, by: str) -> Agreement:
    """Takes back one's own offer, or revokes what was accepted, from this moment; the days before stay told in
    the row and are shown to nobody any more."""
    with tenancy.acting_for(merchant):
        row = _locked(agreement_id, State.OFFERED, State.ACCEPTED)
        now, today = timezone.now(), today_of(row.merchant)
        if row.state == State.OFFERED:
            if row.offered_by_id != merchant.pk:
                raise Refused("not_now")
            _write(row, state=State.WITHDRAWN, ended_by=merchant, ended_at=now)
            _note(row, merchant, "withdrawn", by=by)
            return row
        until = max(today, row.starts_on) if row.until is None else min(row.until, max(today, row.starts_on))
        _write(row, state=State.REVOKED, until=until, ended_by=merchant, ended_at=now)
        _note(row, merchant, "revoked", by=by)
    return row


def end_all(merchant: Merchant, *, by: str) -> int:
    """Ends all of a merchant that leaves: what it gave and took is revoked, its offers are taken back, those to it
    declined. Returns how many these were."""
    with tenancy.acting_for(merchant):
        rows = agreements.of_merchant(merchant).filter(state__in=(State.OFFERED, State.ACCEPTED))
        for row in (found := list(rows.order_by("pk"))):
            own = row.state == State.ACCEPTED or row.offered_by_id == merchant.pk
            (end if own else decline)(merchant, row.pk, by=by)
    return len(found)


def _may_represent(*sides: Merchant) -> None:
    """Nothing new is agreed with an agency whose papers to represent anybody are out; what was agreed goes on."""
    for agency in (one for one in sides if one.kind == Merchant.Kind.AGENCY):
        with tenancy.acting_for(agency):
            if Capability.REPRESENT in onboarding.restricted(agency, today_of(agency)):
                raise Refused("papers")


def _rests_on_nothing_disputed(giver: Merchant, taker: Merchant, blogger: str) -> None:
    """A blogger's id must be the account's own, and a merchant's brands must not be disputed (ADR 0040)."""
    account = next((one for one in (giver, taker) if one.kind == Merchant.Kind.BLOGGER), None)
    if account is not None and not claims.stands(account, blogger):
        raise Refused("disputed")
    if giver.kind in SELLERS and claims.disputed(giver, Claim.Kind.BRAND):
        raise Refused("disputed")


def _partner(merchant: Merchant, number: str) -> Merchant:
    """The merchant with this number; nobody's, one's own and one that is not in yet are the same to the asker."""
    try:
        found = Merchant.objects.filter(public_id=UUID(number.strip()), status=Merchant.Status.ACTIVE).first()
    except ValueError:
        found = None
    if found is None or found.pk == merchant.pk:
        raise Refused("nobody")
    return found


def _sides(merchant: Merchant, other: Merchant, terms: Terms) -> tuple[Merchant, Merchant, list[Right]]:
    """Who gives, who takes, and what."""
    kinds = {merchant.kind: merchant, other.kind: other}
    blogger, agency = kinds.get(Merchant.Kind.BLOGGER), kinds.get(Merchant.Kind.AGENCY)
    if blogger and agency:
        rights = [right for right in BINDING if right in terms.rights]
        if not rights:
            raise Refused("nothing")
        return blogger, agency, rights
    sellers = [one for one in (merchant, other) if one.kind in SELLERS]
    taker = blogger or agency
    if len(sellers) != 1 or taker is None:
        raise Refused("kinds")
    if not terms.figures:
        raise Refused("nothing")
    return sellers[0], taker, [Right.FIGURES]


def _locked(agreement_id: int, *states: str) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("merchant", "partner")
    row: Agreement = rows.get(pk=agreement_id)
    if row.state not in states:
        raise Refused("not_now")
    return row


def _write(row: Agreement, **changes: object) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))


def _note(row: Agreement, acting: Merchant, what: str, *, by: str) -> None:
    """Into the trail of both sides, each with the other's name; who of the other side acted is its own affair."""
    for own, other in ((row.merchant, row.partner), (row.partner, row.merchant)):
        with tenancy.acting_for(own):
            audit.record(
                own,
                f"merchants.agreement.{what}",
                by=by if own == acting else "system:partner",
                on=row,
                **{
                    "with": other.name,
                    "right": row.right,
                    "blogger": row.blogger_name,
                    "figures": row.figures,
                },
            )
