"""Purpose and retention: why rows about people are kept, on what basis, for how long; sensitive uses."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from measurement.choices import Kept, Purpose, Sensitive
from measurement.forms import ConsentForm, KeepingForm
from measurement.models import KeptSource, SensitiveConsent
from measurement.operations import keeping
from measurement.queries import keeping as reading
from measurement.words import keeping as words
from measurement.words import platform, said
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.models import Merchant
from merchants.roles import Permission

OWNERS = Permission.MANAGE_MEMBERS  # consent of a sensitive trade is the owner's to give


@merchant_required(Permission.SEE_DATA)
def page(request: MerchantRequest) -> HttpResponse:
    """The register, and for a sensitive trade what its owner has switched on."""
    merchant = request.merchant
    sensitive = Merchant.objects.get(pk=merchant.pk).sensitive_trade
    given = {row.use: row for row in SensitiveConsent.objects.for_merchant(merchant)}
    context = {
        "rows": [_row(merchant, row) for row in reading.register(merchant)],
        "least": reading.least_days(merchant, Kept.TOUCHES),
        "uses": [
            {
                "use": use,
                "name": name,
                "means": means,
                "given": given.get(use),
                "form": ConsentForm(auto_id=f"consent-{use}-%s"),
            }
            for use, (name, means) in words.USES.items()
            if sensitive
        ],
        "may_set": Permission.SET_RULES in request.permissions,
        "may_consent": OWNERS in request.permissions,
    }
    return render(request, "measurement/keeping.html", context)


@merchant_required(Permission.SET_RULES, methods=("POST",))
def state(request: MerchantRequest, kept_id: int) -> HttpResponse:
    """Records purpose, basis and days of a source."""
    row = get_for_merchant_or_404(KeptSource, request.merchant, pk=kept_id)
    form = KeepingForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    told = form.cleaned_data
    statement = keeping.Statement(Purpose(told["purpose"]), told["basis"], told["since"], told["days"])
    try:
        keeping.state(request.merchant, row, statement, by=f"user:{request.user.pk}")
        messages.success(request, _("Recorded. What is older goes at night."))
    except keeping.TooShort as short:
        messages.error(
            request,
            _(
                "%(days)d days are fewer than the longest decision cycle in use, %(least)d days: orders that are"
                " still to come would lose part of their journey. Enter %(least)d or more, or shorten the cycle"
                " first."
            )
            % {"days": short.days, "least": short.least},
        )
    return redirect("measurement:keeping", request.merchant.code)


@merchant_required(OWNERS, methods=("POST",))
def allow(request: MerchantRequest, use: str) -> HttpResponse:
    """Switches a sensitive use on, with its consent."""
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    told = form.cleaned_data
    keeping.allow(
        request.merchant,
        _use(use),
        consent=told["consent"],
        since=told["since"],
        by=f"user:{request.user.pk}",
    )
    messages.success(request, _("Switched on; the consent is on record."))
    return redirect("measurement:keeping", request.merchant.code)


@merchant_required(OWNERS, methods=("POST",))
def forbid(request: MerchantRequest, use: str) -> HttpResponse:
    """Switches a sensitive use off."""
    keeping.forbid(request.merchant, _use(use), by=f"user:{request.user.pk}")
    messages.success(request, _("Switched off."))
    return redirect("measurement:keeping", request.merchant.code)


def _use(use: str) -> Sensitive:
    if use not in set(Sensitive):
        raise Http404
    return Sensitive(use)


def _refused(request: MerchantRequest, form: Form) -> HttpResponse:
    """Says what is wrong with which field; nothing is recorded."""
    for name, told in form.errors.items():
        messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, told))}")
    return redirect("measurement:keeping", request.merchant.code)


def _row(merchant: Merchant, row: KeptSource) -> dict[str, Any]:
    first = {"purpose": row.purpose, "basis": row.basis, "since": row.basis_since, "days": row.days}
    return {
        "kept": row,
        "kind": said(words.KINDS, row.kind),
        "source": said(words.SOURCES, row.source) if row.source in words.SOURCES else platform(row.source),
        "purpose": said(words.PURPOSES, row.purpose),
        "days": reading.days_of(merchant, row),
        "own": row.days is not None,
        "since": reading.kept_since(merchant, row, timezone.now()),
        "form": KeepingForm(initial=first, auto_id=f"keeping-{row.pk}-%s"),
    }
