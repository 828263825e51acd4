"""Notes and campaigns by the platform's own ids, as other parts of the product name them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from measurement.models import Campaign, Note
from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class Content:
    """``key`` is what reports know it by; the blogger is that of a note, empty where nobody told."""

    key: str
    external_id: str
    name: str
    blogger_id: str = ""
    blogger: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A note of a blogger, by its key and both ids on the platform."""

    key: str
    external_id: str
    title: str
    cover: str
    blogger: str
    published_at: datetime


def published_by(merchant: Merchant, bloggers: Collection[str]) -> list[Published]:
    """The notes of these bloggers whose day is known, the newest first; one query."""
    rows: Any = Note.objects.for_merchant(merchant).filter(
        blogger__external_id__in=list(bloggers), published_at__isnull=False
    )
    found = rows.select_related("blogger").order_by("-published_at", "-pk")
    return [
        Published(
            str(row.pk), row.external_id, str(row), row.cover, row.blogger.external_id, row.published_at
        )
        for row in found
    ]


def notes(merchant: Merchant, ids: Collection[str], keys: Collection[str] = ()) -> list[Content]:
    """The notes with these ids of the platform or these keys, each once; one query."""
    rows: Any = Note.objects.for_merchant(merchant).filter(_named(ids, keys)).select_related("blogger")
    return [
        Content(
            str(row.pk),
            row.external_id,
            str(row),
            row.blogger.external_id if row.blogger else "",
            row.blogger.name if row.blogger else "",
        )
        for row in rows.order_by("pk")
    ]


def campaigns(merchant: Merchant, ids: Collection[str], keys: Collection[str] = ()) -> list[Content]:
    """The campaigns with these ids of the platform or these keys, each once; one query."""
    rows: Any = Campaign.objects.for_merchant(merchant).filter(_named(ids, keys))
    return [Content(str(row.pk), row.external_id, str(row)) for row in rows.order_by("pk")]


def _named(ids: Collection[str], keys: Collection[str]) -> Q:
    return Q(external_id__in=list(ids)) | Q(pk__in=[int(key) for key in keys])
