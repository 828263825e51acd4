"""Forms of the way in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from merchants.models import Application
from merchants.models.onboarding import BRANDS, FORMS
from merchants.onboarding.checks import PERMANENT
from merchants.onboarding.requirements import Requirement, Words, trades
from merchants.operations.applications import Business
from merchants.queries import requirement_sets
from merchants.reasons import FAULTS


def said(words: Words) -> str:
    """A text of a requirement set in the reader's language; empty for none."""
    return words.get("zh-hans" if (get_language() or "").startswith("zh") else "en", "")


class BusinessForm(forms.Form):
    name = forms.CharField(label=_("Name of the business"), max_length=120)
    form = forms.ChoiceField(
        label=_("Legal form"), choices=[(code.value, text) for code, text in FORMS.items()]
    )
    brand = forms.ChoiceField(
        label=_("Relation to the brand"), choices=[(code.value, text) for code, text in BRANDS.items()]
    )
    country = forms.ChoiceField(label=_("Country"), help_text=_("As a code of two letters."))
    trades = forms.MultipleChoiceField(label=_("Trades"), widget=forms.CheckboxSelectMultiple)
    stores = forms.CharField(
        label=_("Stores"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: the name or the address."),
    )

    def __init__(self, *args: Any, case: Application | None = None, **kwargs: Any) -> None:
        if case is not None:
            kwargs["initial"] = {
                "name": case.name,
                "form": case.form,
                "brand": case.brand,
                "country": case.country,
                "trades": case.trades,
                "stores": "\n".join(case.stores),
            }
        super().__init__(*args, **kwargs)
        sets = requirement_sets.in_force(timezone.localdate())
        now, countries = trades(sets), sorted({one.country for one in sets})
        self.fields["country"].choices = [(code, code) for code in countries]  # type: ignore[attr-defined]
        if len(countries) == 1:  # nothing to choose
            del self.fields["country"]
        self.fields["trades"].choices = [  # type: ignore[attr-defined]
            (code, said(words)) for code, words in now.items()
        ]

    def business(self) -> Business:
        told = self.cleaned_data
        return Business(
            told["name"],
            told["form"],
            told["brand"],
            told["trades"],
            told["stores"].splitlines(),
            told.get("country", "CN"),
        )


class AnswerForm(forms.Form):
    """The fields of one requirement. Anything may be kept; what is wrong with it is told beside it."""

    def __init__(self, one: Requirement, values: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(
            {f"{one.key}-{key}": value for key, value in values.items()} if any(values.values()) else None,
            prefix=one.key,
            **kwargs,
        )
        for field in one.fields:
            hint = _("as 2027-03-01") if field.type == "date" else ""
            if field.allow_permanent:
                hint = _("as 2027-03-01, or “permanent”")
            self.fields[field.key] = forms.CharField(
                label=said(field.label), max_length=200, required=False, help_text=hint
            )
        if self.is_bound:
            for key, code in one.faults(values, timezone.localdate()).items():
                self.add_error(key, str(FAULTS[code]))


def written(one: Requirement, data: Any) -> dict[str, str]:
    """What was filled in for a requirement; 永久 and 长期 stand for a date without an end."""
    found = {field.key: str(data.get(f"{one.key}-{field.key}", "")) for field in one.fields}
    return {key: PERMANENT if value.strip() in {"永久", "长期"} else value for key, value in found.items()}
