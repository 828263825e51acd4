"""Signals to whoever looks at a page: "look again", never what there is to see.

A signal is two words, such as ``conversation 17``. It is published through the broker after the commit and
reaches every open stream of the merchant (:mod:`merchants.live.streams`); the page then asks again through
the views that check what its reader may see. A lost signal costs nothing but time: pages also look by
themselves every twenty seconds.
"""

from __future__ import annotations

import logging
import threading
import time

import celery
import redis
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from merchants import background
from merchants.models import Merchant

PATIENCE_SECONDS = 0.5  # for one step of talking to the broker
REST_SECONDS = 1.0  # after a failure nobody knocks for this long; then the broker may be back

log = logging.getLogger(__name__)


def tell(merchant: Merchant | int, kind: str, which: int) -> None:
    """Says that something changed, once this transaction has committed. Never raises, never waits long."""
    if not background.is_alone():
        channel = channel_of(merchant)
        transaction.on_commit(lambda: _horn.sound(channel, f"{kind} {which}"))


def channel_of(merchant: Merchant | int | str) -> str:
    """The channel of a merchant, ``*`` for those of all, ``canary`` for the proof that signals travel."""
    name = merchant.pk if isinstance(merchant, Merchant) else merchant
    return f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}live:{name}"


def broker() -> redis.Redis:
    """A client that gives up quickly and never tries again behind one's back."""
    url = str(celery.current_app.conf.broker_write_url)  # kombu spells a socket otherwise than redis does
    url = url.replace("redis+socket://", "unix://", 1).replace("?virtual_host=", "?db=", 1)
    return redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


class _Horn:
    """One client for a process. Threads take turns; while the broker is ill signals are dropped."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._client: redis.Redis | None = None
        self._rests_until = 0.0

    def sound(self, channel: str, signal: str) -> bool:
        """False when the signal was dropped."""
        if time.monotonic() < self._rests_until or not self._turn.acquire(timeout=PATIENCE_SECONDS):
            return False
        try:
            self._client = self._client or broker()
            self._client.publish(channel, signal)
        except (redis.RedisError, OSError, ValueError) as refused:
            self._rests_until = time.monotonic() + REST_SECONDS
            self._client = None
            log.warning("The broker did not take a signal: %s", type(refused).__name__)
            return False
        finally:
            self._turn.release()
        return True


_horn = _Horn()
