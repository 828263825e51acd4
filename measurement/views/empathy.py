"""Empathy: what comments say of notes, bloggers and products, part by part, and who may disagree."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement.choices import Sensitive
from measurement.dictionary import definitions
from measurement.empathy.labels import Intent, Polarity
from measurement.empathy.parts import Part
from measurement.models import Comment
from measurement.operations import comment_labels
from measurement.printed import empathy as printed
from measurement.queries import empathy as reading
from measurement.queries.keeping import is_allowed
from measurement.reports import ReportQuery
from measurement.views.questions import asking, choices, past, past_chip, said_problems
from measurement.words import empathy as words
from measurement.words import said
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.roles import Permission

SHOWN = 50  # comments of a page


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """The parts of empathy by note, blogger or SPU, over the comments of the period."""
    query = _asked(request)
    found = reading.empathy(request.merchant, query.period, query.by, query.page, as_of=query.as_of)
    context = {
        **_around(query),
        "found": found,
        "columns": [(part, f"empathy_{part}") for part in Part],
        "rows": [{"row": row, "url": _comments_url(request, query, row.key)} for row in found.rows],
        "intents": [
            {"label": said(words.INTENTS, intent), "count": count}
            for intent, count in sorted(found.total.intents.items(), key=lambda pair: -pair[1])
            if count
        ],
        "takeaway": printed.empathy_takeaway(found),
        "pages": Paginator(range(found.count), reading.PAGE).get_page(query.page),
        "all_url": _comments_url(request, query, ""),
        "judged": _judged(found),
        "agreement": _agreement(found),
        "closed": not is_allowed(request.merchant, Sensitive.COMMENTS),
    }
    return render(request, "measurement/empathy.html", context)


@merchant_required(Permission.SEE_RESULTS)
def comments(request: MerchantRequest) -> HttpResponse:
    """The comments behind a row, each with what it is taken to say and why; a person may correct it."""
    query = _asked(request)
    key = request.GET.get("of", "")
    key = key if key.isascii() and key.isdigit() and len(key) < 16 else ""
    polarity = request.GET.get("says", "")
    polarity = polarity if polarity in set(Polarity) else ""
    may_read = is_allowed(request.merchant, Sensitive.SNIPPETS)
    labels = reading.examples(request.merchant, query.period, query.by, key, polarity, as_of=query.as_of)
    labels = labels if may_read else labels.none()
    shown = Paginator(labels, SHOWN).get_page(query.page)
    context = {
        **_around(query),
        "pages": shown,
        "key": key,
        "polarity": polarity,
        "polarities": list(words.POLARITIES.items()),
        "every_intent": list(words.INTENTS.items()),
        "rows": [
            {
                "label": label,
                "says": said(words.POLARITIES, label.said),
                "tone": _TONES.get(label.said, "muted"),
                "intents": [said(words.INTENTS, intent) for intent in label.wanted],
                "source": said(words.SOURCES, label.source),
            }
            for label in shown
        ],
        "may_read": may_read,
        "may_plan": Permission.PLAN in request.permissions and not query.as_of,
        "back": reverse("measurement:empathy", args=[request.merchant.code]) + _address(query),
        "here": request.get_full_path(),
        "past": past("empathy", query.as_of, _comments_url(request, query.but(as_of=None), key)),
    }
    return render(request, "measurement/comments.html", context)


_TONES = {"positive": "accent", "negative": "danger", "question": "warning"}


@merchant_required(Permission.PLAN, methods=("POST",))
def correct(request: MerchantRequest, comment_id: int) -> HttpResponse:
    """Lets a person say what a comment says."""
    comment = get_for_merchant_or_404(Comment.objects.select_related("note"), request.merchant, pk=comment_id)
    polarity = request.POST.get("polarity", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("measurement:comments", args=[request.merchant.code])
    if polarity not in set(Polarity):
        messages.error(request, _("Choose what the comment says."))
        return redirect(back)
    intents = request.POST.getlist("intent")
    if not set(intents) <= set(Intent):
        messages.error(request, _("There is no such intent; nothing was corrected."))
        return redirect(back)
    told = frozenset(Intent(one) for one in intents) if request.POST.get("intents") == "told" else None
    comment_labels.correct(
        request.merchant, comment, polarity=Polarity(polarity), intents=told, by=f"user:{request.user.pk}"
    )
    messages.success(request, _("Corrected; the next learning takes it into account."))
    return redirect(back)


def _asked(request: MerchantRequest) -> ReportQuery:
    query, problems = printed.empathy_query(asking(request))
    said_problems(request, problems)
    return query


def _address(query: ReportQuery, **more: str) -> str:
    return "?" + urlencode({**query.parameters(), **more})


def _comments_url(request: MerchantRequest, query: ReportQuery, key: str) -> str:
    url = reverse("measurement:comments", args=[request.merchant.code])
    return url + _address(query.but(), **({"of": key} if key else {}))


def _around(query: ReportQuery) -> dict[str, Any]:
    return {
        "query": query,
        "choices": {"period": choices()["period"], "by": list(words.ROWS.items())},
        "definitions": definitions(get_language() or "en"),
        "dimension": said(words.ROWS, query.by),
        "past": past("empathy", query.as_of, _address(query.but(as_of=None))),
        "chips": past_chip(query.as_of, _address(query.but(as_of=None))),
    }


def _agreement(found: reading.Empathy) -> list[dict[str, Any]]:
    """By intent, how far people and words agree; nothing while nobody told of intents."""
    learned = (found.learning.intents if found.learning else None) or {}
    return [
        {
            "label": said(words.INTENTS, intent),
            "row": row,
            "by": said(words.SOURCES, "model" if learned.get(intent, {}).get("used") else "words"),
        }
        for intent, row in found.agreement.items()
        if row.n
    ]


def _judged(found: reading.Empathy) -> str:
    """How good the labels are, as far as people checked them."""
    learned = found.learning
    if learned is None:
        return _(
            "Labels come from an open list of words; %(n)d were checked by people so far. From 60 on, a model "
            "learns from them and is used only where it does better."
        ) % {"n": found.corrections}
    told = {
        "n": learned.corrections,
        "rules": learned.rules_right,
        "model": learned.model_right if learned.model_right is not None else "–",
    }
    if learned.used:
        return (
            _(
                "On %(n)d comments that people corrected, the words were right %(rules)s times and the model "
                "learned from them %(model)s times (five-fold); the model decides where it is sure."
            )
            % told
        )
    return (
        _(
            "On %(n)d comments that people corrected, the words were right %(rules)s times and a model %(model)s "
            "times (five-fold); the words go on deciding."
        )
        % told
    )
