"""Decision cycles as people see them: the one that holds, where it comes from, and what held before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from measurement.choices import CycleBasis
from measurement.models import Category, CategoryCycle, MerchantCycle, Spu, SpuCycle
from measurement.queries.rules import NEUTRAL_DAYS
from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class Cycle:
    """``own`` tells a merchant's cycle from the shared one; zero days were the way back to that."""

    days: int
    basis: str
    source: str
    own: bool
    recorded_at: datetime | None
    recorded_by: str


@dataclass(frozen=True, slots=True)
class CategoryCycles:
    category: Category
    now: Cycle
    history: tuple[Cycle, ...]
    products: int


NEUTRAL = Cycle(NEUTRAL_DAYS, CycleBasis.DEFAULT, "", False, None, "")


def cycle_of(merchant: Merchant, category: Category) -> Cycle:
    """The cycle that holds for a category: the merchant's own, else the shared one."""
    own: Any = MerchantCycle.objects.for_merchant(merchant).filter(category=category).order_by("-id").first()
    if own is not None and own.days:
        return _cycle(own, own=True)
    shared = CategoryCycle.objects.filter(category=category).order_by("-id").first()
    return _cycle(shared, own=False) if shared else NEUTRAL


def cycle_of_product(merchant: Merchant, spu: Spu) -> Cycle:
    """The cycle that holds for a product: its own, else that of its category."""
    own: Any = SpuCycle.objects.for_merchant(merchant).filter(spu=spu).order_by("-id").first()
    return _cycle(own, own=True) if own is not None and own.days else cycle_of(merchant, spu.category)


def cycles(merchant: Merchant) -> list[CategoryCycles]:
    """Every category, those that the merchant sells first; four queries."""
    history: dict[int, list[Cycle]] = defaultdict(list)
    for shared_row in CategoryCycle.objects.order_by("-id"):
        history[shared_row.category_id].append(_cycle(shared_row, own=False))
    own: dict[int, list[Cycle]] = defaultdict(list)
    for row in MerchantCycle.objects.for_merchant(merchant).order_by("-id"):
        own[row.category_id].append(_cycle(row, own=True))
    products: dict[int, int] = defaultdict(int)
    for category_id in Spu.objects.for_merchant(merchant).values_list("category_id", flat=True):
        products[category_id] += 1
    found = []
    for category in Category.objects.all():
        mine, shared = own[category.pk], history[category.pk]
        now = mine[0] if mine and mine[0].days else shared[0] if shared else NEUTRAL
        found.append(CategoryCycles(category, now, (*mine, *shared), products[category.pk]))
    return sorted(found, key=lambda one: (-one.products, one.category.code))


def _cycle(row: Any, *, own: bool) -> Cycle:
    return Cycle(row.days, row.basis, row.source, own, row.recorded_at, row.recorded_by)
