"""Who may act for a merchant. A merchant never loses its last owner."""

from __future__ import annotations

from itertools import chain, count

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from merchants import audit, tenancy
from merchants.models import Membership, Merchant, User
from merchants.roles import BY_CODE, OWNER


class LastOwner(ValueError):
    """The merchant would be left without an owner."""


class Unknown(ValueError):
    """Nobody has this name, and it is no address to invite."""


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


def invite(merchant: Merchant, *, who: str, role: str, by: str) -> tuple[Membership, bool]:
    """Adds the person with this user name or e-mail; True when the address was new and a person was made for
    it, who has yet to choose a password. Raises ``Unknown`` for a name that is no address, ``ValueError``
    for a member."""
    name = who.strip()
    user = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name), is_active=True).first()
    if user is not None:
        return add(merchant, user=user, role=role, by=by), False
    try:
        validate_email(name)
    except ValidationError:
        raise Unknown(name) from None
    with tenancy.acting_for(merchant):
        user = User.objects.create_user(username=_free_name(name.partition("@")[0]), email=name.lower())
        return add(merchant, user=user, role=role, by=by), True


def _free_name(wished: str) -> str:
    """The wished name, or the first of it with a number that nobody has."""
    wished = wished[:140]
    taken = set(User.objects.filter(username__startswith=wished).values_list("username", flat=True))
    return next(name for name in chain([wished], (f"{wished}{n}" for n in count(2))) if name not in taken)


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
