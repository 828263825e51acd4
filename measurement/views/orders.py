"""From a row to its orders, and from an order to its evidence."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from measurement import charts, words
from measurement.dictionary import definitions
from measurement.models import OrderLine
from measurement.queries import evidence as proof
from measurement.queries import lines as listing
from measurement.queries.evidence import Evidence, Stop
from measurement.queries.status import status
from measurement.reports import ReportQuery
from measurement.views.questions import address, asked, chips, past
from merchants import audit
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.periods import day_of
from merchants.roles import Permission


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """The order lines of a slice; ``unjoined=1``: those without evidence; ``part=side``: a few, sideways."""
    query = asked(request)
    unjoined = request.GET.get("unjoined") == "1"
    found = listing.lines(request.merchant, query, unjoined=unjoined)
    state = status(request.merchant)
    context = {
        "query": query,
        "lines": found,
        "rows": [{"line": row, "platform": words.platform(row.platform)} for row in found.rows],
        "unjoined": unjoined,
        "model_name": words.said(words.MODELS, query.model),
        "axis_name": words.said(words.AXES, query.axis),
        "chips": chips(request.merchant, query),
        "data_through": state.through(day_of(timezone.now())) or "",
        "computed_at": state.computed_at,
        "definitions": definitions(get_language() or "en"),
        "pages": Paginator(range(found.count), listing.PAGE).get_page(query.page),
        "results_url": reverse("measurement:results", args=[request.merchant.code]) + address(query),
        "address": address(query),
        "past": past("orders", query.as_of, _now(query, unjoined)),
        "evidence_query": urlencode({"asof": query.as_of.isoformat()}) if query.as_of else "",
        "may_open": Permission.SEE_EVIDENCE in request.permissions,
    }
    if request.GET.get("part") == "side":
        return render(
            request, "measurement/orders.html#side", {**context, "heading": request.GET.get("of", "")}
        )
    return render(request, "measurement/orders.html", context)


def _now(query: ReportQuery, unjoined: bool) -> str:
    return address(query.but(as_of=None), **({"unjoined": "1"} if unjoined else {}))


@merchant_required(Permission.SEE_EVIDENCE)
def evidence(request: MerchantRequest, line_id: int) -> HttpResponse:
    """The evidence of one line, as it is or as it was at the end of ``asof``. Each view is in the trail;
    403 with the reason where evidence is switched off."""
    line = get_for_merchant_or_404(proof.line_of(request.merchant), request.merchant, pk=line_id)
    off = proof.switched_off(request.merchant, line)
    if off:
        return render(request, "measurement/evidence_off.html", {"line": line, "because": off}, status=403)
    audit.record(
        request.merchant,
        "measurement.evidence.viewed",
        by=f"user:{request.user.pk}",
        on=line,
        order=line.order_id,
    )
    found = proof.evidence(request.merchant, line, as_of=asked(request).as_of)
    return render(request, "measurement/evidence.html", _evidence_context(found, line))


def _evidence_context(found: Evidence, line: OrderLine) -> dict[str, Any]:
    kinds = [stop.channel.kind if stop.channel else "" for stop in found.stops]
    dots, ticks = charts.journey([stop.days_before for stop in found.stops], kinds, found.window_days)
    return {
        "found": found,
        "line": line,
        "order": line.order,
        "platform": words.platform(line.platform),
        "stops": [_stop(stop, number) for number, stop in enumerate(found.stops, start=1)],
        "dots": dots,
        "ticks": ticks,
        "models": list(words.MODELS.values()),
        "sums": [found.sums.get(model, 0) for model in words.MODELS],
        "grade": "unjoined" if found.grade == "U" else found.grade,
        "declared": _declared(line),
        "changes": [
            {
                "change": change,
                "cause": words.listed(words.said(words.CAUSES, cause) for cause in change.cause.split(",")),
                "shares": [change.fen.get(model, 0) for model in words.MODELS],
            }
            for change in found.changes
        ],
        "because": words.said(words.UNJOINED, found.unjoined_because),
        "basis": words.why_cycle(found.cycle.basis, found.cycle.source) if found.cycle else "",
        "definitions": definitions(get_language() or "en"),
        "earliest": found.changes[-1].recorded_at if found.changes else None,
        "today": day_of(timezone.now()),
        "day": found.day or date.min,
    }


def _stop(stop: Stop, number: int) -> dict[str, Any]:
    channel = stop.channel
    note = channel.note if channel else None
    return {
        "number": number,
        "stop": stop,
        "kind": words.touch_kind(channel.kind) if channel else "",
        "title": _title(channel),
        "cover": note.cover if note else "",
        "blogger": _blogger(channel),
        "shares": [stop.shares.get(model) for model in words.MODELS] if stop.shares else None,
    }


def _title(channel: Any) -> str:
    """What carried the touch, by name: the note, the live stream, the word searched, the campaign."""
    if channel is None:
        return ""
    for thing in (channel.note, channel.live_stream, channel.keyword, channel.campaign):
        if thing is not None:
            return str(thing)
    return words.touch_kind(channel.kind)


def _blogger(channel: Any) -> str:
    if channel is None:
        return ""
    of_note = channel.note.blogger if channel.note else None
    return str(of_note or channel.blogger or "")


def _declared(line: OrderLine) -> dict[str, str] | None:
    """What the order itself names, taken apart: kind of code and the code."""
    if not line.declared_reason:
        return None
    kind, _, code = line.declared_reason.partition(":")
    return {"kind": words.said(words.CODES, kind), "code": code}
