"""The trails of all merchants, searched by actor, merchant, object, act and day; and unusual looks in any of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from merchants import audit
from merchants.access import allows
from merchants.admin.desk import OPERATOR, SupportAdmin
from merchants.models import AuditEvent
from merchants.periods import SHANGHAI
from merchants.queries import searched_trail


@admin.register(AuditEvent)
class TrailAdmin(SupportAdmin):
    list_display = ("at", "act", "actor", "object_kind", "object_id", "merchant")
    search_fields = ("act", "=actor", "object_kind", "=object_id", "merchant__code")
    list_filter = ("act",)
    list_select_related = ("merchant",)
    date_hierarchy = "at"

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view(unusual), "merchants_auditevent_unusual"
        return [path("unusual/", view, name=name), *super().get_urls()]


@allows("GET")
def unusual(request: HttpRequest) -> HttpResponse:
    """Looks of the last 30 days that are worth a question, of members and of operators, over all merchants."""
    if not request.user.has_perm("merchants.view_auditevent"):
        raise PermissionDenied
    rows = AuditEvent.objects.using(OPERATOR)
    found = searched_trail.unusual(rows, audit.looks(), zone=SHANGHAI, now=timezone.now())
    context = {
        **admin.site.each_context(request),
        "title": _("Unusual looks"),
        "opts": AuditEvent._meta,
        "unusual": searched_trail.told(found),
    }
    return render(request, "admin/merchants/auditevent/unusual.html", context)
