"""Suspend a merchant, let it go on, part with it. What it has stays readable and can be taken away by its people all
the while; changes are refused at the door (``merchants.access``, ``merchants.api_auth``)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from merchants import tenancy
from merchants.models import ApiToken, Connection, Invite, Merchant
from merchants.operations import agreements
from merchants.operations.supervision.noting import NotNow, checked, note

Status = Merchant.Status


def suspend(merchant: Merchant, *, reason: str, by: str) -> None:
    """Nothing of the merchant can be changed from now on. Raises ``NoReason``, ``NotNow`` where it is not active."""
    said = checked(reason)
    with tenancy.acting_for(merchant):
        _move(merchant, {Status.ACTIVE}, Status.SUSPENDED, said)
        note(merchant, "merchants.supervision.suspended", reason=said, by=by)


def resume(merchant: Merchant, *, reason: str, by: str) -> None:
    """The merchant goes on. What ended with an offboarding (tokens, sources, agreements) stays ended. Raises as
    ``suspend``."""
    said = checked(reason)
    with tenancy.acting_for(merchant):
        _move(merchant, Merchant.CLOSED, Status.ACTIVE, "")
        note(merchant, "merchants.supervision.resumed", reason=said, by=by)


def offboard(merchant: Merchant, *, reason: str, by: str) -> None:
    """The merchant leaves: its programs are refused, its sources are not asked any more, open invitations and
    agreements end; its people still read and take away what is theirs. Raises as ``suspend``."""
    said, now = checked(reason), datetime.now(UTC)
    with tenancy.acting_for(merchant):
        _move(merchant, {Status.ACTIVE, Status.SUSPENDED}, Status.LEFT, said)
        tokens = ApiToken.objects.filter(merchant=merchant, revoked_at=None).update(revoked_at=now)
        sources = Connection.objects.for_merchant(merchant).filter(paused=False).update(paused=True)
        Invite.objects.for_merchant(merchant).filter(accepted_at=None, revoked_at=None).update(revoked_at=now)
        ended = agreements.end_all(merchant, by=by)
        counts = {"tokens": tokens, "sources": sources, "agreements": ended}
        note(merchant, "merchants.supervision.offboarded", reason=said, by=by, **counts)


def _move(merchant: Merchant, before: Iterable[str], after: str, reason: str) -> None:
    rows = Merchant.objects.filter(pk=merchant.pk, status__in=before)
    if not rows.update(status=after, status_reason=reason):
        raise NotNow(merchant.status)
    merchant.status, merchant.status_reason = after, reason
