"""Performance: what was shown, read and done with notes and their delivery."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
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

from measurement import takeaways_process, words
from measurement.dictionary import BY_CODE, definitions
from measurement.forms import EngagementForm
from measurement.operations import process_setting
from measurement.printed.process import answered, drawn, drawn_code, layers_said
from measurement.process import questions
from measurement.process.questions import COLUMNS, MAIN, OURS, Group, Question, Row
from measurement.queries import process, process_layers, saved
from measurement.queries.process import Answer, Line
from measurement.views.questions import asking, past, past_chip, said_problems
from measurement.words import process as named
from merchants.access import MerchantRequest, merchant_required
from merchants.periods import day_of
from merchants.roles import Permission

CARDS = {
    Group.DELIVERY: ("cost", "impressions", "ctr", "cpc"),
    Group.ENGAGEMENT: ("cost", "engagement", "engagement_rate", "cpe"),
    Group.SEEDING: ("reported_ti", "reported_cpti", "our_ti", "our_cpti"),
    Group.TOUCHES: ("reads", "deep_reads", "saves", "deep_share"),
    Group.NOTES: ("cost", "note_reads", "note_engagement", "hits"),
    Group.ALL: ("cost", "impressions", "reported_ti", "reads"),
}
LESS_IS_BETTER = {"cpm", "cpc", "cpe", "reported_cpi", "reported_cpti", "our_cpi", "our_cpti"}
NO_CHANGE = {code for code in COLUMNS[Group.NOTES] if code != "cost"}  # totals to date have no former period
LEAST = 30  # no percentage on a former count below this


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    question = _asked(request)
    answer = answered(asking(request), question)
    heads = _heads(answer)
    code = drawn_code(question)
    context = {
        "answer": answer,
        "question": question,
        "heads": [{**head, "sort": _sort(question, head["code"])} for head in heads],
        "bands": _bands(answer),
        "rows": [_shown(request, line, question) for line in answer.lines],
        "total": _cells(answer.total, question),
        "unassigned": _cells(answer.unassigned, question) if answer.unassigned else None,
        "unassigned_name": named.UNASSIGNED[question.by],
        "cards": _cards(answer),
        "chart": drawn(answer, saved.told(request.merchant, question.period)),
        "chart_code": definitions(get_language() or "en")[code].name,
        "groups": _groups(question),
        "dimension": named.ROWS[question.by],
        "name_sort": _sort(question, "name"),
        "source": named.SOURCES[question.show],
        "layers": layers_said(answer),
        "k": process_layers.k(),
        "engagement": named.engagement(answer.definition),
        "hit": named.hit(answer.definition),
        "whose": named.whose(answer.definition),
        "takeaway": takeaways_process.of_process(answer),
        "chips": _chips(request, question),
        "choices": {
            "period": list(words.SPANS.items()),
            "compare": list(words.COMPARISONS.items()),
            "by": list(named.ROWS.items()),
        },
        "pages": None
        if question.by == Row.DAY
        else Paginator(range(answer.count), process.PAGE).get_page(question.page),
        "definitions": definitions(get_language() or "en"),
        "address": address(question),
        "past": past("process", question.as_of, address(question.but(as_of=None))),
        "data_through": answer.through or "",
        "form": EngagementForm(initial=_initial(answer)),
        "may_set": Permission.SET_RULES in request.permissions,
    }
    return render(request, "measurement/process.html", context)


@merchant_required(Permission.SET_RULES, methods=("POST",))
def define(request: MerchantRequest) -> HttpResponse:
    """Sets what counts as engagement and as a hit."""
    form = EngagementForm(request.POST)
    if form.is_valid():
        process_setting.set_definition(
            request.merchant,
            parts=form.cleaned_data["parts"],
            hit_likes=form.cleaned_data["hit_likes"],
            hit_total=form.cleaned_data["hit_total"],
            by=f"user:{request.user.pk}",
        )
        messages.success(request, _("Engagement is counted by your definition from now on."))
    else:
        for errors in form.errors.values():
            for error in errors:
                messages.error(request, error)
    return redirect(reverse("measurement:process", args=[request.merchant.code]) + "?show=engagement")


def _asked(request: MerchantRequest) -> Question:
    question, problems = questions.read(request.GET.dict(), day_of(timezone.now()))
    said_problems(request, problems)
    return question


def address(question: Question, **more: str) -> str:
    return "?" + urlencode({**question.parameters(), **more})


def _initial(answer: Answer) -> dict[str, Any]:
    now = answer.definition
    return {
        "parts": [str(part) for part in now.parts],
        "hit_likes": now.hit_likes,
        "hit_total": now.hit_total,
    }


def _heads(answer: Answer) -> list[dict[str, Any]]:
    told = definitions(get_language() or "en")
    return [
        {"code": code, "definition": told[code], "unit": BY_CODE[code].unit}
        for code in answer.question.columns
    ]


def _bands(answer: Answer) -> list[dict[str, Any]]:
    """Where columns have more than one source: whose they are, each with how many columns it spans."""
    question = answer.question
    if not question.layered:
        return []
    groups = tuple(COLUMNS) if question.show == Group.ALL else (question.show,)
    ours = (_("Our layers"), layers_said(answer))
    bands: list[dict[str, Any]] = []
    for code in question.columns:
        group = next(group for group in groups if code in COLUMNS[group])
        name, source = ours if code in OURS else (named.GROUPS[group], named.SOURCES[group])
        if bands and bands[-1]["name"] == name:
            bands[-1]["span"] += 1
        else:
            bands.append({"name": name, "source": source, "span": 1})
    return bands


def _cells(line: Line, question: Question) -> list[dict[str, Any]]:
    return [
        {"code": code, "value": line.figures[code], "unit": BY_CODE[code].unit} for code in question.columns
    ]


def _shown(request: MerchantRequest, line: Line, question: Question) -> dict[str, Any]:
    is_note = question.by == Row.NOTE
    results = reverse("measurement:results", args=[request.merchant.code])
    return {
        "line": line,
        "cells": _cells(line, question),
        "open": _inside(line, question),
        "is_note": is_note,
        "hit": is_note and line.figures["hits"] == 1,
        "results": f"{results}?note={line.key}" if is_note else "",
    }


def _inside(line: Line, question: Question) -> str:
    """What a row opens: its notes; the days of a note; the notes of a day."""
    if question.by == Row.DAY:
        return address(question.on(date.fromisoformat(line.key)).but(by=Row.NOTE))
    inside = question.within_also(question.by.value, line.key)
    return address(inside.but(by=Row.DAY if question.by == Row.NOTE else Row.NOTE, sort=""))


def _sort(question: Question, code: str) -> dict[str, str]:
    """The address that sorts by a column, and how it is sorted now."""
    falling, rising = question.order == f"-{code}", question.order == code
    turned = code if falling or (code == "name" and not rising) else f"-{code}"
    state = "descending" if falling else "ascending" if rising else "none"
    return {"url": "" if question.by == Row.DAY else address(question.but(sort=turned)), "state": state}


def _cards(answer: Answer) -> list[dict[str, Any]]:
    told = definitions(get_language() or "en")
    base = _number(answer.before[MAIN[answer.question.show]]) if answer.before else None
    cards = []
    for code in CARDS[answer.question.show]:
        former = answer.before[code] if answer.before and code not in NO_CHANGE else None
        value = answer.total.figures[code]
        change = _change(value, former, base)
        cards.append(
            {
                "code": code,
                "definition": told[code],
                "unit": BY_CODE[code].unit,
                "value": value,
                "change": change,
                "shown": change is not None,
                "good": "neither" if code == "cost" else "down" if code in LESS_IS_BETTER else "up",
            }
        )
    return cards


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _change(now: Any, before: Any, base: Decimal | None) -> Decimal | None:
    """(now − before) ÷ before; unknown on a former base below ``LEAST``."""
    if now is None or not before or base is None or base < LEAST:
        return None
    return Decimal(now) / Decimal(before) - 1


def _groups(question: Question) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": address(question.but(show=Group(group), sort="")),
            "active": group == question.show,
        }
        for group, label in named.GROUPS.items()
    ]


def _chips(request: MerchantRequest, question: Question) -> list[dict[str, str]]:
    chips = []
    for name, value in question.within:
        row = Row(name)
        called = process.names_of_rows(request.merchant, row, [value])[value].name
        label = f"{named.ROWS[row]}: {called}"
        chips.append({"label": label, "url": address(question.without(name))})
    return [*chips, *past_chip(question.as_of, address(question.but(as_of=None)))]
