"""Who may act for a merchant. A merchant never loses its last owner."""

from __future__ import annotations

from merchants import audit, tenancy
from merchants.models import Membership, Merchant, User
from merchants.roles import BY_CODE, OWNER


class LastOwner(ValueError):
    """The merchant would be left without an owner."""


def add(merchant: Merchant, *, user: User, role: str, by: str) -> Membership:
    """Makes a person a member. Raises ``KeyError`` for an unknown role, ``ValueError`` for a member."""
    BY_CODE[role]
    with tenancy.acting_for(merchant):
        membership, made = Membership.objects.get_or_create(
            merchant=merchant, user=user, defaults={"role": role}
        )
        if not made:
            raise ValueError("already a member")
        audit.record(merchant, "merchants.member.added", by=by, on=membership, user=user.pk, role=role)
    return membership


def set_role(merchant: Merchant, membership: Membership, *, role: str, by: str) -> None:
    """Raises ``KeyError`` for an unknown role, ``LastOwner`` when nobody else is one."""
    BY_CODE[role]
    with tenancy.acting_for(merchant):
        row = _locked(merchant, membership)
        if row.role == role:
            return
        _keep_an_owner(merchant, row)
        before, row.role = row.role, role
        row.save(update_fields=["role"])
        audit.record(
            merchant,
            "merchants.member.role_changed",
            by=by,
            on=row,
            user=row.user_id,
            before=before,
            after=role,
        )


def remove(merchant: Merchant, membership: Membership, *, by: str) -> None:
    """Takes the membership away; the person stays. Raises ``LastOwner`` when nobody else is one."""
    with tenancy.acting_for(merchant):
        row = _locked(merchant, membership)
        _keep_an_owner(merchant, row)
        audit.record(merchant, "merchants.member.removed", by=by, on=row, user=row.user_id, role=row.role)
        row.delete()


def _locked(merchant: Merchant, membership: Membership) -> Membership:
    """The row, with all owners' rows locked, so that two owners cannot remove each other at once."""
    list(Membership.objects.select_for_update().filter(merchant=merchant, role=OWNER.code).order_by("pk"))
    return Membership.objects.select_for_update().get(merchant=merchant, pk=membership.pk)


def _keep_an_owner(merchant: Merchant, leaving: Membership) -> None:
    others = Membership.objects.filter(merchant=merchant, role=OWNER.code).exclude(pk=leaving.pk)
    if leaving.role == OWNER.code and not others.exists():
        raise LastOwner
