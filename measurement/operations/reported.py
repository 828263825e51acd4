"""Taking in what platforms report in sums: one statement of each key stands, former ones stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import connection

from measurement.choices import Kept, ProfileScope
from measurement.models import (
    AllianceRow,
    Campaign,
    Comment,
    CrowdReport,
    LiveStream,
    MarketSeries,
    Note,
    ProfileRow,
    Promotion,
    Spu,
)
from measurement.operations import keeping
from measurement.operations.channels import named
from measurement.queries.keeping import kept_since
from measurement.reported.statements import (
    AllianceStatement,
    CommentStatement,
    CrowdStatement,
    MarketStatement,
    ProfileStatement,
    PromotionStatement,
    Statement,
)
from merchants import audit, tenancy
from merchants.models import Merchant

BATCH = 2_000
COMMENT_SOURCE = "file"  # comments come as files or batches, and are not told apart
S = TypeVar("S", bound=Statement)
Facts = Callable[[Any], dict[str, Any]]


@dataclass(slots=True)
class Receipt:
    """``received`` = ``added`` + ``replaced`` + ``repeated``: new keys, statements that took the place of
    another, and those that say what is known or are older."""

    received: int = 0
    added: int = 0
    replaced: int = 0
    repeated: int = 0


def put_alliance(merchant: Merchant, rows: Iterable[AllianceStatement], *, source: str, by: str) -> Receipt:
    """Takes in Alliance rows in any order, as often as you like; notes they name are made where new. Of all
    statements of a key the one told last stands, at equal times the greater content hash. An unknown SPU
    code raises ``KeyError`` and that batch is not stored."""

    def facts(batch: list[AllianceStatement]) -> Facts:
        notes = _notes(merchant, {(row.note_id, row.note_title) for row in batch})
        spus = _spus(merchant, batch)
        return lambda row: {
            "programme": row.programme,
            "level": row.level,
            "task_id": row.task_id,
            "task_name": row.task_name,
            "note_id": notes.get(row.note_id),
            "spu_id": spus.get(row.spu_code),
            "day": row.day,
            "window_days": row.window_days,
            "axis": row.axis,
            "last_click": row.last_click,
            "metrics": dict(row.metrics),
        }

    return _put(merchant, AllianceRow, rows, facts, source)


def put_crowds(merchant: Merchant, rows: Iterable[CrowdStatement], *, source: str, by: str) -> Receipt:
    """The same for the platform's counts of layers."""

    def facts(batch: list[CrowdStatement]) -> Facts:
        spus = _spus(merchant, batch)
        return lambda row: {
            "spu_id": spus.get(row.spu_code),
            "day": row.day,
            "layer": row.layer,
            "people": row.people,
            "added": row.added,
        }

    return _put(merchant, CrowdReport, rows, facts, source)


def put_profiles(merchant: Merchant, rows: Iterable[ProfileStatement], *, source: str, by: str) -> Receipt:
    """The same for profiles; notes, campaigns and live streams they name are made where new."""

    def facts(batch: list[ProfileStatement]) -> Facts:
        def ids(scope: ProfileScope) -> set[str]:
            return {row.content_id for row in batch if row.scope == scope}

        spus = _spus(merchant, batch)
        notes = named(merchant, Note, ids(ProfileScope.NOTE))
        campaigns = named(merchant, Campaign, ids(ProfileScope.CAMPAIGN))
        lives = named(merchant, LiveStream, ids(ProfileScope.LIVE))
        return lambda row: {
            "scope": row.scope,
            "spu_id": spus.get(row.spu_code),
            "note_id": notes[row.content_id] if row.scope == ProfileScope.NOTE else None,
            "campaign_id": campaigns[row.content_id] if row.scope == ProfileScope.CAMPAIGN else None,
            "live_stream_id": lives[row.content_id] if row.scope == ProfileScope.LIVE else None,
            "layer": row.layer or "",
            "dimension": row.dimension,
            "bucket": row.bucket,
            "first_day": row.first_day,
            "last_day": row.last_day,
            "people": row.people,
            "share": row.share,
            "tgi": row.tgi,
        }

    return _put(merchant, ProfileRow, rows, facts, source)


