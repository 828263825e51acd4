"""Objects of a tenant that stand between it and another merchant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from merchants import tenancy
from merchants.models import Agreement, Claim, Merchant
from merchants.operations import agreements, claims
from merchants.operations.agreements import Terms

DAY = timedelta(days=1)


def _agreement(tenant: Any) -> int:
    """What an agency offered this tenant."""
    kinds = {"kind": Merchant.Kind.AGENCY, "name": f"{tenant.word} agency"}
    agency, _ = Merchant.objects.get_or_create(code=f"agency-of-{tenant.merchant.code}", defaults=kinds)
    first = timezone.now().date()
    with tenancy.acting_for(agency):
        first -= DAY * Agreement.objects.count()
    terms = Terms(first, None, figures=["delivery"])
    return agreements.offer(agency, str(tenant.merchant.public_id), terms, by="user:0")[0].pk


def _claim(tenant: Any) -> int:
    with tenancy.acting_for(tenant.merchant):
        number = Claim.objects.count()
    return claims.claim(tenant.merchant, "brand", f"{tenant.word} {number}", tenant.word, by="user:0").pk


def _dispute(tenant: Any) -> int:
    """What this tenant says of an agency's claim."""
    agency, _ = Merchant.objects.get_or_create(
        code=f"agency-of-{tenant.merchant.code}", defaults={"kind": Merchant.Kind.AGENCY, "name": tenant.word}
    )
    with tenancy.acting_for(agency):
        name = f"{tenant.word} {agency.code} {Claim.objects.count()}"
    claims.claim(agency, "brand", name, tenant.word, by="user:0")
    return claims.dispute(tenant.merchant, "brand", name, tenant.word, by="user:0").pk


OBJECTS: dict[str, Callable[[Any], int]] = {
    "agreement_id": _agreement,
    "claim_id": _claim,
    "dispute_id": _dispute,
}
