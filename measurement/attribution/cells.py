"""Credit in columns: what each order gave to each channel by the touches of one day (pure).

A cell is (order, person, channel, SPU, platform, grade, touch day, order day) with its fen under each model.
Sums of cells are exact whole numbers; orders and people are counted over the cells of a slice, because they
do not add up. One order day is kept as a block of bytes, so that a report of a month reads some dozens of
rows instead of some ten thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Chosen = NDArray[np.bool_]

NOBODY = 0  # of persons; also of channels and SPUs: none
UNTOUCHED = -1  # age of a cell that no touch is behind
_EPOCH = date(1970, 1, 1).toordinal()
_COLUMNS = ("order", "person", "channel", "spu", "platform", "grade", "order_day", "age")
_KEYS = np.dtype(
    [
        ("order", "<i8"),
        ("person", "<i8"),
        ("channel", "<i8"),
        ("spu", "<i8"),
        ("age", "<i4"),
        ("platform", "<i2"),
        ("grade", "<i2"),
    ]
)


def day_number(day: date) -> int:
    """Days since 1970."""
    return day.toordinal() - _EPOCH


def day_of_number(number: int) -> date:
    return date.fromordinal(int(number) + _EPOCH)


@dataclass(frozen=True, slots=True)
class Cells:
    """Columns of equal length. ``platform`` is a place in ``platforms``, ``grade`` the code of its letter,
    ``order_day`` days since 1970, ``age`` days from touch to order; ``fen`` by the name of a model."""

    platforms: tuple[str, ...]
    order: Whole
    person: Whole
    channel: Whole
    spu: Whole
    platform: Whole
    grade: Whole
    order_day: Whole
    age: Whole
    fen: Mapping[str, Whole]

    def __len__(self) -> int:
        return len(self.order)

    @property
    def touch_day(self) -> Whole:
        """Days since 1970; of what no touch is behind, a day after the order."""
        return self.order_day - self.age

    @property
    def buyer(self) -> Whole:
        """Whose order it is; one whose person nobody knows stands for a buyer of its own."""
        return np.where(self.person != NOBODY, self.person, self.order)

    @property
    def touched(self) -> Chosen:
        return self.age >= 0

    def of_day(self, day: date) -> Cells:
        """Those of one order day, without the platforms that it has none of."""
        found = self.only(self.order_day == day_number(day))
        present, places = np.unique(found.platform, return_inverse=True)
        names = tuple(self.platforms[n] for n in present)
        return replace(found, platforms=names, platform=places.astype(np.int64))

    def only(self, chosen: Chosen | Whole) -> Cells:
        """The cells for which ``chosen`` is true."""
        columns: dict[str, Any] = {name: getattr(self, name)[chosen] for name in _COLUMNS}
        return replace(self, **columns, fen={name: fen[chosen] for name, fen in self.fen.items()})


def person_number(key: int) -> int:
    """64 bits of a person's 128-bit key, never 0: enough to tell a merchant's people apart (of a million,
    two share a number once in some 30 million merchants), and sorted twice as fast."""
    number = key >> 64
    signed = number - (1 << 64) if number >= 1 << 63 else number
    return signed or 1


Row = tuple[Any, ...]
"""(order day, order, person number, channel, SPU, platform, grade, touch day, fen of each model)."""


def cells_of(rows: Sequence[Row], models: Sequence[str]) -> Cells:
    """Rows as columns; None is NOBODY, a touch day of None UNTOUCHED."""
    names = tuple(sorted({row[5] for row in rows}))
    place = {name: number for number, name in enumerate(names)}
    days = [day_number(row[0]) for row in rows]
    ages = [
        UNTOUCHED if row[7] is None else day - day_number(row[7]) for row, day in zip(rows, days, strict=True)
    ]

    def column(values: Iterable[int | None]) -> Whole:
        return np.array([value or 0 for value in values], dtype=np.int64)

    return Cells(
        platforms=names,
        order=column(row[1] for row in rows),
        person=column(row[2] for row in rows),
        channel=column(row[3] for row in rows),
        spu=column(row[4] for row in rows),
        platform=column(place[row[5]] for row in rows),
        grade=column(ord(row[6]) for row in rows),
        order_day=np.array(days, dtype=np.int64),
        age=np.array(ages, dtype=np.int64),
        fen={model: column(row[8 + n] for row in rows) for n, model in enumerate(models)},
    )


def joined(parts: Sequence[Cells], models: Sequence[str]) -> Cells:
    """All cells of several parts, under one list of platforms."""
    if len(parts) < 2:
        return parts[0] if parts else cells_of([], models)
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS
    }
    names, columns["platform"] = _under_one_list(
        [part.platforms for part in parts], [len(part) for part in parts], columns["platform"]
    )
    fen = {model: np.concatenate([part.fen[model] for part in parts]) for model in models}
    return Cells(platforms=names, fen=fen, **columns)


def _under_one_list(
    lists: Sequence[Sequence[str]], counts: Sequence[int], places: Whole
) -> tuple[tuple[str, ...], Whole]:
    """All names of several lists, and ``places``, of which the first ``counts[0]`` are of the first list and
    so on, as places there."""
    names = tuple(sorted({name for one in lists for name in one}))
    place = {name: number for number, name in enumerate(names)}
    table = np.array([place[name] for one in lists for name in one] or [0], dtype=np.int64)
    starts = np.cumsum([0, *(len(one) for one in lists[:-1])])
    return names, table[places + np.repeat(starts, counts)]


def merged(cells: Cells, model: str) -> Cells:
    """Equal cells as one, with the sums of their fen; those of which nothing is left under ``model`` are gone."""
    keys = [getattr(cells, name) for name in _COLUMNS]
    order = np.lexsort(keys)
    new = np.zeros(len(cells), dtype=bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    firsts, place = order[new], np.cumsum(new) - 1
    fen = {name: sums(place, values[order], len(firsts)) for name, values in cells.fen.items()}
    return replace(cells.only(firsts), fen=fen).only(fen[model] != 0)


def without(present: Cells, later: Cells, model: str) -> Cells:
    """What ``present`` was before ``later`` was posted. Cells of orders that it does not name stand as they are; of
    the others there is what is left, unless that is nothing under ``model``. Whose an order is, ``present`` tells."""
    models = tuple(later.fen)
    moved = np.isin(present.order, later.order)
    taken_back = replace(
        later,
        person=_persons(present.only(moved), later),
        fen={name: -fen for name, fen in later.fen.items()},
    )
    left = merged(joined([present.only(moved), taken_back], models), model)
    return joined([present.only(~moved), left], models)


def _persons(known: Cells, cells: Cells) -> Whole:
    """Of each of ``cells`` whom ``known`` says its order is of, or else what it says itself."""
    orders, first = np.unique(known.order, return_index=True)
    if not len(orders):
        return cells.person
    place = np.minimum(np.searchsorted(orders, cells.order), len(orders) - 1)
    return np.where(orders[place] == cells.order, known.person[first[place]], cells.person)


def packed(cells: Cells) -> tuple[bytes, dict[str, bytes]]:
    """The cells of one order day as bytes: all but the fen, and the fen by model."""
    keys = np.empty(len(cells), dtype=_KEYS)
    for name in _KEYS.names or ():
        keys[name] = getattr(cells, name)
    return keys.tobytes(), {model: fen.astype("<i8").tobytes() for model, fen in cells.fen.items()}


def copy_of(day: date, cells: Cells) -> dict[str, Any]:
    """What is kept of an order day, by the name of its column."""
    keys, fen = packed(cells)
    touched = cells.touch_day[cells.touched]
    return {
        "oldest": day_of_number(touched.min()) if len(touched) else day,
        "platforms": list(cells.platforms),
        "keys": keys,
        **{f"fen_{model}": told for model, told in fen.items()},
    }


Copy = tuple[date, Sequence[str], bytes, Sequence[bytes]]
"""(order day, platforms, keys, fen of each model), as :func:`packed` gave them."""


def unpacked(copies: Sequence[Copy], models: Sequence[str]) -> Cells:
    """The reverse of :func:`packed`, of any number of days, at least one."""
    counts = [len(keys) // _KEYS.itemsize for _, _, keys, _ in copies]
    read = np.frombuffer(b"".join(keys for _, _, keys, _ in copies), dtype=_KEYS)
    columns: dict[str, Any] = {name: read[name].astype(np.int64) for name in _KEYS.names or ()}
    names, columns["platform"] = _under_one_list(
        [platforms for _, platforms, _, _ in copies], counts, columns["platform"]
    )
    fen = [np.frombuffer(b"".join(told[n] for *_, told in copies), dtype="<i8") for n in range(len(models))]
    return Cells(
        platforms=names,
        order_day=np.repeat([day_number(day) for day, *_ in copies], counts),
        fen=dict(zip(models, fen, strict=True)),
        **columns,
    )


def sums(places: Whole, values: Whole, count: int) -> Whole:
    """Exact sums of ``values`` by place, 0 up to ``count`` - 1."""
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, places, values)
    return found


def distinct(places: Whole, ids: Whole, count: int) -> Whole:
    """How many different ids stand at each place."""
    return np.bincount(_pairs(places, ids)[0], minlength=count).astype(np.int64)


def squares(places: Whole, ids: Whole, values: Whole, count: int) -> NDArray[np.float64]:
    """By place the sum over its ids of (the sum of values of the id)²."""
    at, which, number = _pairs(places, ids, inverse=True)
    of_id = sums(which, values, number).astype(np.float64)
    return np.bincount(at, weights=of_id * of_id, minlength=count).astype(np.float64)


def different(values: Whole) -> Whole:
    """The different values, ascending. Integers are sorted in a fraction of the time in which ``numpy.unique``
    hashes them."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def _pairs(places: Whole, ids: Whole, *, inverse: bool = False) -> Any:
    """The places of the different (place, id); with ``inverse`` also which pair each row is, and how many."""
    _, numbers = np.unique(ids, return_inverse=True)
    width = int(numbers.max()) + 1 if len(numbers) else 1
    pairs = places * width + numbers
    if not inverse:
        return different(pairs) // width, None, None
    found, which = np.unique(pairs, return_inverse=True)
    return found // width, which, len(found)
