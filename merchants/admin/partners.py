"""Partners, each spoken to or paused for all merchants, with the reason."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from merchants.admin.acts import REFUSED
from merchants.admin.desk import OPERATOR, SupportAdmin
from merchants.models import PausedPartner
from merchants.operations.supervision import partners


@admin.register(PausedPartner)
class PartnersAdmin(SupportAdmin):
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every partner with its state; POST pauses or resumes one, for superusers."""
        if request.method == "POST":
            return _act(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        paused = {row.partner: row for row in PausedPartner.objects.using(OPERATOR)}
        context = {
            **admin.site.each_context(request),
            "title": PausedPartner._meta.verbose_name_plural,
            "opts": PausedPartner._meta,
            "partners": [(code, name, paused.get(code)) for code, name in partners.known().items()],
        }
        return render(request, "admin/merchants/pausedpartner/change_list.html", context)

    changelist_view.methods = ("GET", "POST", "HEAD")  # read by `manage.py routes`


def _act(request: HttpRequest) -> HttpResponse:
    if not request.user.is_superuser:
        raise PermissionDenied
    partner, act = request.POST.get("partner", ""), request.POST.get("act", "")
    do = partners.pause if act == "pause" else partners.resume
    if partner in partners.known():
        try:
            do(partner, reason=request.POST.get("reason", ""), by=f"user:{request.user.pk}")
        except tuple(REFUSED) as refused:
            messages.error(request, str(REFUSED[type(refused)]))
        else:
            messages.success(request, _("It holds from the next call on."))
    return redirect("admin:merchants_pausedpartner_changelist")
