"""What one app tells the others without knowing them: a durable outbox.

:func:`tell` appends an event inside the caller's transaction; a worker hands it to every handler that an app
registered for its kind at start. A handler may run twice, in any order, and must then change nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from merchants.background import wake
from merchants.models import Event, Merchant, WebhookEndpoint

Handler = Callable[[Merchant, Mapping[str, Any], int], None]
"""Takes the merchant, the payload and the version of its shape; runs as that merchant."""

_HANDLERS: dict[str, list[Handler]] = defaultdict(list)
_PUBLISHED: dict[str, Any] = {}


def register(kind: str, handler: Handler) -> None:
    """Has the handler called for each event of a kind; registering it again changes nothing."""
    if handler not in _HANDLERS[kind]:
        _HANDLERS[kind].append(handler)


def handlers_of(kind: str) -> tuple[Handler, ...]:
    return tuple(_HANDLERS.get(kind, ()))


def tell(merchant: Merchant, kind: str, payload: Mapping[str, Any], *, version: int = 1) -> None:
    """Appends an event to the merchant's outbox in the transaction that is open."""
    Event.objects.create(merchant=merchant, kind=kind, version=version, payload=dict(payload))
    wake("merchants.hand_out_events", merchant_id=merchant.pk)


def publish(kind: str, label: Any) -> None:
    """Declares a kind that programs of the merchant may listen to; ``label`` is what a person reads. Its payload is
    then a promise to them: names are added, none is taken away or changes its meaning."""
    _PUBLISHED[kind] = label


def published() -> dict[str, Any]:
    """The kinds programs may listen to, with their labels."""
    return dict(_PUBLISHED)


def announce(merchant: Merchant, kind: str, payload: Mapping[str, Any]) -> None:
    """Tells programs only: where no endpoint of the merchant listens, nothing is written."""
    if heard(merchant, (kind,)):
        tell(merchant, kind, payload)


def heard(merchant: Merchant, kinds: Iterable[str]) -> frozenset[str]:
    """Those of these kinds that an endpoint of the merchant listens to; for payloads that cost something to make."""
    listening = WebhookEndpoint.objects.for_merchant(merchant).exclude(paused=WebhookEndpoint.Pause.GONE)
    return frozenset(kinds) & {kind for kinds in listening.values_list("kinds", flat=True) for kind in kinds}
