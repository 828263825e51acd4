"""The trail: who did what, newest first, searched; and the looks in it that are worth a question."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from merchants import audit
from merchants.access import MerchantRequest, merchant_required
from merchants.models import AuditEvent
from merchants.queries import searched_trail, trail
from merchants.queries.searched_trail import Search
from merchants.roles import Permission

PAGE = 50


@merchant_required(Permission.SEE_TRAIL)
def page(request: MerchantRequest) -> HttpResponse:
    merchant, search = request.merchant, Search.of(request.GET)
    shown = Paginator(searched_trail.found(merchant, search), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "rows": [(row, audit.sentence_of(row.act)) for row in trail.told(list(shown))],
        "search": search,
        "searched": search != Search(),
        "offered": searched_trail.offered(merchant, audit.sentence_of),
        "unusual": searched_trail.told(
            searched_trail.unusual(
                AuditEvent.objects.for_merchant(merchant),
                audit.looks(),
                zone=ZoneInfo(merchant.time_zone),
                now=timezone.now(),
            )
        ),
    }
    return render(request, "merchants/trail.html", context)
