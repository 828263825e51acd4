"""Pages of agencies and bloggers: whom one works with, and the notes that a merchant consented to show."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from measurement.dictionary import definitions
from merchants.access import MerchantRequest, merchant_required
from merchants.models import Agreement
from merchants.models.agreement import Right, Shown
from merchants.operations.agreements import today_of
from merchants.periods import DAY
from merchants.queries import agreements
from merchants.roles import Permission
from portal.queries.shared_notes import Shared, shared

COLUMNS = {
    Shown.DELIVERY: ("impressions", "clicks", "engagement"),
    Shown.COST: ("cost",),
    Shown.RETURN: ("credited", "orders"),
}
FORMS = {"cost": "fen", "credited": "fen"}


@merchant_required(Permission.SEE_RESULTS)
def bloggers(request: MerchantRequest) -> HttpResponse:
    """The bloggers one represents and those who consented to show figures, as of today."""
    merchant = request.merchant
    today = today_of(merchant)
    rows = agreements.in_force(agreements.of_merchant(merchant), today)
    taken = [row for row in rows if row.partner_id == merchant.pk]
    context = {
        "bindings": [
            {"row": row, "profile": agreements.profile_of(row.merchant), "last": _last(row)}
            for row in taken
            if row.right == Right.NOTES
        ],
        "cooperations": [
            {"row": row, "figures": _said(row), "last": _last(row)}
            for row in taken
            if row.right == Right.FIGURES
        ],
        "agencies": [
            {"row": row, "last": _last(row)}
            for row in rows
            if row.merchant_id == merchant.pk and row.right != Right.FIGURES
        ],
    }
    return render(request, "portal/bloggers.html", context)


@merchant_required(Permission.SEE_RESULTS)
def blogger(request: MerchantRequest, agreement_id: int) -> HttpResponse:
    """One blogger of an agency: the profile, and the notes at every merchant that shows them."""
    merchant = request.merchant
    now, today = timezone.now(), today_of(merchant)
    rows = agreements.in_force(agreements.of_merchant(merchant), today)
    taken = [row for row in rows if row.partner_id == merchant.pk]
    binding = next((row for row in taken if row.pk == agreement_id and row.right == Right.NOTES), None)
    if binding is None:
        raise Http404
    found = [
        shared(row, now=now, blogger=binding.blogger)
        for row in taken
        if row.right == Right.FIGURES and not row.blogger
    ]
    context = {
        "binding": binding,
        "profile": agreements.profile_of(binding.merchant),
        "last": _last(binding),
        "sections": [_section(one) for one in found if one is not None],
        "definitions": definitions(get_language() or "en"),
    }
    return render(request, "portal/blogger.html", context)


@merchant_required(Permission.SEE_RESULTS)
def shared_notes(request: MerchantRequest, agreement_id: int) -> HttpResponse:
    """The notes at one merchant; its own people see what the partner sees."""
    row = agreements.of_merchant(request.merchant).filter(pk=agreement_id, right=Right.FIGURES).first()
    found = shared(row, now=timezone.now()) if row else None
    if row is None or found is None:
        raise Http404
    context = {
        "section": _section(found),
        "other": row.partner if row.merchant_id == request.merchant.pk else row.merchant,
        "gives": row.merchant_id == request.merchant.pk,
        "definitions": definitions(get_language() or "en"),
    }
    return render(request, "portal/shared.html", context)


def _section(found: Shared) -> dict[str, Any]:
    names = [name for shown, names in COLUMNS.items() if shown in found.figures for name in names]
    if {Shown.COST, Shown.RETURN} <= found.figures:
        names.append("roi")
    return {
        "found": found,
        "row": found.agreement,
        "figures": _said(found.agreement),
        "names": names,
        "lines": [
            {"line": line, "cells": [(name, _form(name), getattr(line, name)) for name in names]}
            for line in found.lines
        ],
        "totals": [
            (name, _form(name), None if name in {"roi", "orders"} else found.total(name)) for name in names
        ],
    }


def _form(name: str) -> str:
    return "multiple" if name == "roi" else FORMS.get(name, "count")


def _said(row: Agreement) -> list[str]:
    labels = dict(Shown.choices)
    return [str(labels[code]) for code in row.figures if code in labels]


def _last(row: Agreement) -> Any:
    return row.until - DAY if row.until else None