def put_market(merchant: Merchant, rows: Iterable[MarketStatement], *, source: str, by: str) -> Receipt:
    """The same for a marketplace's series."""

    def facts(batch: list[MarketStatement]) -> Facts:
        spus = _spus(merchant, batch)
        return lambda row: {
            "platform": row.platform,
            "spu_id": spus.get(row.spu_code),
            "day": row.day,
            "measure": row.measure,
            "value": row.value,
        }

    return _put(merchant, MarketSeries, rows, facts, source)


def put_promotions(
    merchant: Merchant, rows: Iterable[PromotionStatement], *, source: str, by: str
) -> Receipt:
    """The same for the calendar of promotions."""

    def facts(batch: list[PromotionStatement]) -> Facts:
        spus = _spus(merchant, batch)
        return lambda row: {
            "first_day": row.first_day,
            "last_day": row.last_day,
            "name": row.name,
            "kind": row.kind,
            "platform": row.platform,
            "spu_id": spus.get(row.spu_code),
        }

    return _put(merchant, Promotion, rows, facts, source)


def put_comments(merchant: Merchant, rows: Iterable[CommentStatement], *, source: str, by: str) -> Receipt:
    """Takes in comments: the one told last stands, and no former text is kept."""
    receipt, stream = Receipt(), iter(rows)
    while batch := list(islice(stream, BATCH)):
        with tenancy.acting_for(merchant):
            _lock(merchant, Comment)
            keeping.known(merchant, Kept.COMMENTS, COMMENT_SOURCE)
            _take_comments(merchant, batch, receipt)
    return receipt


def purge_comments(merchant: Merchant, *, now: datetime) -> int:
    """Deletes comments posted before the first day that is kept. Returns how many rows went with them."""
    with tenancy.acting_for(merchant):
        row = keeping.known(merchant, Kept.COMMENTS, COMMENT_SOURCE)
        before = kept_since(merchant, row, now)
        gone, _ = Comment.objects.for_merchant(merchant).filter(posted_at__lt=before).delete()
        if gone:
            audit.record(
                merchant,
                "measurement.keeping.deleted",
                by="system:retention",
                on=row,
                kind=row.kind,
                source=row.source,
                rows=gone,
                before=before.isoformat(),
            )
    return int(gone)


def _put(
    merchant: Merchant, model: Any, rows: Iterable[S], facts: Callable[[list[S]], Facts], source: str
) -> Receipt:
    receipt, stream = Receipt(), iter(rows)
    while batch := list(islice(stream, BATCH)):
        with tenancy.acting_for(merchant):
            _lock(merchant, model)
            _take(merchant, model, batch, facts(batch), source, receipt)
    return receipt


