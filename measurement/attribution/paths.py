"""Many journeys as columns of numbers, and the models that look at one journey at a time.

A path is the channels of a journey in order; the journeys that took the same path are counted together:
how many ended with an order, what those were worth, and how many ended without one. All sums here are of
such counts, so it never matters whether a path stands in one row or in several.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_FEW = 4_000_000
"""Cells that may be counted in one table; more are counted by sorting."""


@dataclass(frozen=True)
class Paths:
    """Paths in three steps: their `channels` by number, the numbers one path after the other in `steps`,
    and in `ends` where each path ends there. `conversions`, `value` and `nulls` count the journeys of each
    path that ended with an order, the worth of those, and those that ended without. No path is empty."""

    channels: tuple[str, ...]
    steps: Whole
    ends: Whole
    conversions: Floats
    value: Floats
    nulls: Floats

    def __len__(self) -> int:
        return len(self.ends)

    @cached_property
    def starts(self) -> Whole:
        """Where each path begins in `steps`."""
        return np.concatenate([np.zeros(1, np.int64), self.ends])[:-1]

    @cached_property
    def lengths(self) -> Whole:
        """Touches of each path."""
        return self.ends - self.starts

    @cached_property
    def path_of_step(self) -> Whole:
        """Which path each step belongs to."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @cached_property
    def kinds_of_length(self) -> Whole:
        """The different lengths of paths, ascending."""
        return np.unique(self.lengths)

    @cached_property
    def kind_of_path(self) -> Whole:
        """The place of each path's length in `kinds_of_length`."""
        return np.searchsorted(self.kinds_of_length, self.lengths)

    @cached_property
    def distinct(self) -> Paths:
        """The same paths with each channel only where it stood first; the order of first meetings stays."""
        pair = self.path_of_step * max(1, len(self.channels)) + self.steps
        first = np.sort(np.unique(pair, return_index=True)[1])
        ends = np.cumsum(np.bincount(self.path_of_step[first], minlength=len(self)))
        return Paths(self.channels, self.steps[first], ends, self.conversions, self.value, self.nulls)


def of_rows(rows: Sequence[tuple[Sequence[str], float, float, float]]) -> Paths:
    """Paths from rows of (channels in order, conversions, value, nulls); channels are numbered by name.

    Raises ValueError for a path without a channel.
    """
    if any(not row[0] for row in rows):
        raise ValueError("a path without a channel")
    channels = tuple(sorted({name for row in rows for name in row[0]}))
    number = {name: code for code, name in enumerate(channels)}
    steps = np.array([number[name] for row in rows for name in row[0]], dtype=np.int64)
    ends = np.cumsum(np.array([len(row[0]) for row in rows], dtype=np.int64))
    counts = np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 3)
    return Paths(channels, steps, ends, counts[:, 0], counts[:, 1], counts[:, 2])


def sums(places: Whole, weights: ArrayLike, size: int) -> Floats:
    """Adds the weights of each place, exactly but for the last rounding.

    Each weight is cut at one binary digit for all: the upper parts are whole multiples of it and add up
    without rounding, the lower parts are too small for theirs to be seen.
    """
    weights = np.asarray(weights, dtype=np.float64)
    most = float(np.abs(weights).sum())
    if not most:
        return np.zeros(size)
    grain = 2.0 ** (np.ceil(np.log2(most)) - 51)
    if not grain:  # everything is next to nothing: there is no smaller digit to cut at
        return np.asarray(np.bincount(places, weights, size), dtype=np.float64)
    upper = np.round(weights / grain) * grain
    return np.asarray(np.bincount(places, upper, size) + np.bincount(places, weights - upper, size))


def first(paths: Paths, weight: Floats) -> Floats:
    """All to the channel of the first touch."""
    return sums(paths.steps[paths.starts], weight, len(paths.channels))


def last(paths: Paths, weight: Floats) -> Floats:
    """All to the channel of the last touch."""
    return sums(paths.steps[paths.ends - 1], weight, len(paths.channels))


def linear(paths: Paths, weight: Floats) -> Floats:
    """The same to each touch; a channel that is met twice gets two parts."""
    every = _by_length(paths, paths.steps, paths.path_of_step, weight)
    return np.asarray((every / paths.kinds_of_length).sum(axis=1))


def position(paths: Paths, weight: Floats) -> Floats:
    """40 % to each end, 20 % shared by all touches between; the same to each of fewer than 3."""
    each, lengths = np.arange(len(paths)), paths.kinds_of_length
    every = _by_length(paths, paths.steps, paths.path_of_step, weight)
    ends: Floats = _by_length(paths, paths.steps[paths.starts], each, weight)
    ends = ends + _by_length(paths, paths.steps[paths.ends - 1], each, weight)
    long = 0.4 * ends + 0.2 / np.maximum(lengths - 2, 1) * (every - ends)
    return np.asarray(np.where(lengths < 3, every / lengths, long).sum(axis=1))


def linear_distinct(paths: Paths, weight: Floats) -> Floats:
    """The same to each channel of the path, however often it is met."""
    return linear(paths.distinct, weight)


def position_distinct(paths: Paths, weight: Floats) -> Floats:
    """As `position`, over the channels of the path in the order in which they were first met."""
    return position(paths.distinct, weight)


RULES: dict[str, Callable[[Paths, Floats], Floats]] = {
    "first": first,
    "last": last,
    "linear": linear,
    "position": position,
}
"""The models that share out one path at a time; `decay` needs times, which a path has not."""

DISTINCT_RULES: dict[str, Callable[[Paths, Floats], Floats]] = {
    "linear_distinct": linear_distinct,
    "position_distinct": position_distinct,
}
"""Two of them over channels instead of touches, under names of their own: they are other models."""


def _by_length(paths: Paths, codes: Whole, path_of: Whole, weight: Floats) -> Floats:
    """The weights of the paths that `codes` belong to, added up by channel and length of the path: a row for
    each channel, a column for each of `kinds_of_length`. Dividing comes after adding, so whole counts stay
    exact."""
    width = len(paths.kinds_of_length)
    cells = codes * width + paths.kind_of_path[path_of]
    table = _table(cells, weight[path_of], len(paths.channels) * width)
    return table.reshape(len(paths.channels), width)


def _table(cells: Whole, weights: Floats, size: int) -> Floats:
    if size <= _FEW:
        return sums(cells, weights, size)
    found, place = np.unique(cells, return_inverse=True)
    table = np.zeros(size)
    table[found] = sums(place, weights, len(found))
    return table
