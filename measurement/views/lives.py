"""Live streams: who watched, who bought within 24 hours, and in the 30 days after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from measurement import words
from measurement.dictionary import definitions
from measurement.metrics import change
from measurement.printed import lives as printed
from measurement.process.questions import Question
from measurement.queries import lives
from measurement.reports import CUSTOM, ReportQuery
from measurement.views.process import address
from measurement.views.questions import past, past_chip, said_problems
from measurement.words import process as named
from merchants.access import MerchantRequest, merchant_required
from merchants.periods import Period, day_of
from merchants.roles import Permission


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    today = day_of(timezone.now())
    query, by, problems = printed.asked(request.GET.dict(), today)
    said_problems(request, problems)
    of = printed.people_of(request.GET.dict())
    found = lives.lives(request.merchant, query.period, by, of=of, as_of=query.as_of)
    before = printed.before(request.merchant, query, by, of)
    former = {row.key: row for row in before.rows} if before and by != "stream" else {}
    question = Question(query.period, span=query.span, compare=query.compare, as_of=query.as_of)
    now = address(question.but(as_of=None), by=by, **of)
    context = {
        "lives": found,
        "rows": [_shown(row, former.get(row.key), today, question, by) for row in found.rows],
        "total_viewers": printed.viewers_of(found.rows),
        "changes": _changes(found.total, before.total if before else None),
        "past": past("live", query.as_of, now),
        "chips": past_chip(query.as_of, now),
        "by": by,
        "by_words": named.LIVE_ROWS[by],
        "question": question,
        "period": query.period,
        "groups": [
            {"label": label, "url": address(question, by=kind), "active": kind == by}
            for kind, label in named.LIVE_ROWS.items()
        ],
        "takeaway": printed.takeaway(found),
        "definitions": definitions(get_language() or "en"),
        "choices": {"period": list(words.SPANS.items()), "compare": list(words.COMPARISONS.items())},
        "computed_at": found.computed_at,
        "of": of,
        "whose": next((row.host if "host" in of else row.curator for row in found.rows), "") if of else "",
        "whole_url": address(question, by=next(iter(of))) if of else "",
        "orders_url": reverse("measurement:orders", args=[request.merchant.code]),
    }
    return render(request, "measurement/lives.html", context)


def _shown(
    row: lives.Sum, former: lives.Sum | None, today: date, question: Question, by: str
) -> dict[str, Any]:
    paid = change(row.paid_fen, former.paid_fen, former.orders) if former else None
    return {
        "row": row,
        "viewers": printed.viewers(row),
        "young": row.complete_on is not None and row.complete_on >= today,
        "platforms": printed.platforms(row),
        "change": paid,
        "former": former,
        "unnamed": f"#{row.key}",
        "streams_url": address(question, by="stream", **{by: row.key}) if by != "stream" and row.key else "",
        "orders_query": _orders(row, by, question),
    }


def _orders(row: lives.Sum, by: str, question: Question) -> str:
    """The orders credited to views of a stream, or of the streams of a host or curator, by day of the view. A stream
    may run past midnight."""
    if not row.key:
        return ""
    days = question.period
    if by == "stream":
        if row.started_on is None:
            return ""
        days = Period(row.started_on, row.started_on + timedelta(days=2))
    asked = ReportQuery(days, span=CUSTOM, as_of=question.as_of)
    return "?" + urlencode(asked.within_also("live" if by == "stream" else by, row.key).parameters())


def _changes(now: lives.Sum, before: lives.Sum | None) -> dict[str, Any]:
    """Changes of the sums against the period before; none on fewer than 30 orders."""
    if before is None:
        return {}
    names = ("views", "buyers", "paid_fen")
    return {name: change(getattr(now, name), getattr(before, name), before.orders) for name in names}
