"""The rule of the layers: read, tried beside the one in force, compared, put in force."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from measurement.crowds.flow import RANKS
from measurement.crowds.rules import BadRule, read
from measurement.forms import RuleForm, rule_rows
from measurement.models import CrowdFlow, CrowdRule
from measurement.operations import crowd_flows, crowd_rules, crowd_spells, privacy_budget
from measurement.queries import crowds
from measurement.words import crowds as words
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.background import wake
from merchants.models import Merchant
from merchants.periods import day_of
from merchants.roles import Permission


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """The rule in force as rows, the one that is being tried beside it, and every former version."""
    return render(request, "measurement/crowd_rule.html", _context(request))


@merchant_required(Permission.SET_RULES, methods=("POST",))
def attempt(request: MerchantRequest) -> HttpResponse:
    """Tries a changed rule; nothing holds before it is put in force."""
    form = RuleForm(request.POST)
    try:
        if form.is_valid() and _may_try(request, form):
            crowd_rules.try_rule(
                request.merchant,
                rows=rule_rows(request.POST),
                reason=form.cleaned_data["reason"],
                by=f"user:{request.user.pk}",
            )
            messages.success(request, _("The rule is being computed for everybody; nothing has changed yet."))
            return redirect("measurement:crowd_rule", request.merchant.code)
        problems = [error for errors in form.errors.values() for error in errors]
    except BadRule as refused:
        problems = [words.fault(problem) for problem in refused.problems]
    context = _context(request, stated=rule_rows(request.POST)) | {"problems": problems, "form": form}
    return render(request, "measurement/crowd_rule.html", context, status=422)


def _may_try(request: MerchantRequest, form: RuleForm) -> bool:
    """Whether the budget of questions about people still holds this rule: to try one is to count by it."""
    asked = {"rule": read(rule_rows(request.POST)).stated()}  # a bad rule is refused before it counts
    if privacy_budget.may_ask(request.merchant, user_id=request.user.pk, question=asked):
        return True
    form.add_error(
        None,
        _("Enough different questions about people were asked today; tomorrow there is room again."),
    )
    return False


@merchant_required(Permission.SET_RULES, methods=("POST",))
def put_in_force(request: MerchantRequest, rule_id: int) -> HttpResponse:
    rule = get_for_merchant_or_404(CrowdRule, request.merchant, pk=rule_id)
    try:
        crowd_rules.put_in_force(request.merchant, rule, by=f"user:{request.user.pk}")
    except crowd_rules.NotReady:
        messages.warning(request, _("This rule is not computed for everybody yet, or is no longer tried."))
    else:
        messages.success(
            request, _("Rule %(rule)s is in force; the former one can still be read.") % {"rule": rule}
        )
    return redirect("measurement:crowd_rule", request.merchant.code)


@merchant_required(Permission.SET_RULES, methods=("POST",))
def discard(request: MerchantRequest, rule_id: int) -> HttpResponse:
    rule = get_for_merchant_or_404(CrowdRule, request.merchant, pk=rule_id)
    crowd_rules.discard(request.merchant, rule, by=f"user:{request.user.pk}")
    messages.success(request, _("The try is discarded."))
    return redirect("measurement:crowd_rule", request.merchant.code)


def _context(request: MerchantRequest, *, stated: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    merchant = request.merchant
    active = crowd_spells.ensure(merchant)
    draft = crowds.draft_of(merchant)
    rows = stated if stated is not None else (draft or active).rows
    return {
        "active": active,
        "draft": draft,
        "draft_rows": _told(draft) if draft else [],
        "rows": _told(active),
        "editor": [_editable(number, row) for number, row in enumerate([*rows, {}], start=1)],
        "form": RuleForm(),
        "preview": _preview(merchant, active, draft) if draft and draft.built_at else None,
        "former": [(rule, _told(rule), day_of(rule.in_force_until)) for rule in crowds.rules_of(merchant)
                   if rule.in_force_until],
        "may_set": Permission.SET_RULES in request.permissions,
        "k": crowds.k(),
    }  # fmt: skip


def _told(rule: CrowdRule) -> list[dict[str, Any]]:
    return [
        {
            "layer": words.layer(row.layer),
            "kinds": words.kinds(row.kinds),
            "least": row.least,
            "window": words.window(row),
        }
        for row in crowds.rows_of(rule).rows
    ]


def _editable(number: int, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": number,
        "layer": row.get("layer", ""),
        "kinds": row.get("kinds", []),
        "least": row.get("least", 1) if row else 1,
        "days": row.get("days") if row else 30,
        "choices": words.kind_choices(),
        "layers": words.layer_choices(),
        "is_new": not row,
    }


def _preview(merchant: Merchant, active: CrowdRule, draft: CrowdRule) -> dict[str, Any]:
    """Layers under both rules on the last day with data; a worker computes them when they are missing."""
    sizes = []
    for rule in (active, draft):
        row = _latest(merchant, rule)
        moved = crowds.movement(row, 0) if row else None
        sizes.append(moved)
    if not all(sizes):
        wake("measurement.crowds", merchant_id=merchant.pk)
        return {"rows": []}
    before, after = (moved.flow for moved in sizes if moved)
    return {
        "rows": [
            {
                "name": words.layer_of_rank(layer),
                "before": before.end(layer),
                "after": after.end(layer),
                "change": after.end(layer) - before.end(layer),
            }
            for layer in RANKS[1:]
        ]
    }


def _latest(merchant: Merchant, rule: CrowdRule) -> CrowdFlow | None:
    through = crowd_flows.last_day(rule)
    rows = CrowdFlow.objects.for_merchant(merchant).filter(rule=rule, last_day=through).exclude(cells=None)
    row: CrowdFlow | None = rows.order_by("-first_day").last()
    return row
