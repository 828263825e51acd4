"""Places by days, and which of them were treated when (pure)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Panel:
    """``values[day, place]`` of whole days in order, with the same shape of ``cost`` where it is known.
    ``treated`` says which places are treated; the test runs over the days ``start`` (its place among the
    days) to the last."""

    days: tuple[date, ...]
    geos: tuple[str, ...]
    values: Numbers
    treated: npt.NDArray[np.bool_]
    start: int
    cost: Numbers | None = None

    @property
    def test_days(self) -> int:
        return len(self.days) - self.start

    def arms(self, values: Numbers | None = None) -> tuple[Numbers, Numbers]:
        """Daily sums of (control, treatment)."""
        table = self.values if values is None else values
        return table[:, ~self.treated].sum(axis=1), table[:, self.treated].sum(axis=1)

    def before(self) -> Panel:
        """The days before the start, in which nothing happened to anybody; no test in it."""
        cost = None if self.cost is None else self.cost[: self.start]
        return replace(self, days=self.days[: self.start], values=self.values[: self.start], cost=cost)
