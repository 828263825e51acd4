"""Who came in and how far, over all merchants; read as the operator."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from merchants.models import Application, Merchant, ReviewEvent
from merchants.models.merchant import SELLERS
from merchants.onboarding.cases import Case
from merchants.onboarding.entry import Entry, Happened, entry

OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Entrant:
    """A merchant that sells. ``applied_at`` is the first time it submitted; ``trades`` those it has or came for;
    ``entry``: when it applied for each trade and was let in with it."""

    merchant_id: int
    created_at: datetime
    trades: frozenset[str]
    described_at: datetime | None
    applied_at: datetime | None
    approved_at: datetime | None
    entry: Entry


def entrants() -> list[Entrant]:
    """Every merchant that sells or applies to; three queries."""
    cases: dict[int, Any] = {case.merchant_id: case for case in Application.objects.using(OPERATOR)}
    events = _events()
    found = []
    for merchant in Merchant.objects.using(OPERATOR).filter(kind__in=SELLERS).order_by("pk"):
        case = cases.get(merchant.pk)
        own = events[case.pk] if case else []
        trades = frozenset(case.trades) if case else frozenset()
        found.append(
            Entrant(
                merchant_id=merchant.pk,
                created_at=merchant.created_at,
                trades=trades,
                described_at=case.created_at if case else None,
                applied_at=next((event.at for event in own if event.act == "submit"), None),
                approved_at=next((event.at for event in own if event.after == Case.APPROVED), None),
                entry=entry(own, trades),
            )
        )
    return found


def _events() -> dict[int, list[Happened]]:
    """What moved each case, in its order, by the case."""
    moves = Q(act__in=("submit", "widen", "let_go")) | Q(after=Case.APPROVED)
    rows = ReviewEvent.objects.using(OPERATOR).filter(moves).order_by("at", "pk")
    found: dict[int, list[Happened]] = defaultdict(list)
    for case, at, act, after, note, values in rows.values_list(
        "application_id", "at", "act", "after", "note", "values"
    ):
        trades = frozenset(values.get("trades", ())) if act == "submit" else frozenset()
        found[case].append(Happened(at, act, after, note, trades))
    return found
