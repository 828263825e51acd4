"""Claims on notes, bloggers and brands, disputes of them, and what the operator decides (ADR 0040)."""

from __future__ import annotations

import unicodedata

from django.db import IntegrityError, transaction
from django.utils import timezone

from merchants import audit, tenancy
from merchants.models import Agreement, Claim, Dispute, Merchant, User
from merchants.operations import agreements
from merchants.queries import claims

State = Claim.State
DECIDED: dict[str, State] = {
    Dispute.State.KEPT: State.STANDING,
    Dispute.State.GIVEN: State.LOST,
    Dispute.State.NOBODYS: State.LOST,
}
"""What the operator may decide, and what becomes of the claim."""


class Refused(ValueError):
    """Why not: ``code`` is a key of ``merchants.reasons.CLAIMS``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def folded(kind: str, value: str) -> str:
    """How a thing is named: ids as they are, brands without width, case and spaces around."""
    plain = unicodedata.normalize("NFKC", value).strip()
    return " ".join(plain.casefold().split()) if kind == Claim.Kind.BRAND else plain


def claim(merchant: Merchant, kind: str, value: str, grounds: str, *, by: str) -> Claim:
    """States that something is the merchant's. What it claims already stays as it is; raises :class:`Refused`
    where somebody else's claim stands, or this merchant has lost it."""
    name = folded(kind, value)
    if not name or "\0" in name:
        raise Refused("empty")
    with tenancy.acting_for(merchant):
        known: Claim | None = claims.own(merchant, kind, name)
        if known is not None and known.state in claims.HOLDING:
            return known
        if known is not None and known.state == State.LOST:
            raise Refused("lost")
        return _stand(merchant, kind, name, grounds, by=by)


def give_up(merchant: Merchant, claim_id: int, *, by: str) -> None:
    """Raises :class:`Refused` for a claim that is disputed or does not stand."""
    with tenancy.acting_for(merchant):
        row = Claim.objects.select_for_update().for_merchant(merchant).get(pk=claim_id)
        if row.state != State.STANDING:
            raise Refused("not_now")
        _set(row, State.GIVEN_UP)
        audit.record(merchant, "merchants.claim.given_up", by=by, on=row, kind=row.kind, value=row.value)


def dispute(merchant: Merchant, kind: str, value: str, reason: str, *, by: str) -> Dispute:
    """Says that the standing claim on this is wrong, whoever made it. What it blocks meanwhile is in ADR 0040."""
    name = folded(kind, value)
    found = claims.standing(kind, name)
    if found is None:
        raise Refused("nothing_claimed")
    claimant = Merchant.objects.get(pk=found.merchant_id)
    if claimant == merchant:
        raise Refused("own")
    with tenancy.acting_for(claimant):
        row = Claim.objects.select_for_update().get(pk=found.pk)
        if row.state != State.STANDING:
            raise Refused("disputed_already")
        _set(row, State.DISPUTED)
    with tenancy.acting_for(merchant):
        opened: Dispute = Dispute.objects.create(
            merchant=merchant, claimant=claimant, claim=row, kind=kind, value=name, reason=reason
        )
    _note(opened, "opened", {merchant.pk: by}, reason=reason)
    return opened


def withdraw(merchant: Merchant, dispute_id: int, *, by: str) -> None:
    with tenancy.acting_for(merchant):
        row = Dispute.objects.select_for_update(of=("self",)).for_merchant(merchant).get(pk=dispute_id)
        if row.state != Dispute.State.OPEN:
            raise Refused("not_now")
        row.state = Dispute.State.WITHDRAWN
        row.save(update_fields=["state"])
    _settle(row, State.STANDING)
    _note(row, "withdrawn", {merchant.pk: by})


def decide(dispute_id: int, merchant: Merchant, outcome: str, reason: str, *, user: User) -> Dispute:
    """The operator's word, with its reason; ``merchant`` is who disputed. Raises :class:`Refused` without a
    reason, for an outcome that is none, and for what was decided or taken back already."""
    if outcome not in DECIDED or not reason.strip():
        raise Refused("reason")
    with tenancy.acting_for(merchant):
        row: Dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute_id)
        if row.state != Dispute.State.OPEN:
            raise Refused("not_now")
        row.state, row.decision = outcome, reason.strip()
        row.decided_by, row.decided_at = user, timezone.now()
        row.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    by = f"user:{user.pk}"
    _settle(row, DECIDED[outcome])
    if DECIDED[outcome] == State.LOST and row.kind == Claim.Kind.BLOGGER:
        _end_what_rested_on(row)
    if outcome == Dispute.State.GIVEN:
        with tenancy.acting_for(merchant):
            _stand(merchant, row.kind, row.value, row.decision, by=by)
    _note(row, "decided", {row.merchant_id: by, row.claimant_id: by}, outcome=outcome, reason=row.decision)
    return row


def _stand(merchant: Merchant, kind: str, name: str, grounds: str, *, by: str) -> Claim:
    try:
        with transaction.atomic():
            row: Claim | None = claims.own(merchant, kind, name)
            if row is None:
                row = Claim.objects.create(merchant=merchant, kind=kind, value=name, grounds=grounds)
            else:
                _set(row, State.STANDING)
    except IntegrityError:
        raise Refused("claimed") from None
    audit.record(merchant, "merchants.claim.made", by=by, on=row, kind=kind, value=name, grounds=grounds)
    return row


def _settle(row: Dispute, state: State) -> None:
    with tenancy.acting_for(row.claimant_id):
        _set(Claim.objects.select_for_update().get(pk=row.claim_id), state)


def _end_what_rested_on(row: Dispute) -> None:
    """A blogger's id that is not the claimant's names nobody in its agreements any more."""
    claimant = Merchant.objects.get(pk=row.claimant_id)
    with tenancy.acting_for(claimant):
        resting = Agreement.objects.filter(
            blogger=row.value, state__in=(Agreement.State.OFFERED, Agreement.State.ACCEPTED)
        )
        for agreement in list(resting):
            theirs = agreement.state == Agreement.State.OFFERED and agreement.offered_by_id != claimant.pk
            act = agreements.decline if theirs else agreements.end
            act(claimant, agreement.pk, by="system:dispute")


def _set(row: Claim, state: State) -> None:
    row.state, row.changed_at = state, timezone.now()
    row.save(update_fields=["state", "changed_at"])


def _note(row: Dispute, what: str, by: dict[int, str], **more: str) -> None:
    """Into both trails; who of the other side acted is its own affair."""
    for merchant_id in (row.merchant_id, row.claimant_id):
        with tenancy.acting_for(merchant_id):
            audit.record(
                merchant_id,
                f"merchants.dispute.{what}",
                by=by.get(merchant_id, "system:partner"),
                on=row,
                kind=row.kind,
                value=row.value,
                **more,
            )
