"""Claims and disputes as a merchant sees them, and what a dispute blocks while it is open (ADR 0040)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from merchants import tenancy
from merchants.models import Claim, Dispute, Merchant

HOLDING = (Claim.State.STANDING, Claim.State.DISPUTED)


def of_merchant(merchant: Merchant) -> Any:
    return Claim.objects.for_merchant(merchant).order_by("-changed_at", "-pk")


def disputes_of(merchant: Merchant) -> Any:
    """Those it opened and those of its own claims; its own row policy shows no others."""
    rows = Dispute.objects.filter(Q(merchant=merchant) | Q(claimant=merchant))
    return rows.select_related("merchant", "claimant").order_by("-opened_at", "-pk")


def own(merchant: Merchant, kind: str, value: str) -> Claim | None:
    found: Claim | None = Claim.objects.for_merchant(merchant).filter(kind=kind, value=value).first()
    return found


def standing(kind: str, value: str) -> Claim | None:
    """The claim that holds of one thing, whosever it is: read as the operator, for who disputes it."""
    with transaction.atomic(using="operator"):
        rows = Claim.objects.using("operator").filter(kind=kind, value=value, state__in=HOLDING)
        found: Claim | None = rows.first()
    return found


def disputed(merchant: Merchant, kind: str) -> set[str]:
    """What of a kind this merchant claims and somebody disputes."""
    with tenancy.acting_for(merchant):
        rows = Claim.objects.for_merchant(merchant).filter(kind=kind, state=Claim.State.DISPUTED)
        return set(rows.values_list("value", flat=True))


def stands(blogger: Merchant, value: str) -> bool:
    """Whether a blogger's account may rest agreements on this id."""
    with tenancy.acting_for(blogger):
        found = own(blogger, Claim.Kind.BLOGGER, value)
    return found is not None and found.state == Claim.State.STANDING
