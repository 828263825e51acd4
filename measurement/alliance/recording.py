"""A recorded exchange file read from end to end, without a database: the ``replay`` command's work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from measurement.alliance import reader
from measurement.alliance.answers import Push
from measurement.alliance.facts import Feed, LineFact, OrderFact, Page, Piece
from measurement.alliance.orders import assemble, superseded
from merchants.wire.shapes import as_mapping
from merchants.wire.times import iso_z


class PlatformReader(Protocol):
    """What a platform's module gives. A platform leaves out what it does not have:
    ``order_from`` (no orders), ``read_push`` (no pushes), ``standing_rows`` (no reports), ``sign``."""

    def read(self, exchange: Mapping[str, Any]) -> Page:
        """One exchange ``{"request", "response" or "response_text", "http_status"?, "pulled_at"?}``.

        Never raises on what a platform may send: a refused call is ``Page.refusal``, an unreadable
        row one of ``Page.problems``.
        """

    def order_from(self, pieces: Sequence[Piece]) -> OrderFact | None:
        """One order from its standing pieces, given in a fixed order (kind, key); None while it cannot
        be told (a refund whose order has not come) or when there is nothing to count."""

    def read_push(self, delivery: Mapping[str, Any]) -> Push:
        """One delivery ``{"headers", "raw_body"}``."""

    def standing_rows(
        self, rows: Sequence[Mapping[str, Any]], notes: Sequence[Mapping[str, Any]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Report rows and note rows in the order read, reduced to those that stand (restated rows
        replaced, an offline row over a realtime one, the latest snapshot of a note)."""

    def sign(self, vector: Mapping[str, Any]) -> str:
        """The signature of ``{"secret", "params" ...}`` by the platform's rule."""


def replay(platform: str, recording: Mapping[str, Any]) -> dict[str, Any]:
    """Everything a recording says, in the shape of the ``*.expected.json`` files.

    ``orders``, ``superseded_orders`` and ``errors`` for an order platform, ``rows``, ``notes`` and
    ``errors`` for reports, ``refetch_orders``, ``refetch_after_sales`` and ``reply`` for pushes,
    ``signatures`` for vectors; each where the recording asks for it. ``problems`` lists rows that could
    not be read, when there are any. Raises ``KeyError`` for an unknown platform.
    """
    module = reader(platform)
    result: dict[str, Any] = {}
    if recording.get("vectors"):
        result["signatures"] = {
            str(vector.get("name", index)): module.sign(vector)
            for index, vector in enumerate(recording["vectors"])
        }
    if recording.get("deliveries"):
        result.update(_pushes(module, recording["deliveries"]))
    if "exchanges" in recording:
        result.update(_exchanges(module, recording["exchanges"] or []))
    return result


def _exchanges(module: PlatformReader, exchanges: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    pages = [module.read(as_mapping(exchange)) for exchange in exchanges]
    result: dict[str, Any] = {}
    if hasattr(module, "order_from"):
        pieces = [piece for page in pages for piece in page.pieces]
        result["orders"] = [order_as_json(order) for order in assemble(pieces)]
        result["superseded_orders"] = superseded(pieces)
    if hasattr(module, "standing_rows"):
        rows, notes = module.standing_rows(
            [row for page in pages for row in page.rows],
            [note for page in pages for note in page.notes],
        )
        result["rows"], result["notes"] = rows, notes
    result["errors"] = [
        {
            "exchange": index,
            "class": page.refusal.error_class.value,
            "platform_code": page.refusal.platform_code,
        }
        for index, page in enumerate(pages)
        if page.refusal
    ]
    problems = [
        {"exchange": index, "problem": problem}
        for index, page in enumerate(pages)
        for problem in page.problems
    ]
    return {**result, "problems": problems} if problems else result


def _pushes(module: PlatformReader, deliveries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    pushes = [module.read_push(delivery) for delivery in deliveries]
    return {
        "refetch_orders": _once(order for push in pushes for order in push.refetch_orders),
        "refetch_after_sales": _once(sale for push in pushes for sale in push.refetch_after_sales),
        "reply": dict(pushes[-1].reply),
    }


def _once(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))


def order_as_json(order: OrderFact) -> dict[str, Any]:
    """The normalised order with the field names of ``docs/wire-formats.md``."""
    told: dict[str, Any] = {
        "feed": Feed.AFFILIATE.value if order.feed is Feed.AFFILIATE else None,
        "paid_at_source": order.paid_at_source,
        "modified_at": iso_z(order.modified_at),
        "parent_order_id": order.parent_order_id,
        "amount_basis": order.amount_basis,
        "commission_fen": order.commission_fen,
        "commission_valid": order.commission_valid,
    }
    return {
        "platform": order.platform,
        "order_id": order.order_id,
        "status": order.status.value,
        "paid_amount_fen": order.paid_fen,
        "refunded_amount_fen": order.refunded_fen,
        "shipping_fen": order.shipping_fen,
        "paid_at": iso_z(order.paid_at),
        "lines": [_line_as_json(line) for line in order.lines],
        **{name: value for name, value in told.items() if value is not None},
    }


def _line_as_json(line: LineFact) -> dict[str, Any]:
    told = {
        "line_id": line.line_id,
        "sku_id": line.sku_id,
        "product_id": line.item_id,
        "quantity": line.quantity,
        "paid_amount_fen": line.paid_fen,
        "refunded_amount_fen": line.refunded_fen,
    }
    if line.refunded_quantity is not None:
        told["refunded_quantity"] = line.refunded_quantity
    return told
