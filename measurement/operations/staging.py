"""Touches on their way in: packed by numpy, loaded by binary COPY into an unindexed temporary table.

Every row of one block has the same width, so that a block is one structured array and no Python loop
runs over its fields: rows are grouped by the length of their ``tie`` and by what is null. Blocks that tell
no reading times and devices do not send these columns at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
from psycopg.copy import QueuedLibpqWriter

TABLE = "touch_staging"
BEGIN = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS {TABLE} (
    person_key uuid, spu_id bigint, channel_id bigint, occurred_at timestamptz, tie varchar(120) COLLATE "C",
    natural_key uuid, revision uuid, modified_at timestamptz, dwell_seconds integer, device bigint,
    sign smallint DEFAULT 1  -- -1: a stored touch that was retracted, staged because it changes what hangs on it
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS touch_known (
    natural_key uuid, revision uuid, occurred_at timestamptz  -- stored versions of the touches in staging
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS touch_several (
    natural_key uuid  -- touches with more than one version
) ON COMMIT DELETE ROWS;
DELETE FROM {TABLE}; DELETE FROM touch_known; DELETE FROM touch_several;
"""
FIELDS = "person_key, spu_id, channel_id, occurred_at, tie, natural_key, revision, modified_at"
COPY = f"COPY {TABLE} ({FIELDS}) FROM STDIN (FORMAT binary)"
COPY_READINGS = f"COPY {TABLE} ({FIELDS}, dwell_seconds, device) FROM STDIN (FORMAT binary)"
HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
EPOCH_US = 946_684_800_000_000  # Postgres counts microseconds from 2000-01-01
NULL = np.iinfo(np.int64).min  # stands for null in whole-number columns
BEYOND_TIES = 4 * 512  # above the groups by tie, of at most 120 characters of four bytes
SLICE = 8_192  # rows packed at once: about 1 MB, which stays in the processor's cache


Ints = npt.NDArray[np.int64]
Bytes16 = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Readings:
    """Seconds that each touch lasted and the mark of its device; ``NULL`` where unknown."""

    dwell: Ints
    device: Ints


@dataclass(frozen=True, slots=True)
class TouchColumns:
    """A block of touches, column by column, all of one length. Times are microseconds since 1970 UTC;
    ``NULL`` marks an unknown ``spu`` or ``modified``. ``tie`` is ASCII or UTF-8 bytes, fixed width,
    without trailing NUL. ``readings`` is None where no row tells one."""

    person: Bytes16
    spu: Ints
    channel: Ints
    occurred: Ints
    tie: npt.NDArray[np.bytes_]
    natural: Bytes16
    revision: Bytes16
    modified: Ints
    readings: Readings | None = None

    def __len__(self) -> int:
        return len(self.channel)


def begin(cursor: Any) -> None:
    """Empty staging tables; a transaction around this one may have staged before."""
    cursor.execute(BEGIN)


def load(cursor: Any, blocks: Iterable[TouchColumns]) -> int:
    """Loads the blocks into the staging table, those of equal columns by one COPY, and returns how many rows
    it took. A thread sends while the next rows are packed."""
    rows = 0
    plain = cursor.cursor  # psycopg's own: Django's debug cursor takes no writer
    for tells, alike in groupby(blocks, key=lambda block: block.readings is not None):
        with plain.copy(COPY_READINGS if tells else COPY, writer=QueuedLibpqWriter(plain)) as copy:
            copy.write(HEADER)
            for block in alike:
                rows += len(block)
                for packed in pack(block):
                    copy.write(packed)
            copy.write(TRAILER)
    return rows


def pack(columns: TouchColumns) -> Iterator[bytes]:
    """The rows as COPY binary, without header and trailer."""
    group = np.strings.str_len(columns.tie) * 4 + (columns.spu == NULL) * 2 + (columns.modified == NULL)
    if told := columns.readings:
        group = group + ((told.dwell == NULL) * 2 + (told.device == NULL)) * BEYOND_TIES
    for start in range(0, len(columns), SLICE):
        part = group[start : start + SLICE]
        for value in np.unique(part):
            rows = start + np.flatnonzero(part == value)
            yield _block(columns, rows, int(value))


def _block(columns: TouchColumns, rows: npt.NDArray[np.intp], group: int) -> bytes:
    missing, plain = divmod(group, BEYOND_TIES)
    tie_length, no_spu, no_time = plain // 4, bool(plain & 2), bool(plain & 1)
    fields: list[tuple[str, Any, Any]] = [
        ("person", "V16", columns.person[rows]),
        ("spu", None if no_spu else ">i8", columns.spu[rows]),
        ("channel", ">i8", columns.channel[rows]),
        ("occurred", ">i8", columns.occurred[rows] - EPOCH_US),
        ("tie", f"S{tie_length}", columns.tie[rows]),
        ("natural", "V16", columns.natural[rows]),
        ("revision", "V16", columns.revision[rows]),
        ("modified", None if no_time else ">i8", columns.modified[rows] - (0 if no_time else EPOCH_US)),
    ]
    if told := columns.readings:
        fields += [
            ("dwell", None if missing & 2 else ">i4", told.dwell[rows]),
            ("device", None if missing & 1 else ">i8", told.device[rows]),
        ]
    layout: list[tuple[str, Any]] = [("count", ">i2")]
    for name, kind, _ in fields:
        layout.append((f"{name}_size", ">i4"))
        if kind is not None:
            layout.append((name, kind))
    block = np.empty(len(rows), dtype=layout)
    block["count"] = len(fields)
    for name, kind, values in fields:
        block[f"{name}_size"] = -1 if kind is None else np.dtype(kind).itemsize
        if kind is not None:
            block[name] = values
    return block.tobytes()
