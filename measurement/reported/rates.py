"""Rates of a report: made from sums, never averaged; a rate that a file states only checks its figures (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from merchants.intake.problems import Refused

POINTS = Decimal("0.1")  # of 100; consoles round to one or two decimals
SHARE = Decimal("0.01")  # of the figure: costs are rounded to fen


def rate(part: int | Decimal | None, whole: int | Decimal | None) -> Decimal | None:
    """part ÷ whole; None when either is unknown or the whole is zero."""
    if part is None or not whole:
        return None
    return Decimal(part) / Decimal(whole)


@dataclass(frozen=True, slots=True)
class Stated:
    """A rate as a file states it: ``column`` should be ``part`` ÷ ``whole`` × ``scale``."""

    column: str
    part: str
    whole: str
    scale: int = 100


def check(values: Mapping[str, Any], stated: Iterable[Stated]) -> None:
    """Raises ``Refused`` where a stated rate and the figures of the same row disagree by more than rounding
    (0.1 points or 1 % of the figure, whichever is more). What cannot be recomputed is not checked."""
    for one in stated:
        said = values.get(one.column)
        made = rate(values.get(one.part), values.get(one.whole))
        if said is None or made is None:
            continue
        made *= one.scale
        if abs(said - made) > max(POINTS, abs(made) * SHARE):
            rounded = made.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
            raise Refused("rate_disagrees", one.column, said=said, computed=rounded)
