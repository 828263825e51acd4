"""Waste and moves: what was not recouped, what cannot be told yet, and what people did about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import takeaways_moves, words
from measurement.computed import computes
from measurement.dictionary import definitions
from measurement.forms import MoveForm
from measurement.metrics import Verdict
from measurement.models import JudgedRow, Move
from measurement.operations import moves as operation
from measurement.queries import waste
from measurement.queries.names import names_of
from measurement.queries.standing import DIMENSIONS, SPANS
from measurement.queries.waste import Asked
from measurement.reports import CUSTOM, Dimension, ReportQuery, Row
from measurement.views.questions import past, past_chip, said_problems
from measurement.views.results import TONES, inside
from measurement.waste.moves import Direction, Measure, MoveKind
from measurement.words import moves as named
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.models import Membership, User
from merchants.periods import Period, day_of
from merchants.roles import Permission

SUGGESTED: dict[str, tuple[MoveKind, Measure, Direction, int, int]] = {
    Verdict.LOSING: (MoveKind.PAUSE, Measure.COST, Direction.DOWN, 100, 14),
    Verdict.PAYING: (MoveKind.BUDGET, Measure.CREDITED, Direction.UP, 20, 28),
}
OTHERWISE = (MoveKind.REPEAT, Measure.ROI, Direction.HOLD, 20, 28)


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """The rows of the address; ``move=KEY`` opens the form for a row."""
    return render(request, "measurement/moves.html", _context(request, _asked(request)))


@merchant_required(Permission.PLAN, methods=("POST",))
def record(request: MerchantRequest) -> HttpResponse:
    """Records a move; a form that cannot be is shown again with what to change."""
    asked = _asked(request)
    form = MoveForm(request.POST, members=_members(request))
    if form.is_valid():
        try:
            _record(request, form.cleaned_data)
        except KeyError:
            form.add_error(None, _("This row is not one of yours."))
        except ValueError:
            form.add_error(None, _("A move changes a figure by up to ten times, after it starts."))
        else:
            messages.success(
                request, _("The move is recorded; what came of it appears here once it has matured.")
            )
            return redirect(
                reverse("measurement:moves", args=[request.merchant.code]) + _query(asked) + "#moves"
            )
    context = _context(request, asked, form)
    return render(request, "measurement/moves.html", context, status=422)


@merchant_required(Permission.PLAN, methods=("POST",))
def seen(request: MerchantRequest, move_id: int) -> HttpResponse:
    """Takes a matured move off the list of what needs a person."""
    move = get_for_merchant_or_404(Move, request.merchant, pk=move_id)
    operation.acknowledge(request.merchant, move=move, by=f"user:{request.user.pk}")
    return redirect(reverse("measurement:moves", args=[request.merchant.code]) + "#moves")


def _asked(request: MerchantRequest) -> Asked:
    asked, problems = waste.read(request.GET.dict(), day_of(timezone.now()))
    said_problems(request, problems)
    return asked


def _record(request: MerchantRequest, given: dict[str, Any]) -> None:
    operation.record_move(
        request.merchant,
        kind=MoveKind(given["kind"]),
        dimension=Dimension(given["dimension"]),
        key=given["key"],
        owner=User.objects.get(pk=int(given["owner"])),
        reason=given["reason"],
        starts_on=given["starts_on"],
        measure=Measure(given["measure"]),
        direction=Direction(given["direction"]),
        size=given["size"] / 100,
        due_on=given["due_on"],
        by=f"user:{request.user.pk}",
    )


def _query(asked: Asked, **changes: Any) -> str:
    parameters = asked.parameters(**changes)
    return "?" + urlencode(parameters) if parameters else ""


def _members(request: MerchantRequest) -> list[tuple[str, str]]:
    rows = Membership.objects.filter(merchant=request.merchant).select_related("user").order_by("pk")
    return [(str(row.user_id), str(row.user)) for row in rows]


def _context(request: MerchantRequest, asked: Asked, form: MoveForm | None = None) -> dict[str, Any]:
    found = waste.waste(request.merchant, asked, now=timezone.now())
    key = request.GET.get("move", "")
    may_plan = Permission.PLAN in request.permissions and not asked.as_of
    now = _query(replace(asked, as_of=None), page=1) or "?"
    if form is None and key and may_plan:
        form = _suggested(request, asked, found, key)
    query = _report_query(asked, found)
    low, high = found.axis
    return {
        "asked": asked,
        "past": past("moves", asked.as_of, now),
        "chips": past_chip(asked.as_of, now),
        "found": found,
        "query": query,
        "data_through": (found.judging and found.judging.through) or "",
        "computed_at": found.judging.judged_at if found.judging else None,
        "definitions": definitions(get_language() or "en"),
        "takeaway": takeaways_moves.of_waste(found),
        "classes": _classes(asked, found),
        "rows": [_shown(row, found, query) for row in found.rows],
        "low": low,
        "high": high,
        "pages": Paginator(range(found.count), waste.PAGE).get_page(asked.page),
        "choices": _choices(),
        "dimension": words.said(words.DIMENSIONS, asked.by),
        "flags": [_flag(flag, name) for flag, name in found.flags],
        "moves": [_move(move) for move in found.moves],
        "form": form,
        "form_name": _form_name(request, form),
        "may_plan": may_plan,
        "state": _query(asked, page=asked.page),
        "results_url": reverse("measurement:results", args=[request.merchant.code]),
        "orders_url": reverse("measurement:orders", args=[request.merchant.code]),
    }


def _form_name(request: MerchantRequest, form: MoveForm | None) -> str:
    """What the move is about, as the form has it."""
    if form is None:
        return ""
    dimension, key = form["dimension"].value() or "", str(form["key"].value() or "")
    if dimension not in {str(one) for one in DIMENSIONS} or not (key.isascii() and key.isdigit()):
        return ""
    return names_of(request.merchant, Dimension(dimension), [key])[key].name


def _report_query(asked: Asked, found: waste.Waste) -> ReportQuery:
    """The report that the rows are judged from; a drill opens it."""
    end = found.rows[0].end if found.rows else day_of(timezone.now())
    period = Period(end - timedelta(days=asked.days), end)
    span = f"{asked.days}d" if asked.days in {28, 90} and end == day_of(timezone.now()) else CUSTOM
    return ReportQuery(period=period, span=span, by=asked.by, as_of=asked.as_of)


def _choices() -> dict[str, list[tuple[str, Any]]]:
    return {
        "days": [(str(days), _("Last %(days)d days") % {"days": days}) for days in SPANS],
        "by": [(one.value, words.said(words.DIMENSIONS, one)) for one in DIMENSIONS],
        "sort": [
            ("waste", _("Surest loss first")),
            ("best", _("Surest gain first")),
            ("cost", _("Largest cost first")),
        ],
        "class": [("", _("All classes")), *((str(v), words.said(words.VERDICTS, v)) for v in Verdict)],
    }


def _classes(asked: Asked, found: waste.Waste) -> list[dict[str, Any]]:
    return [
        {
            "label": words.said(words.VERDICTS, one.verdict),
            "value": one.cost,
            "text": takeaways_moves.money(one.cost),
            "kind": one.verdict,
            "url": _query(asked, **{"class": "" if asked.verdict == one.verdict else one.verdict}) or "?",
        }
        for one in found.classes
    ]


@computes("at_least_lost")
def _shown(row: JudgedRow, found: waste.Waste, query: ReportQuery) -> dict[str, Any]:
    name = found.names[row.key]
    # what still ripens has not lost anything yet
    lost = -row.high if row.verdict == Verdict.LOSING and row.high is not None else None
    return {
        "row": row,
        "name": name,
        "verdict": words.said(words.VERDICTS, row.verdict),
        "tone": TONES.get(row.verdict, "muted"),
        "lost": lost,
        "shared": [
            (words.said(named.SHARED_COSTS, kind), fen) for kind, fen in sorted(row.shared.items()) if fen
        ],
        "need": takeaways_moves.to_know(row),
        "alike": None if row.best is None or row.worst is None else row.worst - row.best,
        "is_note": query.by == Dimension.NOTE,
        "open": inside(Row(key=row.key), query),
    }


def _flag(flag: Any, name: str) -> dict[str, Any]:
    return {
        "flag": flag,
        "name": name,
        "word": words.said(named.FLAGS, flag.kind),
        "text": takeaways_moves.of_flag(flag),
        "source": words.source(flag.source),
        "results": f"?period=90d&by=note&{flag.dimension}={flag.key}",
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "move": move,
        "kind": words.said(named.MOVE_KINDS, move.kind),
        "row": words.said(words.DIMENSIONS, move.dimension),
        "expected": takeaways_moves.expectation(move),
        "outcome": takeaways_moves.outcome(move),
        "came": words.said(named.CAME, move.came),
        "tone": named.CAME_TONES.get(move.came, "muted"),
        "results": f"?period=90d&by=note&{urlencode({move.dimension: move.key})}",
    }


def _suggested(request: MerchantRequest, asked: Asked, found: waste.Waste, key: str) -> MoveForm | None:
    """The form for a row with what its class suggests; none for a row that is not there."""
    row = JudgedRow.objects.for_merchant(request.merchant).filter(
        days=asked.days, dimension=asked.by, key=key
    )
    judged = row.first()
    if judged is None:
        return None
    kind, measure, direction, size, days = SUGGESTED.get(judged.verdict, OTHERWISE)
    today = day_of(timezone.now())
    return MoveForm(
        initial={
            "dimension": asked.by.value,
            "key": key,
            "kind": kind.value,
            "starts_on": today,
            "owner": str(request.user.pk),
            "measure": measure.value,
            "direction": direction.value,
            "size": size,
            "due_on": today + timedelta(days=days),
        },
        members=_members(request),
    )
