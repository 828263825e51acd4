"""The one place where we speak to a source over the network: plain HTTP, no redirects, short patience."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings

from leads.channels import access
from leads.channels.calls import Answer, Call, Unreachable

PATIENCE_SECONDS = 8  # a task has 30; a claim is held longer than this
ANSWER_LIMIT = 8 * 1024 * 1024  # bytes; a page of a hundred leads has some hundred kilobytes


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nobody anywhere: credentials go where they were meant for."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)


def ask(call: Call) -> Answer:
    """The answer to a call, whatever its status. Raises :class:`Unreachable` when none came, or when the
    address is none that a source has."""
    if not access.may_ask(call.url, origins=settings.PARTNER_ORIGINS):
        raise Unreachable("address")
    request = urllib.request.Request(  # noqa: S310 - the address was looked at above
        call.url, data=call.body or None, headers=dict(call.headers), method=call.method
    )
    try:
        with _opener.open(request, timeout=PATIENCE_SECONDS) as answer:
            return Answer(answer.status, answer.read(ANSWER_LIMIT))
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.read(ANSWER_LIMIT))
    except (OSError, http.client.HTTPException, ValueError) as lost:
        why = getattr(lost, "reason", lost)
        raise Unreachable(type(why).__name__ if isinstance(why, Exception) else str(why)) from None
