"""Forms of measurement's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from measurement.models import Category


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
