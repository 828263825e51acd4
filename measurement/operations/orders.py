"""Taking in orders: pieces kept, the order made from all of them, changed lines marked. One transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any

from django.conf import settings
from django.db import connection

from measurement.alliance.facts import Feed, OrderFact, OrderStatus, Piece
from measurement.alliance.orders import assemble_one, retires
from measurement.alliance.refunds import LineMoney, money_of_lines
from measurement.alliance.veil import channel_codes, person_of, veil
from measurement.models import Order, OrderKey, OrderLine, OrderPiece
from measurement.operations import declared, marks, rows
from measurement.operations.items import spus_of_items
from measurement.operations.locks import Lock, hold
from merchants import tenancy
from merchants.identity import pepper_of, person_key
from merchants.models import Merchant, RawDelivery

BATCH = 500  # orders of one transaction
COUNTED = {OrderStatus.PAID, OrderStatus.REFUNDED_PARTIALLY, OrderStatus.REFUNDED}

RETIRES = "retires"  # kind of the join key by which a child of a split order names its parent

Name = tuple[str, str, str]  # platform, feed, order id
Standing = dict[Name, dict[tuple[str, str], Piece]]  # the pieces of each order by kind and key


@dataclass(slots=True)
class Receipt:
    """``pieces`` received, ``repeated`` of them known already; ``orders`` and ``lines`` that changed."""

    pieces: int = 0
    repeated: int = 0
    orders: int = 0
    lines: int = 0


def put_pieces(
    merchant: Merchant,
    pieces: Iterable[Piece],
    *,
    shop: str = "",
    delivery: RawDelivery | None = None,
    by: str,
) -> Receipt:
    """Takes in what platforms said of orders, in any order, as often as you like.

    Buyers' identifiers become person keys here, before anything is stored. Every changed line is
    marked in the same transaction, so that its credit is computed anew whatever happens next.
    """
    receipt = Receipt()
    key_of = _keys_of(merchant)
    for batch in _batches(veil(piece, key_of) for piece in pieces):
        with tenancy.acting_for(merchant):
            hold(merchant, Lock.ORDERS)  # one at a time: two deliveries may hold pieces of one order
            _Batch(merchant, shop, delivery).take(batch, receipt)
    return receipt


def _keys_of(merchant: Merchant) -> Any:
    pepper = pepper_of(settings.PEPPER, merchant.public_id, merchant.pepper_version)
    return lambda namespace, identifier: person_key(pepper, "buyer", namespace, identifier)


def _batches(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    stream = iter(pieces)
    while batch := list(islice(stream, BATCH * 2)):
        yield batch


class _Batch:
    """The orders touched by one batch of pieces, read once and written once."""

    def __init__(self, merchant: Merchant, shop: str, delivery: RawDelivery | None) -> None:
        self.merchant, self.shop, self.delivery = merchant, shop, delivery
        self.now = datetime.now(UTC)
        self.contested: set[tuple[str, ...]] = set()  # equal time, other content: the greater hash won

    def take(self, pieces: list[Piece], receipt: Receipt) -> None:
        receipt.pieces += len(pieces)
        standing = self._stored({name_of(piece) for piece in pieces})
        changed: Standing = defaultdict(dict)
        for piece in pieces:
            name, slot = name_of(piece), (piece.kind, piece.key)
            before = standing[name].get(slot)
            if before is not None and (before.body == piece.body or not piece.replaces(before)):
                receipt.repeated += 1
                continue
            if before is not None and before.modified_at == piece.modified_at:
                self.contested.add((*name, *slot))
            standing[name][slot] = changed[name][slot] = piece
        self._keep(changed)
        facts = {name: assemble_one(name[0], standing[name].values()) for name in changed}
        retired = self._retired(facts, standing)
        self._write({name: fact for name, fact in facts.items() if fact}, retired, standing, receipt)
        self._retire(retired, receipt)

    def _stored(self, names: set[Name]) -> Standing:
        found: Standing = defaultdict(dict)
        rows = OrderPiece.objects.for_merchant(self.merchant).filter(
            shop=self.shop, order_external_id__in={name[2] for name in names}
        )
        for row in rows:
            piece = Piece(
                row.platform,
                Feed(row.feed),
                row.order_external_id,
                row.kind,
                row.key,
                row.modified_at,
                row.body,
            )
            found[name_of(piece)][(row.kind, row.key)] = piece
        return found

    def _keep(self, changed: Standing) -> None:
        pieces = [
            OrderPiece(
                merchant=self.merchant,
                platform=piece.platform,
                shop=self.shop,
                feed=piece.feed,
                order_external_id=piece.order_id,
                kind=piece.kind,
                key=piece.key,
                modified_at=piece.modified_at,
                content_hash=piece.content_hash,
                body=dict(piece.body),
                delivery=self.delivery,
                contested=(*name, *slot) in self.contested,
                received_at=self.now,
            )
            for name, slots in changed.items()
            for slot, piece in slots.items()
        ]
        rows.write(
            pieces,
            unique=["merchant", "platform", "shop", "feed", "order_external_id", "kind", "key"],
            update=["modified_at", "content_hash", "body", "delivery", "contested", "received_at"],
        )

    def _retired(self, facts: dict[Name, OrderFact | None], standing: Standing) -> set[Name]:
        """Split parents: those that orders of this batch name, and those of this batch that a child,
        stored before, had named; and orders that say themselves that they were split."""
        named = {
            (name[0], name[1], parent)
            for name in facts
            for parent in retires(standing[name].values())
            if parent != name[2]
        }
        by_children = OrderKey.objects.for_merchant(self.merchant).filter(
            kind=RETIRES, value__in=[name[2] for name in facts], order__shop=self.shop
        )
        for namespace, parent in by_children.values_list("namespace", "value"):
            platform, _, feed = namespace.partition(":")
            named.add((platform, feed, parent))
        said = {name for name, fact in facts.items() if fact is None}
        return named | said

    def _retire(self, retired: set[Name], receipt: Receipt) -> None:
        """Takes retired orders out of the count; their children carry on."""
        orders = Order.objects.for_merchant(self.merchant).filter(
            shop=self.shop, external_id__in={name[2] for name in retired}, superseded=False
        )
        gone = [order for order in orders if (order.platform, order.feed, order.external_id) in retired]
        if not gone:
            return
        Order.objects.for_merchant(self.merchant).filter(pk__in=[order.pk for order in gone]).update(
            superseded=True
        )
        lines = OrderLine.objects.for_merchant(self.merchant).filter(order__in=gone)
        hit = list(lines.exclude(paid_at=None).values_list("id", "bucket"))
        lines.update(paid_at=None)
        receipt.lines += marks.mark(self.merchant, hit, cause="split")

    def _write(
        self, facts: dict[Name, OrderFact], retired: set[Name], standing: Standing, receipt: Receipt
    ) -> None:
        if not facts:
            return
        money = {name: money_of_lines(fact) for name, fact in facts.items()}
        orders = [self._order(name, fact, money[name][1], name in retired) for name, fact in facts.items()]
        rows.write(
            orders, unique=["merchant", "platform", "shop", "feed", "external_id"], update=_ORDER_FIELDS
        )
        receipt.orders += len(orders)
        by_name = {(order.platform, order.feed, order.external_id): order for order in orders}
        self._write_keys(by_name, facts, standing)
        # an affiliate row is evidence for the shop's order of its number, never a second order: no lines
        shop_orders = {name: by_name[name] for name in facts if name[1] == Feed.SHOP}
        receipt.lines += self._write_lines(shop_orders, facts, money, retired)
        affiliate = {name for name in facts if name[1] == Feed.AFFILIATE}
        receipt.lines += declared.settle(
            self.merchant, shop_orders.values(), numbers={(n[0], n[2]) for n in affiliate}
        )

    def _order(self, name: Name, fact: OrderFact, rest_fen: int, retired: bool) -> Order:
        return Order(
            merchant=self.merchant,
            platform=fact.platform,
            shop=self.shop,
            feed=fact.feed,
            external_id=fact.order_id,
            status=fact.status,
            paid_fen=fact.paid_fen,
            refunded_fen=fact.refunded_fen,
            shipping_fen=fact.shipping_fen,
            rest_fen=0 if fact.feed == Feed.AFFILIATE else rest_fen,
            created_at=fact.created_at,
            paid_at=fact.paid_at,
            paid_at_source=fact.paid_at_source or "",
            promised_at=fact.promised_at,
            shipped_at=fact.shipped_at,
            signed_at=fact.signed_at,
            carrier=fact.carrier[:60],
            after_sale_reason=fact.after_sale_reason[:120],
            modified_at=fact.modified_at,
            person_key=person_of(fact),
            parent_external_id=fact.parent_order_id or "",
            superseded=retired,
            commission_fen=fact.commission_fen,
            is_new_buyer=fact.is_new_buyer,
            delivery=self.delivery,
            received_at=self.now,
        )

    def _write_keys(
        self, orders: dict[Name, Order], facts: dict[Name, OrderFact], standing: Standing
    ) -> None:
        codes = [
            (name, line_id, str(key.kind), key.namespace, key.value)
            for name, fact in facts.items()
            for line_id, key in channel_codes(fact)
        ]
        parents = [
            (name, "", RETIRES, f"{name[0]}:{name[1]}", parent)
            for name in facts
            for parent in retires(standing[name].values())
        ]
        keys = [
            OrderKey(
                merchant=self.merchant,
                order=orders[name],
                line_external_id=line_id,
                kind=kind,
                namespace=namespace,
                value=value[:160],
            )
            for name, line_id, kind, namespace, value in codes + parents
        ]
        rows.write(keys, unique=["merchant", "order", "line_external_id", "kind", "namespace", "value"])

    def _write_lines(
        self,
        orders: dict[Name, Order],
        facts: dict[Name, OrderFact],
        money: dict[Name, tuple[list[LineMoney], int]],
        retired: set[Name],
    ) -> int:
        """Writes the lines of shop orders and marks those that changed. Returns how many did."""
        if not orders:
            return 0
        before = _lines_by_order(self.merchant, orders.values())
        items = {
            (name[0], line.item_id or "", line.sku_id or "") for name in orders for line in facts[name].lines
        }
        spus = spus_of_items(self.merchant, items)
        new: list[OrderLine] = []
        dirty: list[OrderLine] = []
        for name, order in orders.items():
            counted = facts[name].status in COUNTED and name not in retired
            old = before.get(order.pk, {})
            for fact, amounts in zip(facts[name].lines, money[name][0], strict=True):
                line = old.pop(fact.line_id, None) or OrderLine(
                    merchant=self.merchant, order=order, external_id=fact.line_id, bucket=-1
                )
                spu = spus.get((name[0], fact.item_id or "", fact.sku_id or ""))
                if _differs(line, order, fact, amounts, spu, counted):
                    (dirty if line.pk else new).append(line)
            for gone in old.values():  # the platform no longer names this line
                if gone.paid_at is not None or gone.net_fen:
                    gone.paid_at, gone.paid_fen, gone.refunded_fen, gone.net_fen = None, 0, 0, 0
                    dirty.append(gone)
        return self._save_lines(new, dirty)

    def _save_lines(self, new: list[OrderLine], dirty: list[OrderLine]) -> int:
        if new:
            for line, pk in zip(new, _reserve(len(new)), strict=True):
                line.pk, line.bucket = pk, marks.bucket_of(line.person_key, pk)
        rows.write(new + dirty, unique=["id"], update=_LINE_FIELDS)
        return marks.mark(self.merchant, [(line.pk, line.bucket) for line in new + dirty], cause="order")


_ORDER_FIELDS = [
    "status", "paid_fen", "refunded_fen", "shipping_fen", "rest_fen", "created_at", "paid_at", "paid_at_source",
    "promised_at", "shipped_at", "signed_at", "carrier", "after_sale_reason", "modified_at", "person_key",
    "parent_external_id", "superseded", "commission_fen", "is_new_buyer", "delivery", "received_at",
]  # fmt: skip
_LINE_FIELDS = [
    "item_id", "sku_id", "title", "spu", "quantity", "paid_fen", "refunded_fen", "refund_assumed", "net_fen",
    "platform", "paid_at", "person_key",
]  # fmt: skip


def name_of(piece: Piece) -> Name:
    return piece.platform, piece.feed, piece.order_id


def _differs(
    line: OrderLine, order: Order, fact: Any, amounts: LineMoney, spu_id: int | None, counted: bool
) -> bool:
    """Sets the line to what the order says now; True when anything moved."""
    values = {
        "item_id": fact.item_id or "",
        "sku_id": fact.sku_id or "",
        "title": fact.title[:200],
        "spu_id": spu_id,
        "quantity": fact.quantity,
        "paid_fen": amounts.paid_fen,
        "refunded_fen": amounts.refunded_fen,
        "refund_assumed": amounts.assumed,
        "net_fen": amounts.net_fen,
        "platform": order.platform,
        "paid_at": order.paid_at if counted else None,
        "person_key": order.person_key,
    }
    moved = [name for name, value in values.items() if getattr(line, name) != value]
    for name in moved:
        setattr(line, name, values[name])
    return bool(moved) or line.pk is None


def _lines_by_order(merchant: Merchant, orders: Iterable[Order]) -> dict[int, dict[str, OrderLine]]:
    rows = (
        OrderLine.objects.for_merchant(merchant)
        .filter(order_id__in=[order.pk for order in orders])
        .order_by("order_id")
    )
    return {
        order_id: {line.external_id: line for line in lines}
        for order_id, lines in groupby(rows, key=lambda line: int(line.order_id))
    }


def _reserve(count: int) -> list[int]:
    """Ids for new lines, taken beforehand: a line's bucket may depend on its id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('measurement_orderline', 'id')) FROM generate_series(1, %s)",
            [count],
        )
        return [int(row[0]) for row in cursor.fetchall()]
