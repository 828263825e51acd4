"""Forms of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from leads import words
from leads.arrival_words import GIVEN
from leads.channels import access
from leads.models import Consent, Lead, Reason, Stage
from merchants.models import Merchant, Store

LOCAL = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
LOCAL_FORMATS = ["%Y-%m-%dT%H:%M"]


class MoveForm(forms.Form):
    """To which stage, and what that stage asks for."""

    to = forms.ChoiceField(label=_("To stage"))
    reason = forms.ChoiceField(label=_("Reason of an end"), required=False)
    next_contact_on = forms.DateField(
        label=_("Next contact on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    duplicate_of = forms.IntegerField(label=_("Number of the lead it repeats"), required=False, min_value=1)
    remark = forms.CharField(label=_("Remark"), required=False, max_length=200)

    def __init__(self, *args: Any, merchant: Merchant, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant
        stages = Stage.objects.for_merchant(merchant).exclude(pk=lead.stage_id).order_by("position")
        self.fields["to"].choices = [(row.code, words.stage(row.code, row.label)) for row in stages]
        self.fields["to"].initial = next((s.code for s in stages if s.position > lead.stage.position), None)
        reasons = Reason.objects.for_merchant(merchant).filter(archived_at=None).order_by("-kind", "pk")
        self.fields["reason"].choices = [
            ("", "–"),
            *((row.code, row.label or words.REASONS.get(row.code, row.code)) for row in reasons),
        ]

    def clean_duplicate_of(self) -> Lead | None:
        number = self.cleaned_data["duplicate_of"]
        if number is None:
            return None
        found: Lead | None = Lead.objects.for_merchant(self.merchant).filter(pk=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no lead with this number."))
        return found


class LeadPlaceForm(forms.Form):
    """For which store, and for which service: known ones are offered, others may be typed."""

    store: Any = forms.ModelChoiceField(label=_("Store"), queryset=None, required=False, empty_label="–")
    skill = forms.CharField(
        label=_("Service"), max_length=60, required=False, widget=forms.TextInput(attrs={"list": "services"})
    )

    def __init__(self, *args: Any, merchant: Merchant, lead: Lead, **kwargs: Any) -> None:
        kwargs["initial"] = {"store": lead.store_id, "skill": lead.skill}
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["store"].queryset = Store.objects.for_merchant(merchant).order_by("name")


class BookForm(forms.Form):
    store: Any = forms.ModelChoiceField(label=_("Store"), queryset=None)
    starts_at = forms.DateTimeField(label=_("Begins"), widget=LOCAL, input_formats=LOCAL_FORMATS)

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = Store.objects.for_merchant(merchant).order_by("name")


class ConsentForm(forms.Form):
    """What was said to the keeping of a sensitive chat; without a time it was said now."""

    act = forms.ChoiceField(choices=Consent.Act.choices)
    how = forms.ChoiceField(choices=Consent.How.choices)
    wording = forms.CharField(required=False, max_length=40)
    stated_at = forms.DateTimeField(required=False, input_formats=LOCAL_FORMATS)


class DealForm(forms.Form):
    """Amounts come in yuan and are kept in fen."""

    yuan = forms.DecimalField(label=_("Agreed value in yuan"), min_value=0, max_digits=12, decimal_places=2)
    order_number = forms.CharField(label=_("Order number"), required=False, max_length=64)
    evidence = forms.CharField(label=_("Evidence"), required=False, max_length=200)

    @property
    def fen(self) -> int:
        return int(self.cleaned_data["yuan"] * Decimal(100))


class PostForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"))
    yuan = forms.DecimalField(label=_("Amount in yuan"), min_value=0, max_digits=12, decimal_places=2)
    reference = forms.CharField(label=_("Number of the payment"), max_length=64)

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds

    @property
    def fen(self) -> int:
        return int(self.cleaned_data["yuan"] * Decimal(100))


def _rule(name: str) -> RegexValidator | None:
    """How a thing to type in is written, where that is known."""
    if name.startswith("state_"):
        return RegexValidator(r"\A[0-9]{1,9}\Z", _("A whole number."))
    if name == "key_hex":
        return RegexValidator(r"\A[0-9a-fA-F]{32}\Z", _("32 hexadecimal digits."))
    if name == "automatic":
        return RegexValidator(r"\A[0-9]{1,9}([,， ]+[0-9]{1,9})*\Z", _("Whole numbers with commas between."))
    return None


class AccessForm(forms.Form):
    """What we speak to a source with. A secret is typed and shown never again; left empty, it stays."""

    def __init__(self, *args: Any, channel: str, stands: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel = channel
        for one in access.ACCESS.get(channel, ()):
            label, helps = GIVEN[one.name]
            self.fields[one.name] = forms.CharField(
                label=label,
                help_text=helps,
                max_length=400,
                required=False,
                initial="" if one.secret else stands.get(one.name) or one.usual,
                widget=forms.PasswordInput if one.secret else forms.TextInput,
            )
            if rule := _rule(one.name):
                self.fields[one.name].validators.append(rule)

    def given(self) -> dict[str, str]:
        """What was typed, without the secrets that were left empty."""
        secret = {one.name for one in access.ACCESS.get(self.channel, ()) if one.secret}
        return {name: text for name, text in self.cleaned_data.items() if text or name not in secret}
