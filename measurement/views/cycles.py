"""Decision cycles: what is known of each, what another one would change, and the dictionary of figures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import words
from measurement.charts import cycles as charts
from measurement.choices import CycleBasis
from measurement.computed import computed
from measurement.dictionary import definitions
from measurement.forms import CycleForm, TriedCycleForm
from measurement.models import CyclePreview, LearnedCycle
from measurement.operations import cycle_learning, cycle_previews, rules
from measurement.queries import learned_cycles
from measurement.queries.learned_cycles import Board
from measurement.words import cycles as told
from merchants.access import MerchantRequest, merchant_required
from merchants.roles import Permission

SHARES = ("p50", "p80", "p95")


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """Every category with its products: the cycle that holds beside what is published, set and learned."""
    return render(request, "measurement/cycles.html", _context(request))


@merchant_required(Permission.SET_RULES, methods=("POST",))
def change(request: MerchantRequest) -> HttpResponse:
    """Sets a merchant's own cycle; the credit of its lines is computed anew."""
    form = CycleForm(request.POST)
    if not form.is_valid():
        return render(request, "measurement/cycles.html", {**_context(request), "form": form}, status=422)
    category, days = form.cleaned_data["category"], form.cleaned_data["days"]
    rules.set_cycle(
        request.merchant,
        category=category,
        days=days,
        source=form.cleaned_data["source"],
        by=f"user:{request.user.pk}",
    )
    messages.success(
        request,
        _("The decision cycle of “%(name)s” is changed; its credit is being computed anew.")
        % {"name": category.name},
    )
    return redirect("measurement:cycles", request.merchant.code)


@merchant_required(Permission.SET_RULES, methods=("POST",))
def learn(request: MerchantRequest) -> HttpResponse:
    """Starts learning; the page shows how far it is."""
    try:
        cycle_learning.begin(request.merchant, by=f"user:{request.user.pk}")
    except cycle_learning.NothingKnown:
        messages.warning(request, _("There is no order yet, so there is nothing to learn from."))
    return redirect("measurement:cycles", request.merchant.code)


@merchant_required(Permission.SEE_RESULTS)
def one(request: MerchantRequest, cycle_key: str) -> HttpResponse:
    """The learned curve of one category or product, and the form to try another cycle."""
    return render(request, "measurement/cycle.html", _detail(request, _board(request, cycle_key)))


@merchant_required(Permission.SET_RULES, methods=("POST",))
def preview(request: MerchantRequest, cycle_key: str) -> HttpResponse:
    """Starts to compute what another cycle would change. Nothing changes by it."""
    board = _board(request, cycle_key)
    form = TriedCycleForm(request.POST)
    if not form.is_valid():
        return render(
            request, "measurement/cycle.html", {**_detail(request, board), "form": form}, status=422
        )
    days, learned = form.cleaned_data["days"], board.learned
    share = next((name for name in SHARES if learned and getattr(learned, name) == days), "")
    is_learned = bool(share and learned and not learned.refusal)
    source = (
        told.source_of_learned(learned, share.upper())
        if is_learned and learned
        else form.cleaned_data["source"] or _("set on the page of decision cycles")
    )
    row = cycle_previews.begin(
        request.merchant,
        of=board.spu or board.category,
        days=days,
        source=source[:300],
        by=f"user:{request.user.pk}",
        basis=CycleBasis.LEARNED if is_learned else CycleBasis.HAND,
    )
    return redirect("measurement:cycle_preview", request.merchant.code, row.pk)


@merchant_required(Permission.SEE_RESULTS)
def previewed(request: MerchantRequest, preview_id: int) -> HttpResponse:
    """What another cycle would change; ``part=progress`` is the part that a page polls."""
    row = _preview(request, preview_id)
    context = {
        "preview": row,
        "of": row.spu or row.category,
        "key": f"spu-{row.spu_id}" if row.spu_id else row.category.code,  # type: ignore[union-attr]
        "takeaway": told.of_preview(row) if row.state == "done" else "",
        "basis": words.why_cycle(row.basis, row.source),
        "coverage": [
            fen / row.net_fen if row.net_fen else None for fen in (row.credited_before, row.credited_after)
        ],
        "change_fen": row.credited_after - row.credited_before,
        "may_change": Permission.SET_RULES in request.permissions,
    }
    template = "measurement/cycle_preview.html"
    return render(request, f"{template}#body" if request.GET.get("part") else template, context)


