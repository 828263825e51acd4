"""API tokens: issued with their secret shown once, revoked for good."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from merchants import audit, tenancy
from merchants.api_auth import PREFIX, hash_of
from merchants.models import ApiToken, Merchant, User

USE_KEPT = timedelta(minutes=1)  # how exactly the last use is known: a write each minute, not each call
SCOPES = (
    "touchpoints:write",
    "orders:write",
    "spend:write",
    "identities:write",
    "platform_reports:write",
    "catalogue:write",
    "comments:write",
    "leads:write",
    "exposures:write",
    "geo_days:write",
    "reports:read",
    "work:read",
)


def issue(merchant: Merchant, *, name: str, scopes: Iterable[str], user: User) -> tuple[ApiToken, str]:
    """(the token, its secret). The secret is nowhere stored. Raises ``ValueError`` without a name, without a
    scope, or for an unknown one."""
    wanted = sorted(set(scopes))
    if not name.strip() or not wanted or set(wanted) - set(SCOPES):
        raise ValueError("a token needs a name and known scopes")
    secret = PREFIX + secrets.token_urlsafe(32)
    with tenancy.acting_for(merchant):
        token: ApiToken = ApiToken.objects.create(
            merchant=merchant,
            name=name.strip()[:80],
            prefix=secret[: len(PREFIX) + 6],
            token_hash=hash_of(secret),
            scopes=wanted,
            created_by=user,
        )
        audit.record(
            merchant, "merchants.token.issued", by=f"user:{user.pk}", on=token, name=token.name, scopes=wanted
        )
    return token, secret


def revoke(merchant: Merchant, token: ApiToken, *, by: str) -> None:
    """Ends a token at once; a second time changes nothing."""
    with tenancy.acting_for(merchant):
        ended = ApiToken.objects.filter(merchant=merchant, pk=token.pk, revoked_at=None).update(
            revoked_at=datetime.now(UTC)
        )
        if ended:
            audit.record(merchant, "merchants.token.revoked", by=by, on=token, name=token.name)


def used(token: ApiToken, *, now: datetime) -> None:
    """Keeps that the token was used, to the minute."""
    if token.last_used_at is None or token.last_used_at < now - USE_KEPT:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
