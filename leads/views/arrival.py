"""Where sources push to: nobody logs in, the address is the source's own and the signature proves it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from leads.channels.facts import BODY_LIMIT, Delivery
from leads.operations import deliveries
from merchants import tenancy
from merchants.access import allows


@csrf_exempt
@transaction.non_atomic_requests  # the merchant's transaction below is the only one
@allows("GET", "POST")
def arrive(request: HttpRequest, key: str, url: str = "") -> HttpResponseBase:
    """One delivery. 200 means that its bytes are stored; whatever a body says, this never breaks.

    The type a body claims to have decides nothing: its signature does.
    """
    merchant = deliveries.merchant_at(key)
    if merchant is None:
        raise Http404
    told = request.META.get("CONTENT_LENGTH") or "0"
    size = int(told) if told.isascii() and told.isdigit() else 0
    delivery = Delivery(
        body=request.read() if size <= BODY_LIMIT else b"\0" * (BODY_LIMIT + 1),
        headers={name.lower(): text for name, text in request.headers.items()},
        method=request.method or "",
        path=f"/{url}" if url else "",
        query=request.GET.dict(),
    )
    with tenancy.acting_for(merchant):
        source = deliveries.source_at(merchant, key)
        if source is None:
            raise Http404
        verdict = deliveries.receive(source, delivery, now=datetime.now(UTC), size=size)
    if isinstance(verdict.reply, str):
        return HttpResponse(verdict.reply, status=verdict.status, content_type="text/plain")
    return JsonResponse(dict(verdict.reply) or {"error": verdict.why}, status=verdict.status)
