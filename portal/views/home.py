"""The first page of a merchant: the money, where it was spent, and what needs a person today."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from measurement import takeaways, words
from measurement.metrics import change
from measurement.queries import home as reading
from measurement.queries.home import Home, Need
from measurement.queries.status import Status
from measurement.reports import Axis, Dimension
from measurement.views.questions import address, around, asked
from measurement.views.results import shown
from measurement.words.moves import CAME
from merchants.access import MerchantRequest, merchant_required
from merchants.models import Merchant
from merchants.onboarding_forms import said
from merchants.queries import expiry, webhooks
from merchants.roles import Permission
from portal import formats

KINDS = {"paying": "paying", "unproven": "unproven", "losing": "losing", "ripening": "ripening"}


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """The last 28 full days, by day of the touch; a guide instead while nothing has come in. Who sells nothing
    begins with whom it works with."""
    if request.merchant.kind in (Merchant.Kind.AGENCY, Merchant.Kind.BLOGGER):
        return redirect("portal:bloggers", request.merchant.code)
    query = asked(request)
    found = reading.home(request.merchant, query, now=timezone.now())
    steps = guide(request.merchant, found.status)
    stopped = webhooks.stopped(request.merchant) if Permission.MANAGE_TOKENS in request.permissions else []
    if found.is_empty:
        return render(
            request, "portal/first_steps.html", {"steps": steps, "data_through": "", "stopped": stopped}
        )
    by_note = replace(found.money.query, by=Dimension.NOTE)
    context = {
        **around(found.money.query, found.money.envelope),
        "home": found,
        "report": found.money,
        "takeaway": takeaways.of_results(found.money),
        "classes": _classes(request, found),
        "platforms": _platforms(request, found),
        "needs": [*_papers(request), *(_said(request, need) for need in found.needs)],
        "notes": [shown(row, by_note) for row in found.notes],
        "results_url": _results(request, found, by=Dimension.NOTE),
        "reported": _reported(found),
        "change": _change(found),
        "missing": [step for step in steps if not step["done"]],
        "stopped": stopped,
    }
    return render(request, "portal/home.html", context)


def _papers(request: MerchantRequest) -> list[dict[str, Any]]:
    """Papers running out, for who may hand in the next."""
    if Permission.APPLY not in request.permissions:
        return []
    url = _url("merchants:onboarding", request.merchant.code)
    return [
        {
            "text": _("“%(label)s” runs out on %(day)s")
            % {"label": said(one.one.label), "day": _day(one.last_day)}
            if one.left >= 0
            else _("“%(label)s” ran out on %(day)s")
            % {"label": said(one.one.label), "day": _day(one.last_day)},
            "action": _("Renew"),
            "url": url,
            "urgent": one.left < 8,
        }
        for one in expiry.running_out(request.merchant, timezone.localdate())
    ]


def _results(request: MerchantRequest, found: Home, **changes: Any) -> str:
    url = reverse("measurement:results", args=[request.merchant.code])
    return url + address(found.money.query.but(**changes))


def _classes(request: MerchantRequest, found: Home) -> list[dict[str, Any]]:
    """The cost by class, each part clickable, and the part that no row names."""
    classed = found.classed
    span = classed.query.period
    parts = [
        {
            "label": words.said(words.VERDICTS, verdict),
            "value": fen,
            "text": _money(fen),
            "kind": KINDS[verdict],
            "url": _results(
                request, found, period=span, span=classed.query.span, by=classed.query.by, verdict=verdict
            ),
        }
        for verdict, fen in classed.cost_by_verdict.items()
        if fen
    ]
    rest = (classed.total.cost or 0) - sum(classed.cost_by_verdict.values())
    if parts and rest > 0:
        label = words.said(words.UNASSIGNED, classed.query.by)
        parts.append({"label": label, "value": rest, "text": _money(rest), "kind": "unjoined"})
    return parts


def _platforms(request: MerchantRequest, found: Home) -> list[dict[str, Any]]:
    """Where people bought, by evidence grade, on one scale."""
    rows = reading.joined_by_platform(found.money)
    largest = max((sum(row[1:]) for row in rows), default=0)
    return [
        {
            "name": words.platform(platform),
            "total": same_person + declared + unjoined,
            "scale": largest,
            "grades": [
                ("A", same_person, "accent"),
                ("B", declared, "accent-half"),
                ("unjoined", unjoined, "unjoined"),
            ],
            "url": _results(request, found, within=(("platform", platform),), axis=Axis.ORDER),
        }
        for platform, same_person, declared, unjoined in rows
    ]


def _reported(found: Home) -> list[dict[str, str]]:
    """The revenue that platforms state themselves."""
    return [
        {
            "source": words.source(one.source),
            "metric": words.said(words.REPORTED, one.metric),
            "text": _money(int(one.value)),
        }
        for one in found.money.reported
        if one.metric.endswith("_fen")
    ][:2]


def _change(found: Home) -> Any:
    before = found.money.before
    return change(found.money.total.credited, before.credited, before.orders) if before else None


def _money(fen: int) -> str:
    return formats.money(fen, "compact", get_language() or "en")


def _day(moment: Any) -> str:
    return formats.day(moment, "", get_language() or "en")


def _url(name: str, *arguments: str) -> str:
    """The address of a page, or none while there is no such page."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def _said(request: MerchantRequest, need: Need) -> dict[str, Any]:
    """A need as a sentence, with what to do about it."""
    code = request.merchant.code
    data = _url("measurement:data", code)
    match need.kind:
        case "silent":
            since = _("no data since %(day)s") % {"day": _day(need.on)} if need.on else _("no data yet")
            text, action, url = f"{need.name}: {since}", _("Look"), data
        case "refused":
            text, action, url = (
                _("%(name)s: the last delivery was refused") % {"name": need.name},
                _("Look"),
                data,
            )
        case "not_recouped":
            text = _("“%(name)s” matured: %(cost)s not recouped by attributed sales") % {
                "name": need.name,
                "cost": _money(need.count),
            }
            action = _("Open")
            url = reverse("measurement:results", args=[code]) + f"?period=90d&class=losing&by={need.key}"
        case "rule_fired":
            text = _("“%(name)s”: its stop rule fired") % {"name": need.name}
            action = _("Open")
            url = f"{_url('measurement:ripening', code)}?campaign={need.key}#rule"
        case "move_matured":
            text = _("The move on “%(name)s” matured: %(came)s") % {
                "name": need.name,
                "came": words.said(CAME, need.key),
            }
            action, url = _("Open"), _url("measurement:moves", code) + "#moves"
        case "computing":
            text = ngettext(
                "%(count)d change is still being computed",
                "%(count)d changes are still being computed",
                need.count,
            ) % {"count": need.count}
            action, url = _("Look"), data
        case "no_basis":
            text = _("No source has a recorded legal basis: evidence of single orders is off")
            action, url = _("Record it"), data
        case _:
            text, action, url = _counted(need), _("Open"), _where(need.kind, code)
    return {"text": text, "action": action, "url": url, "urgent": need.urgent}


