"""A merchant that was let in applies for another category, or gives it up."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from merchants.access import MerchantRequest, merchant_required
from merchants.onboarding.cases import Refused
from merchants.operations import applications, further
from merchants.reasons import BUSINESS, NOT_NOW
from merchants.roles import Permission


@merchant_required(Permission.APPLY, methods=("POST",))
def apply_for(request: MerchantRequest) -> HttpResponse:
    trade = request.POST.get("trade", "")
    if not trade:
        raise Http404
    try:
        further.apply_for(request.merchant, trade, by=f"user:{request.user.pk}")
        messages.success(request, _("Here is what the category asks for. What you have goes on meanwhile."))
    except applications.Faulty as wrong:
        messages.warning(request, str(BUSINESS[wrong.code]))
    except Refused as why:
        messages.warning(request, str(NOT_NOW[why.code]))
    return redirect("merchants:onboarding", request.merchant.code)


@merchant_required(Permission.APPLY, methods=("POST",))
def let_go(request: MerchantRequest) -> HttpResponse:
    try:
        further.let_go(request.merchant, by=f"user:{request.user.pk}")
        messages.success(request, _("Given up; your other categories stay as they are."))
    except Refused as why:
        messages.warning(request, str(NOT_NOW[why.code]))
    return redirect("merchants:onboarding", request.merchant.code)
