"""Data in: sources and how fresh they are, what was handed in, what is still being computed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from measurement.operations import deliveries
from measurement.queries import sources, status, work
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.forms import BasisForm, UploadForm
from merchants.intake import kinds
from merchants.models import Connection, RawDelivery, Upload
from merchants.roles import Permission
from merchants.views.uploads import listed

PAGE = 50
RECENT = 8
FRESHNESS: dict[str, tuple[Any, str]] = {
    "fresh": (pgettext_lazy("of a source", "fresh"), "accent"),
    "late": (pgettext_lazy("of a source", "late"), "warning"),
    "never": (pgettext_lazy("of a source", "nothing yet"), "danger"),
    "paused": (pgettext_lazy("of a source", "paused"), "muted"),
    "by_hand": (pgettext_lazy("of a source", "handed in"), "neutral"),
}
STATES = {
    RawDelivery.State.APPLIED: "accent",
    RawDelivery.State.RECEIVED: "neutral",
    RawDelivery.State.REFUSED: "danger",
    RawDelivery.State.FAILED: "danger",
}


@merchant_required(Permission.SEE_DATA)
def page(request: MerchantRequest) -> HttpResponse:
    """The hub; ``part=work`` gives the progress alone, polled while there is work."""
    if request.GET.get("part") == "work":
        return render(request, "measurement/data.html#work", _work(request))
    now = timezone.now()
    fresh = status.status(request.merchant)
    rows = [
        {
            "connection": one.connection,
            "name": _name(one.connection),
            "word": FRESHNESS[one.state][0],
            "tone": FRESHNESS[one.state][1],
            "form": BasisForm(
                initial={"basis": one.connection.legal_basis}, auto_id=f"basis-{one.connection.pk}-%s"
            ),
        }
        for one in sources.sources(request.merchant, now=now)
    ]
    recent = Upload.objects.for_merchant(request.merchant).order_by("-created_at", "-id")[:RECENT]
    context = {
        **_work(request),
        "sources": rows,
        "missing": _missing(request, fresh),
        "uploads": [listed(upload) for upload in recent],
        "deliveries": _told(sources.deliveries(request.merchant)[:RECENT]),
        "form": UploadForm(permissions=request.permissions),
        "kinds": kinds.open_with(request.permissions),
        "may_bring": Permission.BRING_DATA in request.permissions,
        "may_set": Permission.SET_RULES in request.permissions,
        "data_through": fresh.through(timezone.localdate()),
        "computed_at": fresh.computed_at,
    }
    return render(request, "measurement/data.html", context)


@merchant_required(Permission.SEE_DATA)
def received(request: MerchantRequest) -> HttpResponse:
    """Every delivery that is kept."""
    rows = sources.deliveries(request.merchant)
    state = request.GET.get("state", "")
    if state in RawDelivery.State.values:
        rows = rows.filter(state=state)
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    choices = [("", _("all")), *((value, str(label)) for value, label in RawDelivery.State.choices)]
    context = {
        "page": shown,
        "deliveries": _told(shown),
        "state": state,
        "choices": choices,
        "may_bring": Permission.BRING_DATA in request.permissions,
    }
    return render(request, "measurement/deliveries.html", context)


@merchant_required(Permission.BRING_DATA, methods=("POST",))
def replay(request: MerchantRequest, delivery_id: int) -> HttpResponse:
    """Reads a delivery once more."""
    delivery = get_for_merchant_or_404(RawDelivery, request.merchant, pk=delivery_id)
    try:
        deliveries.again(request.merchant, delivery, by=f"user:{request.user.pk}")
        messages.success(request, _("The delivery is being read once more."))
    except ValueError:
        messages.warning(request, _("This one was handed in: hand it in again instead."))
    return redirect("measurement:deliveries", request.merchant.code)


def _work(request: MerchantRequest) -> dict[str, Any]:
    pending = work.pending(request.merchant)
    return {
        "pending": pending,
        "work_label": _("Credit is up to date") if pending.settled else _("Credit is being computed"),
        "work_state": "done" if pending.settled else "running",
    }


def _told(rows: Any) -> list[dict[str, Any]]:
    return [
        {
            "delivery": row,
            "name": _name(row.connection),
            "tone": STATES[RawDelivery.State(row.state)],
            "state": row.get_state_display(),
            "replayable": row.kind in {"exchange", "push"} and row.state != RawDelivery.State.RECEIVED,
        }
        for row in rows
    ]


def _name(connection: Connection) -> str:
    """The source's own name; what is handed in is called by its kind, in the reader's language."""
    if connection.source not in status.BY_HAND:
        return str(connection.name)
    try:
        kind = str(kinds.get(connection.shop).label)
    except KeyError:
        return str(connection.name)
    return f"API · {kind}" if connection.source == "api" else _("File · %(kind)s") % {"kind": kind}


def _missing(request: MerchantRequest, fresh: status.Status) -> list[dict[str, Any]]:
    """What each source that is not there yet would add."""
    wanted = (
        (
            fresh.has_spend,
            "spend",
            _("Cost"),
            _("Adds what each note and campaign cost, and so the return per yuan."),
        ),
        (fresh.has_orders, "orders", _("Orders"), _("Adds what was sold, and on which platform.")),
        (
            fresh.has_touches,
            "touchpoints",
            _("Touchpoints"),
            _("Adds who saw what, and so credit to notes with evidence of grade A."),
        ),
    )
    address = reverse("merchants:uploads", args=[request.merchant.code])
    may_bring = Permission.BRING_DATA in request.permissions
    return [
        {
            "title": title,
            "text": gain,
            "done": False,
            "url": f"{address}?kind={kind}" if may_bring else "",
            "action": _("Hand in"),
        }
        for known, kind, title, gain in wanted
        if not known
    ]
