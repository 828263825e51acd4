"""The cases of all merchants that somebody should look at, read as the operator."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from merchants.models import Application, ApplicationItem
from merchants.onboarding.checks import valid_until
from merchants.onboarding.findings import SOON
from merchants.onboarding.standing import State
from merchants.queries import requirement_sets
from merchants.queries.onboarding import WAITING


def counted(cases: QuerySet[Application]) -> Any:
    """With ``left``, the answers that wait, and ``second_looks``, those of them that one person has accepted."""
    waiting = Q(items__state=State.IN_REVIEW)
    return cases.annotate(
        left=Count("items", filter=waiting),
        second_looks=Count("items", filter=waiting & Q(items__first_reviewer__isnull=False)),
    )


def queue(cases: QuerySet[Application], name: str, reviewer: int, now: datetime) -> QuerySet[Application]:
    """Those of a queue: ``oldest`` all that wait, ``mine`` what the reviewer holds, ``second`` what another has
    looked at first or proposes to refuse, ``appeal`` what was appealed against, ``expiring`` where an accepted proof
    ends within :data:`SOON`."""
    waiting = cases.filter(state__in=WAITING)
    if name == "mine":
        return waiting.filter(holder=reviewer, held_until__gt=now)
    if name == "second":
        looked_at = ApplicationItem.objects.filter(
            application=OuterRef("pk"), state=State.IN_REVIEW, first_reviewer__isnull=False
        )
        by_another = Q(refused_first__isnull=False) & ~Q(refused_first=reviewer)
        return waiting.filter(Exists(looked_at.exclude(first_reviewer=reviewer)) | by_another)
    if name == "appeal":
        return waiting.filter(appealed_at=F("submitted_at"))
    if name == "expiring":
        return cases.filter(pk__in=expiring(now.date()))
    return waiting


def free(reviewer: int, now: datetime) -> Any:
    """What waits and nobody else works on, the oldest first."""
    rows: QuerySet[Application] = Application.objects.using("operator").filter(state__in=WAITING)
    others = Q(held_until__gt=now) & ~Q(holder=reviewer)
    return counted(rows).exclude(others).select_related("merchant").order_by("submitted_at", "pk")


def expiring(today: date) -> set[int]:
    """Ids of the cases of which an accepted proof ends within :data:`SOON`, or has ended."""
    fields = {
        one.key: one.expiry.field
        for known in requirement_sets.published()
        for one in known.requirements
        if one.expiry is not None
    }
    rows = ApplicationItem.objects.using("operator").filter(state=State.ACCEPTED, key__in=fields)
    found = set()
    for case, key, values in rows.values_list("application_id", "key", "values"):
        last = valid_until(values[fields[key]]) if values.get(fields[key]) else None
        if last is not None and last <= today + SOON:
            found.add(case)
    return found
