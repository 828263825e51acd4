"""The operator's pages that know all apps."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from merchants.access import allows
from merchants.admin.pages import operator_page
from portal.ecosystem import Cell, Size
from portal.queries.ecosystem import MONTHS, ecosystem, names_of

SIZES: dict[Size, Any] = {
    Size.SMALL: gettext_lazy("small"),
    Size.MIDDLE: gettext_lazy("in between"),
    Size.LARGE: gettext_lazy("large"),
    Size.UNKNOWN: gettext_lazy("without an order in those days"),
}
STEPS = (
    gettext_lazy("described the business"),
    pgettext_lazy("merchants", "applied"),
    pgettext_lazy("merchants", "approved"),
    gettext_lazy("first order or lead"),
    gettext_lazy("active in the last 28 days"),
)


@operator_page("ecosystem", gettext_lazy("Ecosystem"))
@allows("GET")
def page(request: HttpRequest) -> HttpResponse:
    """By trade and month, with what each figure means and what it rests on."""
    if not request.user.has_perm("merchants.view_merchant"):
        raise PermissionDenied
    asked = request.GET.get("months", "")
    months = next((one for one in MONTHS if str(one) == asked), MONTHS[0])
    found = ecosystem(months, now=timezone.now())
    names = names_of([trade for _month, trade, _cell in found.rows if trade])
    context = {
        **admin.site.each_context(request),
        "title": gettext_lazy("Ecosystem"),
        "found": found,
        "months": months,
        "choices": MONTHS,
        "sizes": [(SIZES[size], n) for size, n in found.whole.sizes.items()],
        "steps": list(zip(STEPS, found.whole.steps, strict=True)),
        "rows": [
            {
                "month": month,
                "running": month == found.running,
                "trade": names.get(trade or "", ""),
                "all": trade is None,
                "cell": one,
            }
            for month, trade, one in found.rows
            if trade is None or _holds(one)
        ],
    }
    return TemplateResponse(request, "admin/ecosystem.html", context)


def _holds(one: Cell) -> bool:
    """Whether anything of a trade's month is known; an empty line would only be in the way."""
    return bool(one.applied or one.approved or one.first or one.active or one.notes or one.lives)
