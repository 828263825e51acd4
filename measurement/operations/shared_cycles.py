"""The decision cycle of a trade for every merchant without one of its own; set by the operator."""

from __future__ import annotations

from measurement.choices import CycleBasis
from measurement.models import Category, CategoryCycle, Spu
from measurement.operations import marks
from merchants import tenancy
from merchants.models import Merchant

OPERATOR = "operator"  # the app's role may only read what all merchants share


def set_shared_cycle(category: Category, *, days: int, basis: str, source: str, by: str) -> CategoryCycle:
    """A new cycle from now on, and a mark for every merchant that sells in the category.

    The row is committed first, so that the work it asks for finds it. Raises ``ValueError`` outside of 1
    to 730 days.
    """
    if not 1 <= days <= 730:
        raise ValueError("a decision cycle lasts 1 to 730 days")
    row = CategoryCycle.objects.using(OPERATOR).create(
        category_id=category.pk, days=days, basis=CycleBasis(basis), source=source, recorded_by=by
    )
    selling = Spu.objects.using(OPERATOR).filter(category_id=category.pk)
    for merchant in Merchant.objects.filter(
        pk__in=list(selling.values_list("merchant_id", flat=True).distinct())
    ):
        with tenancy.acting_for(merchant):
            marks.change(merchant, "cycle", category=category.pk)
    return row
