"""Forms of a source: where its leads belong, how the labels of its forms are read, a new token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.models import Source
from merchants.models import Merchant, Store

NAMES = ("name", "phone", "wechat", "email", "city")
"""What a label of a form may mean."""


class PlaceForm(forms.Form):
    """What holds for leads that come from now on."""

    store: Any = forms.ModelChoiceField(
        label=_("Store"), queryset=None, required=False, empty_label=_("not of one store")
    )
    skill = forms.CharField(label=_("Service"), max_length=60, required=False)
    labels = forms.CharField(
        label=_("Labels of its forms"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, as 您的电话 = phone; it means name, phone, wechat, email or city."),
    )

    def __init__(self, *args: Any, merchant: Merchant, source: Source, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "store": source.store_id,
            "skill": source.skill,
            "labels": _lines(source.labels),
        }
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["store"].queryset = Store.objects.for_merchant(merchant).order_by("name")

    def clean_labels(self) -> dict[str, str]:
        told: dict[str, str] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["labels"].splitlines())):
            label, _sign, name = (part.strip() for part in line.replace("＝", "=").rpartition("="))
            if not label or name not in NAMES:
                raise forms.ValidationError(
                    _("The line “%(line)s” is not understood. Write 您的电话 = phone."), params={"line": line}
                )
            told[label] = name
        return told


class TokenForm(forms.Form):
    token = forms.CharField(label=_("New token or secret"), max_length=200)


def _lines(labels: Mapping[str, str]) -> str:
    return "\n".join(f"{label} = {name}" for label, name in labels.items())
