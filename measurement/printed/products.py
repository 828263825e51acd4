"""Products as a file: the shelf, the margins told, items that are no product yet and codes that mean nothing yet."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measurement import words
from measurement.exports import Head, Sheet, Table
from measurement.models import ItemMapping
from measurement.printed.printed import Asking, Figure, Printed, around, money, stem_of
from measurement.queries import shelf
from measurement.queries.shelf import Shelved, UnknownCode, Unmapped

EVERY = 100_000  # rows of a further table; a page shows :data:`shelf.PAGE`


def asked(given: Any) -> str:
    """The part of a name or a code that is searched for."""
    return str(given.get("q", "")).strip()


def print_products(asking: Asking) -> Printed:
    merchant, text = asking.merchant, asked(asking.given)
    rows = shelf.shelf(merchant, shelf.named(merchant, text), asking.today)
    items, all_items = shelf.unmapped(merchant, size=EVERY)
    notes = shelf.notes_told(merchant)
    products = len(rows) if not text else shelf.named(merchant, "").count()
    return Printed(
        stem=stem_of("products", None),
        sheet=Sheet(
            _shelf(rows),
            said=(
                (_("Report"), _("Products")),
                (_("Name or code"), text or "–"),
                *around(merchant, None),
                (_("Orders that name neither item nor product"), str(shelf.without_item(merchant))),
                (_("Notes"), str(notes.notes)),
                (_("of which with a product"), str(notes.product)),
                (_("with a buying point"), str(notes.buying_point)),
                (_("with an audience or scene"), str(notes.scene)),
            ),
            further=(
                _margins(rows),
                _unmapped(items, merchant.currency),
                _codes(shelf.unknown_codes(merchant, limit=EVERY)),
            ),
        ),
        query={"q": text} if text else {},
        takeaway=takeaway(products, all_items),
        figures=(
            Figure(_("Products"), products, "count"),
            Figure(_("Items of orders that are no product yet"), all_items, "count"),
        ),
        listed=("name", "category", "cycle", "margin"),
    )


def takeaway(spus: int, unmapped: int) -> str:
    """What is missing most, else what this page is for."""
    if not spus:
        return _("Name what you sell first: margins, cycles and items of shops all belong to a product.")
    if unmapped:
        return ngettext(
            "%(count)d item of your orders is no product yet: its orders have no cycle and no margin of their own.",
            "%(count)d items of your orders are no product yet: their orders have no cycle and no margin of their own.",
            unmapped,
        ) % {"count": unmapped}
    return _("Every item of your orders is a product.")


def item_words(item: ItemMapping) -> str:
    """An item of a shop, with its SKU where it is of one only."""
    return f"{words.platform(item.platform)} {item.item_id}{'/' + item.sku_id if item.sku_id else ''}"


def _share(basis_points: int | None) -> float | None:
    return None if basis_points is None else basis_points / 10_000


def _shelf(rows: list[Shelved]) -> Table:
    return Table(
        _("Products"),
        (
            Head("name", _("Product")),
            Head("code", _("Code")),
            Head("category", _("Category")),
            Head("cycle", _("Decision cycle, days"), "count"),
            Head("margin", _("Margin"), "share"),
            Head("items", _("Items")),
        ),
        tuple(
            {
                "name": one.spu.name,
                "code": one.spu.code,
                "category": one.category.name,
                "cycle": one.cycle_days,
                "margin": _share(one.margin.basis_points) if one.margin else None,
                "items": "; ".join(item_words(item) for item in one.items),
            }
            for one in rows
        ),
    )


def _margins(rows: list[Shelved]) -> Table:
    return Table(
        pgettext("margins", "Told so far"),
        (
            Head("code", _("Code")),
            Head("name", _("Product")),
            Head("start", _("From")),
            Head("margin", _("Margin"), "share"),
        ),
        tuple(
            {
                "code": one.spu.code,
                "name": one.spu.name,
                "start": margin.start,
                "margin": _share(margin.basis_points),
            }
            for one in rows
            for margin in one.history
        ),
    )


def _unmapped(items: list[Unmapped], currency: str) -> Table:
    return Table(
        _("Items of orders that are no product yet"),
        (
            Head("item", _("Item")),
            Head("title", _("Title")),
            Head("platform", _("Platform")),
            Head("skus", _("SKUs"), "count"),
            Head("orders", _("Orders"), "count"),
            money("paid", _("Paid before refunds"), currency),
            Head("last", _("Last order")),
        ),
        tuple(
            {
                "item": one.item_id,
                "title": one.title,
                "platform": words.platform(one.platform),
                "skus": one.skus,
                "orders": one.orders,
                "paid": one.paid_fen,
                "last": one.last_day,
            }
            for one in items
        ),
    )


def _codes(codes: list[UnknownCode]) -> Table:
    return Table(
        _("Codes on orders that mean nothing yet"),
        (
            Head("code", _("Channel code")),
            Head("kind", _("Kind")),
            Head("platform", _("Platform")),
            Head("orders", _("Orders"), "count"),
        ),
        tuple(
            {
                "code": one.code,
                "kind": words.said(words.CODES, one.kind),
                "platform": words.platform(one.platform),
                "orders": one.orders,
            }
            for one in codes
        ),
    )
