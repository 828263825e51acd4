"""Lines of feeds that know no line id: named, fitted to what was paid, and given back what was refunded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from measurement.alliance.money import spread
from merchants.wire.shapes import integer


def line_ids(order_id: str, skus: Sequence[str | None]) -> list[str]:
    """``<order_id>:<sku_id>:<n>``, n counting from 0 the occurrences of one SKU in feed order."""
    seen: Counter[str] = Counter()
    ids = []
    for sku in (sku or "" for sku in skus):
        ids.append(f"{order_id}:{sku}:{seen[sku]}")
        seen[sku] += 1
    return ids


def bought(quantity: Any) -> int:
    """Pieces of a line: one where the platform does not say, never below none."""
    pieces = integer(quantity)
    return 1 if pieces is None else max(pieces, 0)


def fitted(total_fen: int, stated: Sequence[int | None], weights: Sequence[int]) -> list[int]:
    """Line amounts in fen that sum to ``total_fen`` (what was paid, without postage).

    ``stated`` holds what the platform says of each line, None where it says nothing; ``weights`` stand
    in for those (price x quantity minus the line's own discounts). What is stated stays as long as the
    total allows; else the total is shared out by what is stated. An order without lines has none.
    """
    if not stated:
        return []
    stated = [None if amount is None else max(amount, 0) for amount in stated]
    silent = [i for i, amount in enumerate(stated) if amount is None]
    rest = total_fen - sum(amount for amount in stated if amount is not None)
    if rest == 0 or (silent and rest > 0):
        shares = dict(zip(silent, spread(rest, [max(weights[i], 0) for i in silent]), strict=True))
        return [shares.get(i, amount or 0) for i, amount in enumerate(stated)]
    return spread(
        total_fen,
        [max(weights[i], 0) if amount is None else amount for i, amount in enumerate(stated)],
    )


@dataclass(frozen=True, slots=True)
class Returned:
    """Fen, or pieces, that came back for one SKU of an order; ``sku`` None when the platform names none."""

    sku: str | None
    amount: int


def returned_by_line(
    skus: Sequence[str | None], held: Sequence[int], returns: Sequence[Returned]
) -> list[int] | None:
    """What came back of each line, which held ``held``; None when a return names no SKU of this order.

    Where a SKU stands on several lines, a return of just what one of them still holds is that line's;
    any other fills them in feed order, and what no line can hold stays on the last.
    """
    back = [0] * len(skus)
    for returned in (returned for returned in returns if returned.amount):
        found = [i for i, sku in enumerate(skus) if returned.sku and sku == returned.sku]
        if not found:
            return None
        exact = [i for i in found if held[i] - back[i] == returned.amount]
        left = returned.amount
        for i in exact[:1] or found:
            taken = min(left, max(held[i] - back[i], 0))
            back[i] += taken
            left -= taken
        back[found[-1]] += left
    return back
