"""The gates that the operator sets for launching a category, and what merchants said and launched."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from merchants.admin.desk import SupportAdmin, listed
from merchants.models import ExpiryLetter, Launch, LaunchGate, ReadinessAnswer
from merchants.onboarding.requirements import Stage
from merchants.onboarding_forms import said
from merchants.queries import requirement_sets


class GateForm(forms.ModelForm):
    """A gate for a category that requirements are published for."""

    class Meta:
        model = LaunchGate
        fields = (
            "trade", "mode", "refund_most", "late_shipment_most", "reply_in_time_least", "fewest",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "trade" in self.fields:
            sets = requirement_sets.in_force(timezone.localdate(), Stage.LAUNCH)
            known = {code: f"{said(one.label)} · {code}" for one in sets for code in one.categories}
            self.fields["trade"] = forms.ChoiceField(
                label=self.fields["trade"].label, choices=sorted(known.items())
            )


@admin.register(LaunchGate)
class LaunchGateAdmin(SupportAdmin):
    form = GateForm
    editable = True
    ordering = ("trade",)
    list_display = (
        "trade", "mode", "refund_most", "late_shipment_most", "reply_in_time_least", "fewest", "changed_by",
        "changed_at",
    )  # fmt: skip
    list_filter = ("mode",)
    search_fields = ("trade",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("trade",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.changed_by = f"user:{request.user.pk}"
        super().save_model(request, obj, form, change)


listed(ReadinessAnswer, "trade key answered_at answered_by", "trade key", filters="trade")
listed(ExpiryLetter, "key last_day days person state sent_at error", "key error", filters="state")
listed(Launch, "trade gate open_items launched_at launched_by", "trade", filters="trade gate")
