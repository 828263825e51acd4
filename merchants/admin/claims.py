"""Disputes, which the operator decides with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.admin.desk import SupportAdmin, listed
from merchants.models import Claim, Dispute, Merchant
from merchants.operations import claims
from merchants.reasons import CLAIMS


class DecisionForm(forms.ModelForm):
    outcome = forms.ChoiceField(
        label=gettext_lazy("decision"),
        choices=[(state, Dispute.State(state).label) for state in claims.DECIDED],
        widget=forms.RadioSelect,
    )
    decision = forms.CharField(
        label=gettext_lazy("reason of the decision"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Both sides read it."),
    )

    class Meta:
        model = Dispute
        fields: tuple[str, ...] = ()


@admin.register(Dispute)
class DisputeAdmin(SupportAdmin):
    """Open ones may be decided; what was decided is shown."""

    form = DecisionForm
    list_display = ("kind", "value", "merchant", "claimant", "state", "opened_at", "decided_at")
    list_filter = ("state", "kind")
    search_fields = ("value", "merchant__code", "claimant__code")
    list_select_related = ("merchant", "claimant")
    ordering = ("-opened_at",)
    facts = ("kind", "value", "merchant", "claimant", "grounds", "reason", "opened_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = admin.ModelAdmin.has_change_permission(self, request, obj)
        return may and (obj is None or obj.state == Dispute.State.OPEN)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if self.has_change_permission(request, obj):
            return (*self.facts, "outcome", "decision")
        return (*self.facts, "state", "decided_by", "decided_at", "decision")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.facts

    @admin.display(description=gettext_lazy("grounds of the claim"))
    def grounds(self, row: Dispute) -> str:
        return row.claim.grounds

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        told = form.cleaned_data
        merchant = Merchant.objects.get(pk=obj.merchant_id)
        try:
            claims.decide(obj.pk, merchant, told["outcome"], told["decision"], user=request.user)
            self.message_user(request, _("Decided; both sides read the reason."), messages.SUCCESS)
        except claims.Refused as why:
            self.message_user(request, str(CLAIMS[why.code]), messages.ERROR)


listed(Claim, "kind value state claimed_at changed_at", "value", filters="kind state")
