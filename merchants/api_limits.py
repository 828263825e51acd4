"""How much a token may ask: a number of calls a minute, counted in the broker, told in headers of every answer."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from merchants import live
from merchants.api_auth import Program
from merchants.models import ApiToken

WINDOW_SECONDS = 60
ALLOWANCE = "allowance"  # of a request: what was counted for it
REST_SECONDS = 5.0  # after a failure nothing is counted for this long

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Allowance:
    """``left`` is below zero for a call that is too many; ``resets_in`` in whole seconds, at least 1."""

    limit: int
    left: int
    resets_in: int


class PerToken(BaseThrottle):
    """Counts the calls of a token in windows of a minute that begin with its first call. A broker that does not
    answer refuses nobody: then calls are not counted, and their answers say nothing of a limit."""

    def __init__(self) -> None:
        self.seen: Allowance | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, Program):  # the description is open to all
            return True
        self.seen = _counter.count(request.user.token)
        setattr(
            request._request, ALLOWANCE, self.seen
        )  # the middleware writes it into the answer, whatever that is
        return self.seen is None or self.seen.left >= 0

    def wait(self) -> float | None:
        return self.seen.resets_in if self.seen else None


class _Counter:
    """One client for a process; threads share its connections, a fork makes its own."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._client: redis.Redis | None = None
        self._rests_until = 0.0

    def count(self, token: ApiToken) -> Allowance | None:
        if time.monotonic() < self._rests_until:
            return None
        key = f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}calls:{token.token_hash[:24]}"
        try:
            with self._turn:
                self._client = self._client or live.broker()
            with self._client.pipeline(transaction=True) as told:
                told.set(key, 0, ex=WINDOW_SECONDS, nx=True)
                told.incr(key)
                told.pttl(key)
                _, count, left_ms = told.execute()
        except (redis.RedisError, OSError, ValueError) as refused:
            self._rests_until, self._client = time.monotonic() + REST_SECONDS, None
            log.warning("The broker counted no call: %s", type(refused).__name__)
            return None
        limit = settings.API_CALLS_A_MINUTE
        return Allowance(limit, limit - count, max(1, -(-left_ms // 1000)))


_counter = _Counter()
