"""Products as reports need them: the decision cycle of each, and its margins in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from measurement.queries import rules
from merchants.models import Merchant

NO_PRODUCT = 0  # lines whose item is mapped to no SPU
FIRST, LAST = date.min, date.max


@dataclass(frozen=True, slots=True)
class Margin:
    """Basis points that hold for order days from ``start`` up to ``end``; None: not known."""

    start: date
    end: date
    basis_points: int | None


@dataclass(frozen=True, slots=True)
class Product:
    cycle_days: int
    margins: tuple[Margin, ...]


def products_of(merchant: Merchant) -> dict[int, Product]:
    """Every SPU of the merchant by id, and what has none (id 0)."""
    cycles = rules.windows_of(merchant)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.id, s.category_id, m.valid_from, m.margin_bp
            FROM measurement_spu s
            LEFT JOIN measurement_spumargin m ON m.spu_id = s.id AND m.merchant_id = s.merchant_id
            WHERE s.merchant_id = %s ORDER BY m.valid_from, m.id
            """,
            [merchant.pk],
        )
        rows = cursor.fetchall()
    categories = {spu: category for spu, category, _, _ in rows}
    stated: dict[int, dict[date, int]] = defaultdict(dict)
    for spu, _, valid_from, basis_points in rows:
        if valid_from is not None:
            stated[spu][valid_from] = basis_points  # of one day the statement made last holds
    nothing = Product(cycles[rules.NO_CATEGORY], _spans({}))
    return {NO_PRODUCT: nothing} | {
        spu: Product(cycles.get(-spu, cycles[category]), _spans(stated[spu]))
        for spu, category in categories.items()
    }


def longest_cycle(products: Mapping[int, Product]) -> int:
    """The longest decision cycle of what the merchant sells; of what has no product when it sells nothing."""
    sold = [product.cycle_days for pk, product in products.items() if pk != NO_PRODUCT]
    return max(sold, default=products[NO_PRODUCT].cycle_days)


def _spans(stated: Mapping[date, int]) -> tuple[Margin, ...]:
    """Statements by first day as spans without gaps over all time; before the first one, unknown."""
    days = sorted(stated)
    ends = [*days, LAST]
    known = tuple(Margin(day, end, stated[day]) for day, end in zip(days, ends[1:], strict=True))
    return (Margin(FIRST, ends[0], None), *known)
