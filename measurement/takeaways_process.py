"""The sentence on top of the process page: what the figures say, never more than they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measurement.process.questions import Group, Row
from measurement.queries.process import Answer, Line

ENOUGH = 100  # a price of fewer is a matter of chance


def of_process(answer: Answer) -> str:
    if answer.question.by == Row.DAY or len(answer.lines) < 2:
        return ""
    return _SENTENCES[answer.question.show](answer)


def _lowest(answer: Answer, price: str, count: str) -> Line | None:
    """The row of the page with the lowest price, of those with enough to tell."""
    rows = [line for line in answer.lines if line.figures[price] and (line.figures[count] or 0) >= ENOUGH]
    return min(rows, key=lambda line: line.figures[price] or 0) if len(rows) > 1 else None


def _highest(answer: Answer, share: str, count: str) -> Line | None:
    rows = [line for line in answer.lines if line.figures[share] and (line.figures[count] or 0) >= ENOUGH]
    return max(rows, key=lambda line: line.figures[share] or 0) if len(rows) > 1 else None


def _yuan(value: Any) -> str:
    return f"{value / 100:.2f}"


def _of_delivery(answer: Answer) -> str:
    best = _lowest(answer, "cpc", "clicks")
    return (
        _("On this page “%(name)s” paid least for a click: ¥%(price)s (platform-reported).")
        % {"name": best.name, "price": _yuan(best.figures["cpc"])}
        if best
        else ""
    )


def _of_engagement(answer: Answer) -> str:
    best = _lowest(answer, "cpe", "engagement")
    return (
        _("On this page “%(name)s” paid least for an engagement: ¥%(price)s (platform-reported).")
        % {"name": best.name, "price": _yuan(best.figures["cpe"])}
        if best
        else ""
    )


def _of_seeding(answer: Answer) -> str:
    best = _lowest(answer, "reported_cpti", "reported_ti")
    return (
        _("On this page “%(name)s” paid least for a new TI: ¥%(price)s (platform-reported).")
        % {"name": best.name, "price": _yuan(best.figures["reported_cpti"])}
        if best
        else ""
    )


def _of_touches(answer: Answer) -> str:
    best = _highest(answer, "deep_share", "reads")
    return (
        _("On this page “%(name)s” has most deep engagement for a read: %(share)s %%.")
        % {"name": best.name, "share": f"{(best.figures['deep_share'] or 0) * 100:.1f}"}
        if best
        else ""
    )


def _of_notes(answer: Answer) -> str:
    hits = answer.total.figures["hits"]
    if hits is None or not answer.total.judged:
        return ""
    return ngettext(
        "%(hits)d of %(judged)d note with a report of its totals is a hit.",
        "%(hits)d of %(judged)d notes with a report of their totals are hits.",
        answer.total.judged,
    ) % {"hits": hits, "judged": answer.total.judged}


_SENTENCES: dict[str, Callable[[Answer], str]] = {
    Group.DELIVERY: _of_delivery,
    Group.ENGAGEMENT: _of_engagement,
    Group.SEEDING: _of_seeding,
    Group.TOUCHES: _of_touches,
    Group.NOTES: _of_notes,
    Group.ALL: _of_seeding,
}
