"""Who came in and how far, over all merchants; read as the operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min

from merchants.models import Application, Merchant, ReviewEvent
from merchants.models.merchant import SELLERS
from merchants.onboarding.cases import Case

OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Entrant:
    """A merchant that sells. ``applied_at`` is the first time it submitted; ``trades`` those it applied for."""

    merchant_id: int
    created_at: datetime
    trades: frozenset[str]
    described_at: datetime | None
    applied_at: datetime | None
    approved_at: datetime | None


def entrants() -> list[Entrant]:
    """Every merchant that sells or applies to; four queries."""
    cases: dict[int, Any] = {case.merchant_id: case for case in Application.objects.using(OPERATOR)}
    submitted, approved = _first(act="submit"), _first(after=Case.APPROVED)
    found = []
    for merchant in Merchant.objects.using(OPERATOR).filter(kind__in=SELLERS).order_by("pk"):
        case = cases.get(merchant.pk)
        found.append(
            Entrant(
                merchant_id=merchant.pk,
                created_at=merchant.created_at,
                trades=frozenset(case.trades) if case else frozenset(),
                described_at=case.created_at if case else None,
                applied_at=submitted.get(case.pk) if case else None,
                approved_at=approved.get(case.pk) if case else None,
            )
        )
    return found


def _first(**told: str) -> dict[int, datetime]:
    """When it happened to a case for the first time, by the case."""
    events = ReviewEvent.objects.using(OPERATOR).filter(**told).order_by()
    return dict(events.values_list("application_id").annotate(first=Min("at")))
