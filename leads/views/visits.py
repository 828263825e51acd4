"""Codes of visits: taken at the door, also those that were scanned without a network and are sent later."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from leads import words
from leads.models import Lead
from leads.operations import appointments
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.models import Store
from merchants.roles import Permission

KEPT_FOR = timedelta(days=7)  # a scan that is older was not kept by our page


@merchant_required(Permission.ANSWER, methods=("GET", "POST"))
def redeem(request: MerchantRequest) -> HttpResponse:
    """Takes the code of a visit and says in one word what came of it. A scan has a number (``nonce``), by which it
    counts once, the moment ``at`` when it was made, and the ``store`` where. With the header ``X-Part`` only what
    came of it is answered."""
    told = request.POST if request.method == "POST" else request.GET
    code = _code(told.get("code", ""))
    stores = list(Store.objects.for_merchant(request.merchant).order_by("name"))
    store = next((one for one in stores if str(one.pk) == told.get("store", "")), None)
    context: dict[str, Any] = {"stores": stores, "store": store, "nonce": uuid.uuid4(), "code": code}
    if request.method == "POST":
        scan = appointments.redeem(
            request.merchant, code=code, nonce=_nonce(told.get("nonce", "")), by=f"user:{request.user.pk}",
            store=store, at=_at(told.get("at", "")),
        )  # fmt: skip
        context |= {"scan": scan, "why": words.REFUSED.get(scan.why, "")}
        if scan.visit is not None:
            rows = Lead.objects.select_related("contact")
            context["lead"] = get_for_merchant_or_404(rows, request.merchant, pk=scan.visit.lead_id)
        if "X-Part" in request.headers:
            return render(request, "leads/parts/scan.html", context)
        context["code"] = ""
    return render(request, "leads/redeem.html", context)


def _code(told: str) -> str:
    """The digits; a scanner may have read the whole address that the picture holds."""
    found = re.search(r"[?&]code=([0-9]+)", told)
    return found[1] if found else told[:40]


def _nonce(told: str) -> uuid.UUID:
    """The number of this scan, which the page made; a new one where it is none."""
    try:
        return uuid.UUID(told)
    except ValueError:
        return uuid.uuid4()


def _at(told: str) -> datetime:
    """When the scan was made, by the clock of the device; now where that cannot be."""
    now = timezone.now()
    try:
        at = parse_datetime(told)
    except ValueError:
        at = None
    if at is None or timezone.is_naive(at) or not now - KEPT_FOR <= at <= now:
        return now
    return at
