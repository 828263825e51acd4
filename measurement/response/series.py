"""A daily series: what was sold and what was shown each day, and what else moved it (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from measurement.response.lag import Cycle, Floats, still_open

LEAST_DAYS = 56  # eight of every weekday
HALO_DAYS = 3  # people wait for a sale and have bought after it
MOST_FESTIVALS = 24


@dataclass(frozen=True, slots=True)
class Series:
    """Consecutive days from ``start``. ``promo`` is 0 on days without (1, or the depth of the discount,
    on the others), ``festival`` an empty text on days without."""

    start: date
    outcome: Floats
    exposure: Floats
    promo: Floats | None = None
    price: Floats | None = None
    festival: tuple[str, ...] = ()

    @property
    def days(self) -> int:
        return len(self.outcome)

    def day(self, place: int) -> date:
        return self.start + timedelta(days=place)


def baseline(series: Series, cycle: Cycle) -> Floats:
    """What would move the outcome without the exposure, one column each, shape (days, columns); the level
    is free and needs no column, and how level and trend wander is a matter of the errors.

    Trend, six weekdays, promotions with the three days before and after, festivals, price, and the orders
    of what was shown before the first day, which fade with the cycle. Columns that say what former ones
    say are left out.
    """
    n = series.days
    columns = [np.arange(n) / n]
    weekday = (series.start.weekday() + np.arange(n)) % 7
    columns += [(weekday == k).astype(np.float64) for k in range(6)]
    if series.promo is not None:
        columns += [series.promo, *_halo(series.promo)]
    columns += _festivals(series.festival)
    if series.price is not None:
        columns.append(series.price)
    if not _begins_without(series.exposure, cycle):
        columns.append(still_open(cycle, n))
    return independent(np.column_stack(columns))


def independent(columns: Floats) -> Floats:
    """The columns, scaled, without those that a constant and the columns before them make up."""
    kept: list[Floats] = []
    basis = [np.full(len(columns), len(columns) ** -0.5)]
    for column in columns.T:
        norm = float(np.linalg.norm(column))
        if norm == 0:
            continue
        left = column / norm
        for _ in range(2):  # twice: once leaves a rounding error as large as what is looked for
            for direction in basis:
                left = left - (direction @ left) * direction
        size = float(np.linalg.norm(left))
        if size > 1e-5:
            basis.append(left / size)
            kept.append(column / norm * len(columns) ** 0.5)
    return np.column_stack(kept) if kept else np.empty((len(columns), 0))


def _halo(promo: Floats) -> tuple[Floats, Floats]:
    """Share of the three days before and after a promotion that are not in one themselves."""
    on = promo != 0
    eve, wake = np.zeros(len(promo)), np.zeros(len(promo))
    for apart in range(1, HALO_DAYS + 1):
        eve[:-apart] += on[apart:]
        wake[apart:] += on[:-apart]
    off = ~on
    return np.minimum(eve, 1.0) * off, np.minimum(wake, 1.0) * off


def _festivals(names: tuple[str, ...]) -> list[Floats]:
    """One column for each time a festival comes round: no two are alike. Very many of them are one."""
    if not any(names):
        return []
    runs: list[Floats] = []
    for place, name in enumerate(names):
        if not name:
            continue
        if place == 0 or names[place - 1] != name:
            runs.append(np.zeros(len(names)))
        runs[-1][place] = 1.0
    if len(runs) <= min(MOST_FESTIVALS, len(names) // 20):
        return runs
    return [np.sum(list(runs), axis=0)]


def _begins_without(exposure: Floats, cycle: Cycle) -> bool:
    """Whether nothing was shown in the first days, so that nothing before them is taken to have been."""
    return not exposure[: max(7, round(cycle.p50))].any()
