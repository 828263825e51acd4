"""The portable record of a blogger, as a page and as files the blogger takes away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from measurement import exports
from measurement.dictionary import BY_CODE, definitions
from measurement.exports import Head, Sheet, Table
from merchants import audit
from merchants.access import MerchantRequest, merchant_required
from merchants.models import Merchant
from merchants.models.agreement import Shown
from merchants.queries import agreements
from merchants.roles import Permission
from portal.queries.blogger_record import FIGURES, Entry, record

A = TypeVar("A", bound=HttpResponseBase)
VERSION = 1  # of the shape of the JSON file: names are added, none changes its meaning
STATES: dict[str, Any] = {
    "holds": pgettext_lazy("record", "going on"),
    "ended": pgettext_lazy("record", "ended"),
    "revoked": pgettext_lazy("record", "revoked"),
}


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    entries = _entries(request)
    context = {
        "lines": [{"entry": one, "state": STATES[one.state], "consented": _said(one)} for one in entries],
        "heads": [definitions(get_language() or "en")[name] for name in FIGURES],
        "may_export": Permission.EXPORT in request.permissions,
    }
    return render(request, "portal/record.html", context)


@merchant_required(Permission.EXPORT)
def export(request: MerchantRequest, form: str) -> HttpResponse | StreamingHttpResponse:
    """The record as CSV or JSON; the act is kept in the trail."""
    entries = _entries(request)
    audit.record(
        request.merchant,
        "merchants.record.exported",
        by=f"user:{request.user.pk}",
        form=form,
        rows=len(entries),
    )
    return FORMS[form](request.merchant, entries)


def _entries(request: MerchantRequest) -> list[Entry]:
    if request.merchant.kind != Merchant.Kind.BLOGGER:
        raise Http404
    return record(request.merchant, now=timezone.now())


def _csv(blogger: Merchant, entries: list[Entry]) -> StreamingHttpResponse:
    told = definitions(get_language() or "en")
    heads = (
        Head("merchant", _("Merchant")),
        Head("agency", _("Through the agency")),
        Head("from", _("First day")),
        Head("to", _("Last day")),
        Head("state", _("State")),
        Head("consented", _("Consented to")),
        Head("currency", _("Currency")),
        Head("notes", _("Notes"), "count"),
        *(Head(name, told[name].name, BY_CODE[name].unit) for name in FIGURES),
        Head("few", _("Notes whose return is not told"), "count"),
    )
    rows = tuple(
        {
            "merchant": one.merchant,
            "agency": one.agency,
            "from": f"{one.starts_on}",
            "to": f"{one.last or ''}",
            "state": str(STATES[one.state]),
            "consented": "; ".join(_said(one)),
            "currency": one.currency,
            "notes": one.notes,
            "few": one.few,
            **one.figures,
        }
        for one in entries
    )
    sheet = Sheet(Table(pgettext("blogger", "Record"), heads, rows), said=())
    return _file(
        blogger,
        StreamingHttpResponse(exports.csv_lines(sheet), content_type="text/csv; charset=utf-8"),
        "csv",
    )


def _json(blogger: Merchant, entries: list[Entry]) -> JsonResponse:
    profile = agreements.profile_of(blogger)
    told = definitions("en")
    body = {
        "version": VERSION,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "blogger": {
            "name": profile.name if profile else blogger.name,
            "id_on_the_platform": profile.external_id if profile else None,
        },
        "definitions": {name: told[name].words for name in FIGURES},
        "cooperations": [
            {
                "merchant": one.merchant,
                "agency": one.agency or None,
                "from": one.starts_on.isoformat(),
                "to": one.last.isoformat() if one.last else None,
                "state": one.state,
                "consented": list(one.consented),
                "currency": one.currency,
                "notes": one.notes,
                "notes_whose_return_is_not_told": one.few,
                "figures": {
                    f"{name}_fen" if name in {"cost", "credited"} else name: value
                    for name, value in one.figures.items()
                },
            }
            for one in entries
        ],
    }
    return _file(blogger, JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1}), "json")


FORMS: dict[str, Callable[[Merchant, list[Entry]], HttpResponse | StreamingHttpResponse]] = {
    "csv": _csv,
    "json": _json,
}


def _file(blogger: Merchant, answer: A, form: str) -> A:
    answer["Content-Disposition"] = f'attachment; filename="{blogger.code}-record.{form}"'
    return answer


def _said(one: Entry) -> list[str]:
    labels = dict(Shown.choices)
    return [str(labels[code]) for code in one.consented if code in labels and code != Shown.RECORD]
