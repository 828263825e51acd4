"""How people come in, through django-allauth: to apply for a merchant where the installation takes applications, or
by an invitation, whose letter has proved their address."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from merchants.models import Invite
from merchants.operations import invites

KEPT = "invitation"  # in the session: code of the merchant, secret of the letter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def welcome(self, request: HttpRequest, invite: Invite, secret: str) -> None:
        """Opens the way to an account for who came by this invitation, with its address and no other."""
        request.session[KEPT] = [invite.merchant.code, secret]
        self.stash_verified_email(request, invite.email)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """To whoever wants to apply, unless the installation takes no applications; always to who holds an open
        invitation."""
        return settings.APPLICATIONS_OPEN or _invited(request) is not None

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Letters speak the language in which somebody registered."""
        user.language = (get_language() or "")[:10]
        return super().save_user(request, user, form, commit)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Who has just signed in is not asked for the password again."""
        signed_in = get_authentication_records(self.request, self.request.user)
        if signed_in and time.time() - signed_in[-1]["at"] < REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app))

    def clean_email(self, email: str) -> str:
        cleaned = str(super().clean_email(email))
        invite = None if self.request.user.is_authenticated else _invited(self.request)
        if invite is not None and cleaned.lower() != invite.email:
            raise ValidationError(_("The invitation is for %(email)s.") % {"email": invite.email})
        return cleaned


def _invited(request: HttpRequest) -> Invite | None:
    kept = request.session.get(KEPT)
    return invites.find(*kept) if kept else None
