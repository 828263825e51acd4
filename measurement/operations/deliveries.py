"""What a partner sends: stored whole and encrypted first, read afterwards, as often as needed."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError

from measurement.alliance import PLATFORMS, reader
from measurement.alliance.costs import JUGUANG, PUGONGYING, from_juguang, from_pugongying
from measurement.operations import orders, spend
from measurement.operations.orders import Receipt
from merchants import audit, tenancy, vault
from merchants.background import wake
from merchants.models import Connection, Merchant, RawDelivery

ATTEMPTS = 5  # workers that may begin with one delivery before it is given up

log = logging.getLogger(__name__)


def receive(
    connection: Connection, *, body: bytes, received_at: datetime, by: str, kind: str = "exchange"
) -> RawDelivery:
    """Stores a delivery and wakes a worker for it. ``body`` is the JSON of one exchange (request and
    answer) as it travelled. Commits before anything is read out of it."""
    merchant = connection.merchant
    with tenancy.acting_for(merchant):
        row: RawDelivery = RawDelivery.objects.create(
            merchant=merchant,
            connection=connection,
            received_at=received_at,
            kind=kind,
            content_hash=hashlib.sha256(body).hexdigest(),
            body=vault.seal(body, about=_about(merchant.pk)),
            size=len(body),
            expires_at=received_at + timedelta(days=settings.DELIVERY_DAYS),
        )
        wake("measurement.apply_delivery", merchant_id=merchant.pk, delivery_id=row.pk)
    return row


def apply(merchant: Merchant, delivery_id: int, *, again: bool = True) -> Receipt | None:
    """Reads a delivery and takes in what it says. Repeatable: what is known already changes nothing.

    A refused call or a page that cannot be read is stated on the row; None then, and when the delivery
    does not exist (any more). With ``again`` false one that was read before is left alone. One that no
    worker survives, or that fails in a way nobody foresaw, is given up after ``ATTEMPTS``.
    """
    row = _claim(merchant, delivery_id, again=again)
    if row is None:
        return None
    try:
        return _take_in(merchant, row)
    except (OperationalError, InterfaceError):
        raise  # the database's fault: the task comes back
    except Exception as wrong:
        _state(merchant, row, error=type(wrong).__name__)
        raise


def _claim(merchant: Merchant, delivery_id: int, *, again: bool) -> RawDelivery | None:
    """The row, if it is to be read. Each beginning is counted before it, so that a lost worker counts."""
    with tenancy.acting_for(merchant):
        rows = RawDelivery.objects.for_merchant(merchant).select_for_update(of=("self",))
        row: RawDelivery | None = rows.select_related("connection").filter(pk=delivery_id).first()
        if row is None or not (again or row.state == RawDelivery.State.RECEIVED):
            return None
        if row.state == RawDelivery.State.RECEIVED and row.attempts >= ATTEMPTS:
            log.error("Delivery %s is given up after %s attempts", row.pk, row.attempts)
            _state(merchant, row, state=RawDelivery.State.FAILED, error=row.error or "worker lost")
            return None
        row.attempts += 1
        _state(merchant, row, attempts=row.attempts)
    return row


def _take_in(merchant: Merchant, row: RawDelivery) -> Receipt | None:
    try:
        page = (
            reader(row.connection.source).read(_exchange(row)) if row.connection.source in PLATFORMS else None
        )
    except ValueError as unreadable:
        _refuse(merchant, row, f"unreadable: {unreadable}")
        return None
    if page is None:
        _refuse(merchant, row, f"unknown source {row.connection.source}")
        return None
    if page.refusal:
        refusal = page.refusal
        _refuse(merchant, row, f"{refusal.error_class} {refusal.platform_code or ''} {refusal.message}")
        return None
    by = f"system:{row.connection.source}"
    receipt = orders.put_pieces(merchant, page.pieces, shop=row.connection.shop, delivery=row, by=by)
    if page.rows or page.notes:
        told_at = row.received_at
        spend.put(merchant, from_juguang(page.rows, received_at=told_at), source=JUGUANG, by=by)
        spend.put(merchant, from_pugongying(page.notes, received_at=told_at), source=PUGONGYING, by=by)
    told = len(page.pieces) + len(page.rows) + len(page.notes)
    _settle(merchant, row, RawDelivery.State.APPLIED, "; ".join(page.problems), rows=told)
    return receipt


def _exchange(row: RawDelivery) -> dict[str, Any]:
    exchange = json.loads(vault.unseal(row.body, about=_about(row.merchant_id)))
    if not isinstance(exchange, dict):
        raise ValueError("an exchange is a JSON object")
    return {"received_at": row.received_at.isoformat(), **exchange}


def _refuse(merchant: Merchant, row: RawDelivery, why: str) -> None:
    _settle(merchant, row, RawDelivery.State.REFUSED, why)


def _settle(merchant: Merchant, row: RawDelivery, state: str, error: str, rows: int = 0) -> None:
    with tenancy.acting_for(merchant):
        _state(merchant, row, state=state, error=error[:400], rows=rows, applied_at=datetime.now(UTC))
        fresh: dict[str, Any] = {"last_error": error[:400]}
        if state == RawDelivery.State.APPLIED:
            fresh["last_received_at"] = row.received_at
        Connection.objects.for_merchant(merchant).filter(pk=row.connection_id).update(**fresh)


def _state(merchant: Merchant, row: RawDelivery, **fields: Any) -> None:
    with tenancy.acting_for(merchant):
        RawDelivery.objects.for_merchant(merchant).filter(pk=row.pk).update(**fields)


def _about(merchant_id: int) -> str:
    return f"delivery of {merchant_id}"


def again(merchant: Merchant, delivery: RawDelivery, *, by: str) -> None:
    """Reads a kept delivery once more; what is known already changes nothing. Raises ``ValueError`` for one
    that holds no exchange (a file or a batch is handed in anew instead)."""
    if delivery.kind not in {"exchange", "push"} or not delivery.body:
        raise ValueError(delivery.kind)
    with tenancy.acting_for(merchant):
        RawDelivery.objects.for_merchant(merchant).filter(pk=delivery.pk).update(
            state=RawDelivery.State.RECEIVED, error="", attempts=0
        )
        audit.record(merchant, "measurement.delivery.replayed", by=by, on=delivery)
        wake("measurement.apply_delivery", merchant_id=merchant.pk, delivery_id=delivery.pk)
