"""Taking in touchpoints: any order, any batch size, as often as you like; the same touches stand."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
from django.db import connection

from measurement.attribution.touches import tie
from measurement.choices import Kept, TouchKind
from measurement.models import Spu
from measurement.operations import keeping, marks, staging, tallies
from measurement.operations.channels import ChannelRef, resolve
from measurement.operations.locks import Lock, hold
from merchants import tenancy
from merchants.models import Merchant

BLOCK = 50_000  # rows packed at once: bounds the memory
BATCH = 500_000  # rows of one transaction: large enough that looking for earlier versions is one hash join
FEW = 1_000  # rows that need no fresh statistics to be joined well
MANY_PERSONS = 20_000  # beyond this a change names its span instead of its persons


@dataclass(frozen=True, slots=True)
class TouchRow:
    """One touchpoint as a source states it. ``external_id`` is the source's own id ("" if it has none);
    ``spu_code`` is empty when the content says what it is about; ``device`` is the mark of a device
    (:func:`merchants.identity.device_mark`), never the device."""

    external_id: str
    person_key: uuid.UUID
    kind: TouchKind
    occurred_at: datetime
    modified_at: datetime | None = None
    spu_code: str = ""
    note_id: str = ""
    live_id: str = ""
    creative_id: str = ""
    campaign_id: str = ""
    keyword: str = ""
    blogger_id: str = ""
    dwell_seconds: int | None = None
    device: int | None = None

    @property
    def channel(self) -> ChannelRef:
        return ChannelRef(
            kind=str(self.kind),
            note_id=self.note_id,
            live_id=self.live_id,
            creative_id=self.creative_id,
            campaign_id=self.campaign_id,
            keyword=self.keyword,
            blogger_id=self.blogger_id,
        )


@dataclass(slots=True)
class Receipt:
    """What became of the rows: ``received`` = ``added`` + ``repeated``; ``retracted`` earlier versions
    gave way to a correction."""

    received: int = 0
    added: int = 0
    repeated: int = 0
    retracted: int = 0


def put(merchant: Merchant, rows: Iterable[TouchRow], *, source: str, by: str) -> Receipt:
    """Takes in touches; returns when they are stored. Streams: memory does not grow with the rows.

    A touch is known by (source, its id), or by its content where it has no id. The same row again is a
    repeat. A changed one (another time, person or channel) is a new version: of all versions of a touch
    the one with the later ``modified_at`` stands, at equal times the greater content hash, so the order
    of arrival never matters. An unknown SPU code raises ``KeyError`` and that batch is not stored.
    """
    receipt = Receipt()
    rows = iter(rows)
    while batch := list(islice(rows, BLOCK)):
        with tenancy.acting_for(merchant), connection.cursor() as cursor:
            _begin(cursor, merchant)
            origin = keeping.known(merchant, Kept.TOUCHES, source).pk
            staged = 0
            while batch:
                _stage(cursor, merchant, batch, source)
                staged += len(batch)
                batch = list(islice(rows, BLOCK)) if staged < BATCH else []
            added, retracted = _settle(cursor, merchant, staged, origin)
        receipt.received += staged
        receipt.added += added
        receipt.repeated += staged - added
        receipt.retracted += retracted
    return receipt


def put_columns(merchant: Merchant, blocks: Iterable[staging.TouchColumns]) -> Receipt:
    """As :func:`put`, for callers that hold columns with ids resolved (bulk loads, benchmarks)."""
    receipt = Receipt()
    blocks = iter(blocks)
    while first := next(blocks, None):
        with tenancy.acting_for(merchant), connection.cursor() as cursor:
            _begin(cursor, merchant)
            staged = staging.load(cursor, _batch(first, blocks))
            added, retracted = _settle(cursor, merchant, staged)
        receipt.received += staged
        receipt.added += added
        receipt.repeated += staged - added
        receipt.retracted += retracted
    return receipt


def _batch(
    first: staging.TouchColumns, others: Iterator[staging.TouchColumns]
) -> Iterator[staging.TouchColumns]:
    """Blocks of one transaction, the one already taken first."""
    yield first
    rows = len(first)
    while rows < BATCH and (block := next(others, None)):
        rows += len(block)
        yield block


def _begin(cursor: Any, merchant: Merchant) -> None:
    hold(merchant, Lock.TOUCHES)  # one at a time: two batches with the same touch would both find it new
    staging.begin(cursor)


def _stage(cursor: Any, merchant: Merchant, rows: list[TouchRow], source: str) -> None:
    spus = _spus(merchant, {row.spu_code for row in rows if row.spu_code})
    channels = resolve(merchant, {row.channel for row in rows})
    staging.load(cursor, [_columns(rows, source, spus, {ref.key: pk for ref, pk in channels.items()})])


def _spus(merchant: Merchant, codes: set[str]) -> dict[str, int]:
    known = dict(Spu.objects.for_merchant(merchant).filter(code__in=codes).values_list("code", "id"))
    if unknown := codes - set(known):
        raise KeyError(f"unknown SPU {sorted(unknown)[0]}")
    return known


def _columns(
    rows: list[TouchRow], source: str, spus: dict[str, int], channels: dict[str, int]
) -> staging.TouchColumns:
    names = list(_names(rows, source))
    return staging.TouchColumns(
        person=np.frombuffer(b"".join(row.person_key.bytes for row in rows), dtype="V16"),
        spu=np.array([spus[row.spu_code] if row.spu_code else staging.NULL for row in rows], dtype=np.int64),
        channel=np.array([channels[row.channel.key] for row in rows], dtype=np.int64),
        occurred=np.array([_micros(row.occurred_at) for row in rows], dtype=np.int64),
        tie=np.array([name[2] for name in names], dtype=np.bytes_),
        natural=np.frombuffer(b"".join(name[0] for name in names), dtype="V16"),
        revision=np.frombuffer(b"".join(name[1] for name in names), dtype="V16"),
        modified=np.array(
            [_micros(row.modified_at) if row.modified_at else staging.NULL for row in rows], dtype=np.int64
        ),
        readings=_readings(rows),
    )


def _readings(rows: list[TouchRow]) -> staging.Readings | None:
    if all(row.dwell_seconds is None and row.device is None for row in rows):
        return None

    def column(values: Iterable[int | None]) -> staging.Ints:
        return np.array([staging.NULL if value is None else value for value in values], dtype=np.int64)

    return staging.Readings(column(row.dwell_seconds for row in rows), column(row.device for row in rows))


def _names(rows: list[TouchRow], source: str) -> Iterator[tuple[bytes, bytes, bytes]]:
    """(natural key, revision, tie) of each row; 128-bit hashes of what they stand for."""
    for row in rows:
        content = f"{row.person_key.hex}|{_micros(row.occurred_at)}|{row.spu_code}|{row.channel.key}"
        version = f"{content}|{_micros(row.modified_at) if row.modified_at else ''}"
        if row.dwell_seconds is not None or row.device is not None:
            version += f"|{row.dwell_seconds}|{row.device}"  # without them, the version it always was
        revision = _hash(version)
        natural = _hash(f"{source}\0{row.external_id}" if row.external_id else f"{source}\0\0{content}")
        yield natural, revision, _tie(row.external_id or natural.hex(), natural)


def _tie(name: str, natural: bytes) -> bytes:
    text = tie(name)
    # the column holds 120 characters; a longer name is cut and told apart by its hash
    return (text if len(text) <= 120 else text[:88] + natural.hex()).encode()


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _micros(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _settle(cursor: Any, merchant: Merchant, staged: int, origin: int | None = None) -> tuple[int, int]:
    """From staging into the partitions: (added, retracted); records the change for the lines it hits."""
    own = {"merchant": merchant.pk, "origin": origin}
    cursor.execute(
        f"""SELECT measurement_add_touch_months(min(occurred_at)::date - 1, max(occurred_at)::date + 1)
        FROM {staging.TABLE}"""
    )
    if staged > FEW:
        cursor.execute(f"ANALYZE {staging.TABLE} (natural_key)")  # or the join below becomes a nested loop
    cursor.execute(_KNOWN, own)
    if cursor.rowcount:
        cursor.execute(_DROP_REPEATED)
    cursor.execute(_INSERT, own)
    added = int(cursor.rowcount)
    if not added:
        return 0, 0
    retracted = _retract(cursor, own)
    record_change(cursor, merchant)
    return added, retracted


def _retract(cursor: Any, own: dict[str, Any]) -> int:
    """Of all versions of a touch one stands; only names that have several are looked at."""
    cursor.execute(_SEVERAL)
    several = int(cursor.rowcount)
    if not several:
        return 0
    if several > FEW:
        cursor.execute("ANALYZE touch_several")
    cursor.execute(_RETRACT, own)
    return int(cursor.fetchone()[0])


# Looked up once, for the repeats as for the retractions: it is the one step that grows with what is stored.
_KNOWN = f"""
INSERT INTO touch_known
SELECT natural_key, revision, occurred_at FROM measurement_touch
WHERE merchant_id = %(merchant)s AND natural_key IN (SELECT natural_key FROM {staging.TABLE})
"""

_DROP_REPEATED = f"""
DELETE FROM {staging.TABLE} s USING touch_known k
WHERE s.natural_key = k.natural_key AND s.revision = k.revision AND s.occurred_at = k.occurred_at
"""

# Sorted, so that the touches of a person lie side by side in the heap and in the index.
_INSERT = f"""
INSERT INTO measurement_touch
    (merchant_id, person_key, spu_id, channel_id, occurred_at, tie, natural_key, revision, modified_at,
     dwell_seconds, device, source)
