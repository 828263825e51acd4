"""Webhooks of a merchant: where its events go, what came of it, and once more."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from merchants import events
from merchants import webhook_words as words
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.forms import WebhookForm
from merchants.models import WebhookEndpoint, WebhookMessage
from merchants.operations import webhooks
from merchants.queries import webhooks as reading
from merchants.roles import Permission
from merchants.webhooks import signing, targets

PAGE = 20  # messages


@merchant_required(Permission.MANAGE_TOKENS)
def page(request: MerchantRequest) -> HttpResponse:
    return _page(request, WebhookForm())


@merchant_required(Permission.MANAGE_TOKENS, methods=("POST",))
@never_cache
def add(request: MerchantRequest) -> HttpResponse:
    """Adds an address, sends it a test, and shows its secret, this once."""
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    by = _by(request)
    try:
        endpoint, secret = webhooks.add(request.merchant, by=by, **form.cleaned_data)
    except targets.Refused as refused:
        form.add_error("url", words.REFUSED[refused.args[0]])
        return _page(request, form)
    webhooks.send_test(request.merchant, endpoint, by=by)
    return _detail(request, endpoint, secret=secret)


@merchant_required(Permission.MANAGE_TOKENS)
def detail(request: MerchantRequest, endpoint_id: int) -> HttpResponse:
    return _detail(request, _endpoint(request, endpoint_id))


@merchant_required(Permission.MANAGE_TOKENS)
def message(request: MerchantRequest, message_id: int) -> HttpResponse:
    """One message: what travels, what was signed, and every attempt."""
    row = get_for_merchant_or_404(WebhookMessage, request.merchant, pk=message_id)
    attempts = [
        {
            "row": one,
            "said": words.attempt(one),
            "signed": signing.text(
                row.webhook_id, str(int(one.began_at.timestamp())), row.body.encode()
            ).decode(),
        }
        for one in reading.attempts(request.merchant, row)
    ]
    said, tone = words.message(row)
    context = {"row": row, "kind": words.kind(row.kind), "said": said, "tone": tone, "attempts": attempts}
    return render(request, "merchants/webhook_message.html", context)


@merchant_required(Permission.MANAGE_TOKENS, methods=("POST",))
@never_cache
def rotate(request: MerchantRequest, endpoint_id: int) -> HttpResponse:
    """Makes a new secret and shows it, this once; the former one signs beside it for a day."""
    endpoint = _endpoint(request, endpoint_id)
    secret = webhooks.rotate(request.merchant, endpoint, by=_by(request))
    endpoint.refresh_from_db()
    return _detail(request, endpoint, secret=secret)


@merchant_required(Permission.MANAGE_TOKENS, methods=("POST",))
def switch(request: MerchantRequest, endpoint_id: int) -> HttpResponse:
    """Pauses an endpoint, or lets one that is paused go on."""
    endpoint = _endpoint(request, endpoint_id)
    if endpoint.paused:
        webhooks.resume(request.merchant, endpoint, by=_by(request))
        messages.success(request, _("Events go there again; what was held leaves now."))
    else:
        webhooks.pause(request.merchant, endpoint, by=_by(request))
        messages.success(request, _("Paused; what happens meanwhile is held for 30 days."))
    return redirect("merchants:webhook", request.merchant.code, endpoint.pk)


@merchant_required(Permission.MANAGE_TOKENS, methods=("POST",))
def test(request: MerchantRequest, endpoint_id: int) -> HttpResponse:
    endpoint = _endpoint(request, endpoint_id)
    webhooks.send_test(request.merchant, endpoint, by=_by(request))
    messages.success(request, _("A test is on its way."))
    return redirect("merchants:webhook", request.merchant.code, endpoint.pk)


@merchant_required(Permission.MANAGE_TOKENS, methods=("POST",))
def remove(request: MerchantRequest, endpoint_id: int) -> HttpResponse:
    webhooks.remove(request.merchant, _endpoint(request, endpoint_id), by=_by(request))
    messages.success(request, _("The address was removed with its messages."))
    return redirect("merchants:webhooks", request.merchant.code)


@merchant_required(Permission.MANAGE_TOKENS, methods=("POST",))
def replay(request: MerchantRequest, message_id: int) -> HttpResponse:
    row = get_for_merchant_or_404(WebhookMessage, request.merchant, pk=message_id)
    webhooks.replay(request.merchant, row, by=_by(request))
    messages.success(request, _("It is sent once more, under the same id."))
    return redirect("merchants:webhook_message", request.merchant.code, row.pk)


def _endpoint(request: MerchantRequest, endpoint_id: int) -> WebhookEndpoint:
    return get_for_merchant_or_404(WebhookEndpoint, request.merchant, pk=endpoint_id)


def _by(request: MerchantRequest) -> str:
    return f"user:{request.user.pk}"


def _page(request: MerchantRequest, form: WebhookForm) -> HttpResponse:
    rows = [
        {
            "row": row,
            "state": words.state(row),
            "kinds": [words.kind(code) for code in row.kinds],
            "last": words.ATTEMPTS.get(row.last_error, row.last_error) if row.last_at else "",
        }
        for row in reading.endpoints(request.merchant)
    ]
    context = {"rows": rows, "form": form, "stopped": reading.stopped(request.merchant)}
    return render(request, "merchants/webhooks.html", context, status=422 if form.errors else 200)


def _detail(request: MerchantRequest, endpoint: WebhookEndpoint, **more: Any) -> HttpResponse:
    shown = Paginator(reading.messages(request.merchant, endpoint), PAGE).get_page(request.GET.get("page"))
    context = {
        "endpoint": endpoint,
        "state": words.state(endpoint),
        "kinds": [words.kind(code) for code in endpoint.kinds],
        "page": shown,
        "rows": [{"row": row, "kind": words.kind(row.kind), "state": words.message(row)} for row in shown],
        "known": len(events.published()),
        **more,
    }
    return render(request, "merchants/webhook.html", context)
