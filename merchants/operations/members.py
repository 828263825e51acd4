"""Who may act for a merchant. A merchant never loses its last owner."""

from __future__ import annotations

from collections.abc import Iterable

from merchants import audit, tenancy
from merchants.models import Membership, Merchant, Store, User
from merchants.roles import BY_CODE, OF_STORES, OWNER


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
        if role not in OF_STORES:
            row.stores = []
        row.save(update_fields=["role", "stores"])
        audit.record(
            merchant,
            "merchants.member.role_changed",
            by=by,
            on=row,
            user=row.user_id,
            before=before,
            after=role,
        )


def keep_to_stores(merchant: Merchant, membership: Membership, *, stores: Iterable[int], by: str) -> None:
    """Shows the member rows of these stores only; none named: of all. Raises ``ValueError`` for a role that is of the
    whole merchant, and for a store that is not the merchant's."""
    wanted = sorted(set(stores))
    with tenancy.acting_for(merchant):
        row = _locked(merchant, membership)
        known = Store.objects.for_merchant(merchant).filter(pk__in=wanted).count()
        if row.role not in OF_STORES or known != len(wanted):
            raise ValueError("not a role, or not a store, that members are kept to")
        if row.stores == wanted:
            return
        before, row.stores = row.stores, wanted
        row.save(update_fields=["stores"])
        audit.record(
            merchant,
            "merchants.member.stores_set",
            by=by,
            on=row,
            user=row.user_id,
            before=before,
            after=wanted,
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
