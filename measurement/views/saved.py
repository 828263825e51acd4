"""Saved views, letters that go out by themselves, and notes on days."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import letters
from measurement.choices import Rhythm
from measurement.dictionary import definitions
from measurement.forms import AnnotationForm, ScheduleForm, ViewForm
from measurement.letters import digest as digests
from measurement.models import Annotation, SavedView, Schedule
from measurement.operations import saved, schedules
from measurement.queries import saved as kept
from measurement.reports import ReportQuery, Row
from measurement.views.questions import address
from measurement.words import saved as words
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.roles import Permission

NOT_KEPT = {"back", "part"}  # where a page was opened from is no part of what it shows
DIGEST = "digest"  # stands for the digest where a schedule names a view


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """What this person may open again, what goes out to whom, what was written on days."""
    return _page(request)


@merchant_required(Permission.PLAN, methods=("POST",))
def save(request: MerchantRequest) -> HttpResponse:
    """Keeps the page that is on the screen, with its address, and goes back to it."""
    form = ViewForm(request.POST)
    if not form.is_valid() or not _exists(form.cleaned_data["page"], request.merchant.code):
        return _page(request, status=422, view_form=form)
    told = form.cleaned_data
    query = urlencode([pair for pair in parse_qsl(told["query"]) if pair[0] not in NOT_KEPT])
    try:
        saved.save_view(
            request.merchant,
            owner=request.user,
            name=told["name"],
            page=told["page"],
            query=query,
            shared=told["shared"],
            by=_by(request),
        )
        messages.success(request, _("“%(name)s” is saved.") % {"name": told["name"]})
    except saved.NameTaken:
        messages.error(request, _("You have a view “%(name)s” already; choose another name.") % told)
    return redirect(reverse(told["page"], args=[request.merchant.code]) + (f"?{query}" if query else ""))


@merchant_required(Permission.PLAN, methods=("POST",))
def remove(request: MerchantRequest, view_id: int) -> HttpResponse:
    """Forgets one of one's own views, and the letters scheduled of it."""
    view = get_for_merchant_or_404(
        SavedView.objects.for_merchant(request.merchant).filter(owner=request.user),
        request.merchant,
        pk=view_id,
    )
    saved.remove_view(request.merchant, view, by=_by(request))
    messages.success(request, _("The view is removed."))
    return redirect("measurement:saved", request.merchant.code)


@merchant_required(Permission.PLAN, methods=("POST",))
def schedule(request: MerchantRequest) -> HttpResponse:
    """Lets a view or the digest go out by itself."""
    form = ScheduleForm(request.POST, **_choices(request))
    if not form.is_valid():
        return _page(request, status=422, schedule_form=form)
    told = form.cleaned_data
    chosen = told["view"]
    view = (
        None
        if chosen == DIGEST
        else get_for_merchant_or_404(
            kept.views_of(request.merchant, request.user), request.merchant, pk=chosen
        )
    )
    schedules.schedule(
        request.merchant,
        view=view,
        owner=request.user,
        rhythm=Rhythm(told["rhythm"]),
        day=told["day"],
        hour=told["hour"],
        form=told["form"],
        language=told["language"],
        recipients=[int(reader) for reader in told["recipients"]],
        now=timezone.now(),
        by=_by(request),
    )
    messages.success(request, _("The report goes out by itself from now on."))
    return redirect("measurement:saved", request.merchant.code)


@merchant_required(Permission.PLAN, methods=("POST",))
def pause(request: MerchantRequest, schedule_id: int) -> HttpResponse:
    row = get_for_merchant_or_404(Schedule, request.merchant, pk=schedule_id)
    schedules.pause(request.merchant, row, paused=not row.paused, now=timezone.now(), by=_by(request))
    return redirect("measurement:saved", request.merchant.code)


@merchant_required(Permission.PLAN, methods=("POST",))
def unschedule(request: MerchantRequest, schedule_id: int) -> HttpResponse:
    row = get_for_merchant_or_404(Schedule, request.merchant, pk=schedule_id)
    schedules.remove(request.merchant, row, by=_by(request))
    messages.success(request, _("The report no longer goes out."))
    return redirect("measurement:saved", request.merchant.code)


@merchant_required(Permission.PLAN, methods=("POST",))
def annotate(request: MerchantRequest) -> HttpResponse:
    """Writes a note on a day; charts over days and files show it."""
    form = AnnotationForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, note_form=form)
    told = form.cleaned_data
    saved.annotate(
        request.merchant,
        first_day=told["first_day"],
        last_day=told["last_day"] or told["first_day"],
        text=told["text"],
        by=_by(request),
    )
    messages.success(request, _("The note is written; charts over these days show it."))
    return redirect("measurement:saved", request.merchant.code)


@merchant_required(Permission.PLAN, methods=("POST",))
def take_back(request: MerchantRequest, annotation_id: int) -> HttpResponse:
    row = get_for_merchant_or_404(Annotation, request.merchant, pk=annotation_id)
    saved.take_back(request.merchant, row, now=timezone.now(), by=_by(request))
    return redirect("measurement:saved", request.merchant.code)


@merchant_required(Permission.SEE_RESULTS)
def digest(request: MerchantRequest) -> HttpResponse:
    """The page for a chief executive as it would go out now."""
    found = digests.digest(request.merchant, now=timezone.now())
    context = {
        "digest": found,
        "report": found.money,
        "carried": _opened(found.money.query, found.carried),
        "losing": _opened(found.classed.query, found.losing),
        "definitions": definitions(get_language() or "en"),
        "data_through": found.money.envelope.data_through or "",
        "computed_at": found.money.envelope.computed_at,
    }
    return render(request, "measurement/digest.html", context)


def _opened(query: ReportQuery, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Each row with the address of its orders."""
    return [{"row": row, "open": address(query.within_also(str(query.by), row.key))} for row in rows]


def _by(request: MerchantRequest) -> str:
    return f"user:{request.user.pk}"


def _exists(name: str, code: str) -> bool:
    """Whether a name is that of one of measurement's pages."""
    try:
        return name.startswith("measurement:") and bool(reverse(name, args=[code]))
    except NoReverseMatch:
        return False


def _choices(request: MerchantRequest) -> dict[str, Any]:
    """The reports that can go out as a file, and the members who may get one."""
    views = [
        (str(view.pk), view.name)
        for view in kept.views_of(request.merchant, request.user)
        if view.page in letters.COMPOSED
    ]
    readers = [
        (str(user.pk), f"{user.get_full_name() or user.username} · {user.email}")
        for user in kept.readers(request.merchant)
    ]
    return {"views": [(DIGEST, _("Digest: one page for a chief executive")), *views], "readers": readers}


def _page(request: MerchantRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    code = request.merchant.code
    views = [
        {
            "view": view,
            "url": reverse(view.page, args=[code]) + (f"?{view.query}" if view.query else ""),
            "mine": view.owner_id == request.user.pk,
        }
        for view in kept.views_of(request.merchant, request.user)
        if _exists(view.page, code)
    ]
    rows = [
        {
            "schedule": row,
            "when": words.when(row),
            "latest": words.outcome(row.latest[0] if row.latest else None),
        }
        for row in kept.schedules_of(request.merchant)
    ]
    choices = _choices(request)
    context = {
        "views": views,
        "schedules": rows,
        "notes": kept.standing(request.merchant)[:100],
        "view_form": None,
        "schedule_form": ScheduleForm(**choices),
        "note_form": AnnotationForm(),
        "has_readers": bool(choices["readers"]),
        "may_plan": Permission.PLAN in request.permissions,
        **forms,
    }
    return render(request, "measurement/saved.html", context, status=status)
