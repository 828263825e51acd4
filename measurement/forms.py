"""Forms of measurement's pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from measurement import words
from measurement.choices import Platform, Rhythm
from measurement.models import Category, Spu
from measurement.words import keeping, moves
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


class ProductForm(forms.Form):
    """A product of the shelf, and from which day it has which margin. ``categories`` by code are read once for
    all forms of a page."""

    code = forms.CharField(
        label=_("Code of the product"), max_length=60, help_text=_("Your own; files name the product by it.")
    )
    name = forms.CharField(label=_("Name"), max_length=160)
    category = forms.ChoiceField(label=_("Category"), help_text=_("It sets the decision cycle."))
    margin = forms.DecimalField(
        label=_("Margin in %"),
        min_value=-100,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=_("Of revenue. Empty: as before."),
    )
    valid_from = forms.DateField(
        label=_("Margin holds from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
        help_text=_("Before its first day a margin is unknown."),
    )

    def __init__(self, *args: Any, categories: Mapping[str, Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.fields["category"]
        assert isinstance(known, forms.ChoiceField)
        known.choices = [("", "–"), *((code, category.name) for code, category in categories.items())]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("margin") is not None and not told.get("valid_from"):
            self.add_error("valid_from", _("Say from which day the margin holds."))
        return told


class ItemForm(forms.Form):
    """Which product an item of a platform is."""

    platform = forms.ChoiceField(label=_("Platform"), choices=[(str(one), str(one)) for one in Platform])
    item_id = forms.CharField(label=_("Item"), max_length=80)
    sku_id = forms.CharField(label=_("SKU"), max_length=80, required=False)
    spu = forms.ModelChoiceField(Spu.objects.none(), label=_("Product"), to_field_name="code")

    def __init__(self, *args: Any, spus: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.fields["spu"]
        assert isinstance(known, forms.ModelChoiceField)
        known.queryset = spus


class KeepingForm(forms.Form):
    """Why rows of a source are kept, on what basis and for how long."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=[("", "–"), *keeping.PURPOSES.items()])
    basis = forms.CharField(
        label=_("Legal basis"),
        max_length=300,
        help_text=_("Such as consent or contract, and the document that says so."),
    )
    since = forms.DateField(label=_("Holds since"), widget=forms.DateInput(attrs={"type": "date"}))
    days = forms.IntegerField(
        label=_("Days kept"),
        min_value=1,
        max_value=3_650,
        required=False,
        help_text=_("Empty: the default of this kind. Not less than the longest decision cycle in use."),
    )


class ConsentForm(forms.Form):
    """The consent that a use in a sensitive trade rests on."""

    consent = forms.CharField(
        label=_("Consent"),
        max_length=300,
        help_text=_("Who consented to what, and where it is written; for minors, their guardians."),
    )
    since = forms.DateField(label=_("Holds since"), widget=forms.DateInput(attrs={"type": "date"}))


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
        self.fields["view"].choices = views
        self.fields["rhythm"].choices = list(words_saved.RHYTHMS.items())
        self.fields["recipients"].choices = readers

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


def _choices(names: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(str(value), name) for value, name in names.items()]


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


