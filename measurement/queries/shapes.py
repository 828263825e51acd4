"""In which shape the orders of a product come in: its decision cycle as a curve."""

from __future__ import annotations

from collections.abc import Mapping

from measurement.queries.products import NO_PRODUCT, Product, longest_cycle
from measurement.ripening.shape import Shape, by_length


def shape_of(products: Mapping[int, Product], spu: int) -> Shape:
    """The shape of an SPU; of what names none, the longest cycle that is sold: rather too late."""
    known = products.get(spu)
    if known is None or spu == NO_PRODUCT:
        return by_length(longest_cycle(products))
    return by_length(known.cycle_days)
