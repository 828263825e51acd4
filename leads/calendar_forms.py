"""Forms of the calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.forms import LOCAL, LOCAL_FORMATS
from leads.models import BookingRule, Lead
from leads.operations.reminders import LONGEST
from leads.queries import calendar
from merchants.models import Merchant


class SlotForm(forms.Form):
    """Who gets a time; the latest leads are offered, others are booked from their own page."""

    lead: Any = forms.ModelChoiceField(label=_("Lead"), queryset=None)
    starts_at = forms.DateTimeField(label=_("Begins"), widget=LOCAL, input_formats=LOCAL_FORMATS)

    def __init__(self, *args: Any, merchant: Merchant, lead: Lead | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = calendar.bookable(merchant)
        field: Any = self.fields["lead"]
        field.queryset = rows
        offered = list(rows[: calendar.BOOKABLE])
        if lead is not None and lead not in offered:
            offered.insert(0, lead)
        field.choices = [(row.pk, _named(row)) for row in offered]


def _named(lead: Lead) -> str:
    masked = [detail.masked for detail in lead.contact.details.all()][:1]
    return " · ".join([f"#{lead.pk}", lead.contact.name or str(lead.contact), *masked])


class TimeForm(forms.Form):
    starts_at = forms.DateTimeField(label=_("Another time"), widget=LOCAL, input_formats=LOCAL_FORMATS)


class RuleForm(forms.Form):
    """What a store takes at once."""

    slot_minutes = forms.IntegerField(label=_("Minutes of a slot"), min_value=5, max_value=1440)
    capacity = forms.IntegerField(label=_("Appointments at once"), min_value=0, max_value=500)
    remind_hours = forms.CharField(
        label=_("Reminders, hours before"),
        required=False,
        max_length=60,
        help_text=_("Separated by commas; none: no reminders. At most a week before."),
    )

    def __init__(self, *args: Any, rule: BookingRule, **kwargs: Any) -> None:
        told = ", ".join(str(one) for one in rule.remind_hours)
        stands = {"slot_minutes": rule.slot_minutes, "capacity": rule.capacity, "remind_hours": told}
        super().__init__(*args, **(kwargs | {"initial": stands}))

    def clean_remind_hours(self) -> list[int]:
        text = self.cleaned_data["remind_hours"].replace("，", ",").replace("、", ",")
        words = [word.strip() for word in text.split(",") if word.strip()]
        if not all(word.isascii() and word.isdigit() and 1 <= int(word) <= LONGEST for word in words):
            raise forms.ValidationError(_("Whole hours from 1 to %(most)d."), params={"most": LONGEST})
        return sorted({int(word) for word in words}, reverse=True)
