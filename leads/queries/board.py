"""Leads by stage, and one lead with its history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from leads import duplicates
from leads.models import Lead, LeadChange, Stage, StageMove
from leads.queries import asked as lists
from leads.queries.asked import Asked
from merchants.models import Merchant

CHANGES = 20  # statements of a source that a page shows


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with how many leads stand in it."""

    stage: Stage
    count: int


def columns(merchant: Merchant) -> list[Column]:
    counted = Lead.objects.for_merchant(merchant).order_by().values_list("stage").annotate(n=Count("pk"))
    counts = dict(counted)
    rows = Stage.objects.for_merchant(merchant).order_by("position")
    return [Column(row, counts.get(row.pk, 0)) for row in rows]


def leads(merchant: Merchant, asked: Asked, *, contacts: Sequence[int] = ()) -> Any:
    """The leads that are asked for, the newest in their stage first. ``contacts`` are those that the searched
    text finds as a phone or id."""
    rows = lists.leads(merchant, asked, contacts=contacts)
    rows = rows.select_related("stage", "contact", "store", "agent")
    return rows.prefetch_related("contact__details").order_by("-staged_at", "-pk")


@dataclass(frozen=True, slots=True)
class Changed:
    """Something the source told otherwise later: ``name`` is a code of the lead's origin, ``name``, ``details`` (whose
    kinds stand in ``after``, never a value), or the label of a form's answer. Texts are masked; None is unknown."""

    stated_at: datetime
    name: str
    before: str | None
    after: str | None
    is_answer: bool = False


def changes(lead: Lead) -> list[Changed]:
    """What the source told otherwise since the lead came, the latest first."""
    return [one for row in lead.changes.order_by("-pk")[:CHANGES] for one in _changed(row)]


def _changed(row: LeadChange) -> Iterator[Changed]:
    before, after = dict(row.before), dict(row.after)
    answered = [dict(told.pop("answers", None) or []) for told in (before, after)]
    for name in dict.fromkeys((*answered[0], *answered[1])):
        old, new = (_masked(told.get(name)) for told in answered)
        if old != new:
            yield Changed(row.stated_at, name, old, new, is_answer=True)
    kinds = after.pop("details", None)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Changed(row.stated_at, name, _masked(before.get(name)), _masked(after.get(name)))
    if kinds:
        yield Changed(row.stated_at, "details", None, ", ".join(kinds))


def _masked(told: Any) -> str | None:
    return duplicates.without_numbers(str(told)) if told else None


def moves(lead: Lead) -> list[StageMove]:
    return list(lead.moves.select_related("before", "after", "reason").order_by("-pk"))
