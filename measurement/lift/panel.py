"""Places by days, and which of them were treated when (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

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


Row = tuple[date, str, float, int | None]
"""(day, place, value, cost in fen) as it is kept."""


def of_rows(
    rows: Iterable[Row],
    groups: Mapping[str, str],
    first: date,
    start: date,
    last: date,
    *,
    absent: float | None,
) -> Panel:
    """The panel of the places in ``groups`` over every day from ``first`` to ``last``. A place without a row
    on a day counts as ``absent``; ``LookupError`` where that is None. Cost is in yuan."""
    days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    at = {geo: place for place, geo in enumerate(sorted(groups))}
    values = np.full((len(days), len(at)), np.nan if absent is None else absent)
    cost = np.zeros_like(values)
    costed = False
    for day, geo, value, fen in rows:
        if geo in at and first <= day <= last:
            cell = ((day - first).days, at[geo])
            values[cell] = value
            if fen is not None:
                cost[cell], costed = fen / 100, True
    if np.isnan(values).any():
        row, place = np.argwhere(np.isnan(values))[0]
        raise LookupError(f"{sorted(groups)[place]} has no row on {days[row]}")
    treated = np.array([groups[geo] == "treatment" for geo in at])
    return Panel(days, tuple(at), values, treated, (start - first).days, cost if costed else None)
