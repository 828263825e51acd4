"""Leads by stage, and one lead with its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from leads.models import Lead, Stage, StageMove
from leads.queries import asked as lists
from leads.queries.asked import Asked
from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with how many leads stand in it."""

    stage: Stage
    count: int


def columns(merchant: Merchant) -> list[Column]:
    rows = Stage.objects.for_merchant(merchant).order_by("position").annotate(n=Count("leads"))
    return [Column(row, row.n) for row in rows]


def leads(merchant: Merchant, asked: Asked, *, contacts: Sequence[int] = ()) -> Any:
    """The leads that are asked for, the newest in their stage first. ``contacts`` are those that the searched
    text finds as a phone or id."""
    rows = lists.leads(merchant, asked, contacts=contacts)
    rows = rows.select_related("stage", "contact", "store", "agent")
    return rows.prefetch_related("contact__details").order_by("-staged_at", "-pk")


def moves(lead: Lead) -> list[StageMove]:
    return list(lead.moves.select_related("before", "after", "reason").order_by("-pk"))
