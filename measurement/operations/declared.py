"""The channel an order names itself: a link, a coupon, a channel code, or the buyer's answer.

It is grade B evidence and belongs to that order only. An affiliate row with the number of a shop
order lends that order its codes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from measurement.alliance.facts import Feed, JoinKind
from measurement.models import ChannelCode, Order, OrderKey, OrderLine
from measurement.operations import marks
from merchants.models import Merchant

# What names content most closely comes first; of one kind the lower code, so that the choice is stated.
STRENGTH = [
    JoinKind.CLICK_ID, JoinKind.SUB_UNION_ID, JoinKind.STAT_PARAM, JoinKind.AD_CODE, JoinKind.COUPON,
    JoinKind.POSITION_ID, JoinKind.PID, JoinKind.CHANNEL_TAG, JoinKind.KOL_ID, JoinKind.ASKED,
]  # fmt: skip

Number = tuple[str, str]  # platform, order id


def settle(merchant: Merchant, orders: Iterable[Order], *, numbers: set[Number] | None = None) -> int:
    """Finds the declared channel of every line of these shop orders, and of those with these numbers;
    marks the lines whose channel changed. Returns how many did."""
    mine = {order.pk: order for order in orders}
    rows = Order.objects.for_merchant(merchant).filter(feed=Feed.SHOP)
    for order in rows.filter(
        platform__in={number[0] for number in numbers or set()},
        external_id__in={number[1] for number in numbers or set()},
    ):
        if (order.platform, order.external_id) in (numbers or set()):
            mine[order.pk] = order
    if not mine:
        return 0
    keys = _keys(merchant, mine)
    if not keys:  # none is ever taken away: these lines have had no channel either
        return 0
    meanings = _meanings(merchant, keys)
    moved = []
    for line in OrderLine.objects.for_merchant(merchant).filter(order_id__in=mine):
        channel, reason = _strongest(keys[line.order_id], line.external_id, meanings)
        if (line.declared_channel_id, line.declared_reason) != (channel, reason):
            line.declared_channel_id, line.declared_reason = channel, reason
            moved.append(line)
    OrderLine.objects.bulk_update(moved, ["declared_channel", "declared_reason"], batch_size=500)
    return marks.mark(merchant, [(line.pk, line.bucket) for line in moved], cause="code")


def settle_code(merchant: Merchant, *, kind: str, namespace: str, code: str) -> int:
    """After a code got its meaning: every order that carries it."""
    carriers = Order.objects.for_merchant(merchant).filter(
        keys__kind=kind, keys__namespace=namespace, keys__value=code, keys__merchant=merchant
    )
    shop = [order for order in carriers if order.feed == Feed.SHOP]
    return settle(
        merchant, shop, numbers={(o.platform, o.external_id) for o in carriers if o.feed != Feed.SHOP}
    )


def _keys(merchant: Merchant, orders: dict[int, Order]) -> dict[int, list[OrderKey]]:
    """The join keys of each order, its affiliate rows' among them."""
    own: dict[int, list[OrderKey]] = defaultdict(list)
    by_number = {(order.platform, order.external_id): pk for pk, order in orders.items()}
    # two look-ups by index: one condition over both would scan every key of the merchant
    affiliate = Order.objects.for_merchant(merchant).filter(
        feed=Feed.AFFILIATE,
        platform__in={number[0] for number in by_number},
        external_id__in={number[1] for number in by_number},
    )
    owner = {pk: pk for pk in orders}
    for pk, *number in affiliate.values_list("pk", "platform", "external_id"):
        if (number[0], number[1]) in by_number:
            owner[pk] = by_number[(number[0], number[1])]
    rows = OrderKey.objects.for_merchant(merchant).filter(order_id__in=owner).select_related("order")
    for key in rows:
        own[owner[key.order_id]].append(key)
    return own


def _meanings(merchant: Merchant, keys: dict[int, list[OrderKey]]) -> dict[tuple[str, str, str], int]:
    codes = {key.value for of_order in keys.values() for key in of_order}
    rows = ChannelCode.objects.for_merchant(merchant).filter(code__in=codes)
    return {(row.kind, row.namespace, row.code): row.channel_id for row in rows}


def _strongest(
    keys: list[OrderKey], line_id: str, meanings: dict[tuple[str, str, str], int]
) -> tuple[int | None, str]:
    """(channel, reason) of a line: of the keys that mean something, the one closest to content. A key of
    another line does not speak for this one; an affiliate row's line ids are its own, so all its keys do."""
    best: tuple[int, str, int] | None = None
    for key in keys:
        channel = meanings.get((key.kind, key.namespace, key.value))
        foreign = key.line_external_id not in {"", line_id} and key.order.feed == Feed.SHOP
        if channel is None or foreign:
            continue
        rank = (STRENGTH.index(JoinKind(key.kind)), key.value, channel)
        best = min(best, rank) if best else rank
    return (best[2], f"{STRENGTH[best[0]]}:{best[1]}"[:120]) if best else (None, "")
