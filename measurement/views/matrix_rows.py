"""A figure of the matrix opened: exactly the costs, orders, comments or notes that it counts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import words
from measurement.choices import Sensitive
from measurement.dictionary import definitions
from measurement.models import Spu
from measurement.printed.matrix import asked
from measurement.process.placement import Carrier
from measurement.queries import matrix_rows
from measurement.queries.keeping import is_allowed
from measurement.queries.matrix import Key
from measurement.queries.matrix_rows import Counted, Found
from measurement.views.questions import past, said_problems
from measurement.words import empathy as said_words
from measurement.words import process as named
from merchants.access import MerchantRequest, merchant_required
from merchants.periods import day_of
from merchants.roles import Permission

SHOWN = 50  # rows of a page


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """``of`` is what is counted; ``spu``, ``point``, ``scene`` and ``carrier`` are the cell."""
    query, by, problems = asked(request.GET.dict(), day_of(timezone.now()))
    said_problems(request, problems)
    counted, key = _cell(request, by)
    found = matrix_rows.rows_behind(request.merchant, query.period, key, counted, query.as_of)
    shown = Paginator(found.rows, SHOWN).get_page(request.GET.get("page"))
    spu = Spu.objects.for_merchant(request.merchant).filter(pk=key[0]).first()
    context = {
        "counted": str(counted),
        "title": _titles()[counted],
        "found": found,
        "pages": shown,
        "costs": _costs(shown) if counted in (Counted.COST, Counted.TI) else (),
        "orders": _orders(request, found, shown) if counted == Counted.ORDERS else (),
        "notes": shown if counted == Counted.NOTES else (),
        "comments": _comments(shown) if counted in (Counted.LIKED, Counted.ECHO) else (),
        "may_read": is_allowed(request.merchant, Sensitive.SNIPPETS),
        "may_open": Permission.SEE_EVIDENCE in request.permissions,
        "evidence_query": urlencode({"asof": query.as_of.isoformat()}) if query.as_of else "",
        "cell": [str(spu) if spu else "", key[1], key[2], str(named.CARRIERS[key[3]])],
        "period": query.period,
        "past": past("matrix", query.as_of, _now(request)),
        "definitions": definitions(get_language() or "en"),
        "matrix_url": reverse("measurement:matrix", args=[request.merchant.code]),
    }
    return render(request, "measurement/matrix_rows.html", context)


def _cell(request: MerchantRequest, by: str) -> tuple[Counted, Key]:
    """What is counted and in which cell; 404 where there is no such thing."""
    counted, spu = request.GET.get("of", ""), request.GET.get("spu", "")
    if counted not in set(Counted) or not by or not (spu.isascii() and spu.isdigit() and len(spu) < 16):
        raise Http404
    return Counted(counted), (
        int(spu),
        request.GET.get("point", ""),
        request.GET.get("scene", ""),
        Carrier(by),
    )


def _titles() -> dict[Counted, str]:
    return {
        Counted.COST: _("Costs behind the figure"),
        Counted.TI: _("Costs with new TI beside them"),
        Counted.ORDERS: _("Orders behind the figure"),
        Counted.LIKED: _("Comments that judge"),
        Counted.ECHO: _("Comments that could echo the buying point"),
        Counted.NOTES: _("Notes published"),
    }


def _now(request: MerchantRequest) -> str:
    kept = {name: value for name, value in request.GET.items() if name not in ("asof", "page")}
    return "?" + urlencode(kept)


def _orders(request: MerchantRequest, found: Found, shown: Page) -> list[dict[str, Any]]:
    """Orders of the page with what this cell got of each; one that is gone has no lines."""
    ids = [int(one) for one in shown]
    orders, lines = matrix_rows.orders_of(request.merchant, ids)
    return [
        {
            "order": orders.get(pk),
            "platform": words.platform(orders[pk].platform) if pk in orders else "",
            "lines": lines.get(pk, []),
            "fen": (found.share or {})[pk],
        }
        for pk in ids
    ]


def _comments(shown: Page) -> list[dict[str, Any]]:
    return [{"label": label, "says": words.said(said_words.POLARITIES, label.said)} for label in shown]


def _costs(shown: Page) -> list[dict[str, Any]]:
    return [
        {"row": row, "kind": words.said(words.SPEND_KINDS, row.kind), "source": words.source(row.source)}
        for row in shown
    ]
