"""Counted journeys as a block of bytes: what one day holds, and how days are added up.

A block is a compressed archive of NumPy columns, so that a quarter of millions of journeys is read in well
under a second. Channels are numbers that only the caller can name.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from measurement.attribution.paths import Floats, Paths, Whole, sums

_COLUMNS = ("steps", "lengths", "spus", "ordered", "declared", "lost", "fen")


class Counted(NamedTuple):
    """Journeys about one SPU (0: none) that took one path: how many ended with an order of the same person,
    with one that named its content itself, without one; and the fen of their orders."""

    spu: int
    path: Sequence[int]
    ordered: int
    declared: int
    lost: int
    fen: int


@dataclass(frozen=True)
class Block:
    """Columns of `Counted`: `steps` holds the paths one after the other, `lengths` their lengths."""

    steps: Whole
    lengths: Whole
    spus: Whole
    ordered: Whole
    declared: Whole
    lost: Whole
    fen: Whole

    @property
    def channels(self) -> Whole:
        """The different channels, ascending."""
        return np.unique(self.steps)

    def only(self, chosen: NDBool) -> Block:
        """The paths for which `chosen` is true."""
        steps = self.steps[np.repeat(chosen, self.lengths)]
        return Block(steps, *(getattr(self, name)[chosen] for name in _COLUMNS[1:]))

    def of_spu(self, spu: int) -> Block:
        return self.only(self.spus == spu)

    def paths(self, names: Mapping[int, str]) -> Paths:
        """The journeys of known persons, with each channel under its name; channels of one name are one.
        Orders that name their content themselves are no journeys of a person and stay out."""
        known = self.only((self.ordered > 0) | (self.lost > 0))
        labels = sorted({names[int(channel)] for channel in known.channels})
        code = {label: place for place, label in enumerate(labels)}
        table = np.array([code[names[int(channel)]] for channel in known.channels], dtype=np.int64)
        steps = table[np.searchsorted(known.channels, known.steps)] if len(table) else known.steps
        fen = np.where(known.ordered > 0, known.fen, 0)
        return Paths(
            tuple(labels),
            steps,
            np.cumsum(known.lengths),
            known.ordered.astype(np.float64),
            fen.astype(np.float64),
            known.lost.astype(np.float64),
        )

    def declared_by(self, names: Mapping[int, str]) -> dict[str, tuple[int, int]]:
        """Orders that name their content, and their fen, by the name of the channel."""
        told = self.only(self.declared > 0)
        channels = told.channels
        place = np.searchsorted(channels, told.steps)
        found: dict[str, tuple[int, int]] = {}
        counts, fen = sums(place, told.declared, len(channels)), sums(place, told.fen, len(channels))
        for channel, count, amount in zip(channels, counts, fen, strict=True):
            before = found.get(names[int(channel)], (0, 0))
            found[names[int(channel)]] = (before[0] + round(count), before[1] + round(amount))
        return found


NDBool = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def pack(rows: Iterable[Counted]) -> bytes:
    """Rows as a block. The same rows in any order give the same bytes."""
    ordered = sorted(rows, key=lambda row: (row.spu, tuple(row.path), row.declared > 0))
    columns = {
        "steps": [channel for row in ordered for channel in row.path],
        "lengths": [len(row.path) for row in ordered],
        "spus": [row.spu for row in ordered],
        "ordered": [row.ordered for row in ordered],
        "declared": [row.declared for row in ordered],
        "lost": [row.lost for row in ordered],
        "fen": [row.fen for row in ordered],
    }
    out = io.BytesIO()
    np.savez_compressed(
        out, allow_pickle=False, **{name: np.array(column, np.int64) for name, column in columns.items()}
    )
    return out.getvalue()


def added(blocks: Iterable[bytes | memoryview]) -> Block:
    """Several blocks as one."""
    columns: dict[str, list[Whole]] = {name: [np.zeros(0, np.int64)] for name in _COLUMNS}
    for block in blocks:
        with np.load(io.BytesIO(bytes(block)), allow_pickle=False) as archive:
            for name in _COLUMNS:
                columns[name].append(archive[name])
    return Block(*(np.concatenate(columns[name]) for name in _COLUMNS))


def whole(amounts: Floats, total: int) -> list[int]:
    """Amounts as whole fen that add up to `total`: rounded down, what is left over to the largest rests, the
    earlier one first."""
    parts = np.floor(amounts).astype(np.int64)
    rests = np.argsort(-(amounts - parts), kind="stable")
    left = total - int(parts.sum())
    parts[rests[: max(0, left)]] += 1
    return [int(part) for part in parts]
