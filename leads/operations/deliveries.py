"""What sources push: judged in the request, stored whole and sealed, read afterwards as often as needed."""

from __future__ import annotations

import base64
import json
import logging
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import F

from leads import sealing
from leads.channels import PULLED, channel
from leads.channels.facts import Delivery, Told, Verdict
from leads.models import Source
from leads.operations import alarms, facts, sources
from merchants import audit, tenancy, vault
from merchants.background import wake
from merchants.models import Connection, Merchant, RawDelivery

UNDECIPHERED = "not_decrypted"
UNVOUCHED, UNVOUCHED_BYTES = (
    500,
    64 * 1024,
)  # deliveries of a source that its key does not open, and the largest
ATTEMPTS = 5  # workers that may begin with one delivery before it is given up
_KEPT_HEADERS = (
    "x-red-signature",
    "x-hub-signature-256",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
)

log = logging.getLogger(__name__)
State = RawDelivery.State


def merchant_at(address: str) -> Merchant | None:
    """Whose source may have this address; sets nothing."""
    if len(address) != 64 or not address.isalnum() or not address.isascii():
        return None
    try:
        return Merchant.objects.filter(public_id=uuid.UUID(address[:32])).first()
    except ValueError:
        return None


def source_at(merchant: Merchant, address: str) -> Source | None:
    """The merchant's source with this address, if it is switched on and pushes at all: nothing vouches for what
    comes to the address of one that we ask. Within the merchant's transaction."""
    rows = Source.objects.for_merchant(merchant).exclude(channel__in=PULLED)
    found: Source | None = rows.filter(address=address, active=True).first()
    if found is not None:
        found.merchant = merchant
    return found


def receive(source: Source, delivery: Delivery, *, now: datetime, size: int | None = None) -> Verdict:
    """Judges a delivery and keeps what is to be kept: of a wrong signature a count, of what cannot be read the
    reason, of the rest every byte. Within the merchant's transaction, and with no savepoint of its own: this
    is what a platform waits for. What it returns may be answered once that transaction has committed."""
    secrets = sources.secrets_of(source)
    verdict = channel(source.channel).judge(delivery, secrets, now)
    if verdict.status in (401, 403):
        Source.objects.for_merchant(source.merchant).filter(pk=source.pk).update(
            wrong_signatures=F("wrong_signatures") + 1, wrong_at=now
        )
    elif verdict.status != 200:
        worth = verdict.status == 400 and (
            bool(secrets.tokens) or _may_be_read_yet(source, delivery, verdict)
        )
        _store(source, delivery if worth else None, now, size or len(delivery.body), why=verdict.why)
    elif verdict.kept:
        _store(source, delivery, now, len(delivery.body))
        wake("leads.take_deliveries", merchant_id=source.merchant_id)
    return verdict


def without_length(source: Source, *, now: datetime) -> Verdict:
    """A body whose end nobody tells cannot be read; that it came is listed."""
    _store(source, None, now, 0, why="no_length")
    return Verdict(411, "no_length")


def _may_be_read_yet(source: Source, delivery: Delivery, verdict: Verdict) -> bool:
    """What our key does not open may open with the right one. Nobody vouches for it, so a source has a bounded
    number of them, none large."""
    if verdict.why != UNDECIPHERED or len(delivery.body) > UNVOUCHED_BYTES:
        return False
    return not _undeciphered(source)[UNVOUCHED - 1 : UNVOUCHED].exists()


def _undeciphered(source: Source) -> Any:
    """The kept deliveries of a source that its key did not open."""
    rows = RawDelivery.objects.for_merchant(source.merchant_id).filter(
        connection_id=source.connection_id, kind=RawDelivery.LEAD, state=State.REFUSED, error=UNDECIPHERED
    )
    return rows.exclude(body=b"").order_by("pk")


def again_with_key(merchant: Merchant, source: Source, *, by: str) -> int:
    """Reads what the former key did not open and the present one does; how many deliveries."""
    count = 0
    for row in _undeciphered(source):
        with suppress(ValueError):
            again(merchant, row, by=by)
            count += 1
    return count


def keep_pulled(source: Source, delivery: Delivery, *, now: datetime) -> bool:
    """Keeps an answer to what we asked, before anything is read out of it; False for one that is kept already,
    byte for byte."""
    digest = sealing.fingerprint(source.merchant, "delivery", delivery.body)
    mine = RawDelivery.objects.for_merchant(source.merchant_id).filter(kind=RawDelivery.LEAD)
    if mine.filter(connection_id=source.connection_id, content_hash=digest).exists():
        return False
    _store(source, delivery, now, len(delivery.body))
    wake("leads.take_deliveries", merchant_id=source.merchant_id)
    return True


def _store(source: Source, delivery: Delivery | None, now: datetime, size: int, why: str = "") -> RawDelivery:
    """A row for what came; refused ones that nobody vouches for are listed without their content."""
    row: RawDelivery = RawDelivery.objects.create(
        merchant_id=source.merchant_id,
        connection_id=source.connection_id,
        received_at=now,
        kind=RawDelivery.LEAD,
        content_hash=sealing.fingerprint(source.merchant, "delivery", delivery.body) if delivery else "",
        body=vault.seal(_written(delivery), about=_about(source.merchant_id)) if delivery else b"",
        size=size,
        state=State.REFUSED if why else State.RECEIVED,
        error=why,
        expires_at=now + timedelta(days=_days_kept(source.merchant)),
    )
    return row


