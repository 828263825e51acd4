"""Invitations of a merchant: sent, sent again, revoked. They are listed on the page of settings."""

from __future__ import annotations

import smtplib

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from merchants import invitation_letter
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.forms import InviteForm
from merchants.models import Invite
from merchants.operations import invites
from merchants.roles import Permission
from merchants.views import settings


@merchant_required(Permission.MANAGE_MEMBERS, methods=("POST",))
def send(request: MerchantRequest) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return settings.render_page(request, invite_form=form)
    try:
        invite, secret = invites.send(
            request.merchant,
            email=form.cleaned_data["email"],
            role=form.cleaned_data["role"],
            by=f"user:{request.user.pk}",
        )
    except ValueError:
        form.add_error("email", _("This address is of a member, or an invitation to it is open."))
        return settings.render_page(request, invite_form=form)
    _post(request, invite, secret)
    return redirect("merchants:settings", request.merchant.code)


@merchant_required(Permission.MANAGE_MEMBERS, methods=("POST",))
def send_again(request: MerchantRequest, invite_id: int) -> HttpResponse:
    invite = get_for_merchant_or_404(Invite, request.merchant, pk=invite_id)
    try:
        secret = invites.send_again(request.merchant, invite, by=f"user:{request.user.pk}")
    except invites.NotOpen:
        messages.error(request, _("This invitation is over: it was accepted or revoked."))
    else:
        _post(request, invite, secret)
    return redirect("merchants:settings", request.merchant.code)


@merchant_required(Permission.MANAGE_MEMBERS, methods=("POST",))
def revoke(request: MerchantRequest, invite_id: int) -> HttpResponse:
    invite = get_for_merchant_or_404(Invite, request.merchant, pk=invite_id)
    invites.revoke(request.merchant, invite, by=f"user:{request.user.pk}")
    messages.success(request, _("The invitation is revoked; its letter opens nothing any more."))
    return redirect("merchants:settings", request.merchant.code)


def _post(request: MerchantRequest, invite: Invite, secret: str) -> None:
    try:
        invitation_letter.post(invite, secret, inviter=str(request.user))
    except (OSError, smtplib.SMTPException):
        messages.error(request, _("The letter could not be sent; the invitation waits to be sent again."))
    else:
        messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": invite.email})