@merchant_required(Permission.SET_RULES, methods=("POST",))
def adopt(request: MerchantRequest, preview_id: int) -> HttpResponse:
    """Sets the cycle that was tried; its credit is computed anew."""
    row = _preview(request, preview_id)
    try:
        cycle_previews.adopt(request.merchant, row, by=f"user:{request.user.pk}")
    except ValueError:
        messages.warning(
            request, _("This preview was adopted before, or is not finished; nothing was changed.")
        )
        return redirect("measurement:cycle_preview", request.merchant.code, row.pk)
    messages.success(
        request,
        _("The decision cycle of “%(name)s” is changed; its credit is being computed anew.")
        % {"name": (row.spu or row.category).name},  # type: ignore[union-attr]
    )
    return redirect("measurement:cycles", request.merchant.code)


@merchant_required(Permission.SEE_RESULTS)
def dictionary(request: MerchantRequest) -> HttpResponse:
    """What every figure means, and which code computes it."""
    found, by = definitions(get_language() or "en"), computed()
    metrics = [{"one": one, "by": by.get(code, ())} for code, one in found.items()]
    return render(request, "measurement/dictionary.html", {"metrics": metrics})


def _board(request: MerchantRequest, key: str) -> Board:
    found = learned_cycles.board(request.merchant, key)
    if found is None:
        raise Http404
    return found


def _preview(request: MerchantRequest, preview_id: int) -> CyclePreview:
    row = learned_cycles.preview_of(request.merchant, preview_id)
    if row is None:
        raise Http404
    return row


def _context(request: MerchantRequest) -> dict[str, Any]:
    found = learned_cycles.boards(request.merchant)
    rows = [_row(board) for board in found.sold]
    shown = [one for row in rows for one in (row, *row["products"]) if one["learned"]]
    return {
        "rows": rows,
        "others": [_row(board) for board in found.others],
        "run": found.run,
        "running": found.running,
        "definitions": definitions(get_language() or "en"),
        "takeaway": _sentence(rows, len(shown)),
        "may_change": Permission.SET_RULES in request.permissions,
    }


def _sentence(rows: list[dict[str, Any]], shown: int) -> str:
    """The first thing to know: the category sold most, when something was learned of it."""
    if rows and shown and rows[0]["learned"]:
        board: Board = rows[0]["board"]
        return f"{board.name}: {told.takeaway(board.learned, board.now.days)}"
    return _(
        "How long people take from the first touch to the order; the window of credit and the x of ROI (T+x)."
    )


def _row(board: Board) -> dict[str, Any]:
    return {
        "board": board,
        "basis": words.why_cycle(board.now.basis, board.now.source),
        "history": [(cycle, told.basis(cycle.basis)) for cycle in board.history],
        "learned": board.learned if board.learned and not board.learned.refusal else None,
        "unlearned": told.unlearned(board.learned, ever=board.ever_learned),
        "form": None if board.spu else CycleForm(initial={"days": board.now.days}),
        "products": [_row(product) for product in board.products],
    }


def _detail(request: MerchantRequest, board: Board) -> dict[str, Any]:
    row = _row(board)
    learned: LearnedCycle | None = row["learned"]
    points = charts.at_risk(learned) if learned else []
    return {
        **row,
        "row": row,
        "known": _known(board),
        "points": points,
        "chart": charts.of_cycle(learned, board.now.days) if learned else None,
        "takeaway": told.takeaway(board.learned, board.now.days),
        "quantiles": [_quantile(learned, name) for name in SHARES] if learned else [],
        "form": TriedCycleForm(initial={"days": learned.p80 if learned else board.now.days}),
        "definitions": definitions(get_language() or "en"),
        "data_through": learned.learning.data_through if learned else "",
        "computed_at": learned.learning.finished_at if learned else None,
        "may_change": Permission.SET_RULES in request.permissions,
    }


def _quantile(learned: LearnedCycle, name: str) -> dict[str, Any]:
    return {
        "name": name.upper(),
        "days": getattr(learned, name),
        "low": getattr(learned, f"{name}_low"),
        "high": getattr(learned, f"{name}_high"),
        "naive": getattr(learned, f"naive_{name}"),
    }


def _known(board: Board) -> list[dict[str, Any]]:
    """Published, set by hand and adopted, each with its source, and whether it holds."""
    kinds = ((board.published, "published"), (board.hand, "hand"), (board.adopted, "learned"))
    return [
        {
            "days": cycle.days if cycle else None,
            "name": told.basis(basis),
            "source": words.said(words.STATED, cycle.source) if cycle else "",
            "holds": cycle is not None and cycle is board.now,
        }
        for cycle, basis in kinds
    ]
