"""Taking in rows about products, items, notes, live streams and codes. Each row is an act of
``operations.catalogue`` or ``operations.rules``; one that says what is known already does nothing, so a file
may be handed in again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from measurement.choices import TouchKind
from measurement.models import (
    Blogger,
    Category,
    Channel,
    ChannelCode,
    ItemMapping,
    LiveStream,
    Note,
    Spu,
    SpuMargin,
)
from measurement.operations import catalogue, rules
from measurement.operations.channels import ChannelRef, named, resolve
from measurement.operations.reported import Receipt
from merchants import tenancy
from merchants.models import Merchant

BATCH = 500  # rows of one transaction


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as a row states it; empty and None state nothing. A margin in basis points comes with its day."""

    code: str
    name: str = ""
    category: str = ""  # code
    margin_bp: int | None = None
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    platform: str
    item_id: str
    sku_id: str
    spu_code: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note as a row states it; empty and None state nothing."""

    note_id: str
    title: str = ""
    blogger_id: str = ""
    blogger_name: str = ""
    spu_code: str = ""
    buying_point: str = ""
    scene: str = ""
    is_video: bool | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A live stream as a row states it; empty and None state nothing. Host and curator by their blogger's id."""

    live_id: str
    title: str = ""
    host_id: str = ""
    host_name: str = ""
    curator_id: str = ""
    curator_name: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code on orders, and what of content it was given to: fields of a channel with their ids."""

    kind: str
    platform: str
    code: str
    content: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a batch before it is written. ``facts``: by key of a row, what stands; a row whose
    facts all stand is a repetition. ``put`` writes one row."""

    facts: dict[Any, dict[str, Any]]
    put: Callable[[Any], None]


def put_products(merchant: Merchant, rows: Iterable[ProductRow], *, by: str) -> Receipt:
    """Products with their margins. Another category lets the lines of a product be computed anew, another
    margin lets spend be judged anew. An unknown category raises ``KeyError``."""

    def known(batch: list[ProductRow]) -> Known:
        codes = {row.code for row in batch}
        spus = Spu.objects.for_merchant(merchant).filter(code__in=codes).select_related("category")
        facts: dict[Any, dict[str, Any]] = {
            spu.code: {"name": spu.name, "category": spu.category.code} for spu in spus
        }
        margins = SpuMargin.objects.for_merchant(merchant).filter(spu__code__in=codes).order_by("id")
        for code, day, basis_points in margins.values_list("spu__code", "valid_from", "margin_bp"):
            facts[code][str(day)] = basis_points  # of one day the statement made last holds
        categories = {category.code: category for category in Category.objects.all()}

        def put(row: ProductRow) -> None:
            category = categories[row.category] if row.category else None
            spu = catalogue.put_spu(merchant, code=row.code, name=row.name, category=category, by=by)
            if row.margin_bp is not None and row.valid_from is not None:
                catalogue.put_margin(
                    merchant, spu=spu, margin_bp=row.margin_bp, valid_from=row.valid_from, by=by
                )

        return Known(facts, put)

    def said(row: ProductRow) -> dict[str, Any]:
        return {"name": row.name, "category": row.category, str(row.valid_from): row.margin_bp}

    return _put(merchant, rows, known, lambda row: row.code, said)


def put_items(merchant: Merchant, rows: Iterable[ItemRow], *, by: str) -> Receipt:
    """Which SPU each item is; lines of it that came before take that SPU and are credited anew. An unknown
    SPU raises ``KeyError``."""

    def known(batch: list[ItemRow]) -> Known:
        spus = _by_code(merchant, batch)
        mapped = ItemMapping.objects.for_merchant(merchant).filter(item_id__in={row.item_id for row in batch})
        facts = {
            (platform, item, sku): {"spu": code}
            for platform, item, sku, code in mapped.values_list("platform", "item_id", "sku_id", "spu__code")
        }

        def put(row: ItemRow) -> None:
            rules.map_item(
                merchant,
                platform=row.platform,
                item_id=row.item_id,
                sku_id=row.sku_id,
                spu=spus[row.spu_code],
                by=by,
            )

        return Known(facts, put)

    return _put(
        merchant,
        rows,
        known,
        lambda row: (row.platform, row.item_id, row.sku_id),
        lambda row: {"spu": row.spu_code},
    )


def put_notes(merchant: Merchant, rows: Iterable[NoteRow], *, by: str) -> Receipt:
    """What is known of notes. Touches by a note that name no product count for its product from now on. An
    unknown SPU raises ``KeyError``."""
    texts = ("title", "buying_point", "scene", "is_video", "published_at")

    def known(batch: list[NoteRow]) -> Known:
        spus = _by_code(merchant, batch)
        ids = named(merchant, Blogger, {row.blogger_id for row in batch}, label="name")
        bloggers = Blogger.objects.for_merchant(merchant).in_bulk(set(ids.values()))
        notes = Note.objects.for_merchant(merchant).filter(external_id__in={row.note_id for row in batch})
        facts = {
            note.external_id: {name: getattr(note, name) for name in texts}
            | {
                "blogger_id": note.blogger.external_id if note.blogger else "",
                "blogger_name": note.blogger.name if note.blogger else "",
                "spu_code": note.spu.code if note.spu else "",
            }
            for note in notes.select_related("blogger", "spu")
        }

        def put(row: NoteRow) -> None:
            blogger = bloggers[ids[row.blogger_id]] if row.blogger_id else None
            if row.blogger_name:
                blogger = catalogue.put_blogger(merchant, external_id=row.blogger_id, name=row.blogger_name)
            catalogue.put_note(
                merchant,
                external_id=row.note_id,
                blogger=blogger,
                spu=spus[row.spu_code] if row.spu_code else None,
                by=by,
                **{name: getattr(row, name) for name in texts},
            )

        return Known(facts, put)

    def said(row: NoteRow) -> dict[str, Any]:
        return {name: getattr(row, name) for name in (*texts, "blogger_id", "blogger_name", "spu_code")}

    return _put(merchant, rows, known, lambda row: row.note_id, said)


