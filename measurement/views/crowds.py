"""Crowds: the layers, the flow between two days, and what carried people in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement.charts import crowds as charts
from measurement.crowds.asked import SPANS, CrowdQuestion
from measurement.crowds.flow import RANKS, Flow
from measurement.crowds.rules import LAYERS
from measurement.dictionary import definitions
from measurement.models import CrowdFlow, CrowdRule
from measurement.operations import crowd_flows
from measurement.printed import crowds as printed
from measurement.printed.crowds import Opened
from measurement.queries import crowds, profiles
from measurement.views import profiles as profile_parts
from measurement.views.questions import asking
from measurement.words import crowds as words
from merchants.access import MerchantRequest, merchant_required
from merchants.periods import day_of
from merchants.roles import Permission


def opened(request: MerchantRequest) -> Opened | None:
    """The question of the address and its published matrix; what made no sense is said."""
    found = printed.opened(asking(request))
    for name, value in found.problems if found else ():
        messages.warning(
            request,
            _("“%(value)s” is not a value of “%(name)s”; the default is shown instead.")
            % {"name": name, "value": value},
        )
    return found


def around(request: MerchantRequest, found: Opened | None) -> dict[str, Any]:
    """What every crowd page says around its figures: whose rule, through when, counted how."""
    context: dict[str, Any] = {
        "definitions": definitions(get_language() or "en"),
        "k": crowds.k(),
        "found": found,
        "may_set": Permission.SET_RULES in request.permissions,
        "may_plan": Permission.PLAN in request.permissions,
        "has_data": found is not None or bool(crowds.rules_of(request.merchant)),
    }
    if found is None:
        return context
    spus = crowds.spus_of(request.merchant)
    question = found.question
    scopes = [("", _("The whole brand")), *((str(spu), name) for spu, name in spus.items())]
    return context | {
        "question": question,
        "rule": found.rule,
        "rule_rows": [
            (words.layer(row.layer), words.kinds(row.kinds), row.least, words.window(row))
            for row in crowds.rows_of(found.rule).rows
        ],
        "is_former": found.rule.state == CrowdRule.State.FORMER,
        "spus": spus,
        "scope_name": spus.get(question.spu, _("The whole brand")),
        "address": address(question),
        "data_through": crowd_flows.last_day(found.rule) or "",
        "computed_at": found.row.computed_at if found.row else None,
        "choices": {
            "span": list(words.SPANS.items()),
            "spu": scopes,
            "rule": [(str(one.version), _rule_name(one)) for one in found.rules],
            "by": list(words.CARRIERS.items()),
        },
        "spu_value": str(question.spu or ""),
        "rule_value": str(found.rule.version),
    }


def _rule_name(rule: CrowdRule) -> str:
    if rule.state == CrowdRule.State.ACTIVE:
        return _("v%(version)d, in force") % {"version": rule.version}
    until = day_of(rule.in_force_until) if rule.in_force_until else ""
    return _("v%(version)d, until %(day)s") % {"version": rule.version, "day": until}


def address(question: CrowdQuestion, **more: str) -> str:
    return "?" + urlencode({**question.parameters(), **more})


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """Layers with their change, what carried new people in and what one cost, the platform's beside ours."""
    found = opened(request)
    context = around(request, found)
    if found is None:  # sums of a platform need no touchpoints
        context["profiles"] = profile_parts.parts(printed.profiles_of_account(asking(request)))
    if found is None or found.row is None or found.moved is None:
        return render(request, "measurement/crowds.html", context)
    flow, question = found.moved.flow, found.question
    told = crowds.reported_layers(request.merchant, question)
    carried = crowds.carried(request.merchant, found.rule, question)
    contents = profiles.contents(request.merchant)
    context |= {
        "takeaway": printed.takeaway(flow, carried),
        "chart": charts.of_layers(flow),
        "layers": [_layer(found.moved, layer, told.get(layer)) for layer in RANKS[1:]],
        "reported": any(told.values()),
        "people": found.moved.people,
        "rest": found.moved.table.rest,
        "hidden": len(found.moved.table.hidden),
        "carried": carried,
        "carrier": words.CARRIERS[question.by],
        "cpti_scale": _scale(carried),
        "funnel": _funnel(flow),
        "profiles": profile_parts.parts(profiles.cuts(request.merchant, question)),
        **profile_parts.chosen(contents, question),
        "products": _products(found.row, question, context["spus"]) if not question.spu else [],
        "layer_names": [str(layer) for layer in LAYERS],
    }
    return render(request, "measurement/crowds.html", context)


