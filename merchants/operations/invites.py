"""Invitations: sent to an address, sent again, revoked, and taken once by who has that address."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from merchants import audit, tenancy
from merchants.api_auth import hash_of
from merchants.models import Invite, Membership, Merchant, User
from merchants.operations import members
from merchants.roles import BY_CODE

HOLDS = timedelta(days=7)


class NotOpen(ValueError):
    """The invitation was taken, revoked or sent again meanwhile, or is too old."""


class SomebodyElse(ValueError):
    """The invitation is for another address than that of this person."""


def send(
    merchant: Merchant, *, email: str, role: str, by: str, now: datetime | None = None
) -> tuple[Invite, str]:
    """(the invitation, the secret of its letter). The secret is nowhere stored. Raises ``KeyError`` for an unknown
    role, ``ValueError`` where a member has this address or an invitation to it is open."""
    BY_CODE[role]
    moment, address, secret = now or datetime.now(UTC), email.strip().lower(), secrets.token_urlsafe(32)
    with tenancy.acting_for(merchant):
        if Membership.objects.filter(merchant=merchant, user__email__iexact=address).exists():
            raise ValueError("already a member")
        invite, made = Invite.objects.get_or_create(
            merchant=merchant,
            email=address,
            accepted_at=None,
            revoked_at=None,
            defaults={
                "role": role,
                "secret_hash": hash_of(secret),
                "sent_at": moment,
                "expires_at": moment + HOLDS,
            },
        )
        if not made:
            raise ValueError("already invited")
        audit.record(merchant, "merchants.invite.sent", by=by, on=invite, role=role)
    return invite, secret


def send_again(merchant: Merchant, invite: Invite, *, by: str, now: datetime | None = None) -> str:
    """The secret of a new letter, which holds as long as the first did; the earlier letter opens nothing any more.
    Raises ``NotOpen`` for an invitation that was taken or revoked."""
    moment, secret = now or datetime.now(UTC), secrets.token_urlsafe(32)
    with tenancy.acting_for(merchant):
        renewed = _unanswered(merchant, invite).update(
            secret_hash=hash_of(secret), sent_at=moment, expires_at=moment + HOLDS
        )
        if not renewed:
            raise NotOpen
        audit.record(merchant, "merchants.invite.sent_again", by=by, on=invite, role=invite.role)
    return secret


def revoke(merchant: Merchant, invite: Invite, *, by: str) -> None:
    """Ends an invitation at once; one that was taken or revoked stays as it is."""
    with tenancy.acting_for(merchant):
        if _unanswered(merchant, invite).update(revoked_at=datetime.now(UTC)):
            audit.record(merchant, "merchants.invite.revoked", by=by, on=invite, role=invite.role)


def find(code: str, secret: str, *, now: datetime | None = None) -> Invite | None:
    """The open invitation that this secret is of, with its merchant; None for a stranger's guess, and for one that
    was taken, revoked, sent again or is too old."""
    merchant = Merchant.objects.filter(code=code).first()
    if merchant is None:
        return None
    with tenancy.acting_for(merchant):
        found: Invite | None = (
            Invite.objects.for_merchant(merchant)
            .select_related("merchant")
            .filter(
                secret_hash=hash_of(secret),
                accepted_at=None,
                revoked_at=None,
                expires_at__gt=now or datetime.now(UTC),
            )
            .first()
        )
    return found


def accept(merchant: Merchant, invite: Invite, *, user: User, now: datetime | None = None) -> Membership:
    """Makes the person a member in the role of the invitation, once. Raises ``SomebodyElse``, ``NotOpen``, and
    ``ValueError`` for a member."""
    moment = now or datetime.now(UTC)
    if (user.email or "").lower() != invite.email:
        raise SomebodyElse
    with tenancy.acting_for(merchant):
        taken = (
            _unanswered(merchant, invite)
            .filter(secret_hash=invite.secret_hash, expires_at__gt=moment)
            .update(accepted_at=moment)
        )
        if not taken:
            raise NotOpen
        membership = members.add(merchant, user=user, role=invite.role, by=f"user:{user.pk}")
        audit.record(merchant, "merchants.invite.accepted", by=f"user:{user.pk}", on=invite, role=invite.role)
    return membership


def _unanswered(merchant: Merchant, invite: Invite) -> tenancy.MerchantQuerySet[Invite]:
    rows: tenancy.MerchantQuerySet[Invite] = Invite.objects.for_merchant(merchant)
    return rows.filter(pk=invite.pk, accepted_at=None, revoked_at=None)
