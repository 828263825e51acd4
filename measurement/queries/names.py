"""Names and pictures for the rows of a report, joined after the figures are summed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from measurement import words
from measurement.models import Blogger, Campaign, Creative, Keyword, LiveStream, Note, Spu
from measurement.reports import Dimension
from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class Name:
    """``by_line`` is who or what it belongs to: the blogger of a note, the category of an SPU."""

    name: str
    by_line: str = ""
    cover: str = ""
    avatar: str = ""


def names_of(merchant: Merchant, dimension: Dimension, keys: Collection[str]) -> dict[str, Name]:
    """Names of these rows; one query at most. What is gone by now keeps its number as a name."""
    match dimension:
        case Dimension.DAY:
            return {key: Name(key) for key in keys}
        case Dimension.PLATFORM:
            return {key: Name(words.platform(key)) for key in keys}
        case Dimension.PLACEMENT:
            return {key: Name(str(words.said(words.PLACEMENTS, key))) for key in keys}
        case Dimension.KIND:
            return {key: Name(words.touch_kind(key)) for key in keys}
    found = _READERS[dimension](merchant, [int(key) for key in keys])
    return {key: found.get(key, Name(f"#{key}")) for key in keys}


def name_of_filter(merchant: Merchant, name: str, key: str) -> str:
    """What a filter of a report keeps, by name."""
    if name == "live":
        stream = LiveStream.objects.for_merchant(merchant).filter(pk=int(key)).first()
        return str(stream) if stream else f"#{key}"
    dimension = Dimension.BLOGGER if name in ("host", "curator") else Dimension(name)
    return names_of(merchant, dimension, [key])[key].name


def _notes(merchant: Merchant, ids: list[int]) -> dict[str, Name]:
    rows = Note.objects.for_merchant(merchant).filter(pk__in=ids).select_related("blogger")
    return {
        str(note.pk): Name(
            str(note),
            note.blogger.name if note.blogger else "",
            note.cover,
            note.blogger.avatar if note.blogger else "",
        )
        for note in rows
    }


def _bloggers(merchant: Merchant, ids: list[int]) -> dict[str, Name]:
    rows = Blogger.objects.for_merchant(merchant).filter(pk__in=ids).select_related("agency")
    return {
        str(row.pk): Name(row.name, row.agency.name if row.agency else "", avatar=row.avatar) for row in rows
    }


def _campaigns(merchant: Merchant, ids: list[int]) -> dict[str, Name]:
    return {str(row.pk): Name(str(row)) for row in Campaign.objects.for_merchant(merchant).filter(pk__in=ids)}


def _creatives(merchant: Merchant, ids: list[int]) -> dict[str, Name]:
    rows = Creative.objects.for_merchant(merchant).filter(pk__in=ids).select_related("campaign")
    return {str(row.pk): Name(str(row), str(row.campaign) if row.campaign else "") for row in rows}


def _keywords(merchant: Merchant, ids: list[int]) -> dict[str, Name]:
    return {str(row.pk): Name(row.word) for row in Keyword.objects.for_merchant(merchant).filter(pk__in=ids)}


def _spus(merchant: Merchant, ids: list[int]) -> dict[str, Name]:
    rows = Spu.objects.for_merchant(merchant).filter(pk__in=ids).select_related("category")
    return {str(row.pk): Name(row.name, row.category.name) for row in rows}


_READERS = {
    Dimension.NOTE: _notes,
    Dimension.BLOGGER: _bloggers,
    Dimension.CAMPAIGN: _campaigns,
    Dimension.CREATIVE: _creatives,
    Dimension.KEYWORD: _keywords,
    Dimension.SPU: _spus,
}
