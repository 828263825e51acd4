"""Channels by their natural key, with the content they name, made where they are new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from measurement.models import Blogger, Campaign, Channel, Creative, Keyword, LiveStream, Note
from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """A channel as a source names it: kind and external ids, empty where it has none."""

    kind: str
    note_id: str = ""
    live_id: str = ""
    creative_id: str = ""
    campaign_id: str = ""
    keyword: str = ""
    blogger_id: str = ""

    @property
    def key(self) -> str:
        """The natural key; a ``|`` inside an id is doubled, so that two channels never share one."""
        parts = (
            self.kind, self.note_id, self.live_id, self.creative_id, self.campaign_id, self.keyword, self.blogger_id,
        )  # fmt: skip
        return "|".join(part.replace("|", "||") for part in parts)


def resolve(merchant: Merchant, refs: Iterable[ChannelRef]) -> dict[ChannelRef, int]:
    """Ids of these channels; unknown ones, and the content they name, are made. Inside a transaction
    of the caller; two at once meet in the unique key."""
    wanted = {ref.key: ref for ref in refs}
    known = _known(merchant, wanted)
    missing = [ref for key, ref in wanted.items() if key not in known]
    if missing:
        _make(merchant, missing)
        known |= _known(merchant, [ref.key for ref in missing])
    return {ref: known[key] for key, ref in wanted.items()}


def _known(merchant: Merchant, keys: Iterable[str]) -> dict[str, int]:
    return dict(Channel.objects.for_merchant(merchant).filter(key__in=list(keys)).values_list("key", "id"))


def _make(merchant: Merchant, refs: list[ChannelRef]) -> None:
    bloggers = named(merchant, Blogger, {ref.blogger_id for ref in refs}, label="name")
    notes = named(merchant, Note, {ref.note_id for ref in refs})
    lives = named(merchant, LiveStream, {ref.live_id for ref in refs})
    campaigns = named(merchant, Campaign, {ref.campaign_id for ref in refs})
    creatives = named(merchant, Creative, {ref.creative_id for ref in refs})
    keywords = named(merchant, Keyword, {ref.keyword for ref in refs}, field="word")
    facts = {note.pk: note for note in Note.objects.for_merchant(merchant).filter(pk__in=notes.values())}
    owned = {row.pk: row for row in Creative.objects.for_merchant(merchant).filter(pk__in=creatives.values())}
    rows = []
    for ref in refs:
        creative = owned.get(creatives.get(ref.creative_id, 0))
        note_id = notes.get(ref.note_id) or (creative.note_id if creative else None)
        note = facts.get(note_id or 0)
        rows.append(
            Channel(
                merchant=merchant,
                key=ref.key,
                kind=ref.kind,
                note_id=note_id,
                live_stream_id=lives.get(ref.live_id),
                creative_id=creatives.get(ref.creative_id),
                campaign_id=campaigns.get(ref.campaign_id) or (creative.campaign_id if creative else None),
                keyword_id=keywords.get(ref.keyword),
                blogger_id=bloggers.get(ref.blogger_id) or (note.blogger_id if note else None),
                spu_id=note.spu_id if note else None,
            )
        )
    Channel.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def named(
    merchant: Merchant, model: Any, ids: Iterable[str], *, field: str = "external_id", label: str = ""
) -> dict[str, int]:
    """Ids of the merchant's rows with these external ids; a row without further facts is made for an
    unknown one, so that what it carried is not lost until its facts arrive."""
    wanted = sorted({value for value in ids if value})
    if not wanted:
        return {}
    rows = model.objects.for_merchant(merchant)
    known = dict(rows.filter(**{f"{field}__in": wanted}).values_list(field, "id"))
    missing = [value for value in wanted if value not in known]
    if missing:
        extra = [{label: value} if label else {} for value in missing]
        model.objects.bulk_create(
            [
                model(merchant=merchant, **{field: value}, **more)
                for value, more in zip(missing, extra, strict=True)
            ],
            ignore_conflicts=True,
        )
        known |= dict(rows.filter(**{f"{field}__in": missing}).values_list(field, "id"))
    return known
