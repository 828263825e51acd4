"""Events and costs one by one: touchpoints, orders, cost, identities."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from measurement.alliance.first_party import piece_of
from measurement.columns.identities import IDENTITIES, identity_shape
from measurement.columns.orders import ORDERS, HandedOrder, order_shape
from measurement.columns.spend import SPEND, spend_shape
from measurement.columns.touchpoints import TOUCHPOINTS, touch_shape
from measurement.intake_kinds.prepared import TOUCH_SOURCE, prepared
from measurement.models import ItemMapping, Spu
from measurement.operations import identities, marks, orders, spend, touches
from merchants import tenancy
from merchants.intake.kinds import Kind, register
from merchants.models import Merchant, RawDelivery

SPEND_SOURCE = "file"


def put_touchpoints(
    merchant: Merchant, rows: Iterable[Any], *, delivery: RawDelivery | None = None, by: str
) -> touches.Receipt:
    return touches.put(merchant, rows, source=TOUCH_SOURCE, by=by)


def put_spend(
    merchant: Merchant, rows: Iterable[Any], *, delivery: RawDelivery | None = None, by: str
) -> spend.Receipt:
    return spend.put(merchant, rows, source=SPEND_SOURCE, by=by)


def put_identities(
    merchant: Merchant, rows: Iterable[Any], *, delivery: RawDelivery | None = None, by: str
) -> identities.Receipt:
    return identities.link(merchant, rows, source=TOUCH_SOURCE, by=by)


@dataclass(slots=True)
class OrdersReceipt:
    """``received`` rows, ``repeated`` of them known already; ``orders`` and ``lines`` that changed."""

    received: int = 0
    repeated: int = 0
    orders: int = 0
    lines: int = 0


PORTION = 2_000  # rows of orders held at once


def put_orders(
    merchant: Merchant, rows: Iterable[HandedOrder], *, delivery: RawDelivery | None = None, by: str
) -> OrdersReceipt:
    receipt: Counter[str] = Counter()
    portion: list[HandedOrder] = []
    for row in rows:
        portion.append(row)
        if len(portion) == PORTION:
            receipt += _put_portion(merchant, portion, delivery, by)
            portion = []
    receipt += _put_portion(merchant, portion, delivery, by)
    return OrdersReceipt(**receipt)


def _put_portion(
    merchant: Merchant, rows: list[HandedOrder], delivery: RawDelivery | None, by: str
) -> Counter[str]:
    done: Counter[str] = Counter()
    by_shop: dict[str, list[HandedOrder]] = defaultdict(list)
    for row in rows:
        by_shop[row.shop].append(row)
    _learn_items(merchant, rows)
    for shop, of_shop in by_shop.items():
        pieces = [piece_of(row.row) for row in of_shop]
        got = orders.put_pieces(merchant, pieces, shop=shop, delivery=delivery, by=by)
        done += Counter(received=got.pieces, repeated=got.repeated, orders=got.orders, lines=got.lines)
    return done


def _learn_items(merchant: Merchant, rows: list[HandedOrder]) -> None:
    """A row that names its SPU says which one its item is, where nobody has said so yet."""
    named = {
        (row.row.platform, row.row.item_id): row.spu_code for row in rows if row.spu_code and row.row.item_id
    }
    if not named:
        return
    with tenancy.acting_for(merchant):
        known = set(
            ItemMapping.objects.for_merchant(merchant)
            .filter(item_id__in={item for _, item in named})
            .values_list("platform", "item_id")
        )
        new = {item: code for item, code in named.items() if item not in known}
        spus = dict(
            Spu.objects.for_merchant(merchant).filter(code__in=new.values()).values_list("code", "id")
        )
        ItemMapping.objects.bulk_create(
            [
                ItemMapping(merchant=merchant, platform=platform, item_id=item_id, spu_id=spus[code])
                for (platform, item_id), code in new.items()
            ],
            ignore_conflicts=True,
        )
        for platform, item_id in new:
            if not item_id.startswith("spu:"):  # lines of the item that came before it was known
                marks.change(merchant, "mapping", platform=platform, item_id=item_id)


register(
    Kind(
        code="touchpoints",
        label=_("Touchpoints"),
        columns=TOUCHPOINTS,
        examples=(
            {
                "touch_id": "t-20260301-0001", "person": "13800138000", "person_kind": "phone",
                "kind": "read", "occurred_at": "2026-03-01 20:15:00", "spu": "essence-30ml",
                "note_id": "65f0c1d2000000001203a4b5", "blogger_id": "5e8f0a1b000000000100c2d3",
                "dwell_seconds": "42", "device": "8f2d6c1e-33b0-4a57-9d51-6f0e7c0b2a91",
            },
            {
                "touch_id": "t-20260302-0007", "person": "o6_bmjrPTlm6_2sgVt7hMZOPfL2M",
                "person_kind": "openid", "person_namespace": "wx-brand-mall", "kind": "search",
                "occurred_at": "2026-03-02T09:40:12+08:00", "spu": "essence-30ml", "keyword": "面部精华",
            },
        ),
        prepare=prepared(touch_shape),
        write=put_touchpoints,
        rows_at_once=20_000,
    )
)  # fmt: skip
register(
    Kind(
        code="orders",
        label=_("Orders"),
        columns=ORDERS,
        examples=(
            {
                "order_id": "2026030112345678901", "line_id": "2026030112345678901-1", "platform": "taobao",
                "status": "paid", "created_at": "2026-03-01 21:00:00", "paid_at": "2026-03-01 21:02:10",
                "item_id": "678901234567", "sku_id": "4876543210987", "title": "焕亮精华液 30ml",
                "quantity": "1", "paid_amount": "389.00", "refunded_amount": "0.00",
                "person": "AAFx-open-uid-9a7c", "person_kind": "buyer", "person_namespace": "taobao",
            },
            {
                "order_id": "POS-20260303-0018", "platform": "store", "status": "paid",
                "paid_at": "2026-03-03 15:20:00", "spu": "essence-30ml", "quantity": "2",
                "paid_amount": "768.00", "person": "13800138000", "person_kind": "phone", "asked": "小红书",
                "is_new_buyer": "yes",
            },
        ),
        prepare=prepared(order_shape),
        write=put_orders,
        rows_at_once=2_000,
    )
)  # fmt: skip
register(
    Kind(
        code="spend",
        label=_("Cost"),
        columns=SPEND,
        examples=(
            {
                "day": "2026-03-01", "amount": "1284.05", "kind": "ads", "task": "in_task",
                "campaign_id": "2000001", "campaign_name": "春季修护", "spu": "essence-30ml",
            },
            {
                "day": "2026-03-01", "amount": "12000.00", "kind": "note_fee",
                "note_id": "65f0c1d2000000001203a4b5", "blogger_id": "5e8f0a1b000000000100c2d3",
                "blogger_name": "小满护肤日记", "source_id": "HT-2026-0031",
            },
        ),
        prepare=prepared(spend_shape),
        write=put_spend,
        rows_at_once=2_000,
    )
)  # fmt: skip
register(
    Kind(
        code="identities",
        label=_("Identities"),
        columns=IDENTITIES,
        examples=(
            {
                "person_a": "13800138000", "person_kind_a": "phone", "person_b": "AAFx-open-uid-9a7c",
                "person_kind_b": "buyer", "person_namespace_b": "taobao", "reason": "member id",
            },
        ),
        prepare=prepared(identity_shape),
        write=put_identities,
        rows_at_once=5_000,
    )
)  # fmt: skip
