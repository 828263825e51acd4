"""Alarms on many contacts seen or taken away: who, when, how many; and from how many on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from leads.export_forms import LimitsForm
from leads.models import Alarm
from leads.operations import alarms
from leads.queries import oversight
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.queries.trail import names_of
from merchants.roles import OWNER, Permission


@merchant_required(Permission.RUN_DESK)
def page(request: MerchantRequest) -> HttpResponse:
    """Those that nobody has seen to stand first."""
    return _page(request)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def acknowledge(request: MerchantRequest, alarm_id: int) -> HttpResponse:
    row = get_for_merchant_or_404(Alarm, request.merchant, pk=alarm_id)
    if not _may_see_to(request, row):
        raise PermissionDenied(row.kind)
    alarms.acknowledge(request.merchant, row, by=_by(request))
    messages.success(request, _("Seen to. It stays in the list and in the trail."))
    return redirect("leads:alarms", request.merchant.code)


@merchant_required(Permission.MANAGE_MEMBERS, methods=("POST",))
def set_limits(request: MerchantRequest) -> HttpResponse:
    form = LimitsForm(request.POST, rule=oversight.of(request.merchant))
    if not form.is_valid():
        return _page(request, form=form, status=422)
    alarms.set_oversight(request.merchant, by=_by(request), **form.cleaned_data)
    messages.success(request, _("The limits hold from now on."))
    return redirect("leads:alarms", request.merchant.code)


def _page(request: MerchantRequest, *, status: int = 200, **given: Any) -> HttpResponse:
    rule = oversight.of(request.merchant)
    rows = oversight.alarms(request.merchant)
    names = names_of({row.acknowledged_by for row in rows})
    context = {
        "rows": [
            {
                "alarm": row,
                "by": names.get(row.acknowledged_by, ""),
                "may_see_to": row.acknowledged_at is None and _may_see_to(request, row),
            }
            for row in rows
        ],
        "rule": rule,
        "may_set": Permission.MANAGE_MEMBERS in request.permissions,
        "form": LimitsForm(rule=rule),
        **given,
    }
    return render(request, "leads/alarms.html", context, status=status)


def _may_see_to(request: MerchantRequest, row: Alarm) -> bool:
    """Nobody sees to what was raised about themselves, but for an owner."""
    return row.person_id != request.user.pk or request.membership.role == OWNER.code


def _by(request: MerchantRequest) -> str:
    return f"user:{request.user.pk}"
