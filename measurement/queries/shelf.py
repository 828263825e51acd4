"""What is on a merchant's shelf: products with what is known of them, and what orders name that nobody mapped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from measurement.alliance.facts import JoinKind
from measurement.models import Category, ItemMapping, Note, Spu
from measurement.queries import products
from measurement.queries.products import Margin
from merchants.models import Merchant
from merchants.periods import day_of

PAGE = 25
# A buyer's key is a person and never shown; a click id is one click and means nothing twice.
MEANT = [str(kind) for kind in JoinKind if kind not in {JoinKind.BUYER, JoinKind.CLICK_ID}]


@dataclass(frozen=True, slots=True)
class Shelved:
    """A product: its cycle in days, the margin that holds, those told, latest first, and its items."""

    spu: Spu
    category: Category
    cycle_days: int
    margin: Margin | None
    history: tuple[Margin, ...]
    items: tuple[ItemMapping, ...]


@dataclass(frozen=True, slots=True)
class Unmapped:
    """An item that paid orders name and that is no product yet; ``paid_fen`` before refunds."""

    platform: str
    item_id: str
    title: str
    skus: int
    orders: int
    paid_fen: int
    last_day: date


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code on orders of which nobody has said what it was given to."""

    kind: str
    platform: str
    code: str
    orders: int


@dataclass(frozen=True, slots=True)
class NotesTold:
    """How many notes are known, and of how many the product, the buying point and the scene."""

    notes: int
    product: int
    buying_point: int
    scene: int


def shelf(merchant: Merchant, spus: Iterable[Spu], today: date) -> list[Shelved]:
    """What is known of these products (with their categories); four queries."""
    rows = list(spus)
    known = products.products_of(merchant)
    mapped: dict[int, list[ItemMapping]] = defaultdict(list)
    items = ItemMapping.objects.for_merchant(merchant).filter(spu__in=rows)
    for item in items.order_by("platform", "item_id", "sku_id"):
        mapped[item.spu_id].append(item)
    found = []
    for spu in rows:
        product = known[spu.pk]
        told = [margin for margin in product.margins if margin.basis_points is not None]
        holds = next((margin for margin in told if margin.start <= today < margin.end), None)
        found.append(
            Shelved(
                spu, spu.category, product.cycle_days, holds, tuple(reversed(told)), tuple(mapped[spu.pk])
            )
        )
    return found


def named(merchant: Merchant, text: str) -> Any:
    """The products whose code or name holds the text (all where it is empty), by name."""
    rows = Spu.objects.for_merchant(merchant).select_related("category").order_by("name", "code")
    return rows.filter(Q(name__icontains=text) | Q(code__icontains=text)) if text else rows


def unmapped(merchant: Merchant, *, number: int = 1, size: int = PAGE) -> tuple[list[Unmapped], int]:
    """A page, of ``size`` rows, of the items that no product stands for, those with most paid first; and how many
    there are. Beyond the last page the first one is given."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNMAPPED, {"merchant": merchant.pk, "limit": size, "offset": size * (max(number, 1) - 1)}
        )
        rows = cursor.fetchall()
    if not rows and number > 1:
        return unmapped(merchant, size=size)
    found = [
        Unmapped(platform, item, title, skus, orders, int(paid), day_of(last))
        for platform, item, title, skus, orders, paid, last, _all in rows
    ]
    return found, int(rows[0][-1]) if rows else 0


def without_item(merchant: Merchant) -> int:
    """Paid orders with a line that names neither product nor item: no mapping reaches them."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_ITEM, [merchant.pk])
        return int(cursor.fetchone()[0])


def unknown_codes(merchant: Merchant, *, limit: int = PAGE) -> list[UnknownCode]:
    """The codes that most orders carry and that mean nothing yet."""
    with connection.cursor() as cursor:
        cursor.execute(_CODES, {"merchant": merchant.pk, "kinds": MEANT, "limit": limit})
        return [UnknownCode(*row) for row in cursor.fetchall()]


def notes_told(merchant: Merchant) -> NotesTold:
    """What is known of notes; crowds by audience and the matrix of content stand on it."""
    counted = Note.objects.for_merchant(merchant).aggregate(
        notes=Count("id"),
        product=Count("id", filter=~Q(spu=None)),
        buying_point=Count("id", filter=~Q(buying_point="")),
        scene=Count("id", filter=~Q(scene="")),
    )
    return NotesTold(**counted)


_UNMAPPED = """
SELECT platform, item_id, max(title), count(DISTINCT nullif(sku_id, '')), count(DISTINCT order_id),
       sum(paid_fen) AS paid, max(paid_at), count(*) OVER ()
FROM measurement_orderline
WHERE merchant_id = %(merchant)s AND spu_id IS NULL AND paid_at IS NOT NULL AND item_id <> ''
GROUP BY platform, item_id ORDER BY paid DESC, platform, item_id LIMIT %(limit)s OFFSET %(offset)s
"""
_WITHOUT_ITEM = """
SELECT count(DISTINCT order_id) FROM measurement_orderline
WHERE merchant_id = %s AND spu_id IS NULL AND paid_at IS NOT NULL AND item_id = ''
"""
_CODES = """
SELECT k.kind, k.namespace, k.value, count(DISTINCT k.order_id) AS orders
FROM measurement_orderkey k
LEFT JOIN measurement_channelcode c ON c.merchant_id = k.merchant_id AND c.kind = k.kind
    AND c.namespace = k.namespace AND c.code = k.value
WHERE k.merchant_id = %(merchant)s AND k.kind = ANY(%(kinds)s) AND c.id IS NULL
GROUP BY 1, 2, 3 ORDER BY orders DESC, 1, 2, 3 LIMIT %(limit)s
"""
