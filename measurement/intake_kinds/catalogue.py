"""What is sold and shown, as a merchant tells it: products with margins, items, notes, live
streams, codes on orders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from measurement.columns import catalogue as columns
from measurement.intake_kinds.prepared import prepared, surroundings
from measurement.models import Category
from measurement.operations import catalogue_rows
from measurement.operations.reported import Receipt
from merchants.intake.columns import Column, spelled
from merchants.intake.kinds import Kind, Shape, register
from merchants.models import Merchant, RawDelivery
from merchants.roles import Permission


def _products(merchant: Merchant) -> Shape:
    return columns.product_shape(surroundings(merchant), spellings_of_categories())


def spellings_of_categories() -> dict[str, str]:
    """Codes of categories by every spelling: the code itself, and the names in both languages."""
    rows = Category.objects.values_list("code", "name_zh", "name_en")
    return {spelled(word): words[0] for words in rows for word in reversed(words)}


def _told(
    code: str,
    label: Any,
    of: tuple[Column, ...],
    prepare: Callable[[Merchant], Shape],
    put: Callable[..., Receipt],
    *examples: Mapping[str, str],
) -> None:
    def write(
        merchant: Merchant, rows: Iterable[Any], *, delivery: RawDelivery | None = None, by: str
    ) -> Receipt:
        return put(merchant, rows, by=by)

    register(
        Kind(
            code=code,
            label=label,
            columns=of,
            examples=examples,
            prepare=prepare,
            write=write,
            rows_at_once=catalogue_rows.BATCH,
            permission=Permission.SET_RULES,  # margins and mappings decide what is credited
        )
    )


_told(
    "products", _("Products and margins"), columns.PRODUCTS, _products, catalogue_rows.put_products,
    {"spu": "essence-30ml", "name": "焕亮精华液 30ml", "category": "facial-essence", "margin": "62%",
        "valid_from": "2026-01-01"},
    {"spu": "essence-30ml", "margin": "58.5%", "valid_from": "2026-04-01"},
)  # fmt: skip
_told(
    "items", _("Items of shops, by product"), columns.ITEMS, prepared(columns.item_shape),
    catalogue_rows.put_items,
    {"platform": "taobao", "item_id": "678901234567", "spu": "essence-30ml"},
    {"platform": "jd", "item_id": "10045678901234", "sku_id": "10045678901235", "spu": "essence-30ml"},
)  # fmt: skip
_told(
    "notes", _("Facts about notes"), columns.NOTES, prepared(columns.note_shape), catalogue_rows.put_notes,
    {
        "note_id": "65f0c1d2000000001203a4b5", "title": "熬夜后的急救精华", "blogger_id": "5e8f0a1b000000000100c2d3",
        "blogger_name": "小满护肤日记", "spu": "essence-30ml", "buying_point": "熬夜急救", "scene": "熬夜上班族",
        "is_video": "no", "published_at": "2026-03-01 19:30:00",
    },
)  # fmt: skip
_told(
    "lives", _("Live streams, hosts and buyer-curators"), columns.LIVES, prepared(columns.live_shape),
    catalogue_rows.put_lives,
    {
        "live_id": "569840000000000001", "title": "换季护肤专场", "started_at": "2026-03-01 19:30:00",
        "ended_at": "2026-03-01 22:45:00", "host_id": "5e8f0a1b000000000100c2d3", "host_name": "小满护肤日记",
        "curator_id": "5e8f0a1b000000000100c2d3", "curator_name": "小满护肤日记",
    },
)  # fmt: skip
_told(
    "codes", _("Codes on orders, by content"), columns.CODES, prepared(columns.code_shape),
    catalogue_rows.put_codes,
    {"code_kind": "stat_param", "platform": "vipshop", "code": "xhs0301a",
        "note_id": "65f0c1d2000000001203a4b5"},
    {"code_kind": "coupon", "platform": "taobao", "code": "MAN20", "blogger_id": "5e8f0a1b000000000100c2d3"},
)  # fmt: skip
