"""An operator looks at a merchant's pages with the eyes of a role: for a reason, for a while, without taking anything
away and without changing anything (``merchants.onlookers`` is its part of the door). It stands in the merchant's own
trail: that it began and why, each page, its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from merchants import audit, tenancy
from merchants.models import Merchant, SupportView, User
from merchants.operations.supervision.noting import checked, note
from merchants.roles import BY_CODE

LASTS = timedelta(minutes=30)


def begin(
    merchant: Merchant, *, operator: User, role: str, reason: str, now: datetime | None = None
) -> SupportView:
    """Opens the merchant's pages to an operator. One who looks already begins anew. Raises ``NoReason``, and
    ``KeyError`` for an unknown role."""
    BY_CODE[role]
    said, moment, by = checked(reason), now or datetime.now(UTC), f"user:{operator.pk}"
    with tenancy.acting_for(merchant):
        _end(merchant, operator, moment)
        row: SupportView = SupportView.objects.create(
            merchant=merchant, operator=operator, role=role, reason=said, until=moment + LASTS
        )
        note(
            merchant,
            "merchants.support.began",
            reason=said,
            by=by,
            on=row,
            role=role,
            until=row.until.isoformat(),
        )
    return row


def end(operator: User, *, now: datetime | None = None) -> list[Merchant]:
    """Ends every look of an operator, at whichever merchants; those are returned."""
    open_ones = SupportView.objects.using("operator").filter(operator_id=operator.pk, ended_at=None)
    merchants = list(Merchant.objects.filter(pk__in=list(open_ones.values_list("merchant_id", flat=True))))
    for merchant in merchants:
        with tenancy.acting_for(merchant):
            _end(merchant, operator, now or datetime.now(UTC))
    return merchants


def _end(merchant: Merchant, operator: User, now: datetime) -> None:
    open_one = SupportView.objects.for_merchant(merchant).filter(operator=operator, ended_at=None).first()
    if open_one is not None:
        SupportView.objects.filter(pk=open_one.pk).update(ended_at=now)
        audit.record(
            merchant,
            "merchants.support.ended",
            by=f"user:{operator.pk}",
            on=open_one,
            pages=len(open_one.pages),
        )
