"""Forms of what agents choose from: snippets, stages, reasons of an end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads.models import Reason, Snippet, Stage, StageType

FIRST, LAST = 0, 999  # positions


class SnippetForm(forms.Form):
    shortcut = forms.SlugField(label=_("Shortcut"), max_length=30, allow_unicode=True)
    title = forms.CharField(label=_("Title"), max_length=80)
    text = forms.CharField(label=_("Text"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    position = forms.IntegerField(label=_("Position"), initial=0, min_value=FIRST, max_value=LAST)

    def __init__(self, *args: Any, row: Snippet | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _of(row, self.base_fields)
        super().__init__(*args, **kwargs)


class StageForm(forms.Form):
    """The type is said when a stage is made."""

    label = forms.CharField(label=_("Name"), max_length=60)
    type = forms.ChoiceField(label=pgettext_lazy("stage", "Counts as"), choices=StageType.choices)
    position = forms.IntegerField(label=_("Position"), initial=0, min_value=FIRST, max_value=LAST)

    def __init__(self, *args: Any, row: Stage | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _of(row, self.base_fields)
        super().__init__(*args, **kwargs)
        if row is not None:
            del self.fields["type"]
            self.fields["label"].required = False  # empty: as it is usually called


class ReasonForm(forms.Form):
    label = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(label=_("Reason of"), choices=Reason.Kind.choices)
    archived = forms.BooleanField(label=_("Put away: not to be chosen any more"), required=False)

    def __init__(self, *args: Any, row: Reason | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"label": row.label, "archived": row.archived_at is not None} if row else {}
        super().__init__(*args, **kwargs)
        if row is not None:
            del self.fields["kind"]
            self.fields["label"].required = False


def _of(row: Any, names: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names} if row is not None else {}
