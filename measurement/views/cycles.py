"""Decision cycles, and the dictionary of figures."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import words
from measurement.dictionary import definitions
from measurement.forms import CycleForm
from measurement.operations import rules
from measurement.queries import cycles as listing
from merchants.access import MerchantRequest, merchant_required
from merchants.roles import Permission


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """Every category with the cycle that holds, where it comes from and what held before."""
    return render(request, "measurement/cycles.html", _context(request))


@merchant_required(Permission.SET_RULES, methods=("POST",))
def change(request: MerchantRequest) -> HttpResponse:
    """Sets a merchant's own cycle; the credit of its lines is computed anew."""
    form = CycleForm(request.POST)
    if not form.is_valid():
        return render(request, "measurement/cycles.html", {**_context(request), "form": form}, status=422)
    category, days = form.cleaned_data["category"], form.cleaned_data["days"]
    rules.set_cycle(
        request.merchant,
        category=category,
        days=days,
        source=form.cleaned_data["source"],
        by=f"user:{request.user.pk}",
    )
    messages.success(
        request,
        _("The decision cycle of “%(name)s” is changed; its credit is being computed anew.")
        % {"name": category.name},
    )
    return redirect("measurement:cycles", request.merchant.code)


@merchant_required(Permission.SEE_RESULTS)
def dictionary(request: MerchantRequest) -> HttpResponse:
    """What every figure means."""
    return render(
        request,
        "measurement/dictionary.html",
        {"metrics": list(definitions(get_language() or "en").values())},
    )


def _context(request: MerchantRequest) -> dict[str, object]:
    rows = [
        {
            "one": one,
            "basis": words.why_cycle(one.now.basis, one.now.source),
            "history": [(cycle, words.said(words.CYCLE_BASES, cycle.basis)) for cycle in one.history[1:]],
            "form": CycleForm(initial={"category": one.category.code, "days": one.now.days}),
        }
        for one in listing.cycles(request.merchant)
    ]
    return {
        "rows": [row for row in rows if row["one"].products],
        "others": [row for row in rows if not row["one"].products],
        "may_change": Permission.SET_RULES in request.permissions,
    }
