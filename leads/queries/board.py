"""Leads by stage, and one lead with its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from leads.models import Lead, Stage, StageMove
from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with how many leads stand in it."""

    stage: Stage
    count: int


def columns(merchant: Merchant) -> list[Column]:
    rows = Stage.objects.for_merchant(merchant).order_by("position").annotate(n=Count("leads"))
    return [Column(row, row.n) for row in rows]


def leads(merchant: Merchant, *, stage: str = "", contacts: list[int] | None = None, text: str = "") -> Any:
    """Leads of a stage (empty: all), newest in it first. ``contacts`` are those that a searched phone found;
    ``text`` is looked for in names."""
    rows = Lead.objects.for_merchant(merchant).select_related("stage", "contact", "store", "agent")
    if stage:
        rows = rows.filter(stage__code=stage)
    if text:
        rows = rows.filter(Q(contact__name__icontains=text) | Q(contact_id__in=contacts or []))
    return rows.prefetch_related("contact__details").order_by("-staged_at", "-pk")


def moves(lead: Lead) -> list[StageMove]:
    return list(lead.moves.select_related("before", "after", "reason").order_by("-pk"))
