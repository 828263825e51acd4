"""What every page's frame shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from merchants.models import Membership


def shell(request: HttpRequest) -> dict[str, Any]:
    """Merchant, switcher and menu; the menu needs a merchant that has passed the door."""
    merchant = getattr(request, "merchant", None)
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        applying = {"may_register": settings.APPLICATIONS_OPEN}
        return {"merchant": None, "nav": [], "tabs": [], "memberships": [], **applying}
    memberships = list(
        Membership.objects.select_related("merchant").filter(user=request.user).order_by("merchant__name")
    )
    from portal import nav

    return {
        "merchant": merchant,
        "memberships": memberships,
        **(nav.menu(request) if merchant else {"nav": [], "tabs": [], "saveable": ""}),
        "permissions": getattr(request, "permissions", frozenset()),
        "support_view": getattr(request, "support_view", None),
        "demo": settings.DEMO,
    }
