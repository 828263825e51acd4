"""Consultations and deals of the desk, as events tell them: a touch, and a line of an order.

The desk knows people by the id of the platform they wrote on; here it becomes a person key, the same for the
consultation and the deal, so that a deal is credited to what its person met, this very talk among it. What was
agreed and not paid yet is no money: a deal without a payment is an unpaid order. A deal's product is the item
``skill`` of the first-party shop, which the merchant maps to an SPU like any other item.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from measurement.alliance.facts import JoinKind, OrderStatus
from measurement.alliance.first_party import OrderRow, piece_of
from measurement.alliance.veil import MARK
from measurement.choices import Platform, TouchKind
from measurement.models import ItemMapping
from measurement.operations import orders, touches
from measurement.operations.touches import TouchRow
from merchants.identity import pepper_of, person_key
from merchants.models import Merchant

BY = "system:desk"
SOURCE = "desk"
FAR, LONG_AGO = datetime(2200, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)


def consulted(merchant: Merchant, told: Mapping[str, Any], version: int) -> None:
    """A consultation was opened, or turned out to have been opened earlier or to have come from something: of two
    statements the one with the earlier opening stands, of those the later one, whatever came first. Without a
    person or a time there is nothing to touch."""
    if not told["platform_user"] or not told["opened_at"]:
        return
    opened = datetime.fromisoformat(told["opened_at"])
    origin = told["origin"]
    row = TouchRow(
        external_id=f"consultation:{told['consultation']}",
        person_key=_person(merchant, told),
        kind=TouchKind.CONSULTATION,
        occurred_at=opened,
        modified_at=FAR - (opened - LONG_AGO) + timedelta(microseconds=told.get("statement", 0)),
        spu_code=_product(merchant, told.get("skill", "")),
        keyword=str(origin.get("keyword", "")),
        note_id=str(origin.get("note_id", "")),
        live_id=str(origin.get("live_room_id", "")),
        creative_id=str(origin.get("creative_id", "")),
        campaign_id=str(origin.get("campaign_id", "")),
        blogger_id=str(origin.get("blogger_id", "")),
    )
    touches.put(merchant, [row], source=SOURCE, by=BY)


def dealt(merchant: Merchant, told: Mapping[str, Any], version: int) -> None:
    """A deal was closed, paid, refunded or cancelled; every statement is the whole of it, and the one with more
    postings stands."""
    closed = datetime.fromisoformat(told["closed_at"])
    row = OrderRow(
        platform=str(Platform.STORE),
        order_id=f"deal:{told['deal']}",
        line_id="1",
        status=_status(told),
        paid_fen=told["paid_fen"],
        refunded_fen=told["refunded_fen"],
        created_at=closed,
        paid_at=closed,
        modified_at=closed + timedelta(microseconds=told["statement"]),
        item_id=told["skill"] or "deal",
        title=told["skill"] or "deal",
        joins=((str(JoinKind.BUYER), told["source"], f"{MARK}{_person(merchant, told).hex}"),)
        if told["platform_user"]
        else (),
    )
    orders.put_pieces(merchant, [piece_of(row)], by=BY)


def _status(told: Mapping[str, Any]) -> OrderStatus:
    if told["paid_fen"] == 0:
        return OrderStatus.CANCELLED if told["cancelled_at"] else OrderStatus.UNPAID
    if told["refunded_fen"] >= told["paid_fen"]:
        return OrderStatus.REFUNDED
    return OrderStatus.REFUNDED_PARTIALLY if told["refunded_fen"] else OrderStatus.PAID


def _person(merchant: Merchant, told: Mapping[str, Any]) -> uuid.UUID:
    pepper = pepper_of(settings.PEPPER, merchant.public_id, merchant.pepper_version)
    return person_key(pepper, "user", told["source"], told["platform_user"])


def _product(merchant: Merchant, skill: str) -> str:
    """The SPU that consultations of this kind are about; empty where the content says it, or nobody does."""
    if not skill:
        return ""
    found = ItemMapping.objects.for_merchant(merchant).filter(platform=Platform.STORE, item_id=skill)
    return str(found.values_list("spu__code", flat=True).first() or "")