def _layer(moved: crowds.Movement, layer: int, told: crowds.Reported | None) -> dict[str, Any]:
    return {
        "name": words.layer_of_rank(layer),
        "start": moved.start(layer),
        "came": moved.came(layer),
        "left": moved.left(layer),
        "end": moved.end(layer),
        "change": moved.flow.end(layer) - moved.flow.start(layer) if moved.end(layer) is not None else None,
        "rose": moved.rate(layer, RANKS[layer + 1 :]),
        "told": told,
    }


def _scale(carried: crowds.Carried) -> int:
    """The common end of the column's whiskers: three times the whole's, or the largest row."""
    ends = [row.high for row in carried.rows if row.high is not None]
    if not ends:
        return 1
    whole = carried.whole.cpti if carried.whole and carried.whole.cpti else max(ends)
    return int(min(max(ends), whole * 4)) + 1


def _funnel(flow: Flow) -> list[dict[str, Any]]:
    """From the inside out, each ring with how it grew."""
    rings = ((_("Core"), crowds.CORE), (_("Interest"), crowds.INTEREST), (_("Wide"), crowds.WIDE))
    sized: list[dict[str, Any]] = [
        {
            "name": name,
            "layers": " + ".join(str(LAYERS[layer - 1]) for layer in layers),
            "people": sum(flow.end(layer) for layer in layers),
            "change": sum(flow.end(layer) - flow.start(layer) for layer in layers),
        }
        for name, layers in rings
    ]
    most = max((ring["people"] for ring in sized), default=0) or 1
    return [{**ring, "most": most} for ring in sized]


def _products(row: CrowdFlow, question: CrowdQuestion, spus: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "url": address(question.but(spu=spu)),
            "layers": [moved.flow.end(layer) for layer in RANKS[1:]],
            "people": people,
        }
        for spu, name, moved, people in crowds.products(row, spus)
    ]


@merchant_required(Permission.SEE_RESULTS)
def flow(request: MerchantRequest) -> HttpResponse:
    """The matrix between the ends of two days, the sankey beside it, the rates with their intervals."""
    found = opened(request)
    context = around(request, found)
    if found is None or found.row is None or found.moved is None:
        return render(request, "measurement/flow.html", context)
    told = found.moved.flow
    context |= {
        "takeaway": printed.flow_takeaway(found.moved),
        "chart": charts.of_flow(told),
        "heads": [words.code_of_rank(layer) for layer in RANKS],
        "matrix": [_matrix_row(found.moved, before) for before in RANKS],
        "ends": [found.moved.end(after) if after else None for after in RANKS],
        "sums": [_layer(found.moved, layer, None) for layer in RANKS[1:]],
        "rates": _rates(found.moved),
        "rest": found.moved.table.rest,
        "hidden": len(found.moved.table.hidden),
        "earlier": _earlier(found.question),
        "presets": [
            {"label": words.SPANS[span], "url": address(found.question.but(span=span))} for span in SPANS
        ],
    }
    return render(request, "measurement/flow.html", context)


def _matrix_row(moved: crowds.Movement, before: int) -> dict[str, Any]:
    start = moved.start(before) if before else None
    return {
        "name": words.layer_of_rank(before),
        "cells": [
            {
                "people": moved.table.get((before, after)),
                "none": not before and not after,
                "share": moved.flow.moved(before, after) / start if start else None,
                "stayed": before == after,
            }
            for after in RANKS
        ],
        "start": start,
    }


def _rates(moved: crowds.Movement) -> list[dict[str, Any]]:
    """Every way out of a layer that is published; the largest first."""
    found = [
        {
            "from": words.layer_of_rank(before),
            "to": words.layer_of_rank(after),
            "people": people,
            "rate": moved.rate(before, [after]),
        }
        for (before, after), people in moved.table.shown.items()
        if before and after != before
    ]
    return sorted(found, key=lambda one: -one["people"])


def _earlier(question: CrowdQuestion) -> str:
    """The same length of time, just before."""
    days = (question.last - question.first).days
    first: date = question.first - timedelta(days=days)
    return address(question.but(first=first, last=question.first, span="custom"))
