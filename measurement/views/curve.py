"""Over time: ROI(T+x) by the age of the touches, its cohorts and their expected end, and who bought."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import takeaways, words
from measurement.besides import Kind
from measurement.charts.curve import of_curve
from measurement.cycles.cohorts import Cohort, Point, marks
from measurement.dictionary import definitions
from measurement.queries import beside, buyers, curve
from measurement.queries.beside import Laid
from measurement.queries.curve import Curve, Part
from measurement.reports import CUSTOM, Axis, ReportQuery
from measurement.views.questions import address, around, asked, chips
from merchants.access import MerchantRequest, merchant_required
from merchants.periods import DAY, Period, day_of
from merchants.roles import Permission

SHOWN_SPUS = 10


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """The curve of the address; ``part=buyers`` gives what stands behind it, which is read line by line."""
    query = asked(request)
    if request.GET.get("part") == "buyers":
        return render(request, "measurement/curve.html#buyers", _behind(request, query))
    now = timezone.now()
    found = curve.over_time(request.merchant, query, now=now)
    try:
        laid = beside.laid(request.merchant, query, day_of(now))
    except beside.NothingBeside as refused:
        messages.warning(request, str(refused))
        laid = None
    other = curve.over_time(request.merchant, laid.query, now=now) if laid else None
    context = {
        **around(query, found.envelope),
        "found": found,
        "total": found.total,
        "chart": of_curve(found, other, laid.label if laid else ""),
        "other": other,
        "beside": _beside(request, query, found, laid),
        "marks": marks(found.window),
        "points": _points(found, other),
        "cohorts": [_shown(cohort, query, found) for cohort in found.cohorts],
        "others": [_shown(cohort, laid.query, other) for cohort in other.cohorts] if laid and other else [],
        "tasks": [(words.said(words.TASKS, task), fen) for task, fen in sorted(found.cost_by_task.items())],
        "by_touch": query.axis == Axis.TOUCH,
        "takeaway": takeaways.of_curve(found),
        "chips": chips(request.merchant, query),
        "behind": address(query, part="buyers"),
        "platforms": _opened(query, "platform", found.platforms),
        "spus": _opened(query, "spu", found.spus[:SHOWN_SPUS]),
        "needed": curve.NEEDED,
    }
    return render(request, "measurement/curve.html", context)


def _shown(cohort: Cohort, query: ReportQuery, found: Curve) -> dict[str, Any]:
    days = Period(cohort.start, cohort.last + DAY)
    return {
        "cohort": cohort,
        "open": address(query.but(period=days, span=CUSTOM, beside="")),
        "at": [{"fen": cohort.at.get(mark), "roi": cohort.roi_at(mark)} for mark in marks(found.window)],
    }


def _opened(query: ReportQuery, name: str, parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Each part with the address of its orders; what belongs to none has none."""
    return [
        {"part": part, "open": address(query.but(beside="").within_also(name, part.key)) if part.key else ""}
        for part in parts
    ]


def _points(found: Curve, other: Curve | None) -> list[tuple[Point, Point | None]]:
    """The points of the table, each with that of the same age beside: every one of a short window, else some,
    and the last."""
    step = max(1, found.window // 15)
    seconds = other.points if other else (None,) * len(found.points)
    return [
        (point, second)
        for point, second in zip(found.points, seconds, strict=True)
        if point.age % step == 0 or point.age == found.window
    ]


def _beside(request: MerchantRequest, query: ReportQuery, found: Curve, laid: Laid | None) -> dict[str, Any]:
    """The filter of what lies beside, and what does."""
    platforms = [part.key for part in found.platforms if part.key]
    return {
        "offered": beside.offered(request.merchant, query, platforms),
        "chosen": beside.chosen(query),
        "days": beside.chosen(query) == Kind.DAYS,
        "from": laid.query.period.start if laid else None,
        "label": laid.label if laid else "",
    }


def _behind(request: MerchantRequest, query: Any) -> dict[str, Any]:
    found = buyers.buyers(request.merchant, query)
    named = (
        (buyers.NEW, _("New buyers")),
        (buyers.RETURNING, _("Returning buyers")),
        (buyers.UNKNOWN, _("Buyer unknown")),
    )
    return {
        "query": query,
        "found": found,
        "groups": [(label, found.groups[code]) for code, label in named if code in found.groups],
        "definitions": definitions(get_language() or "en"),
    }
