"""Exports whose columns somebody taught, as they hold for the next file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max

from merchants.models import ColumnMapping, Merchant
from merchants.queries import trail


@dataclass(frozen=True, slots=True)
class Learned:
    """``mapping`` is the version that holds; ``who`` taught it. ``files`` were written by any version of the
    export, the last of them at ``used_at``."""

    mapping: ColumnMapping
    who: str
    files: int
    used_at: datetime | None


def learned(merchant: Merchant) -> list[Learned]:
    """Every learned export, by kind, the one used last first; in two statements."""
    rows: Any = (
        ColumnMapping.objects.for_merchant(merchant)
        .filter(proven_at__isnull=False, forgotten_at=None)
        .annotate(files=Count("uploads__applied_at"), used_at=Max("uploads__applied_at"))
        .order_by("version")
    )
    shapes: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        shapes.setdefault((row.kind, row.fingerprint), []).append(row)
    names = trail.names_of({row.created_by for row in rows})
    found = [
        Learned(
            mapping=versions[-1],
            who=names.get(versions[-1].created_by, versions[-1].created_by),
            files=sum(row.files for row in versions),
            used_at=max((row.used_at for row in versions if row.used_at), default=None),
        )
        for versions in shapes.values()
    ]
    return sorted(found, key=lambda one: (one.mapping.kind, -_seconds(one.used_at), one.mapping.pk))


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0