def _days_kept(merchant: Merchant) -> int:
    """What a clinic's source pushes holds the words of its chats, whose time is shorter."""
    days = int(settings.DELIVERY_DAYS)
    return min(days, int(settings.SENSITIVE_DAYS)) if merchant.sensitive_trade else days


def _about(merchant_id: int) -> str:
    return f"delivery of {merchant_id}"


def _written(delivery: Delivery) -> bytes:
    headers = {name: text for name, text in delivery.headers.items() if name in _KEPT_HEADERS}
    body = base64.b64encode(delivery.body).decode()
    told = {"path": delivery.path, "headers": headers, "body": body, "method": delivery.method}
    return json.dumps(told).encode()


def kept(row: RawDelivery) -> Delivery | None:
    """The delivery as it travelled; None when its content was not kept."""
    if not row.body:
        return None
    told = json.loads(vault.unseal(row.body, about=_about(row.merchant_id)))
    method = told.get("method", "POST")
    return Delivery(base64.b64decode(told["body"]), told["headers"], method=method, path=told["path"])


def take_next(merchant: Merchant) -> bool:
    """Takes in the oldest delivery that nobody has begun to read; False when there is none. One that fails in
    a way nobody foresaw is left to the sweep, so that it does not keep the others waiting."""
    row = _claim(merchant, attempts=0)
    if row is None:
        return False
    try:
        _take(merchant, row)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("Delivery %s could not be read", row.pk)
    return True


def take(merchant: Merchant, delivery_id: int) -> None:
    """Takes in what a stored delivery says. Repeatable, in any order; one that no worker survives, or that
    fails in a way nobody foresaw, is given up after ``ATTEMPTS`` and stays to be read again."""
    row = _claim(merchant, pk=delivery_id)
    if row is not None:
        _take(merchant, row)


def _take(merchant: Merchant, row: RawDelivery) -> None:
    try:
        with tenancy.acting_for(merchant):
            _read(merchant, row)
    except (OperationalError, InterfaceError):
        raise  # the database's fault: the task comes back
    except Exception as wrong:
        _state(merchant, row, error=type(wrong).__name__)
        raise


def _claim(merchant: Merchant, **which: int) -> RawDelivery | None:
    """The oldest such row that is to be read and nobody else takes. Each beginning is counted before it, so
    that a lost worker counts."""
    with tenancy.acting_for(merchant):
        rows = RawDelivery.objects.for_merchant(merchant).select_for_update(skip_locked=True)
        waiting = rows.filter(kind=RawDelivery.LEAD, state=State.RECEIVED, **which)
        row: RawDelivery | None = waiting.order_by("id").first()
        if row is None:
            return None
        if row.attempts >= ATTEMPTS:
            log.error("Delivery %s is given up after %s attempts", row.pk, row.attempts)
            _state(merchant, row, state=State.FAILED, error=row.error or "worker lost")
            return None
        row.attempts += 1
        row.save(update_fields=["attempts"])
    return row


def _read(merchant: Merchant, row: RawDelivery) -> None:
    """Effects and the mark that they are done, in one transaction."""
    source = (
        Source.objects.for_merchant(merchant).select_related("store").get(connection_id=row.connection_id)
    )
    delivery = kept(row)
    assert delivery is not None
    secrets = sources.secrets_of(source)
    said: Told = channel(source.channel).told(delivery, secrets)
    pushed = delivery.method != "GET"
    problems = facts.take(merchant, source, said, received_at=row.received_at, pushed=pushed)
    count = len(said.leads) + len(said.messages)
    now = datetime.now(UTC)
    _state(merchant, row, state=State.APPLIED, error="; ".join(problems)[:400], rows=count, applied_at=now)
    Connection.objects.for_merchant(merchant).filter(pk=row.connection_id).update(
        last_received_at=row.received_at, last_error=""
    )


def _state(merchant: Merchant, row: RawDelivery, **fields: Any) -> None:
    with tenancy.acting_for(merchant):
        RawDelivery.objects.for_merchant(merchant).filter(pk=row.pk).update(**fields)


def again(merchant: Merchant, row: RawDelivery, *, by: str) -> None:
    """Reads a kept delivery once more; what is known already changes nothing. One that was refused is judged
    anew without its age: a secret or a label may have been put right. Raises ``ValueError`` for one whose
    content was not kept, or that is still refused."""
    delivery = kept(row)
    if delivery is None or row.kind != RawDelivery.LEAD:
        raise ValueError("not_kept")
    with tenancy.acting_for(merchant):
        source = Source.objects.for_merchant(merchant).get(connection_id=row.connection_id)
        verdict = channel(source.channel).judge(delivery, sources.secrets_of(source))
        if row.state == State.REFUSED and not verdict.kept:
            raise ValueError(verdict.why)
        _state(merchant, row, state=State.RECEIVED, error="", attempts=0)
        audit.record(merchant, "leads.delivery.replayed", by=by, on=row)
        wake("leads.take_delivery", merchant_id=merchant.pk, delivery_id=row.pk)


def signed_text(source: Source, row: RawDelivery) -> bytes:
    """The exact bytes whose signature was compared; empty when they were not kept."""
    delivery = kept(row)
    return channel(source.channel).signed(delivery) if delivery else b""


def look(merchant: Merchant, source: Source, row: RawDelivery, *, by: str) -> bytes:
    """:func:`signed_text` for a person; contacts stand in it in the clear, so the look is kept in the trail."""
    text = signed_text(source, row)
    if text:
        with tenancy.acting_for(merchant):
            audit.record(merchant, "leads.delivery.looked_at", by=by, on=row)
            alarms.heed_reveal(merchant, by=by)
    return text
