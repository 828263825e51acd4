"""Suspend a merchant, let it go on, part with it. What it has stays readable and can be taken away by its people all
the while; changes are refused at the door (``merchants.access``, ``merchants.api_auth``)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import BooleanField, Case, Value, When

from merchants import tenancy
from merchants.models import ApiToken, Application, Connection, Invite, Merchant
from merchants.operations import agreements
from merchants.operations.supervision.noting import NotNow, checked, note
from merchants.queries import onboarding

Status = Merchant.Status


def suspend(merchant: Merchant, *, reason: str, by: str) -> None:
    """Nothing of the merchant can be changed from now on. Raises ``NoReason``, ``NotNow`` where it is not active."""
    said = checked(reason)
    with tenancy.acting_for(merchant):
        _move(merchant, {Status.ACTIVE}, Status.SUSPENDED, said)
        note(merchant, "merchants.supervision.suspended", reason=said, by=by)


def resume(merchant: Merchant, *, reason: str, by: str) -> None:
    """The merchant goes on, and one that was never let in goes on applying. What ended with an offboarding (tokens,
    sources, agreements) stays ended. Raises as ``suspend``."""
    said = checked(reason)
    with tenancy.acting_for(merchant):
        outside = Merchant.objects.filter(pk=merchant.pk, never_let_in=True).exists()
        _move(merchant, Merchant.CLOSED, Status.APPLYING if outside else Status.ACTIVE, "")
        note(merchant, "merchants.supervision.resumed", reason=said, by=by)


def offboard(merchant: Merchant, *, reason: str, by: str, now: datetime | None = None) -> None:
    """The merchant leaves: its programs are refused, its sources are not asked any more, open invitations and
    agreements end; its people still read and take away what is theirs. One that applied leaves when its application
    is over, and sees no more than that afterwards. Raises as ``suspend``."""
    said, now = checked(reason), now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        _move(merchant, _leaving(merchant, now), Status.LEFT, said)
        tokens = ApiToken.objects.filter(merchant=merchant, revoked_at=None).update(revoked_at=now)
        sources = Connection.objects.for_merchant(merchant).filter(paused=False).update(paused=True)
        Invite.objects.for_merchant(merchant).filter(accepted_at=None, revoked_at=None).update(revoked_at=now)
        ended = agreements.end_all(merchant, by=by)
        counts = {"tokens": tokens, "sources": sources, "agreements": ended}
        note(merchant, "merchants.supervision.offboarded", reason=said, by=by, **counts)


def may_leave(merchant: Merchant, now: datetime) -> bool:
    with tenancy.acting_for(merchant):
        return merchant.status in _leaving(merchant, now)


def _leaving(merchant: Merchant, now: datetime) -> set[str]:
    """States from which the merchant may leave. Its case is locked, so that nobody appeals or submits meanwhile."""
    list(Application.objects.for_merchant(merchant).select_for_update())
    over = onboarding.is_over(merchant, now)
    return {Status.ACTIVE, Status.SUSPENDED, *([Status.APPLYING] if over else [])}


def _move(merchant: Merchant, before: Iterable[str], after: str, reason: str) -> None:
    """``never_let_in`` is written from the state it has in the database, whatever ours says."""
    rows = Merchant.objects.filter(pk=merchant.pk, status__in=before)
    applied = Case(
        When(status=Status.APPLYING, then=Value(after == Status.LEFT)),
        default=Value(False),
        output_field=BooleanField(),
    )
    if not rows.update(status=after, status_reason=reason, never_let_in=applied):
        raise NotNow(merchant.status)
    merchant.refresh_from_db(fields=["status", "status_reason", "never_let_in"])
