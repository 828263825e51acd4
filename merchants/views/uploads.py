"""Handing in a file: choose, watch it being checked, look at it, confirm, watch it being applied."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from merchants import audit, exports, remedies
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.forms import UploadForm
from merchants.intake import kinds
from merchants.models import Upload
from merchants.operations import mappings, uploads
from merchants.queries.mappings import learned
from merchants.roles import Permission

State = Upload.State
PAGE = 25
STATES = {
    State.RECEIVED: "waiting",
    State.CHECKING: "running",
    State.APPLYING: "running",
    State.APPLIED: "done",
    State.UNMAPPED: "done",
    State.CHECKED: "done",
    State.REFUSED: "failed",
    State.FAILED: "failed",
    State.DISCARDED: "done",
}
TONES = {
    State.APPLIED: "accent",
    State.UNMAPPED: "warning",
    State.CHECKED: "warning",
    State.REFUSED: "danger",
    State.FAILED: "danger",
}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@merchant_required(Permission.BRING_DATA, methods=("GET", "POST"))
def page(request: MerchantRequest) -> HttpResponse:
    """All files, newest first; POST hands one in."""
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        permissions=request.permissions,
        initial={"kind": request.GET.get("kind")},
    )
    if request.method == "POST" and form.is_valid():
        handed_in = _accept(request, form)
        if handed_in is not None:
            return redirect("merchants:upload", request.merchant.code, handed_in.pk)
    rows = Upload.objects.for_merchant(request.merchant).order_by("-created_at", "-id")
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "rows": [listed(upload) for upload in shown],
        "form": form,
        "kinds": kinds.open_with(request.permissions),
        "learned": [(one, _label(one.mapping.kind)) for one in learned(request.merchant)],
    }
    return render(request, "merchants/uploads.html", context, status=422 if form.errors else 200)


@merchant_required(Permission.BRING_DATA)
def detail(request: MerchantRequest, upload_id: int) -> HttpResponse:
    """One file: its progress, what was found, what to do. ``part=progress`` is polled while it works."""
    upload = get_for_merchant_or_404(Upload, request.merchant, pk=upload_id)
    context = _context(upload)
    if request.GET.get("part") == "progress":
        answer = render(request, "merchants/upload.html#progress", context)
        if not context["working"]:
            answer["HX-Refresh"] = "true"
        return answer
    return render(request, "merchants/upload.html", context)


@merchant_required(Permission.BRING_DATA, methods=("POST",))
def confirm(request: MerchantRequest, upload_id: int) -> HttpResponse:
    upload = get_for_merchant_or_404(Upload, request.merchant, pk=upload_id)
    if (needed := kinds.get(upload.kind).permission) not in request.permissions:
        raise PermissionDenied(needed)
    try:
        uploads.confirm(request.merchant, upload, by=f"user:{request.user.pk}")
    except uploads.WrongState:
        messages.warning(request, _("This file is not waiting for a confirmation any more."))
    return redirect("merchants:upload", request.merchant.code, upload.pk)


@merchant_required(Permission.BRING_DATA, methods=("POST",))
def discard(request: MerchantRequest, upload_id: int) -> HttpResponse:
    upload = get_for_merchant_or_404(Upload, request.merchant, pk=upload_id)
    try:
        uploads.discard(request.merchant, upload, by=f"user:{request.user.pk}")
        messages.success(request, _("The file was discarded; nothing of it was written."))
    except uploads.WrongState:
        messages.warning(request, _("This file cannot be discarded any more: its rows are being written."))
    return redirect("merchants:uploads", request.merchant.code)


@merchant_required(Permission.BRING_DATA)
def rejected(request: MerchantRequest, upload_id: int) -> HttpResponse | StreamingHttpResponse:
    """The rejected rows, to correct and hand in again. They hold what was handed in, persons too, so taking
    them stands in the trail."""
    upload = get_for_merchant_or_404(Upload, request.merchant, pk=upload_id)
    if not uploads.has_rejected_rows(upload):
        raise Http404
    audit.record(request.merchant, "merchants.upload.rejected_taken", by=f"user:{request.user.pk}", on=upload)
    stem = get_valid_filename(upload.filename.rsplit(".", 1)[0] or "file")
    answer = StreamingHttpResponse(uploads.rejected_rows(upload), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = _attachment(f"{stem}-rejected.csv")
    return answer


@merchant_required(Permission.SEE_DATA)
def template(request: MerchantRequest, kind: str, form: str) -> HttpResponse:
    """An empty file to fill in, with examples."""
    chosen = _kind(kind)
    if form == "csv":
        answer = HttpResponse(exports.template_csv(chosen), content_type="text/csv; charset=utf-8")
    else:
        answer = HttpResponse(exports.template_xlsx(chosen), content_type=WORKBOOK)
    answer["Content-Disposition"] = _attachment(f"{chosen.code}.{form}")
    return answer


@merchant_required(Permission.SEE_DATA)
def columns(request: MerchantRequest) -> HttpResponse:
    """The data dictionary: every kind with its columns."""
    told = [
        {"kind": kind, "columns": [(column, exports.holds(column)) for column in kind.columns]}
        for kind in kinds.registered()
    ]
    return render(request, "merchants/columns.html", {"kinds": told})


def listed(upload: Upload) -> dict[str, Any]:
    """What a list says of a file."""
    return {
        "upload": upload,
        "kind": _label(upload.kind),
        "state": upload.get_state_display(),
        "tone": TONES.get(State(upload.state), "muted"),
    }


def _accept(request: MerchantRequest, form: UploadForm) -> Upload | None:
    file = form.cleaned_data["file"]
    try:
        accepted = uploads.accept(
            request.merchant,
            kind=form.cleaned_data["kind"],
            filename=file.name,
            chunks=file.chunks(),
            by=f"user:{request.user.pk}",
        )
    except uploads.Closed as closed:
        form.add_error("kind", remedies.remedy(closed.args[0], {}))
        return None
    except uploads.TooLarge as large:
        limit = int(large.args[0]) >> 20
        form.add_error("file", _("The file is larger than %(limit)s MB: split it.") % {"limit": limit})
        return None
    if accepted.repeated:
        messages.info(request, _("This very file was handed in before; here is what became of it."))
    return accepted.upload


def _context(upload: Upload) -> dict[str, Any]:
    state = State(upload.state)
    preview = upload.preview if isinstance(upload.preview, dict) else {}
    known = {column.name: column for column in kinds.get(upload.kind).columns} if _label(upload.kind) else {}
    return {
        **listed(upload),
        "working": state in {State.RECEIVED, State.CHECKING, State.APPLYING},
        "job_state": STATES[state],
        "steps": _steps(state),
        "done": upload.rows_applied if state == State.APPLYING else None,
        "total": upload.rows_read if state == State.APPLYING else None,
        "said": _said(upload),
        "heads": [(name, known[name].label) for name in preview.get("columns", ()) if name in known],
        "rows": preview.get("rows", ()),
        "unused": preview.get("unused", ()),
        "problems": [_problem(problem, known) for problem in upload.errors],
        "more_problems": upload.rows_rejected > len({problem["line"] for problem in upload.errors}),
        "receipt": preview.get("receipt", {}),
        "has_rejected": uploads.has_rejected_rows(upload),
        "again": state == State.FAILED and "columns" in preview,
        "can_map": state in mappings.OPEN and bool(preview.get("headers")),
        "reading": " · ".join(word for word in (preview.get("format"), preview.get("encoding")) if word),
    }


def _steps(state: State) -> list[dict[str, str]]:
    """Handed in, read and checked, confirmed, applied: which is done, which runs."""
    state = State.CHECKING if state == State.UNMAPPED else state
    order = (State.RECEIVED, State.CHECKING, State.CHECKED, State.APPLYING, State.APPLIED)
    at = order.index(state) if state in order else 1
    labels = (_("handed in"), _("read and checked"), _("confirmed by you"), _("applied"))
    states = []
    for place, label in enumerate(labels):
        done = at > place if place else True
        running = (place == 1 and at in (0, 1)) or (place == 3 and state == State.APPLYING)
        failed = place == 1 and state in {State.REFUSED, State.FAILED}
        word = "failed" if failed else "running" if running else "done" if done else "waiting"
        states.append({"label": label, "state": word})
    return states


def _said(upload: Upload) -> str:
    """Rows so far, in a sentence."""
    rows = upload.rows_read
    return ngettext("%(rows)s row read", "%(rows)s rows read", rows) % {"rows": f"{rows:,}"}


def _problem(problem: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    column = known.get(problem["column"])
    return {
        "line": problem["line"] or None,
        "column": column.label if column else problem["column"],
        "name": problem["column"],
        "value": problem["value"],
        "remedy": remedies.remedy(problem["code"], problem["params"]),
    }


def _kind(code: str) -> kinds.Kind:
    try:
        return kinds.get(code)
    except KeyError:
        raise Http404 from None


def _label(code: str) -> str:
    try:
        return str(kinds.get(code).label)
    except KeyError:
        return ""


def _attachment(name: str) -> str:
    from urllib.parse import quote

    return f"attachment; filename*=UTF-8''{quote(name)}"
