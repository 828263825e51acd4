"""How people sign in: the second factor, whom it is required of, and where somebody is signed in."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from merchants import audit, tenancy, vault
from merchants.models import Membership, Merchant, User

STAFF = "staff"  # in the setting, beside codes of roles
SEEN = "seen"  # in the session: when it was last noted, seconds since 1970
NOTED_EVERY = 300  # seconds: a note costs four statements
SEALED = "sealed:"
TOTP = Authenticator.Type.TOTP
OPEN = ("/accounts/", "/i18n/", "/healthz", "/readyz")

Respond = Callable[[HttpRequest], HttpResponse]


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of the second factor rest sealed; whom it is required of cannot switch it off."""

    def get_totp_issuer(self) -> str:
        return str(settings.VERSION_NAME)

    def encrypt(self, text: str) -> str:
        return SEALED + base64.b64encode(vault.seal(text.encode(), about="second factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Those of before they were sealed are read as they are."""
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        sealed = base64.b64decode(encrypted_text.removeprefix(SEALED))
        return vault.unseal(sealed, about="second factor").decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not is_required_of(authenticator.user)


def with_second_factor(users: Iterable[int]) -> set[int]:
    """Of these people, who signs in in two steps; codes for an emergency alone are no second factor."""
    rows = Authenticator.objects.filter(user__in=list(users)).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return set(rows.values_list("user_id", flat=True))


def is_required_of(user: User) -> bool:
    """Whether this person must sign in in two steps: by the setting, as staff or in a role anywhere."""
    asked = set(settings.SECOND_FACTOR_OF)
    if user.is_staff and STAFF in asked:
        return True
    roles = asked - {STAFF}
    return bool(roles) and Membership.objects.filter(user=user, role__in=roles).exists()


class AskSecondFactor:
    """Who must have a second factor and has none sees the pages of the account and nothing else. (Who has one has
    passed it: there is one way to sign in, and it asks for it.)"""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        lacks = user.is_authenticated and is_required_of(user) and not is_mfa_enabled(user, [TOTP])
        request.lacks_second_factor = lacks  # type: ignore[attr-defined]  # the pages of the account say so
        if lacks and not request.path.startswith(OPEN):
            return redirect("mfa_activate_totp")
        return self._respond(request)


class NoteSession:
    """Notes where somebody is signed in and when they were last seen, every few minutes."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and time.time() - request.session.get(SEEN, 0) > NOTED_EVERY:
            request.session[SEEN] = int(time.time())
            UserSession.objects.create_from_request(request)
        return self._respond(request)


def begin(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """A session that has just begun was noted as such."""
    request.session[SEEN] = int(time.time())


class Sessions(DefaultUserSessionsAdapter):  # type: ignore[misc]
    def end_sessions(self, sessions: Sequence[UserSession]) -> None:
        """Whoever is signed in there is not any more, from their next click on."""
        super().end_sessions(sessions)
        for user in {session.user for session in sessions}:
            tell_merchants(user, "merchants.session.ended")


def factor_added(user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == TOTP:
        tell_merchants(user, "merchants.second_factor.added")


def factor_removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == TOTP:
        tell_merchants(user, "merchants.second_factor.removed")


def tell_merchants(user: User, act: str) -> None:
    """What a person changes about signing in stands in the trail of each merchant they act for."""
    for merchant in Merchant.objects.filter(memberships__user=user).order_by("pk"):
        with tenancy.acting_for(merchant):
            audit.record(merchant, act, by=f"user:{user.pk}", on=user)