def _counted(need: Need) -> str:
    count = {"count": need.count}
    match need.kind:
        case "failed_uploads":
            return ngettext("%(count)d upload failed", "%(count)d uploads failed", need.count) % count
        case "waiting_uploads":
            return ngettext("%(count)d upload to confirm", "%(count)d uploads to confirm", need.count) % count
        case "failed_deliveries":
            return ngettext("%(count)d delivery failed", "%(count)d deliveries failed", need.count) % count
        case "notes":
            return (
                ngettext("%(count)d note without product", "%(count)d notes without product", need.count)
                % count
            )
    return (
        ngettext(
            "%(count)d item is not mapped to an SPU", "%(count)d items are not mapped to an SPU", need.count
        )
        % count
    )


def _where(kind: str, code: str) -> str:
    pages = {
        "failed_uploads": ("measurement:data", "merchants:uploads"),
        "waiting_uploads": ("measurement:data", "merchants:uploads"),
        "failed_deliveries": ("measurement:data",),
        "notes": ("measurement:mapping", "measurement:catalogue", "measurement:data"),
        "items": ("measurement:mapping", "measurement:catalogue", "measurement:data"),
    }
    return next((url for name in pages.get(kind, ()) if (url := _url(name, code))), "")


def guide(merchant: Merchant, status: Status) -> list[dict[str, Any]]:
    """What a first honest result needs, and what each further source would add."""
    upload = _url("merchants:upload", merchant.code) or _url("measurement:data", merchant.code)
    products = _url("measurement:products", merchant.code)
    steps = [
        (
            status.has_margins,
            _("Products and margins"),
            _("Products with their category and margin; items of shops are mapped to them."),
            _("each product's own decision cycle, and profit in place of revenue"),
            products,
        ),
        (
            status.has_orders,
            _("Orders of your shops"),
            _("An export or a connection; amounts, times and items are enough."),
            _("where people buy, refunds, and how much cannot be joined yet"),
            upload,
        ),
        (
            status.has_spend,
            _("What it cost"),
            _("A cost file by day: ads, note fees, samples, agency fees."),
            _("cost and return per yuan; with orders this is the first honest result"),
            upload,
        ),
        (
            status.has_touches,
            _("Touchpoints"),
            _("Reads, searches and clicks with a person key, or channel codes on orders."),
            _("which notes, bloggers and searches the orders are credited to"),
            upload,
        ),
        (
            status.has_legal_basis,
            _("A recorded legal basis"),
            _("Say on which basis each source may be used for single orders."),
            _("the evidence of every order, share by share"),
            upload,
        ),
    ]
    return [
        {"done": done, "title": title, "text": text, "gain": gain, "url": url, "action": _("Bring it in")}
        for done, title, text, gain, url in steps
    ]
