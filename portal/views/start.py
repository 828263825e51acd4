"""Where a person lands after logging in, and the choice of the merchant."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from merchants.access import allows
from merchants.models import Membership
from portal.nav import entry


@login_required
@allows("GET")
def start(request: HttpRequest) -> HttpResponse:
    """Back to the merchant worked with last; else the only one; else the choice."""
    memberships = list(
        Membership.objects.select_related("merchant").filter(user=request.user).order_by("merchant__name")
    )
    last = request.session.get("merchant")
    found = [one for one in memberships if one.merchant.code == last] or memberships
    if len(found) == 1:
        return redirect(entry(found[0]))
    return render(
        request, "portal/switcher.html", {"choices": memberships, "may_apply": settings.APPLICATIONS_OPEN}
    )


@login_required
@allows("GET")
def switch(request: HttpRequest) -> HttpResponse:
    memberships = Membership.objects.select_related("merchant").filter(user=request.user)
    context = {"choices": memberships.order_by("merchant__name"), "may_apply": settings.APPLICATIONS_OPEN}
    return render(request, "portal/switcher.html", context)
