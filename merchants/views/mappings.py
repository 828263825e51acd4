"""Naming the columns of an export: their headers and first cells on one side, our columns on the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from merchants import exports, remedies
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.intake import kinds
from merchants.intake.columns import Column
from merchants.intake.kinds import Kind
from merchants.intake.mapping import UNITS, ColumnMap, Pick, from_told, names
from merchants.intake.problems import Problem
from merchants.intake.suggestions import suggested
from merchants.models import ColumnMapping, Upload
from merchants.operations import mappings
from merchants.roles import Permission

UNIT_NAMES = {
    "": gettext_lazy("as it stands"),
    "fen": gettext_lazy("in fen (1/100 yuan)"),
    "wan": gettext_lazy("in 万 (10,000)"),
    "fraction": gettext_lazy("as a fraction (0.123 = 12.3 %)"),
    "day_first": gettext_lazy("day/month/year"),
    "month_first": gettext_lazy("month/day/year"),
    "serial": gettext_lazy("as a spreadsheet's number of the day"),
}
FIXED_LIMIT = 120


@merchant_required(Permission.BRING_DATA, methods=("GET", "POST"))
def page(request: MerchantRequest, upload_id: int) -> HttpResponse:
    """The columns of a file, each with what it is taken for; POST states it and has the file read so."""
    upload = get_for_merchant_or_404(Upload, request.merchant, pk=upload_id)
    preview = upload.preview if isinstance(upload.preview, dict) else {}
    if upload.state not in mappings.OPEN or not preview.get("headers"):
        if request.method == "POST":
            messages.warning(request, _("The columns of this file cannot be named any more."))
            return redirect("merchants:upload", request.merchant.code, upload.pk)
        raise Http404
    kind = kinds.get(upload.kind)
    headers = names(preview["headers"])
    wrong: list[Problem] = []
    if request.method == "POST":
        told = _told(request, headers)
        try:
            mappings.state(request.merchant, upload, told, by=f"user:{request.user.pk}")
            return redirect("merchants:upload", request.merchant.code, upload.pk)
        except mappings.Unreadable as unreadable:
            wrong = list(unreadable.problems)
        except mappings.WrongState:
            messages.warning(request, _("The columns of this file cannot be named any more."))
            return redirect("merchants:upload", request.merchant.code, upload.pk)
    else:
        told = _first(upload, kind, preview)
    context = {
        "upload": upload,
        "kind": kind.label,
        "rows": _rows(headers, preview.get("samples", []), told, kind, wrong),
        "fixed": _fixed(kind, told, wrong),
        "choices": [(column.name, _choice(column)) for column in kind.columns],
        "units": list(UNIT_NAMES.items()),
        "wrong": [_said(problem, kind) for problem in wrong],
        "known": upload.mapping,
    }
    return render(request, "merchants/mapping.html", context, status=422 if wrong else 200)


@merchant_required(Permission.BRING_DATA, methods=("POST",))
def forget(request: MerchantRequest, mapping_id: int) -> HttpResponse:
    """The next file of this export is asked about again."""
    mapping = get_for_merchant_or_404(ColumnMapping, request.merchant, pk=mapping_id)
    if mappings.forget(request.merchant, mapping, by=f"user:{request.user.pk}"):
        messages.success(request, _("Forgotten: the next file of this export is asked about again."))
    else:
        messages.warning(request, _("This export was forgotten already."))
    return redirect("merchants:uploads", request.merchant.code)


def _told(request: MerchantRequest, headers: tuple[str, ...]) -> ColumnMap:
    """What the form says."""
    picks = []
    for place, name in enumerate(headers):
        ours = request.POST.get(f"column-{place}", "").strip()[:60]
        if ours:
            picks.append(Pick(name, ours, request.POST.get(f"unit-{place}", "").strip()[:20]))
    fixed = {
        name.removeprefix("fixed-")[:60]: str(value).strip()[:FIXED_LIMIT]
        for name, value in request.POST.items()
        if name.startswith("fixed-") and str(value).strip()
    }
    return ColumnMap(tuple(picks), fixed)


def _first(upload: Upload, kind: Kind, preview: dict[str, Any]) -> ColumnMap:
    """What the page begins with: what was said before, else what it looks like."""
    if upload.mapping is not None:
        return from_told(upload.mapping.told)
    labels: dict[str, list[str]] = {column.name: [] for column in kind.columns}
    for language in ("zh-hans", "en"):
        with override(language):
            for column in kind.columns:
                labels[column.name].append(str(column.label))
    picks = suggested(preview["headers"], preview.get("samples", []), kind.columns, labels)
    return ColumnMap(tuple(picks.values()), {})


def _rows(
    headers: tuple[str, ...], samples: list[list[str]], told: ColumnMap, kind: Kind, wrong: list[Problem]
) -> list[dict[str, Any]]:
    picks = {pick.theirs: pick for pick in told.picks}
    rows = []
    for place, name in enumerate(headers):
        pick = picks.get(name, Pick(name, ""))
        mine = [problem for problem in wrong if pick.ours and problem.column == pick.ours]
        rows.append(
            {
                "place": place,
                "name": name,
                "samples": [line[place] for line in samples if place < len(line) and line[place]],
                "ours": pick.ours,
                "unit": pick.unit if pick.unit in UNITS else "",
                "wrong": [remedies.remedy(problem.code, problem.params) for problem in mine],
            }
        )
    return rows


def _fixed(kind: Kind, told: ColumnMap, wrong: list[Problem]) -> list[dict[str, Any]]:
    """Our columns that may hold for the whole file: those that are needed, and those that often do."""
    shown = [column for column in kind.columns if column.required or column.constant]
    shown += [column for column in kind.columns if column.name in told.fixed and column not in shown]
    return [
        {
            "name": column.name,
            "label": column.label,
            "hint": exports.holds(column),
            "value": told.fixed.get(column.name, ""),
            "wrong": _of(column.name, wrong, taken={pick.ours for pick in told.picks}),
        }
        for column in shown
    ]


def _of(name: str, wrong: Iterable[Problem], *, taken: set[str]) -> list[str]:
    """Complaints of a column that no column of the file is taken for."""
    if name in taken:
        return []
    return [remedies.remedy(problem.code, problem.params) for problem in wrong if problem.column == name]


def _choice(column: Column) -> str:
    return f"{column.label} *" if column.required else str(column.label)


def _said(problem: Problem, kind: Kind) -> dict[str, str]:
    label = next((str(one.label) for one in kind.columns if one.name == problem.column), problem.column)
    return {
        "column": label,
        "value": problem.value,
        "remedy": remedies.remedy(problem.code, problem.params),
    }
