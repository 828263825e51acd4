"""The switch of the demo's feed, and the fakes that its desk speaks to."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt

from leads.channels.calls import Call
from merchants.access import MerchantRequest, allows, merchant_required
from merchants.roles import Permission
from portal.demo import desk_partners, feed


@merchant_required(Permission.SEE_RESULTS, methods=("GET", "POST"))
def demo_feed(request: MerchantRequest) -> HttpResponse:
    """GET: the switch, to be put into a page; nothing for a merchant whose orders do not keep coming.
    POST ``on`` (1 or 0): whether they do."""
    if not settings.DEMO:
        raise Http404
    if not feed.is_fed(request.merchant):
        return HttpResponse()
    may_switch = Permission.BRING_DATA in request.permissions
    if request.method == "POST":
        if not may_switch:
            return HttpResponse(status=403)
        feed.switch(request.merchant, on=request.POST.get("on") == "1", by=f"user:{request.user.pk}")
        if not request.headers.get("HX-Request"):
            return redirect("portal:home", request.merchant.code)
    context = {"on": feed.is_on(request.merchant), "may_switch": may_switch}
    return render(request, "portal/parts/demo_feed.html", context)


@csrf_exempt
@allows("GET", "POST")
def partner(request: HttpRequest, key: str, url: str = "") -> HttpResponse:
    """A fake of a source of leads; there is none outside the demo."""
    if not settings.DEMO:
        raise Http404
    call = Call(request.method or "", request.get_full_path(), dict(request.headers.items()), request.body)
    told = desk_partners.answer(key, call)
    if told is None:
        raise Http404
    return HttpResponse(told.body, status=told.status, content_type="application/json")
