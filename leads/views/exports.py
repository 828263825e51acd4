"""Lists of the desk as files: asked for, watched while they are written, taken away by who asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from leads.export_forms import ExportForm
from leads.models import Export
from leads.operations import exports, sessions, setup
from leads.queries.asked import Asked
from merchants import table_files
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.periods import day_of
from merchants.roles import Permission

State = Export.State
SHOWN = 50
TONES = {State.DONE: "accent", State.FAILED: "danger", State.WAITING: "neutral", State.WRITING: "neutral"}
JOBS = {State.WAITING: "waiting", State.WRITING: "running", State.DONE: "done"}


def exports_url(request: MerchantRequest, kind: str, asked: Asked) -> str:
    """The page where this list is taken away as it is filtered; empty for a role that may not."""
    if Permission.EXPORT_DESK not in request.permissions:
        return ""
    filters = asked.address()
    page = reverse("leads:exports", args=[request.merchant.code])
    return f"{page}?kind={kind}{'&' + filters if filters else ''}"


@merchant_required(Permission.EXPORT_DESK, methods=("GET", "POST"), taking=True)
def page(request: MerchantRequest) -> HttpResponse:
    """The person's own exports, the latest first; POST asks for one. The address may carry a list's filters."""
    setup.ensure(request.merchant)
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        exports.ask(
            request.merchant,
            request.user,
            kind=form.cleaned_data["kind"],
            form=form.cleaned_data["form"],
            asked=form.asked,
            language=get_language() or "zh-hans",
            with_contacts=form.cleaned_data.get("with_contacts", False),
            reason=form.cleaned_data.get("reason", ""),
        )
        return redirect("leads:exports", request.merchant.code)
    rows = _own(request).order_by("-asked_at", "-pk")[:SHOWN]
    context = {
        "form": form,
        "rows": [_shown(request, row) for row in rows],
        "days": (exports.KEPT.days, exports.KEPT_WITH_CONTACTS.days),
        "filtered": bool(request.GET),
    }
    return render(request, "leads/exports.html", context, status=422 if form.errors else 200)


@merchant_required(Permission.EXPORT_DESK)
def progress(request: MerchantRequest, export_id: int) -> HttpResponse:
    """How far one export is; asked for again while it is written, then the whole page is."""
    row = get_for_merchant_or_404(_own(request), request.merchant, pk=export_id)
    shown = _shown(request, row)
    answer = render(request, "leads/parts/export_progress.html", {"item": shown})
    if not shown["working"]:
        answer["HX-Refresh"] = "true"
    return answer


@merchant_required(Permission.EXPORT_DESK, methods=("POST",), taking=True)
def stop(request: MerchantRequest, export_id: int) -> HttpResponse:
    row = get_for_merchant_or_404(_own(request), request.merchant, pk=export_id)
    if exports.cancel(request.merchant, row):
        messages.success(request, _("Stopped; nothing of it is kept."))
    else:
        messages.info(request, _("There was nothing left to stop."))
    return redirect("leads:exports", request.merchant.code)


@merchant_required(Permission.EXPORT_DESK)
def file(request: MerchantRequest, export_id: int) -> HttpResponse | StreamingHttpResponse:
    """The file, for who asked for it and nobody else."""
    row = get_for_merchant_or_404(_own(request), request.merchant, pk=export_id)
    try:
        blocks = exports.take(request.merchant, row)
    except FileNotFoundError:
        raise Http404 from None
    except exports.Refused:
        raise PermissionDenied from None
    answer = StreamingHttpResponse(blocks, content_type=table_files.FORMS[row.form])
    name = f"{request.merchant.code}-{row.kind}-{day_of(row.asked_at)}.{row.form}"
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Content-Length"] = str(row.size)
    answer["Cache-Control"] = "no-store"
    return answer


def _own(request: MerchantRequest) -> Any:
    return Export.objects.for_merchant(request.merchant).filter(person=request.user)


def _form(request: MerchantRequest) -> ExportForm:
    me = sessions.agent_of(request.merchant, request.user.pk)
    asked = Asked.read(request.GET, me=me)
    initial = {
        "kind": request.GET.get("kind", Export.Kind.CONSULTATIONS),
        "form": Export.Form.XLSX,
        "stage": asked.stage,
        "text": asked.text,
        "open": asked.open,
        "mine": asked.agent is not None,
        "first": asked.first,
        "last": asked.last,
    }
    return ExportForm(
        request.POST or None,
        initial=initial,
        merchant=request.merchant,
        agent=me.pk if me else None,
        may_see_contacts=Permission.REVEAL_CONTACT in request.permissions,
    )


def _shown(request: MerchantRequest, row: Export) -> dict[str, Any]:
    """What the page says of an export: what was asked for, how far it is, and what can be done."""
    now = timezone.now()
    over = row.state == State.DONE and row.expires_at is not None and row.expires_at <= now
    filters = exports.filters_said(request.merchant, exports.asked_of(request.merchant, row))
    state = State.EXPIRED if over else State(row.state)
    return {
        "row": row,
        "filters": " · ".join(f"{label}: {value}" for label, value in filters),
        "state": state.label,
        "tone": TONES.get(state, "muted"),
        "job": JOBS.get(state, "failed"),
        "working": state in exports.UNFINISHED,
        "ready": state == State.DONE,
        "said": ngettext("%(rows)s row written", "%(rows)s rows written", row.rows_done)
        % {"rows": f"{row.rows_done:,}"},
    }
