"""How people moved between the layers from the end of one day to the end of another (pure).

For every layer: start + in − out = end. Counts are of people, each once; layer 0 is outside of all layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from measurement.computed import computes
from measurement.crowds.rules import LAYERS, NONE
from merchants.shares import TWO_SIDED_95, wilson

RANKS = tuple(range(NONE, len(LAYERS) + 1))
Cells = Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % interval, and the people it is a share of."""

    share: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Flow:
    """People by (rank at the start, rank at the end); what is not named is zero."""

    cells: Cells

    def moved(self, before: int, after: int) -> int:
        return self.cells.get((before, after), 0)

    def start(self, layer: int) -> int:
        return sum(self.moved(layer, after) for after in RANKS)

    def end(self, layer: int) -> int:
        return sum(self.moved(before, layer) for before in RANKS)

    def stayed(self, layer: int) -> int:
        return self.moved(layer, layer)

    def came(self, layer: int) -> int:
        """People who stand here at the end and did not at the start."""
        return self.end(layer) - self.stayed(layer)

    def left(self, layer: int) -> int:
        return self.start(layer) - self.stayed(layer)

    def rate(self, before: int, after: int) -> Rate | None:
        """The share of those who started in a layer that ended in another; unknown where nobody started."""
        return rate_of(self.moved(before, after), self.start(before))

    def rose(self, layer: int) -> Rate | None:
        """The share of those who started in a layer that ended in a higher one."""
        return rate_of(sum(self.moved(layer, after) for after in RANKS if after > layer), self.start(layer))


@computes("layer_rate")
def rate_of(hits: int, n: int) -> Rate | None:
    """A share with its interval; None without anybody."""
    return Rate(hits / n, *wilson(hits / n, n), n) if n > 0 else None


def people_interval(low: int, high: int) -> tuple[float, float]:
    """95 % interval of the people to be expected where between ``low`` and ``high`` were counted: the score
    interval of a Poisson count (the limit of Wilson's), n + z²/2 ± z √(n + z²/4), its outer ends."""
    z2 = TWO_SIDED_95**2
    return (
        max(0.0, low + z2 / 2 - TWO_SIDED_95 * sqrt(low + z2 / 4)),
        high + z2 / 2 + TWO_SIDED_95 * sqrt(high + z2 / 4),
    )