SELECT DISTINCT ON (person_key, occurred_at, natural_key, revision)
    %(merchant)s, person_key, spu_id, channel_id, occurred_at, tie, natural_key, revision, modified_at,
    dwell_seconds, device, %(origin)s::bigint
FROM {staging.TABLE}
ORDER BY person_key, occurred_at, natural_key, revision
"""

_SEVERAL = f"""
INSERT INTO touch_several
SELECT natural_key FROM (
    SELECT natural_key FROM {staging.TABLE}
    UNION ALL
    SELECT natural_key FROM touch_known WHERE natural_key IN (SELECT natural_key FROM {staging.TABLE})
) versions
GROUP BY natural_key HAVING count(*) > 1
"""

# The retracted and the restored ones hit lines too, so their persons join the fresh ones in staging.
_RETRACT = f"""
WITH ranked AS (
    SELECT id, occurred_at, row_number() OVER (
        PARTITION BY natural_key ORDER BY modified_at DESC NULLS LAST, revision DESC, occurred_at DESC
    ) > 1 AS retracted
    FROM measurement_touch
    WHERE merchant_id = %(merchant)s AND natural_key IN (SELECT natural_key FROM touch_several)
), turned AS (
    UPDATE measurement_touch t SET retracted = r.retracted FROM ranked r
    WHERE t.merchant_id = %(merchant)s AND t.id = r.id AND t.occurred_at = r.occurred_at
      AND t.retracted <> r.retracted
    RETURNING t.person_key, t.spu_id, t.channel_id, t.occurred_at, r.retracted
), also AS (
    INSERT INTO {staging.TABLE} (person_key, spu_id, channel_id, occurred_at, sign)
    SELECT person_key, spu_id, channel_id, occurred_at, CASE WHEN retracted THEN -1 ELSE 1 END FROM turned
)
SELECT count(*) FILTER (WHERE retracted) FROM turned
"""


def record_change(cursor: Any, merchant: Merchant, cause: str = "touches") -> None:
    """Marks what hangs on the touches in staging: those that came, and with sign -1 those that went."""
    cursor.execute(
        f"SELECT count(DISTINCT person_key), min(occurred_at), max(occurred_at), count(*) FROM {staging.TABLE}"
    )
    persons, first_at, last_at, rows = cursor.fetchone()
    tallies.mark(cursor, merchant, first_at, last_at, rows)
    if persons > MANY_PERSONS:
        marks.change(merchant, cause, span=[first_at.isoformat(), last_at.isoformat()])
        return
    row = marks.change(merchant, cause)
    cursor.execute(
        f"""INSERT INTO measurement_touchedperson (merchant_id, change_id, person_key, first_at, last_at)
        SELECT %s, %s, person_key, min(occurred_at), max(occurred_at)
        FROM {staging.TABLE} GROUP BY person_key""",
        [merchant.pk, row.pk],
    )
