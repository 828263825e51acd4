"""Experiments: planned, registered, looked after, read out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import words
from measurement.dictionary import definitions
from measurement.lift.plan import ExperimentKind, ExperimentState
from measurement.models import Experiment
from measurement.operations import assignments
from measurement.operations import experiments as acts
from measurement.operations.experiments import NotPossible
from measurement.queries import experiments as reading
from measurement.views import experiment_list, experiment_page
from measurement.views.experiment_form import ExperimentForm, of_experiment, prefilled
from measurement.words import experiments as told
from merchants import audit
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.periods import day_of
from merchants.roles import Permission

NAMES = {0: "control", 1: "treatment"}


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """All experiments with their states in words."""
    rows = [
        experiment_page.in_short(row, day_of(timezone.now())) for row in reading.listing(request.merchant)
    ]
    context = {"rows": rows, "kinds": _kinds(request), "may_plan": Permission.PLAN in request.permissions}
    return render(request, "measurement/experiments.html", context)


@merchant_required(Permission.PLAN, methods=("GET", "POST"))
def new(request: MerchantRequest) -> HttpResponse:
    """The planner; the address may fill it in (kind, spu, starts, ends, lift, name, method)."""
    initial = prefilled(request.GET.dict(), day_of(timezone.now()))
    return _planner(request, ExperimentForm(request.POST or None, initial=initial, merchant=request.merchant))


@merchant_required(Permission.PLAN, methods=("GET", "POST"))
def change(request: MerchantRequest, experiment_id: int) -> HttpResponse:
    """The planner over a draft."""
    row = _row(request, experiment_id)
    form = ExperimentForm(request.POST or None, initial=of_experiment(row), merchant=request.merchant)
    return _planner(request, form, row)


def _planner(request: MerchantRequest, form: ExperimentForm, row: Experiment | None = None) -> HttpResponse:
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = acts.plan(request.merchant, form.draft(), by=_actor(request), experiment=row)
                return redirect("measurement:experiment", request.merchant.code, made.pk)
            except NotPossible as refusal:
                form.add_error(None, words.said(told.REFUSALS, refusal.code))
    context = {
        "form": form,
        "kinds": _kinds(request),
        "experiment": row,
        "kind": form["kind"].value(),
        "definitions": definitions(get_language() or "en"),
    }
    return render(request, "measurement/experiment_planner.html", context, status=status)


def _kinds(request: MerchantRequest) -> list[dict[str, Any]]:
    return [
        {"value": str(kind), "name": name, "told": told.KINDS_TOLD[kind]} for kind, name in told.KINDS.items()
    ]


@merchant_required(Permission.SEE_RESULTS)
def detail(request: MerchantRequest, experiment_id: int) -> HttpResponse:
    return _detail(request, _row(request, experiment_id))


def _detail(
    request: MerchantRequest, row: Experiment, *, refused: str = "", status: int = 200
) -> HttpResponse:
    context = experiment_page.context(row, day_of(timezone.now()))
    context |= {
        "definitions": definitions(get_language() or "en"),
        "may_plan": Permission.PLAN in request.permissions,
        "may_bring": Permission.BRING_DATA in request.permissions,
        "refused": words.said(told.REFUSALS, refused) if refused else "",
        "trail": experiment_page.trail(request.merchant, row),
        "panel": reading.panel_days(request.merchant, row) if row.kind == ExperimentKind.GEO else None,
        "arms": reading.arms(request.merchant, row) if row.kind == ExperimentKind.HOLDOUT else {},
    }
    return render(request, "measurement/experiment.html", context, status=status)


@merchant_required(Permission.PLAN, methods=("POST",))
def register(request: MerchantRequest, experiment_id: int) -> HttpResponse:
    """Fixes a draft; below 80 % power only with a reason."""
    reason = request.POST.get("reason", "")[:600]
    return _act(
        request,
        experiment_id,
        lambda row: acts.register(request.merchant, row, by=_actor(request), reason=reason),
        _("The experiment is registered: its design is fixed and cannot be changed any more."),
    )


@merchant_required(Permission.PLAN, methods=("POST",))
def stop(request: MerchantRequest, experiment_id: int) -> HttpResponse:
    reason = request.POST.get("reason", "")[:600]
    return _act(
        request,
        experiment_id,
        lambda row: acts.stop(request.merchant, row, reason=reason, by=_actor(request)),
        _("The experiment is stopped; it will not be read out."),
    )


@merchant_required(Permission.PLAN, methods=("POST",))
def again(request: MerchantRequest, experiment_id: int) -> HttpResponse:
    """Asks a worker to compute once more; the old figures stay until then."""
    return _act(
        request,
        experiment_id,
        lambda row: acts.ask(request.merchant, row, by=_actor(request)),
        _("It is being computed; the figures below stay until then."),
    )


def _act(
    request: MerchantRequest, experiment_id: int, act: Callable[[Experiment], object], done: str
) -> HttpResponse:
    row = _row(request, experiment_id)
    try:
        act(row)
    except NotPossible as refusal:
        return _detail(request, row, refused=refusal.code, status=422)
    messages.success(request, done)
    return redirect("measurement:experiment", request.merchant.code, row.pk)


@merchant_required(Permission.PLAN, methods=("POST",))
def enrol(request: MerchantRequest, experiment_id: int) -> HttpResponse:
    """Takes a list of people in and gives it back with the arm of each; identifiers are not kept."""
    row = _row(request, experiment_id)
    file = request.FILES.get("file")
    try:
        listed = experiment_list.read(request.merchant, file)
        coin = acts.enrol(request.merchant, row, listed.keys, by=_actor(request))
    except experiment_list.Unusable as refusal:
        messages.error(request, str(refusal))
        return redirect("measurement:experiment", request.merchant.code, row.pk)
    except NotPossible as refusal:
        return _detail(request, row, refused=refusal.code, status=422)
    answer = HttpResponse(listed.with_arms(coin), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="experiment-{row.pk}-assigned.csv"'
    return answer


@merchant_required(Permission.PLAN)
def assignment(request: MerchantRequest, experiment_id: int) -> HttpResponse | StreamingHttpResponse:
    """Who or what is in which arm, as a file; taking it along is kept in the trail. People whom content reached
    are no list of the merchant's own: theirs only an operator hands over."""
    row = _row(request, experiment_id)
    if assignments.is_of_strangers(row):
        return _detail(request, row, refused="strangers", status=422)
    audit.record(request.merchant, "measurement.experiment.assignment_taken", by=_actor(request), on=row)
    if row.kind == ExperimentKind.GEO:
        groups = row.design.get("groups") or row.plan.get("groups") or {}
        lines = [("geo", "group"), *sorted(groups.items())]
    else:
        people = reading.participants(request.merchant, row)
        lines = [("person_key", "variant"), *((key, str(arm)) for key, arm in people)]
    answer = StreamingHttpResponse(_csv(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="experiment-{row.pk}-assignment.csv"'
    return answer


def _csv(lines: list[tuple[str, ...]]) -> Iterator[str]:
    for line in lines:
        text = io.StringIO()
        csv.writer(text).writerow(line)
        yield text.getvalue()


@merchant_required(Permission.SEE_RESULTS)
def design(request: MerchantRequest, experiment_id: int) -> HttpResponse:
    """What was hashed at registration, byte for byte: its SHA-256 is the one on the page."""
    row = _row(request, experiment_id)
    shown = acts.fixed(row)
    if row.state == ExperimentState.DRAFT:
        shown = {**shown, "draft": True}
    text = json.dumps(shown, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    answer = HttpResponse(text, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="experiment-{row.pk}-design.json"'
    return answer


def _row(request: MerchantRequest, experiment_id: int) -> Experiment:
    rows = Experiment.objects.select_related("spu")
    return get_for_merchant_or_404(rows, request.merchant, pk=experiment_id)


def _actor(request: MerchantRequest) -> str:
    return f"user:{request.user.pk}"
