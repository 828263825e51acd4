"""The switch of the demo's feed."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from merchants.access import MerchantRequest, merchant_required
from merchants.roles import Permission
from portal.demo import feed


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
