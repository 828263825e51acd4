"""The planner's form: from a question to a draft, prefilled by the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from measurement.lift.geo import Method
from measurement.lift.plan import ExperimentKind, Outcome
from measurement.models import Experiment, Spu
from measurement.operations.experiments import Draft
from measurement.words import experiments as told
from merchants.models import Merchant

FIRST_IN_DAYS, LASTS_DAYS = 7, 28


class ExperimentForm(forms.Form):
    """A draft. Which fields count depends on the kind; the others are passed over."""

    kind = forms.ChoiceField(label=_("What is compared"), choices=list(told.KINDS.items()))
    name = forms.CharField(label=_("Name of the experiment"), max_length=120)
    hypothesis = forms.CharField(
        label=_("What you expect, in a sentence"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who, what, how much, by when. It is fixed with the registration."),
    )
    spu = forms.ModelChoiceField(
        Spu.objects.none(), label=_("Product"), required=False, empty_label=_("All products")
    )
    starts_on = forms.DateField(
        label=_("First day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    hoped_lift = forms.DecimalField(
        label=_("Hoped-for lift, %"),
        min_value=0,
        max_value=1000,
        max_digits=6,
        decimal_places=1,
        help_text=_("The smallest lift that would be worth its money; not the largest one can dream of."),
    )
    outcome = forms.ChoiceField(
        label=_("What is counted"), choices=list(told.OUTCOMES.items()), required=False
    )
    population = forms.ChoiceField(
        label=_("Who takes part"), choices=list(told.POPULATIONS.items()), required=False
    )
    sequential = forms.BooleanField(
        label=_("Look before the end"),
        required=False,
        help_text=_(
            "Allowed only with an interval that stays valid at every look; it is about half as wide again."
        ),
    )
    method = forms.ChoiceField(
        label=_("How it is read out"),
        choices=[(str(method), told.METHODS[method]) for method in Method],
        required=False,
    )

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["spu"].queryset = Spu.objects.for_merchant(merchant).order_by("name")

    def draft(self) -> Draft:
        data = self.cleaned_data
        return Draft(
            name=data["name"],
            kind=ExperimentKind(data["kind"]),
            hypothesis=data["hypothesis"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            hoped_lift=float(data["hoped_lift"]) / 100,
            spu=data["spu"],
            outcome=Outcome(data["outcome"] or Outcome.REVENUE),
            population=data["population"] or "touched",
            method=Method(data["method"] or Method.TBR),
            sequential=bool(data["sequential"]),
        )


def prefilled(given: Mapping[str, str], today: date) -> dict[str, Any]:
    """What the address says, as far as it makes sense: kind, spu, starts, ends, lift, name, method."""
    kind = given.get("kind", "")
    starts = _day(given.get("starts")) or today + timedelta(days=FIRST_IN_DAYS)
    ends = _day(given.get("ends"))
    if ends is None or ends < starts:
        ends = starts + timedelta(days=LASTS_DAYS - 1)
    spu, lift = given.get("spu", ""), given.get("lift", "")
    return {
        "kind": kind if kind in told.KINDS else str(ExperimentKind.HOLDOUT),
        "name": given.get("name", "")[:120].replace("\0", ""),
        "spu": int(spu) if spu.isascii() and spu.isdigit() and len(spu) < 16 else None,
        "starts_on": starts,
        "ends_on": ends,
        "hoped_lift": lift
        if lift.replace(".", "", 1).isascii() and lift.replace(".", "", 1).isdigit()
        else "10",
        "method": given.get("method") if given.get("method") in set(map(str, Method)) else str(Method.TBR),
    }


def of_experiment(row: Experiment) -> dict[str, Any]:
    """A draft as it stands, to be changed."""
    return {
        "kind": row.kind,
        "name": row.name,
        "hypothesis": row.hypothesis,
        "spu": row.spu_id,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "hoped_lift": round(row.design["hoped_lift"] * 100, 1),
        **{name: row.design.get(name) for name in ("outcome", "population", "sequential", "method")},
    }


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2099 else None
