"""Taking in cost: one statement of each key stands, former ones stay with the time they were replaced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import F, Q

from measurement.alliance.costs import SpendRow
from measurement.choices import Task
from measurement.models import (
    Agency,
    Blogger,
    Campaign,
    Creative,
    Keyword,
    LiveStream,
    Note,
    Spend,
    Spu,
    Unit,
)
from measurement.operations import asking
from measurement.operations.channels import named
from measurement.process.placement import CODES
from merchants import tenancy
from merchants.models import Merchant

__all__ = ["Receipt", "SpendRow", "key_without_task", "put"]

BATCH = 2_000
AGAIN = "stated_again_at"  # beside the metrics: the last time the standing statement was told once more
HASH = "content_hash"


@dataclass(slots=True)
class Receipt:
    """``received`` = ``added`` + ``replaced`` + ``repeated``: new keys, statements that took the place of
    another, and those that say what is known or are older."""

    received: int = 0
    added: int = 0
    replaced: int = 0
    repeated: int = 0


def put(merchant: Merchant, rows: Iterable[SpendRow], *, source: str, by: str) -> Receipt:
    """Takes in statements of cost in any order, as often as you like.

    Of all statements of a key the offline one stands before a provisional one of the same day, then the
    later ``stated_at``, at equal times the greater content hash. A statement that knows its task takes
    the place of the same one that did not. Content it names is made where it is new. An unknown SPU code
    raises ``KeyError`` and that batch is not stored.
    """
    receipt, stream = Receipt(), iter(rows)
    while batch := list(islice(stream, BATCH)):
        with tenancy.acting_for(merchant), connection.cursor() as cursor:
            # one at a time per merchant: two batches may state one key
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('spend'), %s)", [merchant.pk])
            _Batch(merchant, source).take(batch, receipt)
    if receipt.added or receipt.replaced:
        asking.ask(merchant)
    return receipt


def key_without_task(natural_key: str, task: Task) -> str:
    """The key under which the same cost stood while its task was unknown."""
    return natural_key.removesuffix(f"|{task}")


class _Batch:
    def __init__(self, merchant: Merchant, source: str) -> None:
        self.merchant, self.source = merchant, source

    def take(self, batch: list[SpendRow], receipt: Receipt) -> None:
        receipt.received += len(batch)
        rows = _latest(batch)
        standing = self._standing(key for row in rows.values() for key in _family(row))
        beaten = _beaten(rows, standing)
        content = _Content(self.merchant, rows.values())
        fresh: list[SpendRow] = []
        gone: list[tuple[SpendRow, Spend]] = []
        for key, row in rows.items():
            before = standing.get(key)
            if key in beaten or (before is not None and _rank(row) <= _rank_of(before)):
                continue
            if before is not None and _says_the_same(row, before):
                self._again(before, row)
                continue
            fresh.append(row)
            if before is not None:
                gone.append((row, before))
        gone += [(winner, before) for key, before in standing.items() if (winner := beaten.get(key))]
        self._replace(gone)
        Spend.objects.bulk_create([content.spend(row, self.source) for row in fresh], batch_size=500)
        content.place(fresh)
        replaced = min(len(gone), len(fresh))
        receipt.replaced += replaced
        receipt.added += len(fresh) - replaced
        receipt.repeated += len(batch) - len(fresh)

    def _standing(self, rows: Iterable[str]) -> dict[str, Spend]:
        found = Spend.objects.for_merchant(self.merchant).filter(
            source=self.source, natural_key__in=list(rows), replaced_at=None
        )
        return {row.natural_key: row for row in found}

    def _again(self, before: Spend, row: SpendRow) -> None:
        """The same once more: its beginning stays, so that a past report still finds it."""
        before.metrics[AGAIN] = row.stated_at.isoformat()
        before.save(update_fields=["metrics"])

    def _replace(self, pairs: list[tuple[SpendRow, Spend]]) -> None:
        for row, before in pairs:
            before.replaced_at = max(row.stated_at, before.stated_at)
        Spend.objects.bulk_update([before for _, before in pairs], ["replaced_at"], batch_size=500)


Rank = tuple[bool, datetime, str]


def _rank(row: SpendRow) -> Rank:
    return not row.realtime, row.stated_at, row.content_hash


def _rank_of(before: Spend) -> Rank:
    again = before.metrics.get(AGAIN)
    told_at = max(before.stated_at, datetime.fromisoformat(again)) if again else before.stated_at
    return not before.realtime, told_at, str(before.metrics.get(HASH, ""))


def _says_the_same(row: SpendRow, before: Spend) -> bool:
    return bool(before.metrics.get(HASH) == row.content_hash)


def _family(row: SpendRow) -> list[str]:
    """The keys under which the same cost may stand: with its task, the other task, or none."""
    base = key_without_task(row.natural_key, row.task)
    return [base, *(f"{base}|{task}" for task in (Task.IN_TASK, Task.OUT_OF_TASK))]


def _beaten(rows: Mapping[str, SpendRow], standing: Mapping[str, Spend]) -> dict[str, SpendRow | None]:
    """Of one cost told both with and without its task, the keys of the side that was told earlier, with a row
    of the batch that won, if one did. At one time the side that knows the task stays."""
    latest: dict[tuple[str, bool], tuple[datetime, SpendRow | None]] = {}
    keys: dict[tuple[str, bool], set[str]] = defaultdict(set)
    stood = [(_rank_of(row)[1], row.natural_key, row.task, None) for row in standing.values()]
    for at, key, task, row in stood + [(r.stated_at, r.natural_key, r.task, r) for r in rows.values()]:
        side = (key_without_task(key, Task(task)), task != Task.UNKNOWN)
        keys[side].add(key)
        if side not in latest or at > latest[side][0]:
            latest[side] = (at, row)
    beaten: dict[str, SpendRow | None] = {}
    for base in {base for base, _ in latest}:
        knows, silent = latest.get((base, True)), latest.get((base, False))
        if knows and silent:
            side_that_knows_loses = knows[0] < silent[0]
            winner = silent[1] if side_that_knows_loses else knows[1]
            beaten |= dict.fromkeys(keys[base, side_that_knows_loses], winner)
    return beaten


def _latest(batch: list[SpendRow]) -> dict[str, SpendRow]:
    rows: dict[str, SpendRow] = {}
    for row in batch:
        if row.natural_key not in rows or _rank(row) > _rank(rows[row.natural_key]):
            rows[row.natural_key] = row
    return rows


class _Content:
    """What the rows name, by id: looked up once for all of them, made where it is new."""

    def __init__(self, merchant: Merchant, rows: Iterable[SpendRow]) -> None:
        self.merchant = merchant
        rows = list(rows)
        self.bloggers = _with_names(merchant, Blogger, ((r.blogger_id, r.blogger_name) for r in rows))
        self.agencies = named(merchant, Agency, {r.agency for r in rows}, field="code", label="name")
        self.notes = _with_names(merchant, Note, ((r.note_id, r.note_title) for r in rows), field="title")
        self.campaigns = _with_names(merchant, Campaign, ((r.campaign_id, r.campaign_name) for r in rows))
        self.creatives = _with_names(merchant, Creative, ((r.creative_id, r.creative_name) for r in rows))
        self.keywords = named(merchant, Keyword, {r.keyword for r in rows}, field="word")
        self.lives = named(merchant, LiveStream, {r.live_id for r in rows})
        self.units = self._units(rows)
        self.spus = _spus(merchant, {r.spu_code for r in rows if r.spu_code})
        self._link(rows)

    def spend(self, row: SpendRow, source: str) -> Spend:
        return Spend(
            merchant=self.merchant,
            source=source,
            natural_key=row.natural_key,
            level=row.level,
            kind=row.kind,
            task=row.task,
            day=row.day,
            fen=row.fen,
            note_id=self.notes.get(row.note_id),
            campaign_id=self.campaigns.get(row.campaign_id),
            unit_id=self.units.get(row.unit_id),
            creative_id=self.creatives.get(row.creative_id),
            keyword_id=self.keywords.get(row.keyword),
            blogger_id=self.bloggers.get(row.blogger_id),
            agency_id=self.agencies.get(row.agency),
            live_stream_id=self.lives.get(row.live_id),
            spu_id=self.spus.get(row.spu_code),
            metrics={**row.metrics, HASH: row.content_hash},
            realtime=row.realtime,
            stated_at=row.stated_at,
        )

    def place(self, rows: list[SpendRow]) -> None:
        """Statements that now stand tell where their campaigns do: of known placements the one told last."""
        told: dict[int, str] = {}
        for row in sorted(rows, key=lambda row: row.stated_at):
            pk, placement = self.campaigns.get(row.campaign_id), str(row.metrics.get("placement") or "")
            if pk is not None and placement in CODES:
                told[pk] = placement
        moved = []
        for campaign in Campaign.objects.for_merchant(self.merchant).filter(pk__in=told):
            if CODES.get(campaign.placement) != CODES[told[campaign.pk]]:
                campaign.placement = told[campaign.pk]
                moved.append(campaign)
        Campaign.objects.bulk_update(moved, ["placement"], batch_size=500)

    def _units(self, rows: list[SpendRow]) -> dict[str, int]:
        """Units need their campaign; one without is not kept."""
        units = {
            row.unit_id: Unit(
                merchant=self.merchant,
                external_id=row.unit_id,
                name=row.unit_name[:200],
                campaign_id=self.campaigns[row.campaign_id],
            )
            for row in rows
            if row.unit_id and row.campaign_id
        }
        Unit.objects.bulk_create(units.values(), ignore_conflicts=True)
        mine = Unit.objects.for_merchant(self.merchant).filter(external_id__in=units)
        return dict(mine.values_list("external_id", "id"))

    def _link(self, rows: list[SpendRow]) -> None:
        """Fills in what belongs to what, where it was not known: a later word does not move it."""
        notes, creatives, campaigns = _Blanks(Note), _Blanks(Creative), _Blanks(Campaign)
        for row in rows:
            notes.tell(self.notes.get(row.note_id), "blogger_id", self.bloggers.get(row.blogger_id))
            notes.tell(self.notes.get(row.note_id), "cover", row.note_cover[:300])
            creative = self.creatives.get(row.creative_id)
            creatives.tell(creative, "campaign_id", self.campaigns.get(row.campaign_id))
            creatives.tell(creative, "unit_id", self.units.get(row.unit_id))
            creatives.tell(creative, "note_id", self.notes.get(row.note_id))
            campaign = self.campaigns.get(row.campaign_id)
            campaigns.tell(campaign, "advertiser_id", row.advertiser_id[:40])
            campaigns.tell(campaign, "placement", str(row.metrics.get("placement") or "")[:20])
        for blanks in (notes, creatives, campaigns):
            blanks.fill(self.merchant)


class _Blanks:
    """Facts for rows of one model, written only where the row says nothing yet."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.told: dict[int, dict[str, Any]] = defaultdict(dict)

    def tell(self, pk: int | None, field: str, value: Any) -> None:
        if pk is not None and value:
            self.told[pk].setdefault(field, value)

    def fill(self, merchant: Merchant) -> None:
        changed, fields = [], {field for facts in self.told.values() for field in facts}
        for row in self.model.objects.for_merchant(merchant).filter(pk__in=self.told):
            blank = {field: value for field, value in self.told[row.pk].items() if not getattr(row, field)}
            for field, value in blank.items():
                setattr(row, field, value)
            if blank:
                changed.append(row)
        names = [field.removesuffix("_id") if field != "advertiser_id" else field for field in fields]
        if changed:
            self.model.objects.bulk_update(changed, names, batch_size=500)


def _with_names(
    merchant: Merchant, model: Any, pairs: Iterable[tuple[str, str]], *, field: str = "name"
) -> dict[str, int]:
    """Ids by external id; the name that a row tells is kept where there was none (or only the id)."""
    names: dict[str, str] = {}
    for external, name in pairs:
        names[external] = name or names.get(external, "")
    ids = named(merchant, model, names, label="name" if model is Blogger else "")
    told = {external: name for external, name in names.items() if external and name}
    limit = model._meta.get_field(field).max_length
    rows = model.objects.for_merchant(merchant).filter(external_id__in=told)
    nameless = list(rows.filter(Q(**{field: ""}) | Q(**{field: F("external_id")})))
    for row in nameless:
        setattr(row, field, told[row.external_id][:limit])
    model.objects.bulk_update(nameless, [field], batch_size=500)
    return ids


def _spus(merchant: Merchant, codes: set[str]) -> dict[str, int]:
    known = dict(Spu.objects.for_merchant(merchant).filter(code__in=codes).values_list("code", "id"))
    if unknown := codes - set(known):
        raise KeyError(f"unknown SPU {sorted(unknown)[0]}")
    return known
