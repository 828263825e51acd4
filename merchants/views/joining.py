"""The page that the letter of an invitation opens."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from merchants.access import allows
from merchants.operations import invites
from merchants.roles import BY_CODE


@allows("GET", "POST")
@never_cache
def page(request: Any, code: str, key: str) -> HttpResponse:
    """Shows who invites whom as what; a person of that address joins with POST."""
    invite = invites.find(code, key)
    if invite is None:
        return render(request, "merchants/joining_over.html", status=404)
    merchant = invite.merchant
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        try:
            invites.accept(merchant, invite, user=request.user)
        except invites.SomebodyElse:
            pass  # the page says whose it is
        except invites.NotOpen:
            return render(request, "merchants/joining_over.html", status=404)
        except ValueError:
            messages.info(request, _("You are a member already."))
            return redirect("portal:home", merchant.code)
        else:
            messages.success(request, _("Welcome to %(merchant)s.") % {"merchant": merchant.name})
            return redirect("portal:home", merchant.code)
    if not request.user.is_authenticated:
        get_adapter().welcome(request, invite, key)
    theirs = request.user.is_authenticated and (request.user.email or "").lower() == invite.email
    context = {
        "invite": invite,
        "inviting": merchant,
        "role": BY_CODE[invite.role].name,
        "theirs": theirs,
    }
    return render(request, "merchants/joining.html", context, status=403 if request.method == "POST" else 200)
