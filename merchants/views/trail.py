"""The trail: who did what, newest first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from merchants import audit
from merchants.access import MerchantRequest, merchant_required
from merchants.queries import trail
from merchants.roles import Permission

PAGE = 50


@merchant_required(Permission.SEE_TRAIL)
def page(request: MerchantRequest) -> HttpResponse:
    shown = Paginator(trail.events(request.merchant), PAGE).get_page(request.GET.get("page"))
    rows = [(row, audit.sentence_of(row.act)) for row in trail.told(list(shown))]
    return render(request, "merchants/trail.html", {"page": shown, "rows": rows})
