"""Sums of a slice's cells by row: exact money, distinct orders and people, squares of buyers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from measurement.attribution.cells import NOBODY, Cells, Whole, day_number, different, distinct, squares, sums
from measurement.choices import Grade, Model
from measurement.computed import computes
from measurement.queries.products import NO_PRODUCT, Product

JOINED = (Grade.SAME_PERSON, Grade.DECLARED)


@dataclass(frozen=True, slots=True)
class Slice:
    """One row as summed. ``squares`` is the sum of squared credits of single buyers (fen²);
    ``ripe`` the credited fen weighted by the ripeness of their days; ``profit`` those of known margin
    times it, ``unpriced`` those of unknown margin; ``later`` what lies beyond the horizon asked."""

    shares: Mapping[str, int]
    joined: Mapping[str, int] = field(default_factory=dict)
    ripe: Decimal = Decimal(0)
    squares: int = 0
    profit: int = 0
    unpriced: int = 0
    later: int = 0
    orders: int = 0
    people: int = 0


@computes("credited", "orders", "people")
def slices_of(
    close: Cells,
    rows: Whole,
    far: Cells,
    far_rows: Whole,
    count: int,
    asked: Sequence[Model],
    model: Model,
    cycles: Whole,
    lived: Whole,
    margins: Whole,
) -> list[Slice]:
    """The slices of ``count`` rows. ``margins`` are basis points, -1 where unknown."""
    fen = close.fen[model]
    shares = {one: sums(rows, close.fen[one], count) for one in asked}
    grades = {grade: sums(rows, np.where(close.grade == ord(grade), fen, 0), count) for grade in JOINED}
    ripe = np.zeros(count)
    for cycle in different(cycles):
        chosen = cycles == cycle
        ripe += sums(rows[chosen], fen[chosen] * lived[chosen], count) / cycle
    priced = margins >= 0
    profit = sums(rows[priced], fen[priced] * margins[priced], count) // 10_000
    unpriced = sums(rows, np.where(priced, 0, fen), count)
    squared = np.ceil(squares(rows, close.buyer, fen, count))
    later = sums(far_rows, far.fen[model], count)
    orders = distinct(rows, close.order, count)
    known = close.person != NOBODY
    people = distinct(rows[known], close.person[known], count)
    return [
        Slice(
            shares={one: int(shares[one][n]) for one in asked},
            joined={grade: int(grades[grade][n]) for grade in JOINED},
            ripe=Decimal(float(ripe[n])),
            squares=int(squared[n]),
            profit=int(profit[n]),
            unpriced=int(unpriced[n]),
            later=int(later[n]),
            orders=int(orders[n]),
            people=int(people[n]),
        )
        for n in range(count)
    ]


def of_products(products: Mapping[int, Product], horizon: int, cells: Cells) -> tuple[Whole, Whole]:
    """Of each cell the days of its cycle, and its margin in basis points (-1: unknown)."""
    cycles = np.full(len(cells), horizon or products[NO_PRODUCT].cycle_days, dtype=np.int64)
    margins = np.full(len(cells), -1, dtype=np.int64)
    for spu in different(cells.spu):
        product = products.get(int(spu))
        if product is None:
            continue
        mine = cells.spu == spu
        cycles[mine] = horizon or product.cycle_days
        for margin in product.margins:
            if margin.basis_points is not None:
                during = cells.order_day >= day_number(margin.start)
                during &= cells.order_day < day_number(margin.end)
                margins[mine & during] = margin.basis_points
    return cycles, margins
