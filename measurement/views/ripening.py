"""While it ripens: how far each campaign is, what was to be expected, and the rule written down for it."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import takeaways_moves as said
from measurement.dictionary import definitions
from measurement.forms import StopRuleForm
from measurement.models import Campaign, RipeningRow, StopRule
from measurement.operations import stoprules as operation
from measurement.printed.ripening import ripening_chart, ripening_notes
from measurement.queries import ripening as reading
from measurement.reports import past_day
from measurement.ripening.stoprules import Action, Against, RuleMetric
from measurement.views.questions import past, past_chip, said_problems
from measurement.words import moves as named
from measurement.words import said as word
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.periods import day_of
from merchants.roles import Permission


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """Every campaign, and the one of the address (``campaign``) in full."""
    return render(request, "measurement/ripening.html", _context(request, request.GET.get("campaign", "")))


@merchant_required(Permission.PLAN, methods=("POST",))
def set_rule(request: MerchantRequest) -> HttpResponse:
    """Writes down a rule: another version of it when the campaign has one."""
    form = StopRuleForm(request.POST, campaigns=reading.campaigns(request.merchant))
    if not form.is_valid():
        context = _context(request, request.POST.get("campaign", ""), form)
        return render(request, "measurement/ripening.html", context, status=422)
    given = form.cleaned_data
    campaign = get_for_merchant_or_404(Campaign, request.merchant, pk=int(given["campaign"]))
    row = operation.record_rule(
        request.merchant,
        campaign=campaign,
        launches_on=given["launches_on"],
        day=given["day"],
        metric=RuleMetric(given["metric"]),
        against=Against(given["against"]),
        threshold=given["threshold"],
        action=Action(given["action"]),
        reason=given["reason"],
        today=day_of(timezone.now()),
        by=f"user:{request.user.pk}",
    )
    messages.success(
        request,
        _("The rule stands as version %(version)d; it will be read on its day.") % {"version": row.version},
    )
    return redirect(_url(request, campaign.pk))


@merchant_required(Permission.PLAN, methods=("POST",))
def seen(request: MerchantRequest, rule_id: int) -> HttpResponse:
    """Takes a rule that fired off the list of what needs a person."""
    rule = get_for_merchant_or_404(StopRule, request.merchant, pk=rule_id)
    operation.acknowledge(request.merchant, rule=rule, by=f"user:{request.user.pk}")
    return redirect(_url(request, rule.campaign_id))


def _url(request: MerchantRequest, campaign: int) -> str:
    return reverse("measurement:ripening", args=[request.merchant.code]) + f"?campaign={campaign}#rule"


def _context(request: MerchantRequest, campaign: str, form: StopRuleForm | None = None) -> dict[str, Any]:
    now = timezone.now()
    as_of, problems = past_day(request.GET.dict(), day_of(now))
    said_problems(request, problems)
    found = reading.ripening(request.merchant, campaign, now=now, as_of=as_of)
    may_plan = Permission.PLAN in request.permissions and not as_of
    present = f"?{urlencode({'campaign': campaign})}" if campaign else "?"
    if form is None and may_plan:
        form = StopRuleForm(initial=_initial(found), campaigns=reading.campaigns(request.merchant))
    chosen = found.chosen
    through = found.judging.through if found.judging else None
    return {
        "found": found,
        "as_of": as_of,
        "past": past("ripening", as_of, present),
        "chips": past_chip(as_of, present),
        "campaign": campaign,
        "definitions": definitions(get_language() or "en"),
        "data_through": through or "",
        "computed_at": found.judging.judged_at if found.judging else None,
        "takeaway": said.of_ripening(found.rows),
        "rows": [_row(row, found, as_of) for row in found.rows],
        "most": max((row.high or row.orders for row in found.rows), default=0),
        "chosen": chosen,
        "chart": ripening_chart(chosen, through, ripening_notes(request.merchant, chosen)),
        "points": chosen.curve if chosen else [],
        "signals": _signals(chosen, found) if chosen else [],
        "history": [_rule(rule) for rule in found.history],
        "upcoming": [_rule(rule) for rule in found.upcoming],
        "form": form,
        "may_plan": may_plan,
        "errors": bool(form and form.errors),
    }


def _initial(found: reading.Ripening) -> dict[str, Any]:
    chosen = found.chosen
    return {
        "campaign": str(chosen.campaign_id) if chosen else "",
        "launches_on": chosen.first_day if chosen else None,
        "day": 14,
        "metric": RuleMetric.TO_EXPECTED.value,
        "against": Against.BELOW.value,
        "threshold": "0.5",
        "action": Action.STOP.value,
    }


def _row(row: RipeningRow, found: reading.Ripening, as_of: date | None) -> dict[str, Any]:
    rule = found.rules.get(row.campaign_id)
    return {
        "row": row,
        "rule": _rule(rule) if rule else None,
        "behind": row.low is not None and row.orders < row.low,
        "ahead": row.high is not None and row.orders > row.high,
        "open": "?"
        + urlencode({"campaign": row.campaign_id, **({"asof": as_of.isoformat()} if as_of else {})}),
    }


def _rule(rule: StopRule) -> dict[str, Any]:
    return {
        "rule": rule,
        "text": said.of_rule(rule),
        "state": word(named.RULE_STATES, rule.state),
        "tone": named.RULE_TONES.get(rule.state, "muted"),
        "fired": rule.state == "fired",
        "action": word(named.ACTIONS, rule.action),
    }


def _signals(chosen: RipeningRow, found: reading.Ripening) -> list[dict[str, Any]]:
    """Every signal: what it says of this campaign, and what it was worth in the past."""
    rows = []
    for signal, name in named.SIGNALS.items():
        told = chosen.signals.get(signal)
        rows.append(
            {
                "name": name,
                "count": told["count"] if told else None,
                "text": said.of_signal(told["each"], told["usual"]) if told else "",
                "worth": said.of_relation(found.relations.get(signal)),
            }
        )
    return rows
