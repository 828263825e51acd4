"""Which SPU an item of a platform is."""

from __future__ import annotations

from collections.abc import Iterable

from measurement.models import ItemMapping
from merchants.models import Merchant

Item = tuple[str, str, str]  # platform, item id, SKU id


def spus_of_items(merchant: Merchant, items: Iterable[Item]) -> dict[Item, int]:
    """SPU ids of the items that are mapped; a mapping of the SKU wins over one of the whole item."""
    wanted = set(items)
    mapped = {
        (platform, item_id, sku_id): spu_id
        for platform, item_id, sku_id, spu_id in ItemMapping.objects.for_merchant(merchant)
        .filter(item_id__in={item[1] for item in wanted})
        .values_list("platform", "item_id", "sku_id", "spu_id")
    }
    found: dict[Item, int] = {}
    for item in wanted:
        spu = mapped.get(item) or mapped.get((item[0], item[1], ""))
        if spu:
            found[item] = spu
    return found
