"""Claims: what a merchant says is its own, and disputes of what others say."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from merchants.access import MerchantRequest, merchant_required
from merchants.agreement_forms import ClaimForm, DisputeForm
from merchants.models import Claim, Dispute
from merchants.operations import claims as acts
from merchants.queries import claims
from merchants.reasons import CLAIMS
from merchants.roles import Permission

SHOWN = 100


@merchant_required(Permission.AGREE)
def page(request: MerchantRequest) -> HttpResponse:
    return _page(request)


@merchant_required(Permission.AGREE, methods=("POST",))
def claim(request: MerchantRequest) -> HttpResponse:
    form = ClaimForm(request.POST)
    if form.is_valid():
        try:
            acts.claim(request.merchant, **form.cleaned_data, by=f"user:{request.user.pk}")
            messages.success(request, _("The claim stands."))
            return redirect("merchants:claims", request.merchant.code)
        except acts.Refused as why:
            form.add_error("value", str(CLAIMS[why.code]))
    return _page(request, claim_form=form)


@merchant_required(Permission.AGREE, methods=("POST",))
def dispute(request: MerchantRequest) -> HttpResponse:
    form = DisputeForm(request.POST)
    if form.is_valid():
        try:
            acts.dispute(request.merchant, **form.cleaned_data, by=f"user:{request.user.pk}")
            messages.success(request, _("Disputed: the operator decides, and you will read the reason here."))
            return redirect("merchants:claims", request.merchant.code)
        except acts.Refused as why:
            form.add_error("value", str(CLAIMS[why.code]))
    return _page(request, dispute_form=form)


@merchant_required(Permission.AGREE, methods=("POST",))
def give_up(request: MerchantRequest, claim_id: int) -> HttpResponse:
    return _ended(request, acts.give_up, claim_id)


@merchant_required(Permission.AGREE, methods=("POST",))
def withdraw(request: MerchantRequest, dispute_id: int) -> HttpResponse:
    return _ended(request, acts.withdraw, dispute_id)


def _ended(request: MerchantRequest, act: Any, pk: int) -> HttpResponse:
    try:
        act(request.merchant, pk, by=f"user:{request.user.pk}")
    except (Claim.DoesNotExist, Dispute.DoesNotExist):
        raise Http404 from None
    except acts.Refused as why:
        messages.warning(request, CLAIMS[why.code])
    return redirect("merchants:claims", request.merchant.code)


def _page(request: MerchantRequest, **more: Any) -> HttpResponse:
    context = {
        "claims": claims.of_merchant(request.merchant)[:SHOWN],
        "disputes": claims.disputes_of(request.merchant)[:SHOWN],
        "claim_form": ClaimForm(),
        "dispute_form": DisputeForm(),
        **more,
    }
    wrong = any(form.errors for form in (context["claim_form"], context["dispute_form"]))
    return render(request, "merchants/claims.html", context, status=422 if wrong else 200)