def put_lives(merchant: Merchant, rows: Iterable[LiveRow], *, by: str) -> Receipt:
    """What is known of live streams; hosts and curators are made where they are new. A stream whose touches or
    costs came before learns its title, times and people."""
    facts = ("title", "started_at", "ended_at")

    def known(batch: list[LiveRow]) -> Known:
        people = {person for row in batch for person in (row.host_id, row.curator_id)}
        ids = named(merchant, Blogger, people, label="name")
        bloggers = Blogger.objects.for_merchant(merchant).in_bulk(set(ids.values()))
        lives = LiveStream.objects.for_merchant(merchant).filter(
            external_id__in={row.live_id for row in batch}
        )

        def put(row: LiveRow) -> None:
            for person, name in ((row.host_id, row.host_name), (row.curator_id, row.curator_name)):
                if name:
                    catalogue.put_blogger(merchant, external_id=person, name=name)
            catalogue.put_live(
                merchant,
                external_id=row.live_id,
                blogger=bloggers[ids[row.host_id]] if row.host_id else None,
                curator=bloggers[ids[row.curator_id]] if row.curator_id else None,
                **{name: getattr(row, name) for name in facts},
            )

        def stands(live: LiveStream) -> dict[str, Any]:
            return {
                **{name: getattr(live, name) for name in facts},
                "host_id": live.blogger.external_id if live.blogger else "",
                "host_name": live.blogger.name if live.blogger else "",
                "curator_id": live.curator.external_id if live.curator else "",
                "curator_name": live.curator.name if live.curator else "",
            }

        rows = lives.select_related("blogger", "curator")
        return Known({live.external_id: stands(live) for live in rows}, put)

    def said(row: LiveRow) -> dict[str, Any]:
        people = ("host_id", "host_name", "curator_id", "curator_name")
        return {name: getattr(row, name) for name in (*facts, *people)}

    return _put(merchant, rows, known, lambda row: row.live_id, said)


def put_codes(merchant: Merchant, rows: Iterable[CodeRow], *, by: str) -> Receipt:
    """What codes on orders mean; orders that carry one are credited anew."""

    def known(batch: list[CodeRow]) -> Known:
        refs = {row: ChannelRef(kind=TouchKind.DECLARED, **dict(row.content)) for row in batch}
        channels = Channel.objects.for_merchant(merchant).in_bulk(
            set(resolve(merchant, refs.values()).values())
        )
        by_key = {channel.key: channel for channel in channels.values()}
        codes = ChannelCode.objects.for_merchant(merchant).filter(code__in={row.code for row in batch})
        facts = {
            (kind, namespace, code): {"channel": key}
            for kind, namespace, code, key in codes.values_list("kind", "namespace", "code", "channel__key")
        }

        def put(row: CodeRow) -> None:
            rules.map_code(
                merchant,
                kind=row.kind,
                namespace=row.platform,
                code=row.code,
                channel=by_key[refs[row].key],
                by=by,
            )

        return Known(facts, put)

    def said(row: CodeRow) -> dict[str, Any]:
        return {"channel": ChannelRef(kind=TouchKind.DECLARED, **dict(row.content)).key}

    return _put(merchant, rows, known, lambda row: (row.kind, row.platform, row.code), said)


def _by_code(merchant: Merchant, batch: Iterable[Any]) -> dict[str, Spu]:
    codes = {row.spu_code for row in batch if row.spu_code}
    return {spu.code: spu for spu in Spu.objects.for_merchant(merchant).filter(code__in=codes)}


def _put(
    merchant: Merchant,
    rows: Iterable[Any],
    known: Callable[[list[Any]], Known],
    key: Callable[[Any], Any],
    said: Callable[[Any], dict[str, Any]],
) -> Receipt:
    """``said``: the facts that a row states; empty and None state nothing."""
    receipt, stream = Receipt(), iter(rows)
    while batch := list(islice(stream, BATCH)):
        with tenancy.acting_for(merchant):
            found = known(batch)
            for row in batch:
                stated = {name: value for name, value in said(row).items() if value not in (None, "")}
                before = found.facts.get(key(row))
                receipt.received += 1
                if before is not None and all(before.get(name) == value for name, value in stated.items()):
                    receipt.repeated += 1
                    continue
                found.put(row)
                found.facts[key(row)] = (before or {}) | stated
                receipt.added += before is None
                receipt.replaced += before is not None
    return receipt
