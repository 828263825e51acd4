"""Who a blogger is on the platform."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.db.models import Q

from merchants import audit, tenancy
from merchants.models import Agreement, ApplicationItem, BloggerProfile, Claim, Merchant
from merchants.onboarding.standing import State
from merchants.operations import claims
from merchants.queries.claims import of_merchant

OPEN = (Agreement.State.OFFERED, Agreement.State.ACCEPTED)


class Bound(ValueError):
    """Agreements that are offered or hold name the id on the platform."""


def state(merchant: Merchant, told: Mapping[str, Any], *, by: str) -> BloggerProfile:
    """Writes the profile. Raises :class:`Bound` for another id while somebody rests on the one before, and
    ``claims.Refused`` for an id that another account claims."""
    with tenancy.acting_for(merchant):
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
        known = BloggerProfile.objects.for_merchant(merchant).first()
        resting = Agreement.objects.filter(Q(merchant=merchant) | Q(partner=merchant), state__in=OPEN)
        if known and known.external_id != told["external_id"] and resting.exists():
            raise Bound
        if known is None or known.external_id != told["external_id"]:
            _claim(merchant, told["external_id"], known.external_id if known else "", by=by)
        row: BloggerProfile
        row, _made = BloggerProfile.objects.update_or_create(merchant=merchant, defaults=dict(told))
        audit.record(merchant, "merchants.profile.stated", by=by, on=row, id=row.external_id, name=row.name)
    return row


def begin(merchant: Merchant) -> None:
    """The first profile of a blogger whose account a reviewer has seen. Where another account claims the id there is
    none yet: the blogger disputes that, and states the profile afterwards."""
    answer = ApplicationItem.objects.for_merchant(merchant).filter(key="platform_account").first()
    known = BloggerProfile.objects.for_merchant(merchant).exists()
    if answer is None or answer.state != State.ACCEPTED or known:
        return
    values = answer.values
    told = {
        "external_id": values["account_id"],
        "name": values["account_name"],
        "followers": None,
        "about": "",
    }
    with suppress(claims.Refused):
        state(merchant, told, by=f"user:{answer.submitter_id}")


def _claim(merchant: Merchant, external_id: str, former: str, *, by: str) -> None:
    claims.claim(merchant, Claim.Kind.BLOGGER, external_id, "", by=by)
    row = of_merchant(merchant).filter(kind=Claim.Kind.BLOGGER, value=former, state=Claim.State.STANDING)
    for held in row:
        claims.give_up(merchant, held.pk, by=by)
