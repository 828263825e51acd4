"""Rate cards: a blogger's own, and those that an agreement opens to its other side."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from merchants.access import MerchantRequest, merchant_required
from merchants.agreement_forms import RateForm
from merchants.models import Merchant
from merchants.operations import rates as acts
from merchants.operations.agreements import today_of
from merchants.queries import agreements, rates
from merchants.roles import Permission


@merchant_required(Permission.AGREE, methods=("GET", "POST"))
def own(request: MerchantRequest) -> HttpResponse:
    """A blogger's prices: now, from later days, and before."""
    blogger = request.merchant
    if blogger.kind != Merchant.Kind.BLOGGER:
        raise Http404
    today = today_of(blogger)
    form = RateForm(request.POST or None, initial={"valid_from": today})
    if request.method == "POST" and form.is_valid():
        try:
            acts.state(blogger, **form.told(), today=today, by=f"user:{request.user.pk}")
            return redirect("merchants:rates", blogger.code)
        except acts.TooEarly:
            form.add_error("valid_from", _("A price is stated from today on or for a later day."))
    context = {"form": form, "cards": [_card(blogger, today)], "own": True}
    return render(request, "merchants/rates.html", context, status=422 if form.errors else 200)


@merchant_required(Permission.SEE_RESULTS)
def partners(request: MerchantRequest, agreement_id: int) -> HttpResponse:
    """The prices of a partner's bloggers, while the agreement holds."""
    row = agreements.of_merchant(request.merchant).filter(pk=agreement_id).first()
    today = today_of(request.merchant)
    found = [one for one in rates.bloggers_of(row, today) if one != request.merchant] if row else []
    if row is None or not found:
        raise Http404
    other = row.partner if row.merchant_id == request.merchant.pk else row.merchant
    context = {"cards": [_card(one, today) for one in found], "other": other, "own": False}
    return render(request, "merchants/rates.html", context)


def _card(blogger: Merchant, today: Any) -> dict[str, Any]:
    return {
        "blogger": blogger,
        "profile": agreements.profile_of(blogger),
        "card": rates.card_of(blogger, today),
    }
