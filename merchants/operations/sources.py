"""Where data comes from: the row of a source, and what it delivered by hand or by program."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings

from merchants import audit, tenancy, vault
from merchants.models import Connection, Merchant, RawDelivery

FILE, API = "file", "api"


def of_kind(merchant: Merchant, *, source: str, kind: str, name: str) -> Connection:
    """The source of files or batches of one kind, made when the first comes."""
    row: Connection
    row, _ = Connection.objects.for_merchant(merchant).get_or_create(
        merchant=merchant, source=source, shop=kind, defaults={"name": name[:120]}
    )
    return row


def delivered(
    connection: Connection, *, kind: str, content_hash: str, size: int, body: bytes = b""
) -> RawDelivery:
    """Notes a delivery whose rows are being taken in by the caller's own transaction. ``body`` is kept sealed
    until it expires; a file lies elsewhere and leaves it empty."""
    now = datetime.now(UTC)
    row: RawDelivery = RawDelivery.objects.create(
        merchant_id=connection.merchant_id,
        connection=connection,
        received_at=now,
        kind=kind,
        content_hash=content_hash,
        body=vault.seal(body, about=f"delivery of {connection.merchant_id}") if body else b"",
        size=size,
        state=RawDelivery.State.APPLIED,
        applied_at=now,
        expires_at=now + timedelta(days=settings.DELIVERY_DAYS),
    )
    return row


def counted(delivery: RawDelivery, rows: int) -> None:
    """Says how many rows of the delivery were taken in, and that its source is alive."""
    now = datetime.now(UTC)
    mine = RawDelivery.objects.for_merchant(delivery.merchant_id)
    mine.filter(pk=delivery.pk).update(rows=rows, applied_at=now, attempts=1)
    Connection.objects.for_merchant(delivery.merchant_id).filter(pk=delivery.connection_id).update(
        last_received_at=now, last_error=""
    )


def state_basis(merchant: Merchant, connection: Connection, *, basis: str, by: str) -> None:
    """Records on what legal basis the persons of this source are followed; empty takes it back."""
    with tenancy.acting_for(merchant):
        connection.legal_basis = basis.strip()[:200]
        connection.save(update_fields=["legal_basis"])
        audit.record(
            merchant, "merchants.source.basis_stated", by=by, on=connection, basis=connection.legal_basis
        )
