"""Where a merchant's data comes from, and what came of late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from measurement.queries.status import BY_HAND, LATE_AFTER
from merchants.models import Connection, Merchant, RawDelivery


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source and how fresh it is: ``never``, ``late``, ``fresh``, ``paused``, or ``by_hand``."""

    connection: Connection
    state: str


def sources(merchant: Merchant, *, now: datetime) -> list[SourceState]:
    rows = Connection.objects.for_merchant(merchant).order_by("source", "name")
    return [SourceState(row, _state(row, now)) for row in rows]


def deliveries(merchant: Merchant) -> Any:
    """Raw deliveries, newest first, without their bodies."""
    rows = RawDelivery.objects.for_merchant(merchant).select_related("connection").defer("body")
    return rows.order_by("-received_at", "-id")


def _state(row: Connection, now: datetime) -> str:
    if row.paused:
        return "paused"
    if row.source in BY_HAND:
        return "by_hand"
    if row.last_received_at is None:
        return "never"
    return "late" if now - row.last_received_at > LATE_AFTER else "fresh"
