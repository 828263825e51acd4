"""By what enquiries are cut: what the desk knows by itself, and what the content they came from says."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from leads.queries.funnel import BY, Enquiry, Key
from measurement.queries import known_content
from measurement.queries.known_content import Content
from merchants.models import Merchant


def cut(merchant: Merchant, found: Iterable[Enquiry], by: str) -> Callable[[Enquiry], Key]:
    """The key and name of an enquiry's row; one query at most. A note and a campaign are called as the content
    is known, else as the source told; a blogger is that of the note, else the one that the source named."""
    if by == "campaign":
        campaigns = _by_id(known_content.campaigns(merchant, {one.campaign_id for one in found}))
        return lambda one: _named(BY["campaign"](one), campaigns)
    if by not in {"note", "blogger"}:
        return BY[by]
    notes = _by_id(known_content.notes(merchant, {one.note_id for one in found}))
    if by == "note":
        return lambda one: _named(BY["note"](one), notes)
    names = {note.blogger_id: note.blogger for note in notes.values()}

    def blogger(one: Enquiry) -> Key:
        note = notes.get(one.note_id)
        key = note.blogger_id if note and note.blogger_id else one.blogger_id
        return (key or None, names.get(key, key))

    return blogger


def _by_id(rows: Iterable[Content]) -> dict[str, Content]:
    return {row.external_id: row for row in rows}


def _named(told: Key, known: dict[str, Content]) -> Key:
    key, name = told
    return (key, known[key].name if key in known else name)