class MoveForm(forms.Form):
    """A move on one row, with its owner, its reason and what it should bring."""

    dimension = forms.ChoiceField(
        choices=_choices(words.DIMENSIONS), widget=forms.HiddenInput, label=_("Rows")
    )
    key = forms.RegexField(r"^[0-9]{1,18}$", widget=forms.HiddenInput, label=_("Row"))
    kind = forms.ChoiceField(label=_("What is done"), choices=_choices(moves.MOVE_KINDS))
    starts_on = _day(_("From"))
    owner = forms.ChoiceField(label=_("Owner"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    measure = forms.ChoiceField(label=_("What should change"), choices=_choices(moves.MEASURES))
    direction = forms.ChoiceField(label=_("How"), choices=_choices(moves.DIRECTIONS))
    size = forms.DecimalField(
        label=_("By how many percent"), min_value=0, max_value=1000, max_digits=6, decimal_places=2
    )
    due_on = _day(_("By"), help_text=_("As many days before the start are compared with those up to here."))

    def __init__(self, *args: Any, members: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)
        owner.choices = members

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        starts_on, due_on = found.get("starts_on"), found.get("due_on")
        if starts_on and due_on and due_on <= starts_on:
            self.add_error("due_on", _("The day lies after the start: what comes between is compared."))
        if found.get("size") == 0 and found.get("direction") != "hold":
            self.add_error("size", _("A change is larger than zero percent."))
        return found


class StopRuleForm(forms.Form):
    """A rule for a campaign, written down before it starts."""

    campaign = forms.ChoiceField(label=_("Campaign"))
    launches_on = _day(_("Launch"))
    day = forms.IntegerField(
        label=_("On day t"), min_value=1, max_value=365, help_text=_("Day 1 is the launch.")
    )
    metric = forms.ChoiceField(label=_("Figure"), choices=_choices(moves.RULE_METRICS))
    against = forms.ChoiceField(label=_("If it"), choices=_choices(moves.AGAINST))
    threshold = forms.DecimalField(label=_("Threshold"), min_value=0, max_digits=14, decimal_places=4)
    action = forms.ChoiceField(label=_("Then"), choices=_choices(moves.ACTIONS))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, campaigns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaign = self.fields["campaign"]
        assert isinstance(campaign, forms.ChoiceField)
        campaign.choices = campaigns


class TriedCycleForm(forms.Form):
    """A cycle to try before it is set."""

    days = forms.IntegerField(label=_("Cycle in days"), min_value=1, max_value=730)
    source = forms.CharField(
        label=_("Where this figure comes from"),
        max_length=300,
        required=False,
        help_text=_("Said by itself when the days are one of the learned ones."),
    )


class RuleForm(forms.Form):
    """Why a rule of the layers is changed; its rows are read by :func:`rule_rows`."""

    reason = forms.CharField(
        label=_("Why it is changed"),
        max_length=300,
        help_text=_("Stands beside the version for those who read it later."),
    )


ROWS = 40


def rule_rows(posted: Any) -> list[dict[str, Any]]:
    """The rows of a rule as the page sends them: ``layer-1``, ``kinds-1`` (several), ``least-1``, ``days-1``
    (empty: the decision cycle). A row without a layer is left out; numbers that are none stay text, so that
    the rule says what is wrong with them."""
    rows = []
    for number in range(1, ROWS + 1):
        layer = posted.get(f"layer-{number}", "")
        if layer:
            days = posted.get(f"days-{number}", "").strip()
            rows.append(
                {
                    "layer": layer,
                    "kinds": posted.getlist(f"kinds-{number}"),
                    "least": _whole(posted.get(f"least-{number}", "").strip()),
                    "days": _whole(days) if days else None,
                }
            )
    return rows


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else text


class AudienceForm(forms.Form):
    """A definition of people, under a name."""

    name = forms.CharField(label=_("Name"), max_length=120)
    spu = forms.TypedChoiceField(label=_("Product"), coerce=int, empty_value=0, required=False)
    layers = forms.MultipleChoiceField(label=_("In the layers"), widget=forms.CheckboxSelectMultiple)
    without = forms.MultipleChoiceField(
        label=_("Without those who stand in"), widget=forms.CheckboxSelectMultiple, required=False
    )
    least_days = forms.IntegerField(
        label=_("In it for at least, days"), min_value=0, max_value=365, required=False
    )
    most_days = forms.IntegerField(
        label=_("In it for at most, days"), min_value=0, max_value=365, required=False
    )
    blogger = forms.TypedChoiceField(label=_("Carried in by"), coerce=int, empty_value=None, required=False)

    def __init__(
        self,
        *args: Any,
        spus: Iterable[tuple[int, str]] = (),
        bloggers: Iterable[tuple[int, str]] = (),
        layers: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        known: Any = self.fields
        known["spu"].choices = [("", _("The whole brand")), *spus]
        known["blogger"].choices = [("", _("Anybody's content")), *bloggers]
        known["layers"].choices = known["without"].choices = list(layers)

    def definition(self) -> dict[str, Any]:
        """What was said, as plain data."""
        return {name: value for name, value in self.cleaned_data.items() if name != "name"}
