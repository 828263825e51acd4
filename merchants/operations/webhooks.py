"""Webhooks: endpoints of a merchant, and the messages that leave for them, at least once and in no promised order."""

from __future__ import annotations

import contextlib
import json
import random
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from merchants import audit, events, tenancy, vault
from merchants.background import wake
from merchants.models import Event, Merchant, WebhookAttempt, WebhookEndpoint, WebhookMessage
from merchants.operations import calling
from merchants.webhooks import pauses, signing, targets

HELD = timedelta(minutes=1)  # longer than a task may run: a worker that is lost meanwhile sends it again
FORMER = timedelta(hours=24)  # a replaced secret signs this long beside the new one
HEAD_KEPT = 2_000  # characters of an answer
TEST = "webhook.test"
Post = Callable[..., calling.Answer]
State, Pause = WebhookMessage.State, WebhookEndpoint.Pause


# -- endpoints


def add(
    merchant: Merchant, *, url: str, kinds: Iterable[str], description: str = "", by: str
) -> tuple[WebhookEndpoint, str]:
    """(the endpoint, its secret, which is shown this once). Raises :class:`~merchants.webhooks.targets.Refused` for an
    address that may not be called, by its form or by what its name resolves to now; ``ValueError`` without a kind or
    for an unknown one."""
    wanted = sorted(set(kinds))
    if not wanted or set(wanted) - set(events.published()):
        raise ValueError("a webhook needs known events")
    target = targets.parse(url, origins=settings.WEBHOOK_ORIGINS)
    with contextlib.suppress(
        OSError, UnicodeError
    ):  # a name that nobody knows yet: the test call will say so
        calling.addresses_of(target)
    secret = _new_secret()
    with tenancy.acting_for(merchant):
        row: WebhookEndpoint = WebhookEndpoint.objects.create(
            merchant=merchant,
            url=url,
            kinds=wanted,
            description=description.strip()[:80],
            sealed=_seal(merchant, secret),
        )
        audit.record(merchant, "merchants.webhook.added", by=by, on=row, kinds=wanted)
    return row, secret


def rotate(merchant: Merchant, endpoint: WebhookEndpoint, *, by: str, now: datetime | None = None) -> str:
    """The new secret of an endpoint, shown this once; the one before it signs too for 24 hours more."""
    secret = _new_secret()
    with tenancy.acting_for(merchant):
        row = _locked(merchant, endpoint.pk)
        row.former_sealed, row.former_until = row.sealed, (now or datetime.now(UTC)) + FORMER
        row.sealed = _seal(merchant, secret)
        row.save(update_fields=["sealed", "former_sealed", "former_until"])
        audit.record(merchant, "merchants.webhook.rotated", by=by, on=row)
    return secret


def pause(merchant: Merchant, endpoint: WebhookEndpoint, *, by: str) -> None:
    """Nothing leaves from now on; what is to be told is held. A second time changes nothing."""
    with tenancy.acting_for(merchant):
        row = _locked(merchant, endpoint.pk)
        if row.paused == Pause.NONE:
            _pause(row, Pause.PERSON, by=by, now=datetime.now(UTC))


def resume(merchant: Merchant, endpoint: WebhookEndpoint, *, by: str) -> None:
    """Everything held leaves now, each with a day of attempts before it. A second time changes nothing."""
    now = datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = _locked(merchant, endpoint.pk)
        if row.paused == Pause.NONE:
            return
        row.paused, row.paused_at, row.failures, row.failing_since = Pause.NONE, None, 0, None
        row.save(update_fields=["paused", "paused_at", "failures", "failing_since"])
        row.messages.filter(state=State.HELD).update(state=State.WAITING, tries=0, next_at=now)
        audit.record(merchant, "merchants.webhook.resumed", by=by, on=row)
        _wake(row)


def remove(merchant: Merchant, endpoint: WebhookEndpoint, *, by: str) -> None:
    """The endpoint goes with its messages; that it was there stays in the trail."""
    with tenancy.acting_for(merchant):
        row = _locked(merchant, endpoint.pk)
        audit.record(merchant, "merchants.webhook.removed", by=by, on=row)
        row.delete()


# -- messages


def write(merchant: Merchant, event: Event) -> None:
    """One message for each endpoint that listens to the event's kind; a second time changes nothing."""
    rows = WebhookEndpoint.objects.for_merchant(merchant).filter(kinds__contains=[event.kind])
    for endpoint in rows.exclude(paused=Pause.GONE).select_for_update().order_by("pk"):
        _, made = WebhookMessage.objects.get_or_create(
            merchant=merchant,
            endpoint=endpoint,
            event=event.pk,
            defaults={
                "kind": event.kind,
                "body": _body(event.kind, event.recorded_at, event.payload),
                "state": State.HELD if endpoint.paused else State.WAITING,
            },
        )
        if made and not endpoint.paused:
            _wake(endpoint)


def send_test(merchant: Merchant, endpoint: WebhookEndpoint, *, by: str) -> WebhookMessage:
    """A message that means nothing, to try the endpoint with. It leaves like any other, and is held like any
    other while the endpoint is paused."""
    now = datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = _locked(merchant, endpoint.pk)
        made: WebhookMessage = WebhookMessage.objects.create(
            merchant=merchant,
            endpoint=row,
            kind=TEST,
            body=_body(TEST, now, {"sent_by": "test"}),
            state=State.HELD if row.paused else State.WAITING,
        )
        audit.record(merchant, "merchants.webhook.tested", by=by, on=row)
        _wake(row)
    return made


