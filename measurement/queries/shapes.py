"""In which shape the orders of a product come in: its decision cycle as a curve."""

from __future__ import annotations

from collections.abc import Mapping

from measurement.models import CycleLearning, LearnedCycle
from measurement.models.cycles import Progress
from measurement.queries.products import NO_PRODUCT, Product, longest_cycle
from measurement.ripening.shape import Shape, by_length, by_quantiles
from merchants.models import Merchant

Quantiles = dict[float, float]


def learned_of(merchant: Merchant) -> dict[int, Quantiles]:
    """Learned quantiles {share: days} by SPU, of the latest run that is done; refused ones are left out, and of
    quantiles that fall on one day the first stays."""
    run = CycleLearning.objects.for_merchant(merchant).filter(state=Progress.DONE).order_by("-id").first()
    if run is None:
        return {}
    rows = LearnedCycle.objects.for_merchant(merchant).filter(learning=run, spu__isnull=False, refusal="")
    rows = LearnedCycle.objects.for_merchant(merchant).filter(learning=run, spu__isnull=False, refusal="")
    found = {int(row.spu_id or 0): _rising(row) for row in rows}
    return {spu: quantiles for spu, quantiles in found.items() if len(quantiles) > 1}


def _rising(row: LearnedCycle) -> Quantiles:
    found: Quantiles = {}
    for share, days in ((0.5, row.p50), (0.8, row.p80), (0.95, row.p95)):
        if days is not None and days > max(found.values(), default=0):
            found[share] = float(days)
    return found


def shape_of(products: Mapping[int, Product], spu: int, learned: Mapping[int, Quantiles]) -> Shape:
    """The shape of an SPU; of what names none, the longest cycle that is sold: rather too late."""
    known = products.get(spu)
    if known is None or spu == NO_PRODUCT:
        return by_length(longest_cycle(products))
    if spu in learned:
        return by_quantiles(learned[spu], known.cycle_days)
    return by_length(known.cycle_days)
