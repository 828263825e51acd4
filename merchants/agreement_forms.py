"""Forms of bindings, cooperations and the blogger's profile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from merchants.models import BloggerProfile, Claim, Merchant, Rate
from merchants.models.agreement import BINDING, Shown
from merchants.models.merchant import SELLERS
from merchants.operations.agreements import Terms


class OfferForm(forms.Form):
    """What a merchant of this kind can offer: a seller the figures, an agency and a blogger a binding as well."""

    number = forms.CharField(
        label=_("Partner number"), max_length=40, help_text=_("Your partner finds it on its page “Partners”.")
    )
    rights = forms.MultipleChoiceField(
        label=_("For an agency and a blogger: the agency"),
        choices=[(right.value, right.label) for right in BINDING],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    figures = forms.MultipleChoiceField(
        label=_("With a merchant: beside title and day of the notes, the partner sees"),
        choices=Shown.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: until one of you ends it."),
    )

    def __init__(self, merchant: Merchant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if merchant.kind in SELLERS:
            del self.fields["rights"]
            self.fields["figures"].label = _("Beside title and day of its notes, the partner sees")

    def terms(self) -> Terms:
        told = self.cleaned_data
        last = told["ends_on"]
        until = last + timedelta(days=1) if last else None
        return Terms(told["starts_on"], until, told.get("rights", ()), told["figures"])


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = BloggerProfile
        fields = ("name", "external_id", "followers", "about")
        widgets = {"about": forms.Textarea(attrs={"rows": 3})}


class RateForm(forms.Form):
    work = forms.ChoiceField(label=_("Work"), choices=Rate.Work.choices)
    yuan = forms.DecimalField(
        label=_("Price in yuan"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("What you get; the platform’s fee comes on top."),
    )
    valid_from = forms.DateField(label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"}))

    def told(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {"work": told["work"], "fen": int(told["yuan"] * 100), "valid_from": told["valid_from"]}


class ClaimForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), choices=Claim.Kind.choices)
    value = forms.CharField(label=_("Id on the platform, or name of the brand"), max_length=120)
    grounds = forms.CharField(
        label=_("Grounds"), max_length=400, help_text=_("Such as a trademark, a contract, an account.")
    )


class DisputeForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), choices=Claim.Kind.choices)
    value = forms.CharField(label=_("Id on the platform, or name of the brand"), max_length=120)
    reason = forms.CharField(
        label=_("Why it is wrong"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
