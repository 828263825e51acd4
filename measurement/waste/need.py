"""What it would take to know (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from measurement.computed import computes
from merchants.shares import TWO_SIDED_95

MOST = 20
"""Beyond this many times what was spent, more of the same is no realistic test."""


@dataclass(frozen=True, slots=True)
class Need:
    """More people who buy, and weeks of the same spend, until the interval leaves zero if all goes on as it
    did. Both None: return and cost stand so close that no realistic amount would settle it."""

    people: int | None
    weeks: int | None


@computes("to_know")
def to_know(net: float, variance: float, people: int, days: int) -> Need:
    """For a row whose interval spans zero.

    With k times the spend the net return grows k-fold and its standard error √k-fold, so the interval leaves
    zero at k = 1.96² · variance ÷ net². ``variance`` is that of the return, one more person included;
    ``people`` and ``days`` stand behind it so far.
    """
    if net == 0 or variance <= 0:
        return Need(None, None)
    times = TWO_SIDED_95**2 * variance / net**2
    if times > MOST:
        return Need(None, None)
    more = max(times - 1, 0.0)
    return Need(max(1, ceil(more * max(people, 1))), max(1, ceil(more * days / 7)))