def _lock(merchant: Merchant, model: Any) -> None:
    """One at a time per merchant and table: two batches may state one key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [model._meta.db_table, merchant.pk])


def _take(
    merchant: Merchant, model: Any, batch: list[S], facts: Facts, source: str, receipt: Receipt
) -> None:
    latest = _latest(batch)
    found = model.objects.for_merchant(merchant).filter(
        source=source, natural_key__in=list(latest), replaced_at=None
    )
    standing = {row.natural_key: row for row in found}
    fresh, gone, again = [], [], []
    for key, row in latest.items():
        before = standing.get(key)
        if before is not None:
            if (row.stated_at, row.content_hash) <= (before.told_at, before.content_hash):
                continue
            if row.content_hash == before.content_hash:
                before.told_at = row.stated_at
                again.append(before)
                continue
            before.replaced_at = max(row.stated_at, before.stated_at)
            gone.append(before)
        fresh.append((key, row))
    model.objects.bulk_update(gone, ["replaced_at"], batch_size=500)
    model.objects.bulk_update(again, ["told_at"], batch_size=500)
    model.objects.bulk_create(
        [_row(merchant, model, source, key, row, facts(row)) for key, row in fresh], batch_size=500
    )
    receipt.received += len(batch)
    receipt.replaced += len(gone)
    receipt.added += len(fresh) - len(gone)
    receipt.repeated += len(batch) - len(fresh)


def _row(merchant: Merchant, model: Any, source: str, key: str, row: S, facts: Mapping[str, Any]) -> Any:
    return model(
        merchant=merchant,
        source=source,
        natural_key=key,
        stated_at=row.stated_at,
        told_at=row.stated_at,
        content_hash=row.content_hash,
        **facts,
    )


def _latest(batch: list[S]) -> dict[str, S]:
    rows: dict[str, S] = {}
    for row in batch:
        known = rows.get(row.natural_key)
        if known is None or _rank(row) > _rank(known):
            rows[row.natural_key] = row
    return rows


def _rank(row: Statement) -> tuple[datetime, str]:
    return row.stated_at, row.content_hash


def _take_comments(merchant: Merchant, batch: list[CommentStatement], receipt: Receipt) -> None:
    latest: dict[str, CommentStatement] = {}
    for row in batch:
        known = latest.get(row.external_id)
        if known is None or row.stated_at >= known.stated_at:
            latest[row.external_id] = row
    notes = _notes(merchant, {(row.note_id, "") for row in latest.values()})
    mine = Comment.objects.for_merchant(merchant).filter(external_id__in=list(latest))
    standing = {row.external_id: row for row in mine}
    fresh, changed = [], []
    for key, told in latest.items():
        facts = _of_comment(told, notes)
        before = standing.get(key)
        if before is None:
            fresh.append(Comment(merchant=merchant, external_id=key, **facts))
        elif told.stated_at >= before.stated_at and any(
            getattr(before, name) != value for name, value in facts.items() if name != "stated_at"
        ):
            for name, value in facts.items():
                setattr(before, name, value)
            changed.append(before)
    Comment.objects.bulk_create(fresh, batch_size=500)
    Comment.objects.bulk_update(
        changed,
        ["note", "author_key", "text", "posted_at", "likes", "reply_to", "by_author", "stated_at"],
        batch_size=500,
    )
    receipt.received += len(batch)
    receipt.added += len(fresh)
    receipt.replaced += len(changed)
    receipt.repeated += len(batch) - len(fresh) - len(changed)


def _of_comment(told: CommentStatement, notes: Mapping[str, int]) -> dict[str, Any]:
    return {
        "note_id": notes[told.note_id],
        "author_key": told.author_key,
        "text": told.text,
        "posted_at": told.posted_at,
        "likes": told.likes,
        "reply_to": told.reply_to,
        "by_author": told.by_author,
        "stated_at": told.stated_at,
    }


def _notes(merchant: Merchant, told: set[tuple[str, str]]) -> dict[str, int]:
    """Ids of notes; a title is kept where the note had none."""
    titles = {note_id: title for note_id, title in sorted(told) if note_id}
    ids = named(merchant, Note, titles)
    wanted = {note_id: title for note_id, title in titles.items() if title}
    nameless = list(Note.objects.for_merchant(merchant).filter(external_id__in=wanted, title=""))
    for note in nameless:
        note.title = wanted[note.external_id][:200]
    Note.objects.bulk_update(nameless, ["title"], batch_size=500)
    return ids


def _spus(merchant: Merchant, batch: Iterable[Any]) -> dict[str, int]:
    codes = {row.spu_code for row in batch if row.spu_code}
    known = dict(Spu.objects.for_merchant(merchant).filter(code__in=codes).values_list("code", "id"))
    if unknown := codes - set(known):
        raise KeyError(f"unknown SPU {sorted(unknown)[0]}")
    return known
