"""A request with a key is carried out once: its answer is kept and given again. A key belongs to a token."""

from __future__ import annotations

from typing import Any

from django.db import connection

from merchants.models import ApiToken, IdempotentAnswer


class InFlight(Exception):
    """The same key is being worked on by another request."""


class OtherRequest(Exception):
    """The key was used for a request with another body."""


def kept(token: ApiToken, *, route: str, key: str, request_hash: str) -> IdempotentAnswer | None:
    """The answer given before, or None: then the key is this transaction's until it ends.

    Raises ``InFlight`` and ``OtherRequest``. Inside the transaction that does the work, so that the effect
    and its answer are committed together or not at all.
    """
    with connection.cursor() as cursor:
        name = f"{token.pk}|{route}|{key}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise InFlight
    answer: IdempotentAnswer | None = (
        IdempotentAnswer.objects.for_merchant(token.merchant_id)
        .filter(token=token, route=route, key=key)
        .first()
    )
    if answer is not None and answer.request_hash != request_hash:
        raise OtherRequest
    return answer


def keep(
    token: ApiToken, *, route: str, key: str, request_hash: str, status: int, answer: dict[str, Any]
) -> None:
    IdempotentAnswer.objects.create(
        merchant_id=token.merchant_id,
        token=token,
        route=route,
        key=key,
        request_hash=request_hash,
        status=status,
        answer=answer,
    )
