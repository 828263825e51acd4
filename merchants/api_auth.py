"""Programs come in by token: one token, one merchant, named scopes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotFound, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from merchants import tenancy
from merchants.models import ApiToken, Merchant

PREFIX = "sbd_"
MEANT = "Seedbed-Merchant"  # header in which a program may say whose data it means
READING = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Program:
    """Who asks, when it is no person."""

    token: ApiToken
    merchant: Merchant
    is_authenticated: bool = True

    @property
    def pk(self) -> int:
        return self.token.pk

    @property
    def actor(self) -> str:
        return f"token:{self.token.pk}"


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class MerchantClosed(PermissionDenied):
    default_code = "merchant_closed"
    default_detail = (
        "The merchant is suspended or has left: it can be read, and nothing of it can be changed."
    )


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer sbd_…``. Sets the merchant of the request's transaction. A program that means another
    merchant than its token's is told that there is nothing, as if there were none by that name."""

    def authenticate(self, request: Request) -> tuple[Program, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = (
            ApiToken.objects.select_related("merchant")
            .filter(token_hash=hash_of(secret.strip()), revoked_at=None)
            .first()
        )
        if token is None:
            raise AuthenticationFailed("The token is unknown or was revoked.", code="bad_token")
        if request.headers.get(MEANT, token.merchant.code) != token.merchant.code:
            raise NotFound("There is no such merchant for this token.", code="not_found")
        if token.merchant.is_outside:
            raise PermissionDenied("This merchant is not active.", code="merchant_not_active")
        if token.merchant.is_closed and request.method not in READING:
            raise MerchantClosed
        tenancy.enter(token.merchant)
        return Program(token=token, merchant=token.merchant), token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="seedbed"'


class HasScope(BasePermission):
    """The view names its scope (``scope = "orders:write"``); the token must carry it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = getattr(view, "scope", None)
        if scope is None:
            return True
        return isinstance(request.user, Program) and scope in request.user.token.scopes
