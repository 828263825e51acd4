"""Forms of measurement's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from measurement.choices import Rhythm
from measurement.models import Category
from measurement.words import saved as words_saved
from measurement.words.process import PARTS


class CycleForm(forms.Form):
    """A merchant's own decision cycle of a category."""

    category = forms.ModelChoiceField(Category.objects.all(), label=_("Category"), to_field_name="code")
    days = forms.IntegerField(
        label=_("Cycle in days"),
        min_value=0,
        max_value=730,
        help_text=_("1 to 730; 0 goes back to the shared cycle."),
    )
    source = forms.CharField(
        label=_("Where this figure comes from"),
        max_length=300,
        help_text=_("A study, your own orders, a published figure: people who read the report will see it."),
    )


class ViewForm(forms.Form):
    """A name for the report that is on the screen."""

    name = forms.CharField(label=_("Name"), max_length=80)
    shared = forms.BooleanField(label=_("Everybody at this merchant sees it"), required=False)
    page = forms.CharField(max_length=60, widget=forms.HiddenInput)
    query = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)


class ScheduleForm(forms.Form):
    """When a report goes out by itself, and to whom; ``readers`` are the members who may get it."""

    view = forms.ChoiceField(label=_("Report"))
    rhythm = forms.ChoiceField(label=_("How often"))
    day = forms.IntegerField(
        label=_("Day"),
        min_value=1,
        max_value=28,
        initial=1,
        help_text=_("Weekly: 1 is Monday, 7 Sunday. Monthly: day of the month."),
    )
    hour = forms.IntegerField(
        label=_("Hour in Shanghai"), min_value=0, max_value=23, initial=7, help_text=_("0 to 23")
    )
    form = forms.ChoiceField(label=_("File"), choices=[("xlsx", "XLSX"), ("csv", "CSV")])
    language = forms.ChoiceField(label=_("Language"), choices=[("zh-hans", "简体中文"), ("en", "English")])
    recipients = forms.MultipleChoiceField(label=_("To"), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, *args: Any, views: list[tuple[str, str]], readers: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["view"].choices = views  # type: ignore[attr-defined]
        self.fields["rhythm"].choices = list(words_saved.RHYTHMS.items())  # type: ignore[attr-defined]
        self.fields["recipients"].choices = readers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("rhythm") == Rhythm.WEEKLY and told.get("day", 1) > 7:
            self.add_error("day", _("A week has the days 1 (Monday) to 7 (Sunday)."))
        return told


class AnnotationForm(forms.Form):
    """What happened on a day or a span of days."""

    first_day = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    text = forms.CharField(label=_("What happened"), max_length=160)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        first, last = told.get("first_day"), told.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("It ends before it begins."))
        return told


class EngagementForm(forms.Form):
    """What a merchant calls engagement, and what a hit."""

    parts = forms.MultipleChoiceField(
        label=_("What counts as engagement"),
        choices=[(str(part), name) for part, name in PARTS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Engagement needs at least one part.")},
    )
    hit_likes = forms.IntegerField(label=_("A hit has at least so many likes"), min_value=1)
    hit_total = forms.IntegerField(label=_("or at least so many engagements"), min_value=1)
