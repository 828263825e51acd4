"""Live streams: who watched, who bought within 24 hours, and in the 30 days after."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import privacy, words
from measurement.dictionary import definitions
from measurement.process.questions import Question
from measurement.queries import lives
from measurement.reports import read
from measurement.views.process import address
from measurement.views.questions import said_problems
from measurement.words import process as named
from merchants.access import MerchantRequest, merchant_required
from merchants.periods import day_of
from merchants.roles import Permission


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    today = day_of(timezone.now())
    given = {name: value for name, value in request.GET.dict().items() if name in {"period", "from", "to"}}
    query, problems = read(given or {"period": "90d"}, today)
    said_problems(request, problems)
    by = request.GET.get("by", "stream")
    by = by if by in named.LIVE_ROWS else "stream"
    found = lives.lives(request.merchant, query.period, by)
    question = Question(query.period, span=query.span)
    context = {
        "lives": found,
        "rows": [_shown(row, today) for row in found.rows],
        "total_viewers": _sum_of_shown(found.rows),
        "by": by,
        "by_words": named.LIVE_ROWS[by],
        "question": question,
        "period": query.period,
        "groups": [
            {"label": label, "url": address(question, by=kind), "active": kind == by}
            for kind, label in named.LIVE_ROWS.items()
        ],
        "platforms": [(words.platform(name), *sums) for name, sums in sorted(found.platforms.items())],
        "takeaway": _takeaway(found),
        "definitions": definitions(get_language() or "en"),
        "choices": list(words.SPANS.items()),
        "computed_at": found.computed_at,
    }
    return render(request, "measurement/lives.html", context)


def _shown(row: lives.Sum, today: Any) -> dict[str, Any]:
    return {
        "row": row,
        "viewers": _viewers(row),
        "young": row.complete_on is not None and row.complete_on >= today,
        "platforms": words.listed(
            f"{words.platform(name)} {orders}" for name, orders in sorted(row.platforms.items()) if orders
        ),
    }


def _viewers(row: lives.Sum) -> int | None:
    """Viewers are not the merchant's own customers: in steps of the threshold, hidden below it."""
    k = privacy.threshold(settings.PRIVACY_THRESHOLD)
    return None if row.viewers is None else privacy.published(row.viewers, k)


def _sum_of_shown(rows: tuple[lives.Sum, ...]) -> int | None:
    shown = [viewers for row in rows if (viewers := _viewers(row)) is not None]
    return sum(shown) if shown else None


def _takeaway(found: lives.Lives) -> str:
    paid, later = found.total.paid_fen, found.total.later_paid_fen
    if not paid or later is None:
        return ""
    return _("For each yuan within 24 hours, the same viewers paid %(more)s more in the 30 days after.") % {
        "more": f"{later / paid:.2f}"
    }
