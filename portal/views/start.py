"""Where a person lands after logging in, and the choice of the merchant."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from merchants.access import allows
from merchants.models import Membership
from merchants.roles import Permission, permissions_of


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
        return redirect(first_page(found[0]), found[0].merchant.code)
    return render(
        request, "portal/switcher.html", {"choices": memberships, "may_apply": settings.APPLICATIONS_OPEN}
    )


@login_required
@allows("GET")
def switch(request: HttpRequest) -> HttpResponse:
    memberships = Membership.objects.select_related("merchant").filter(user=request.user)
    context = {"choices": memberships.order_by("merchant__name"), "may_apply": settings.APPLICATIONS_OPEN}
    return render(request, "portal/switcher.html", context)


def first_page(membership: Membership) -> str:
    """Where a member begins: the desk for whom results are none of their business."""
    may = permissions_of(membership.role)
    return "portal:home" if Permission.SEE_RESULTS in may or Permission.SEE_DESK not in may else "leads:inbox"
