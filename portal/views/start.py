"""Where a person lands after logging in, and the choice of the merchant."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from merchants.access import allows
from merchants.models import Membership


@login_required
@allows("GET")
def start(request: HttpRequest) -> HttpResponse:
    """Back to the merchant worked with last; else the only one; else the choice."""
    memberships = list(
        Membership.objects.select_related("merchant").filter(user=request.user).order_by("merchant__name")
    )
    codes = [membership.merchant.code for membership in memberships]
    last = request.session.get("merchant")
    if last in codes:
        return redirect("portal:home", last)
    if len(codes) == 1:
        return redirect("portal:home", codes[0])
    return render(request, "portal/switcher.html", {"choices": memberships})


@login_required
@allows("GET")
def switch(request: HttpRequest) -> HttpResponse:
    memberships = Membership.objects.select_related("merchant").filter(user=request.user)
    return render(request, "portal/switcher.html", {"choices": memberships.order_by("merchant__name")})
