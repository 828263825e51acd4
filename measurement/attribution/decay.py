"""The weights of time decay, as whole numbers that every machine agrees on.

A float power differs in its last bit between engines, and the fen would follow. So the powers are worked
out here, once for each half-life, in decimal arithmetic of 50 digits, and handed to every engine as the
relation `decay(age_hours, weight)`.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

SCALE = 30
HALF_LIFE_DAYS = Decimal(7)

_FINE = 100
_EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN)
_LN2 = _EXACT.ln(Decimal(2))


@lru_cache(maxsize=32)
def weights(half_life_days: Decimal = HALF_LIFE_DAYS, longest_hours: int | None = None) -> tuple[int, ...]:
    """round(2^30 * 2^(-age / half-life)) for the ages 0, 1, 2, ... hours, ties to the even number.

    Ends where the weights reach 0 for good, after 31 half-lives, or after `longest_hours`; an age beyond
    the end weighs 0. Raises ValueError unless the half-life is positive.
    """
    half_life = _EXACT.multiply(Decimal(half_life_days), Decimal(24))
    if not half_life.is_finite() or half_life <= 0:
        raise ValueError(f"half-life of {half_life_days} days: it must be positive")
    ages = int(_EXACT.multiply(half_life, Decimal(SCALE + 1)).to_integral_value(ROUND_CEILING))
    if longest_hours is not None:
        ages = min(ages, longest_hours + 1)
    return tuple(_weight(age, half_life) for age in range(ages))


def weight(age_hours: int, table: tuple[int, ...]) -> int:
    """The weight of one age in a table made by `weights`."""
    return table[age_hours] if age_hours < len(table) else 0


def _weight(age_hours: int, half_life: Decimal) -> int:
    halvings, rest = divmod(Decimal(age_hours), half_life)
    whole, over = divmod(_part(rest, half_life), 1 << (_FINE - SCALE + int(halvings)))
    half = 1 << (_FINE - SCALE + int(halvings) - 1)
    return whole + (over > half or (over == half and whole % 2 == 1))


@lru_cache(maxsize=4096)
def _part(rest: Decimal, half_life: Decimal) -> int:
    """2^-(rest / half-life) in units of 2^-100, for less than one half-life; exact for rest 0."""
    power = _EXACT.exp(-_EXACT.multiply(_LN2, _EXACT.divide(rest, half_life)))
    return int(_EXACT.multiply(power, Decimal(1 << _FINE)).to_integral_value(ROUND_HALF_EVEN))
