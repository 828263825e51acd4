"""Views that people keep, and notes that they write on days."""

from __future__ import annotations

from datetime import date, datetime

from measurement.models import Annotation, Campaign, SavedView, Spu
from merchants import audit, tenancy
from merchants.models import Merchant, User


class NameTaken(ValueError):
    """This person already has a view of that name."""


def save_view(
    merchant: Merchant, *, owner: User, name: str, page: str, query: str, shared: bool, by: str
) -> SavedView:
    """Keeps the address of a report page under a name. Raises ``NameTaken``."""
    with tenancy.acting_for(merchant):
        row: SavedView
        row, made = SavedView.objects.get_or_create(
            merchant=merchant,
            owner=owner,
            name=name,
            defaults={"page": page, "query": query, "shared": shared},
        )
        if not made:
            raise NameTaken(name)
        audit.record(merchant, "measurement.view.saved", by=by, on=row, page=page, shared=shared)
    return row


def remove_view(merchant: Merchant, view: SavedView, *, by: str) -> None:
    """Forgets a view and the letters that were scheduled of it."""
    with tenancy.acting_for(merchant):
        audit.record(merchant, "measurement.view.removed", by=by, on=view, page=view.page)
        view.delete()


def annotate(
    merchant: Merchant,
    *,
    first_day: date,
    last_day: date,
    text: str,
    by: str,
    campaign: Campaign | None = None,
    spu: Spu | None = None,
) -> Annotation:
    """Writes a note on a day or a span of days. Raises ``ValueError`` when it ends before it begins."""
    if last_day < first_day:
        raise ValueError("an annotation ends after it begins")
    with tenancy.acting_for(merchant):
        row: Annotation = Annotation.objects.create(
            merchant=merchant,
            first_day=first_day,
            last_day=last_day,
            text=text,
            campaign=campaign,
            spu=spu,
            author=by,
        )
        audit.record(merchant, "measurement.annotation.written", by=by, on=row)
    return row


def take_back(merchant: Merchant, row: Annotation, *, now: datetime, by: str) -> None:
    """Takes a note back: charts and exports no longer show it, the trail does."""
    with tenancy.acting_for(merchant):
        changed = Annotation.objects.for_merchant(merchant).filter(pk=row.pk, removed_at=None)
        if changed.update(removed_at=now):
            audit.record(merchant, "measurement.annotation.taken_back", by=by, on=row)
