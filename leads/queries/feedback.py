"""What sources were told about leads, and how much of what was to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from leads.models import Feedback, Lead
from merchants.models import Merchant

State = Feedback.State


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of what happened in a period and was to be told: ``told`` was taken or at least received by its source,
    ``waiting`` still may be; ``reasons`` are (why, how many) of the rest and of what waits, most first."""

    told: int
    size: int
    waiting: int
    reasons: list[tuple[str, int]]

    @property
    def value(self) -> float | None:
        return self.told / self.size if self.size else None


def of_lead(lead: Lead) -> list[Feedback]:
    """Newest first."""
    return list(lead.feedback.order_by("-pk"))


def coverage(merchant: Merchant, first: datetime, last: datetime) -> Coverage:
    """Statements about moves of [first, last)."""
    rows = Feedback.objects.for_merchant(merchant).filter(happened_at__gte=first, happened_at__lt=last)
    counted = list(rows.values_list("state", "error").annotate(n=Count("pk")).order_by("-n", "error"))
    reasons: dict[str, int] = {}
    for state, why, n in counted:
        if state not in (State.SENT, State.ACCEPTED) and why:
            reasons[why] = reasons.get(why, 0) + n
    return Coverage(
        told=sum(n for state, _, n in counted if state in (State.SENT, State.ACCEPTED)),
        size=sum(n for _, _, n in counted),
        waiting=sum(n for state, _, n in counted if state == State.QUEUED),
        reasons=sorted(reasons.items(), key=lambda one: -one[1]),
    )


def days_left(row: Feedback, now: datetime) -> int:
    """Days begun until it is taken no more; 0 when that is over."""
    seconds = (row.expires_at - now).total_seconds()
    return max(0, -int(-seconds // 86_400))
