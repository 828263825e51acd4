"""Yuan as the platforms write them, and fen shared out without losing one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)


def fen_from_yuan(value: Any, *, thousands: bool = False) -> int | None:
    """Whole fen of a yuan amount given as text, int, float or Decimal; None when it is no amount.

    Goes through the decimal text, never ``float * 100`` (19.9 would become 1989). Half a fen rounds
    away from zero. Text with an exponent, an underscore, foreign digits or a currency sign is refused;
    ``thousands`` allows ``2,766.11``.
    """
    amount = decimal_from(value, thousands=thousands)
    if amount is None:
        return None
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def decimal_from(value: Any, *, thousands: bool = False) -> Decimal | None:
    """The exact number a platform wrote, or None when it wrote none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        number = Decimal(str(value))
        return number if number.is_finite() else None
    text = str(value).strip() if isinstance(value, str | int | Decimal) else ""
    if thousands and _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def spread(total_fen: int, weights: Sequence[int]) -> list[int]:
    """Share ``total_fen`` by ``weights``: largest remainder, ties to the earlier; the sum is exact.

    All weights zero means equal shares. Raises ``ValueError`` for a negative weight, or when there is
    money but nobody to take it.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    if not weights:
        if total_fen:
            raise ValueError("nothing to spread over")
        return []
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    shares = [total_fen * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total_fen * weights[i] % whole), i))
    for i in by_remainder[: total_fen - sum(shares)]:
        shares[i] += 1
    return shares