def replay(merchant: Merchant, message: WebhookMessage, *, by: str) -> None:
    """Sends a message once more, with the same id and content and a day of attempts before it."""
    now = datetime.now(UTC)
    with tenancy.acting_for(merchant):
        endpoint = _locked(merchant, message.endpoint_id)
        mine = WebhookMessage.objects.for_merchant(merchant).filter(pk=message.pk)
        state = State.HELD if endpoint.paused else State.WAITING
        mine.update(state=state, tries=0, next_at=now)
        audit.record(merchant, "merchants.webhook.replayed", by=by, on=message)
        _wake(endpoint)


def send_one(
    merchant: Merchant,
    endpoint_id: int,
    *,
    now: datetime | None = None,
    post: Post = calling.post,
    chance: Callable[[], float] = random.random,
) -> bool:
    """Sends the message of an endpoint that is due first; whether one was delivered.

    Its attempt is counted before the call and written down after it: killed between the two, the same is sent
    again under the same id. Two workers never hold the same one.
    """
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        message = _claim(merchant, endpoint_id, moment)
        if message is None:
            return False
        keys = _secrets(merchant, message.endpoint, moment)
    body = message.body.encode()
    headers = signing.headers(message.webhook_id, int(moment.timestamp()), body, keys)
    attempt = WebhookAttempt(
        merchant=merchant, message=message, began_at=moment, signatures=headers["webhook-signature"]
    )
    began = time.monotonic()
    try:
        answer = post(message.endpoint.url, headers, body, origins=settings.WEBHOOK_ORIGINS)
        attempt.status, attempt.error = answer.status, _judged(answer.status)
        attempt.head = answer.head[:HEAD_KEPT].replace("\0", "�")
    except calling.Unreachable as lost:
        attempt.error = lost.args[0]
    attempt.took_ms = int((time.monotonic() - began) * 1000)
    with tenancy.acting_for(merchant):
        _keep(merchant, attempt, moment, chance())
    return not attempt.error


def _claim(merchant: Merchant, endpoint_id: int, now: datetime) -> WebhookMessage | None:
    row: WebhookMessage | None = (
        WebhookMessage.objects.for_merchant(merchant)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("endpoint")
        .filter(endpoint=endpoint_id, state=State.WAITING, next_at__lte=now)
        .order_by("next_at", "pk")
        .first()
    )
    if row is not None:
        row.began_at = row.began_at if row.tries else now
        row.tries, row.next_at = row.tries + 1, now + HELD
        row.save(update_fields=["tries", "began_at", "next_at"])
    return row


def _keep(merchant: Merchant, attempt: WebhookAttempt, now: datetime, chance: float) -> None:
    """What came of an attempt: for the message, and for its endpoint. Both may be gone meanwhile."""
    rows = WebhookEndpoint.objects.for_merchant(merchant).select_for_update()
    endpoint = rows.filter(pk=attempt.message.endpoint_id).first()
    messages = WebhookMessage.objects.for_merchant(merchant).select_for_update(of=("self",))
    message = messages.filter(pk=attempt.message_id).first()
    if endpoint is None or message is None:
        return
    attempt.save(force_insert=True)
    if not attempt.error:
        message.state, endpoint.failures, endpoint.failing_since = State.SENT, 0, None
    else:
        endpoint.failures, endpoint.failing_since = endpoint.failures + 1, endpoint.failing_since or now
        if message.state == State.WAITING:  # else another worker delivered it, or a pause holds it
            again = pauses.next_attempt(message.tries, message.began_at, now, chance)
            message.state = State.FAILED if again is None else State.WAITING
            message.next_at = again or message.next_at
    message.save(update_fields=["state", "next_at"])
    endpoint.save(update_fields=["failures", "failing_since"])
    if endpoint.paused != Pause.NONE or endpoint.failing_since is None:
        return
    if attempt.error == "gone":
        _pause(endpoint, Pause.GONE, by="system:webhooks", now=now)
    elif pauses.is_lost(endpoint.failures, endpoint.failing_since, now):
        _pause(endpoint, Pause.FAILING, by="system:webhooks", now=now)


def _pause(endpoint: WebhookEndpoint, why: str, *, by: str, now: datetime) -> None:
    """Stops a locked endpoint. What waits is held, or given up when the endpoint says that it is gone."""
    endpoint.paused, endpoint.paused_at = why, now
    endpoint.save(update_fields=["paused", "paused_at"])
    endpoint.messages.filter(state=State.WAITING).update(
        state=State.FAILED if why == Pause.GONE else State.HELD
    )
    audit.record(endpoint.merchant_id, "merchants.webhook.paused", by=by, on=endpoint, reason=why)


def _judged(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if status == 410:
        return "gone"
    return "redirect" if 300 <= status < 400 else "status"


def _body(kind: str, at: datetime, payload: Mapping[str, Any]) -> str:
    told = {"type": kind, "timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds"), "data": payload}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _locked(merchant: Merchant, endpoint_id: int) -> WebhookEndpoint:
    row: WebhookEndpoint = (
        WebhookEndpoint.objects.for_merchant(merchant).select_for_update().get(pk=endpoint_id)
    )
    return row


def _wake(endpoint: WebhookEndpoint) -> None:
    wake("merchants.send_webhooks", merchant_id=endpoint.merchant_id, endpoint_id=endpoint.pk)


def _new_secret() -> str:
    return signing.secret_of(secrets.token_bytes(signing.KEY_BYTES))


def _seal(merchant: Merchant, secret: str) -> bytes:
    return vault.seal(secret.encode(), about=f"webhook of {merchant.pk}")


def _secrets(merchant: Merchant, endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """Those that sign now, the newest first."""
    sealed = [endpoint.sealed]
    if endpoint.former_sealed is not None and endpoint.former_until and endpoint.former_until > now:
        sealed.append(endpoint.former_sealed)
    return [vault.unseal(one, about=f"webhook of {merchant.pk}").decode() for one in sealed]
