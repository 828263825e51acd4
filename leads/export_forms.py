"""Forms of what leaves the desk as files, and of what the owner watches over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads import words
from leads.models import Export, Oversight, Stage
from leads.queries.asked import LONGEST_TEXT, Asked
from merchants.models import Merchant

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
OF = {
    "stage": (Export.Kind.LEADS,),
    "text": (Export.Kind.LEADS,),
    "open": (Export.Kind.CONSULTATIONS, Export.Kind.MESSAGES),
    "mine": (Export.Kind.CONSULTATIONS, Export.Kind.MESSAGES),
}
"""Filters that only some lists have."""


class ExportForm(forms.Form):
    """Which list, as what file; the filters are those of the list on the screen. Without ``may_see_contacts`` it has
    no field that asks for them, and without ``agent`` (the number of the agent who asks) none for their own."""

    kind = forms.ChoiceField(label=_("List"), choices=Export.Kind.choices)
    form = forms.ChoiceField(label=_("File"), choices=Export.Form.choices)
    first = forms.DateField(label=_("From"), required=False, widget=DAY)
    last = forms.DateField(label=_("To"), required=False, widget=DAY)
    stage = forms.ChoiceField(label=_("Stage (of leads)"), required=False)
    text = forms.CharField(label=_("Name or phone (of leads)"), required=False, max_length=LONGEST_TEXT)
    open = forms.BooleanField(label=_("Only open consultations"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)
    with_contacts = forms.BooleanField(label=_("With phones and WeChat ids in the clear"), required=False)
    reason = forms.CharField(label=_("What they are needed for"), required=False, max_length=200)

    def __init__(
        self, *args: Any, merchant: Merchant, agent: int | None, may_see_contacts: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.agent = agent
        fields: dict[str, Any] = self.fields
        stages = Stage.objects.for_merchant(merchant).order_by("position")
        fields["stage"].choices = [
            ("", _("All")),
            *((row.code, words.stage(row.code, row.label)) for row in stages),
        ]
        if agent is None:
            del fields["mine"]
        if not may_see_contacts:
            del fields["with_contacts"], fields["reason"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        first, last = told.get("first"), told.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        for name, kinds in OF.items():
            if told.get(name) and told.get("kind") not in kinds:
                told[name] = "" if name in {"stage", "text"} else False
        if told.get("with_contacts") and not told.get("reason", "").strip():
            self.add_error("reason", _("Say what the contacts are needed for."))
        return told

    @property
    def asked(self) -> Asked:
        told = self.cleaned_data
        return Asked(
            stage=told["stage"],
            text=told["text"],
            agent=self.agent if told.get("mine") else None,
            open=told["open"],
            first=told["first"],
            last=told["last"],
        )


class LimitsForm(forms.Form):
    """From how many on the owner hears of it, and when who leads the shift hears of the day before."""

    reveals_an_hour = forms.IntegerField(
        label=_("Contacts looked at in an hour"), min_value=1, max_value=100_000
    )
    reveals_a_day = forms.IntegerField(label=_("Contacts looked at in a day"), min_value=1, max_value=100_000)
    rows_a_day = forms.IntegerField(
        label=_("Rows with contacts exported in a day"), min_value=1, max_value=1_000_000
    )
    letter_hour = forms.IntegerField(
        label=_("Hour of the letter to who leads the shift"), min_value=0, max_value=23
    )

    def __init__(self, *args: Any, rule: Oversight, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(rule, name) for name in self.fields}
