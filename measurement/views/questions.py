"""The question of a report page: read from the address, with what every page says around its answer."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import reports, words
from measurement.dictionary import definitions
from measurement.printed.printed import Asking
from measurement.queries.names import name_of_filter
from measurement.reports import Envelope, Problem, ReportQuery
from measurement.words.past import KEPT, LEDGER
from merchants.access import MerchantRequest
from merchants.models import Merchant
from merchants.periods import day_of


def asking(request: MerchantRequest) -> Asking:
    """Who asks what: the address as it came."""
    return Asking(request.merchant, request.GET.dict(), timezone.now(), request.user.pk)


def asked(request: HttpRequest) -> ReportQuery:
    """The question in the address; what made no sense is said on the page and replaced by the default."""
    query, problems = reports.read(request.GET.dict(), day_of(timezone.now()))
    said_problems(request, problems)
    return query


def said_problems(request: HttpRequest, problems: list[Problem]) -> None:
    """Says which parameters of the address made no sense."""
    for problem in problems:
        messages.warning(
            request,
            _("“%(value)s” is not a value of “%(name)s”; the default is shown instead.")
            % {"name": problem.name, "value": problem.value},
        )


def address(query: ReportQuery, **more: str) -> str:
    """The query string of a question."""
    return "?" + urlencode({**query.parameters(), **more})


def past(page: str, as_of: date | None, now: str) -> dict[str, Any] | None:
    """What a page of a past day says on top; ``now`` is its address without that day."""
    return {"day": as_of, "said": KEPT[page], "now": now} if as_of else None


def around(query: ReportQuery, envelope: Envelope) -> dict[str, Any]:
    """Context of every report page: the envelope, the definitions, the choices of the filter bar."""
    return {
        "query": query,
        "envelope": envelope,
        "data_through": envelope.data_through or "",
        "computed_at": envelope.computed_at,
        "definitions": definitions(get_language() or "en"),
        "window": envelope.window,
        "horizon": str(query.horizon or ""),
        "model_name": words.said(words.MODELS, query.model),
        "choices": choices(),
        "address": address(query),
        "past": past(LEDGER, query.as_of, address(query.but(as_of=None))),
    }


def choices() -> dict[str, list[tuple[str, Any]]]:
    """What the filter bar offers, in the order it is offered."""
    horizons = [("", _("Decision cycle"))]
    horizons += [(str(days), _("%(days)d days") % {"days": days}) for days in reports.HORIZONS if days]
    return {
        "period": list(words.SPANS.items()),
        "compare": list(words.COMPARISONS.items()),
        "model": list(words.MODELS.items()),
        "axis": list(words.AXES.items()),
        "by": list(words.DIMENSIONS.items()),
        "x": horizons,
        "grade": [("", _("A and B")), ("A", words.GRADES["A"]), ("B", words.GRADES["B"])],
    }


def chips(merchant: Merchant, query: ReportQuery) -> list[dict[str, str]]:
    """The filters that are on, by name, each with the address that takes it off."""
    shown = []
    for name, value in query.within:
        label = f"{words.said(words.FILTERS, name)}: {name_of_filter(merchant, name, value)}"
        shown.append({"label": label, "url": address(query.without(name))})
    if query.verdict:
        label = words.said(words.VERDICTS, query.verdict)
        shown.append({"label": label, "url": address(query.but(verdict=""))})
    return [*shown, *past_chip(query.as_of, address(query.but(as_of=None)))]


def past_chip(as_of: date | None, now: str) -> list[dict[str, str]]:
    """The chip of a page of a past day; ``now`` is its address without that day."""
    if as_of is None:
        return []
    return [{"label": _("As of %(day)s") % {"day": as_of.isoformat()}, "url": now}]
