"""The facts that go in (`Touch`, `Order`) and the rows that come out (`Credit`), as frozen values."""

from __future__ import annotations

import re
from dataclasses import dataclass

Id = int | str
"""The source's own id. It comes out as it went in: "007" stays "007"."""

_WHOLE_NUMBER = re.compile(r"-?[0-9]+", re.ASCII)
_LONGEST_NUMBER = 999
_COMPLEMENT = str.maketrans("0123456789", "9876543210")


@dataclass(frozen=True, slots=True)
class Touch:
    """One moment at which a person met a product through a channel; `ts` in integer microseconds since
    1970."""

    touch_id: Id
    person_id: Id | None
    product_id: Id | None
    channel_id: Id | None
    ts: int


@dataclass(frozen=True, slots=True)
class Order:
    """One order line; `ts` in integer microseconds since 1970, `value_cents` in fen as it stands after
    refunds."""

    order_id: Id
    person_id: Id | None
    product_id: Id | None
    category_id: Id | None
    ts: int
    value_cents: int


@dataclass(frozen=True, slots=True)
class Journey:
    """An order and the touches of its window, in order. No touches: the order is unattributed."""

    order: Order
    touches: tuple[Touch, ...]


@dataclass(frozen=True, slots=True)
class Credit:
    """What one touch gets of one order; the fields stand as in `sql.COLUMNS`.

    `position` counts from 1. `k_` are integer weights and `s_` their sums over the journey; linear is 1 of
    `n_touches` and first and last are 1 of 1 at their end, so they need no columns. `c_` are fen. The one
    row of an unattributed order has `n_touches` 0 and None in all that follows from a touch.
    """

    order_id: Id
    touch_id: Id | None
    channel_id: Id | None
    position: int | None
    n_touches: int
    k_position: int | None
    s_position: int | None
    k_decay: int | None
    s_decay: int | None
    c_first: int | None
    c_last: int | None
    c_linear: int | None
    c_position: int | None
    c_decay: int | None


def tie(touch_id: Id) -> str:
    """A text that sorts, byte by byte, as ids do: whole numbers by value, then all other ids by their UTF-8
    bytes.

    "9" < "10" < "010" < "a"; numbers of equal value follow their written form. A number of more than 999
    digits is other text. `sql.tie` says the same in SQL, so the result may be stored and sorted anywhere
    with C collation.
    """
    text = str(touch_id)
    if len(text) > _LONGEST_NUMBER or not _WHOLE_NUMBER.fullmatch(text):
        return f"2{text}"
    digits = text.lstrip("-0")
    if text.startswith("-"):
        return f"0{_LONGEST_NUMBER - len(digits):03}{digits.translate(_COMPLEMENT)} {text}"
    return f"1{len(digits):03}{digits} {text}"
