"""Partners: what a merchant, an agency or a blogger agreed on with whom, and what waits for an answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.access import MerchantRequest, merchant_required
from merchants.agreement_forms import OfferForm, ProfileForm
from merchants.models import Agreement, Merchant
from merchants.models.agreement import Right, Shown
from merchants.operations import agreements as acts
from merchants.operations import claims, profiles
from merchants.periods import DAY
from merchants.queries import agreements
from merchants.reasons import AGREEMENTS, CLAIMS
from merchants.roles import Permission

PAST = 50
ANSWERS = {
    "accept": (acts.accept, gettext_lazy("Accepted: it holds from its first day on.")),
    "decline": (acts.decline, gettext_lazy("Declined.")),
    "end": (acts.end, gettext_lazy("Ended: nothing of it is shown any more.")),
}


@merchant_required(Permission.AGREE)
def page(request: MerchantRequest) -> HttpResponse:
    return _page(request)


@merchant_required(Permission.AGREE, methods=("POST",))
def offer(request: MerchantRequest) -> HttpResponse:
    form = OfferForm(request.merchant, request.POST)
    if not form.is_valid():
        return _page(request, offer_form=form)
    try:
        acts.offer(request.merchant, form.cleaned_data["number"], form.terms(), by=f"user:{request.user.pk}")
    except acts.Refused as why:
        at = "number" if why.code in {"nobody", "kinds", "no_profile"} else None
        form.add_error(at, str(AGREEMENTS[why.code]))
        return _page(request, offer_form=form)
    messages.success(request, _("Offered; it holds once your partner accepts it."))
    return redirect("merchants:partners", request.merchant.code)


@merchant_required(Permission.AGREE, methods=("POST",))
def answer(request: MerchantRequest, agreement_id: int, answer: str) -> HttpResponse:
    """Accepts, declines, or ends one; ``answer`` is a key of ``ANSWERS``."""
    act, told = ANSWERS[answer]
    try:
        act(request.merchant, agreement_id, by=f"user:{request.user.pk}")
        messages.success(request, told)
    except Agreement.DoesNotExist:
        raise Http404 from None
    except acts.Refused as why:
        messages.warning(request, AGREEMENTS[why.code])
    return redirect("merchants:partners", request.merchant.code)


@merchant_required(Permission.AGREE, methods=("POST",))
def profile(request: MerchantRequest) -> HttpResponse:
    """States who the blogger is on the platform; only a blogger's account has a profile."""
    if request.merchant.kind != Merchant.Kind.BLOGGER:
        raise Http404
    form = ProfileForm(request.POST, instance=agreements.profile_of(request.merchant))
    if not form.is_valid():
        return _page(request, profile_form=form)
    try:
        profiles.state(request.merchant, form.cleaned_data, by=f"user:{request.user.pk}")
    except profiles.Bound:
        form.add_error(
            "external_id", _("Agreements name this id; end them first, then you may state another one.")
        )
        return _page(request, profile_form=form)
    except claims.Refused as why:
        form.add_error("external_id", str(CLAIMS[why.code]))
        return _page(request, profile_form=form)
    messages.success(request, _("The profile is kept."))
    return redirect("merchants:partners", request.merchant.code)


def _page(request: MerchantRequest, **more: Any) -> HttpResponse:
    merchant = request.merchant
    rows = list(agreements.of_merchant(merchant))
    today = acts.today_of(merchant)
    accepted = [row for row in rows if row.state == Agreement.State.ACCEPTED]
    holding = [row for row in accepted if row.until is None or today < row.until]
    offered = [row for row in rows if row.state == Agreement.State.OFFERED]
    past = [row for row in rows if row not in holding and row not in offered][:PAST]
    context = {
        "waiting": [_line(merchant, row) for row in offered if row.offered_by_id != merchant.pk],
        "holding": [_line(merchant, row) for row in holding],
        "offered": [_line(merchant, row) for row in offered if row.offered_by_id == merchant.pk],
        "past": [_line(merchant, row) for row in past],
        "today": today,
        "offer_form": OfferForm(merchant, initial={"starts_on": today}),
        "profile_form": ProfileForm(instance=agreements.profile_of(merchant))
        if merchant.kind == Merchant.Kind.BLOGGER
        else None,
        **more,
    }
    wrong = any(form is not None and form.errors for form in (context["offer_form"], context["profile_form"]))
    return render(request, "merchants/partners.html", context, status=422 if wrong else 200)


def _line(merchant: Merchant, row: Agreement) -> dict[str, Any]:
    labels = dict(Shown.choices)
    gives = row.merchant_id == merchant.pk
    return {
        "row": row,
        "other": row.partner if gives else row.merchant,
        "gives": gives,
        "right": row.get_right_display(),
        "figures": [labels[code] for code in row.figures if code in labels],
        "last": row.until - DAY if row.until else None,
        "cooperation": row.right == Right.FIGURES,
        "rates": merchant.kind != Merchant.Kind.BLOGGER and gives == (row.right == Right.FIGURES),
    }
