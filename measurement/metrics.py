"""What every figure is, as functions (pure). The words for people stand in ``measurement.dictionary``.

Amounts are integer fen, shares and ratios are ``Decimal``. Unknown is ``None`` and stays unknown: no
figure made of an unknown one is zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import sqrt

from measurement.computed import computes
from merchants.shares import TWO_SIDED_95

VERSION = "2026-11"
"""Version of these definitions; it stands in every report."""

BASIS_POINTS = 10_000
RIPE = Decimal("0.95")
"""From this maturity on a cohort is judged like a finished one."""


class Verdict(StrEnum):
    """What can be said of spend by the interval of attributed return less full cost."""

    PAYING = "paying"
    LOSING = "losing"
    UNPROVEN = "unproven"
    RIPENING = "ripening"


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends of a 95 % interval, in fen."""

    low: int
    high: int

    def scaled(self, numerator: int, denominator: int) -> Interval:
        return Interval(self.low * numerator // denominator, -(-self.high * numerator // denominator))

    def less(self, fen: int) -> Interval:
        return Interval(self.low - fen, self.high - fen)


def ratio(numerator: int | None, denominator: int | None) -> Decimal | None:
    """``numerator / denominator``; unknown when a part is unknown or the denominator is not positive."""
    if numerator is None or denominator is None or denominator <= 0:
        return None
    return Decimal(numerator) / Decimal(denominator)


@computes("roi")
def roi(credited_fen: int | None, cost_fen: int | None) -> Decimal | None:
    """ROI(T+x) = credited revenue of the cohort within x days ÷ its cost."""
    return ratio(credited_fen, cost_fen)


@computes("coverage")
def coverage(joined_fen: int, unjoined_fen: int) -> Decimal | None:
    """Share of (paid − refunded) of the order lines that is credited at grade A or B."""
    return ratio(joined_fen, joined_fen + unjoined_fen)


def change(now: int | None, before: int | None, base: int | None, least: int = 30) -> Decimal | None:
    """(now − before) ÷ before; unknown when the former base (orders) is below ``least``: a percentage of
    next to nothing says nothing."""
    share = ratio(now, before)
    if share is None or base is None or base < least:
        return None
    return share - 1


def ripeness(day: date, through: date, cycle_days: int) -> Decimal:
    """Share of a decision cycle that has passed on a day of touches: min(1, (through − day) ÷ cycle).

    ``through`` is the last complete day of data, so a cycle of x days is over when day + x is complete.
    """
    passed = (through - day).days
    if passed <= 0:
        return Decimal(0)
    return min(Decimal(1), Decimal(passed) / Decimal(cycle_days))


@computes("maturity")
def maturity(days: Iterable[tuple[Decimal, int]]) -> Decimal | None:
    """Maturity of a cohort: the mean ripeness of its days, weighted by cost (by credited revenue where
    the cost is not known). Takes (ripeness, weight); unknown without weight."""
    pairs = list(days)
    weight = sum(weight for _, weight in pairs)
    if weight <= 0:
        return None
    return sum((share * weight for share, weight in pairs), Decimal(0)) / Decimal(weight)


def margin_fen(credited_fen: int, margin_bp: int) -> int:
    """Gross profit: credited revenue × margin (basis points), rounded down to the fen."""
    return credited_fen * margin_bp // BASIS_POINTS


@computes("class")
def verdict(net: Interval | None, ripe: Decimal | None) -> Verdict | None:
    """The class of spend. ``net`` is the interval of attributed return less full cost.

    Paying as soon as the whole interval lies above zero; else ripening while the cohort is younger than
    its cycle; then losing when the whole interval lies below zero, and unproven when it spans zero.
    """
    if net is None:
        return None
    if net.low > 0:
        return Verdict.PAYING
    if ripe is None or ripe < RIPE:
        return Verdict.RIPENING
    return Verdict.LOSING if net.high < 0 else Verdict.UNPROVEN


@computes("interval")
def credit_interval(credited_fen: int, squares: int, next_buyer_fen: int) -> Interval:
    """95 % interval of credited revenue, as the sum of a random number of buyers.

    Buyers arrive as a Poisson process and each brings an amount, with all of their orders, so the variance of
    the sum is the sum of the squared amounts (``squares``, fen²). By orders, which come in clusters, it would
    be too narrow: 70 to 83 % covered where half of the buyers buy again. The interval is that of Fay and
    Feuer (Statistics in Medicine 16, 1997, 791-801) for weighted sums of Poisson counts, on gamma quantiles:

        low  = v/2s · χ²(2.5 %; 2s²/v)                      s = credited, v = squares
        high = v'/2s' · χ²(97.5 %; 2s'²/v')                 s' = s + w, v' = v + w²

    ``next_buyer_fen`` (w) is the amount of one more buyer, typically the mean one: it keeps the upper
    end honest where few or none came. Quantiles by Wilson and Hilferty's cube, within 1 % from two
    buyers on and towards the wide side below. No resampling: the same rows give the same interval.
    It covers chance in the number and worth of buyers; it does not cover orders that could not be joined.
    """
    next_buyer = max(next_buyer_fen, 1)
    low = 0.0
    if credited_fen > 0 and squares > 0:
        low = gamma_end(float(credited_fen), float(squares), -TWO_SIDED_95)
    high = gamma_end(credited_fen + next_buyer, squares + float(next_buyer) ** 2, TWO_SIDED_95)
    return Interval(int(low), int(high) + 1)


def gamma_end(total: float, variance: float, z: float) -> float:
    """The quantile, at the normal quantile ``z``, of a gamma distribution of this mean and variance."""
    freedom = 2 * total * total / variance
    return variance / (2 * total) * _chi_square(freedom, z)


def _chi_square(freedom: float, z: float) -> float:
    """The quantile of χ² at the normal quantile ``z`` (Wilson and Hilferty, PNAS 17, 1931, 684-688)."""
    spread = 2 / (9 * freedom)
    root = 1 - spread + z * sqrt(spread)
    return freedom * max(root, 0.0) ** 3
