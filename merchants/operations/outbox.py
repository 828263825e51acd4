"""Handing events to the handlers of the apps."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.db import transaction

from merchants import events, tenancy
from merchants.models import Event, Merchant
from merchants.operations import webhooks

log = logging.getLogger(__name__)
LONGEST_PAUSE = timedelta(hours=1)
NOBODY = "nobody is registered for it"


def hand_out_one(merchant: Merchant, *, now: datetime | None = None) -> bool:
    """Hands the oldest waiting event of a merchant to its handlers and webhooks, all or none; False when none waits.

    Two workers never hold the same event. One that a handler refuses waits twice as long each time, up to an
    hour, and keeps the name of the error; others go on. One that nobody has registered for waits too, and
    says so: it is for a version of an app that is still to come.
    """
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        event = (
            Event.objects.for_merchant(merchant)
            .select_for_update(skip_locked=True)
            .filter(handled_at=None, next_at__lte=moment)
            .order_by("next_at", "pk")
            .first()
        )
        if event is None:
            return False
        handlers, is_public = events.handlers_of(event.kind), event.kind in events.published()
        if not handlers and not is_public:
            event.next_at, event.error = moment + LONGEST_PAUSE, NOBODY
            event.save(update_fields=["next_at", "error"])
            return True
        event.attempts += 1
        try:
            with transaction.atomic():
                for handler in handlers:
                    handler(merchant, event.payload, event.version)
                if is_public:
                    webhooks.write(merchant, event)
        except Exception as refused:  # whatever a handler of another app does wrong, the event stays
            pause = min(timedelta(seconds=2 ** min(event.attempts, 12)), LONGEST_PAUSE)
            event.next_at, event.error = moment + pause, f"{type(refused).__name__}: {refused}"[:200]
            log.warning("The event %s was refused: %s", event, type(refused).__name__)
        else:
            event.handled_at, event.error = moment, ""
        event.save(update_fields=["attempts", "next_at", "error", "handled_at"])
    return True


def drain(merchant: Merchant) -> int:
    """Hands out all that wait now; how many."""
    moment, count = datetime.now(UTC), 0
    while hand_out_one(merchant, now=moment):
        count += 1
    return count
