"""What agents choose from, set by who runs the desk: snippets, stages, reasons of an end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from leads import words
from leads.list_forms import ReasonForm, SnippetForm, StageForm
from leads.models import Reason, Snippet, Stage
from leads.operations import lists, setup
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.roles import Permission


@merchant_required(Permission.RUN_DESK)
def page(request: MerchantRequest) -> HttpResponse:
    return _page(request)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def set_snippet(request: MerchantRequest, snippet_id: int | None = None) -> HttpResponse:
    """``act`` drop takes a snippet away; anything else sets it."""
    row = _row(request, Snippet, snippet_id)
    if row is not None and request.POST.get("act") == "drop":
        lists.drop_snippet(request.merchant, row, by=_by(request))
        messages.success(request, _("The snippet is gone."))
        return _back(request)
    return _set(request, "snippet", SnippetForm(request.POST, row=row), row, lists.put_snippet)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def set_stage(request: MerchantRequest, stage_id: int | None = None) -> HttpResponse:
    row = _row(request, Stage, stage_id)
    return _set(request, "stage", StageForm(request.POST, row=row), row, lists.put_stage)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def set_reason(request: MerchantRequest, reason_id: int | None = None) -> HttpResponse:
    row = _row(request, Reason, reason_id)
    return _set(request, "reason", ReasonForm(request.POST, row=row), row, lists.put_reason)


def _row(request: MerchantRequest, model: Any, pk: int | None) -> Any:
    return get_for_merchant_or_404(model, request.merchant, pk=pk) if pk is not None else None


def _set(request: MerchantRequest, what: str, form: Any, row: Any, put: Callable[..., Any]) -> HttpResponse:
    if form.is_valid():
        try:
            put(request.merchant, row, by=_by(request), **form.cleaned_data)
            messages.success(request, _("It is set."))
            return _back(request)
        except lists.Refused:
            form.add_error("shortcut", _("Another snippet has this shortcut."))
    return _page(request, status=422, wrong=(what, row.pk if row else None, form))


def _page(
    request: MerchantRequest, *, status: int = 200, wrong: tuple[str, int | None, Any] | None = None
) -> HttpResponse:
    """``wrong`` is the form that was not taken: of what, of which row (None: a new one)."""
    merchant = request.merchant
    setup.ensure(merchant)

    def form_of(what: str, kind: Any, row: Any = None) -> dict[str, Any]:
        pk = row.pk if row else None
        if wrong and wrong[:2] == (what, pk):
            return {"row": row, "form": wrong[2], "open": True}
        return {"row": row, "form": kind(row=row, auto_id=f"{what}_{pk or 'new'}_%s"), "open": False}

    reasons = Reason.objects.for_merchant(merchant).order_by("kind", "pk")
    context = {
        "snippets": [
            form_of("snippet", SnippetForm, row)
            for row in Snippet.objects.for_merchant(merchant).order_by("position", "pk")
        ],
        "new_snippet": form_of("snippet", SnippetForm),
        "stages": [
            form_of("stage", StageForm, row) | {"name": words.stage(row.code, row.label)}
            for row in Stage.objects.for_merchant(merchant).order_by("position", "pk")
        ],
        "new_stage": form_of("stage", StageForm),
        "reasons": [
            form_of("reason", ReasonForm, row) | {"name": row.label or words.REASONS.get(row.code, row.code)}
            for row in reasons
        ],
        "new_reason": form_of("reason", ReasonForm),
    }
    return render(request, "leads/lists.html", context, status=status)


def _back(request: MerchantRequest) -> HttpResponse:
    return redirect("leads:lists", request.merchant.code)


def _by(request: MerchantRequest) -> str:
    return f"user:{request.user.pk}"
