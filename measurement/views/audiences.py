"""Audiences: people by definition, counted above the threshold; never a list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement.crowds.audiences import BadDefinition
from measurement.dictionary import definitions
from measurement.forms import AudienceForm
from measurement.models import Audience
from measurement.operations import audiences, privacy_budget
from measurement.printed import audiences as printed
from measurement.queries import crowds
from measurement.words import crowds as words
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.roles import Permission


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """Every saved definition with its published count and when it was counted."""
    return render(request, "measurement/audiences.html", _context(request))


@merchant_required(Permission.PLAN, methods=("POST",))
def save(request: MerchantRequest) -> HttpResponse:
    """Saves a definition; a worker counts it in a moment. Each costs a question of the day's budget."""
    form = _form(request, request.POST)
    problem = ""
    if form.is_valid():
        asked = {"audience": form.definition()}
        if not privacy_budget.may_ask(request.merchant, user_id=request.user.pk, question=asked):
            problem = _(
                "Enough different questions about people were asked today; tomorrow there is room again."
            )
        else:
            problem = _save(request, form)
        if not problem:
            messages.success(request, _("The audience is saved; it is being counted."))
            return redirect("measurement:audiences", request.merchant.code)
    context = _context(request) | {"form": form, "problem": problem}
    return render(request, "measurement/audiences.html", context, status=422)


def _save(request: MerchantRequest, form: AudienceForm) -> str:
    """What stands in the way, or nothing."""
    try:
        audiences.save(
            request.merchant,
            name=form.cleaned_data["name"],
            definition=form.definition(),
            by=f"user:{request.user.pk}",
        )
    except (BadDefinition, audiences.Refused) as refused:
        return str(words.AUDIENCE_FAULTS[str(refused)])
    return ""


@merchant_required(Permission.PLAN, methods=("POST",))
def archive(request: MerchantRequest, audience_id: int) -> HttpResponse:
    audience = get_for_merchant_or_404(Audience, request.merchant, pk=audience_id)
    audiences.archive(request.merchant, audience, by=f"user:{request.user.pk}")
    messages.success(request, _("“%(name)s” is put away.") % {"name": audience.name})
    return redirect("measurement:audiences", request.merchant.code)


def _context(request: MerchantRequest) -> dict[str, Any]:
    merchant = request.merchant
    return {
        "definitions": definitions(get_language() or "en"),
        "k": crowds.k(),
        "rows": printed.audiences_of(merchant),
        "form": _form(request),
        "may_plan": Permission.PLAN in request.permissions,
        "has_rule": bool(crowds.rules_of(merchant)),
    }


def _form(request: MerchantRequest, data: Any = None) -> AudienceForm:
    return AudienceForm(
        data,
        spus=crowds.spus_of(request.merchant).items(),
        bloggers=printed.bloggers_of(request.merchant),
        layers=words.layer_choices(),
        auto_id="audience_%s",
    )
