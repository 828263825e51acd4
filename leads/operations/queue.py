"""What waits to go out, one after the other within its group, held by one worker at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet


def claim(
    waiting: QuerySet[Any], *, of: str, follow: str, now: datetime, held: timedelta, due: Q | None = None
) -> Any:
    """The oldest row that is due and whose group (``of``) has no older one waiting, or None; ``due``:
    what must hold of it besides. It is held for a while and counts as an attempt before it is made, so that a lost
    worker counts. Inside a transaction that acts for the merchant."""
    older = waiting.filter(**{of: OuterRef(of)}, pk__lt=OuterRef("pk"))
    row = (
        waiting.filter(due or Q(), ~Exists(older), next_at__lte=now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related(follow)
        .order_by("next_at", "pk")
        .first()
    )
    if row is not None:
        row.attempts += 1
        row.next_at = now + held
        row.save(update_fields=["attempts", "next_at"])
    return row
