"""What stands between a merchant and a category: what it says of itself, what its figures say, and the launch."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from merchants.access import MerchantRequest, merchant_required
from merchants.onboarding.requirements import Kind, Requirement
from merchants.onboarding.standing import Answer, State
from merchants.onboarding_forms import AnswerForm, said, written
from merchants.operations import readiness as operations
from merchants.queries import readiness
from merchants.queries.readiness import Readiness
from merchants.readiness.launching import Mode, Unknown, why_unknown
from merchants.reasons import REASONS
from merchants.roles import Permission

AREAS: dict[str, Any] = {
    "customer_service": gettext_lazy("Customer service"),
    "supply_chain": gettext_lazy("Supply chain"),
    "logistics": gettext_lazy("Logistics"),
    "": gettext_lazy("Papers"),
}
UNKNOWN: dict[Unknown, Any] = {
    Unknown.NOT_MEASURED: gettext_lazy("Nobody counts this figure here."),
    Unknown.NO_ROWS: gettext_lazy("There was nothing to count in the last 90 days."),
    Unknown.NOT_TOLD: gettext_lazy("What your platforms send does not tell it."),
    Unknown.TOO_FEW: gettext_lazy("Too few to be a figure yet."),
    Unknown.NO_LIMIT: gettext_lazy("The operator has set no limit, so nobody judges it."),
}
WAITS: dict[State, Any] = {
    State.MISSING: pgettext_lazy("readiness", "not handed in"),
    State.UPLOADED: pgettext_lazy("readiness", "handed in, not submitted"),
    State.CHECKING: pgettext_lazy("readiness", "being checked"),
    State.IN_REVIEW: pgettext_lazy("readiness", "in review"),
    State.CHANGES_NEEDED: pgettext_lazy("readiness", "changes needed"),
    State.ACCEPTED: pgettext_lazy("readiness", "accepted, but it has run out"),
    State.WAIVED: pgettext_lazy("readiness", "the waiver has ended"),
}


@merchant_required(Permission.APPLY)
def page(request: MerchantRequest) -> HttpResponse:
    """``trade``: the category; the merchant's own first one without it."""
    known = readiness.trades(request.merchant, timezone.localdate())
    if not known:
        return render(request, "merchants/readiness.html", {"trades": []})
    asked = request.GET.get("trade", "")
    return _page(request, asked if asked in known else next(iter(known)))


@merchant_required(Permission.APPLY, methods=("POST",))
def answer(request: MerchantRequest, trade: str, promise: str) -> HttpResponse:
    """Keeps what the merchant says of itself; a faulty answer is told beside its field."""
    found = _readiness(request, trade)
    one = next((one for one in found.requirements if one.key == promise), None)
    if one is None:
        raise Http404
    try:
        operations.attest(
            request.merchant, trade, promise, written(one, request.POST), by=f"user:{request.user.pk}"
        )
    except KeyError:  # a paper or a figure: neither is said by a form
        raise Http404 from None
    return _to(request, trade, f"#{promise}")


@merchant_required(Permission.APPLY, methods=("POST",))
def launch(request: MerchantRequest, trade: str) -> HttpResponse:
    _readiness(request, trade)
    try:
        operations.launch(
            request.merchant,
            trade,
            knowing=request.POST.get("knowing") == "1",
            by=f"user:{request.user.pk}",
        )
    except operations.Held as held:
        return _page(request, trade, held=held.keys, held_by=held.mode, status=422)
    messages.success(request, _("Launched. What changes later is shown here and stops nothing by itself."))
    return _to(request, trade)


def _to(request: MerchantRequest, trade: str, place: str = "") -> HttpResponseRedirect:
    return redirect(f"{reverse('merchants:readiness', args=[request.merchant.code])}?trade={trade}{place}")


def _readiness(request: MerchantRequest, trade: str) -> Readiness:
    today = timezone.localdate()
    if trade not in readiness.trades(request.merchant, today):
        raise Http404
    return readiness.readiness_of(request.merchant, trade, today)


def _page(
    request: MerchantRequest, trade: str, *, held: tuple[str, ...] = (), held_by: str = "", status: int = 200
) -> HttpResponse:
    known = readiness.trades(request.merchant, timezone.localdate())
    found = _readiness(request, trade)
    shown = {one.key: _shown(one, found) for one in found.requirements}
    waits = [row for key, row in shown.items() if key in found.open]
    period = readiness.period_of(request.merchant)
    context = {
        "found": found,
        "trade": trade,
        "label": said(known[trade]),
        "trades": [(code, said(words)) for code, words in known.items()],
        "open": waits,
        "unknown": [row for row in shown.values() if row["unknown"]],
        "done": [shown[key] for key in found.standing.done],
        "held": [shown[key]["label"] for key in held],
        "blocks": found.gate.mode == Mode.BLOCK,
        "out": held_by == Mode.BLOCK and found.gate.mode != Mode.BLOCK,
        "warns": found.gate.mode == Mode.WARN,
        "effects": [_effect(one) for one in readiness.effects_of(request.merchant)],
        "period": period,
        "unstated": not found.has_case,
    }
    return render(request, "merchants/readiness.html", context, status=status)


def _shown(one: Requirement, found: Readiness) -> dict[str, Any]:
    told = found.answers.get(one.key, Answer())
    figure = found.figures.get(one.rule) if one.kind == Kind.COMPUTED else None
    limit = found.gate.limits.get(one.rule, "")
    unknown = why_unknown(figure, limit, found.gate.fewest) if one.key in found.standing.unknown else None
    is_paper = one.key in found.papers
    what, remedy = REASONS.get(told.reason, ("", ""))
    return {
        "key": one.key,
        "label": said(one.label),
        "why": said(one.why),
        "remedy": remedy or said(one.example),
        "area": AREAS.get(one.area, AREAS[""]) if not is_paper else AREAS[""],
        "is_paper": is_paper,
        "waits": what or WAITS[told.state],
        "attested": one.kind == Kind.ATTESTED and not is_paper,
        "form": AnswerForm(one, told.values),
        "values": [(said(field.label), told.values.get(field.key, "")) for field in one.fields],
        "figure": figure,
        "share": figure.share(1) if figure else None,
        "limit": Decimal(limit.partition(" ")[2]) if limit else None,
        "at_most": limit.startswith("<="),
        "unknown": UNKNOWN[unknown] if unknown else "",
    }


def _effect(one: Any) -> dict[str, Any]:
    lines = [
        {"line": line, "share": line.lost / line.n if line.lost is not None and line.n else None}
        for line in one.lines
    ]
    return {
        "effect": one,
        "lines": lines,
        "counts_lost": any(line.lost is not None for line in one.lines),
        "counts_money": any(line.fen is not None for line in one.lines),
        "n": sum(line.n for line in one.lines) + one.unknown,
    }
