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
    body, size = _read(request)
    delivery = Delivery(
        body=body or b"",
        headers={name.lower(): text for name, text in request.headers.items()},
        method=request.method or "",
        path=f"/{url}" if url else "",
        query=request.GET.dict(),
    )
    with tenancy.acting_for(merchant):
        source = deliveries.source_at(merchant, key)
        if source is None:
            raise Http404
        now = datetime.now(UTC)
        if body is None:
            verdict = deliveries.without_length(source, now=now)
        else:
            verdict = deliveries.receive(source, delivery, now=now, size=size)
    if isinstance(verdict.reply, str):
        return HttpResponse(verdict.reply, status=verdict.status, content_type="text/plain")
    return JsonResponse(dict(verdict.reply) or {"error": verdict.why}, status=verdict.status)


def _read(request: HttpRequest) -> tuple[bytes | None, int]:
    """The body and its size; of one above the limit as much as tells that it is too large. One that comes in
    chunks has no length: it is read where the server says that it ends (WSGI's ``wsgi.input_terminated``), else
    it is None."""
    told = request.META.get("CONTENT_LENGTH") or ""
    if told or not request.META.get("HTTP_TRANSFER_ENCODING"):
        size = int(told) if told.isascii() and told.isdigit() else 0
        return (request.read() if size <= BODY_LIMIT else b"\0" * (BODY_LIMIT + 1)), size
    if not request.META.get("wsgi.input_terminated"):
        return None, 0
    body: bytes = request.META["wsgi.input"].read(BODY_LIMIT + 1)
    return body, len(body)
