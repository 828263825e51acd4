"""Forms of how the desk is run: who answers, when, how fast."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.clock import china, spelling
from leads.clock.hours import BadHours
from leads.models import Agent, ClockPolicy, ServiceSchedule
from merchants.models import Membership, Merchant, Store, User
from merchants.roles import Permission, permissions_of

DAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


class HoursField(forms.CharField):
    """Hours of a day as text; the value is pairs of times."""

    def clean(self, value: Any) -> Any:
        try:
            return spelling.intervals_of(super().clean(value))
        except BadHours as bad:
            raise forms.ValidationError(
                _("“%(text)s” is not understood. Write 09:00-12:00, 13:30-18:00."), params={"text": str(bad)}
            ) from None


class _StoreForm(forms.Form):
    """What holds for one store, or for all that have nothing of their own."""

    store: Any = forms.ModelChoiceField(
        label=_("Store"), queryset=None, required=False, empty_label=_("All without their own")
    )

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant
        fields: dict[str, Any] = self.fields
        fields["store"].queryset = Store.objects.for_merchant(merchant).order_by("name")


class HoursForm(_StoreForm):
    """A new version of the service hours, seven weekdays and the days that are otherwise."""

    exceptions = forms.CharField(
        label=_("Days that are otherwise"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, schedule: ServiceSchedule | None = None, **kwargs: Any) -> None:
        initial = _hours_of(schedule) if schedule else {}
        super().__init__(*args, initial=initial, **kwargs)
        for number, name in enumerate(DAYS):
            self.fields[f"day_{number}"] = HoursField(label=name, required=False, max_length=120)

    def clean_exceptions(self) -> dict[str, spelling.Intervals]:
        try:
            return spelling.days_of(self.cleaned_data["exceptions"])
        except BadHours as bad:
            raise forms.ValidationError(
                _(
                    "The line “%(line)s” is not understood. Write 2026-10-01 closed, or 2026-10-10 09:00-18:00."
                ),
                params={"line": str(bad)},
            ) from None

    @property
    def weekdays(self) -> dict[str, spelling.Intervals]:
        return {str(number): self.cleaned_data[f"day_{number}"] for number in range(7)}

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{number}"] for number in range(7)]


def _hours_of(schedule: ServiceSchedule) -> dict[str, Any]:
    told: dict[str, Any] = {
        f"day_{number}": spelling.text_of(schedule.weekdays.get(str(number), ())) for number in range(7)
    }
    return told | {
        "store": schedule.store_id,
        "exceptions": spelling.lines_of(schedule.exceptions, str(_("closed"))),
    }


def with_china(exceptions: Mapping[str, Any], year: int, working_day: Any) -> dict[str, Any]:
    """The days that are otherwise with the holidays and make-up days of a year; what was there already
    stays. Raises ``KeyError`` for a year without a notice."""
    return {**china.exceptions(year, working_day), **exceptions}


def years_known(today: date) -> list[int]:
    return [year for year in (today.year, today.year + 1) if year in china.CLOSED]


class PolicyForm(_StoreForm):
    """A new version of the targets."""

    reply_seconds = forms.IntegerField(label=_("Answer within, seconds"), min_value=10, max_value=86_400)
    warn_seconds = forms.IntegerField(label=_("Warn before, seconds"), min_value=0, max_value=86_400)
    return_seconds = forms.IntegerField(
        label=_("Take back from a silent agent after, seconds"), min_value=10, max_value=86_400
    )
    idle_hours = forms.IntegerField(label=_("New consultation after idle hours"), min_value=1, max_value=720)
    lead_seconds = forms.IntegerField(
        label=_("First contact of a form within, seconds"), min_value=60, max_value=604_800
    )
    lead_hours = forms.IntegerField(
        label=_("Forms left longer ago, hours, do not wait"), min_value=1, max_value=720
    )

    def __init__(self, *args: Any, policy: ClockPolicy | None = None, **kwargs: Any) -> None:
        initial = (
            {name: getattr(policy, name) for name in self.base_fields if name != "store"} if policy else {}
        )
        initial["store"] = policy.store_id if policy else None
        super().__init__(*args, initial=initial, **kwargs)


class AgentForm(forms.Form):
    """A member who answers; stores and skills left empty mean all, no hours on any day: always on shift."""

    user: Any = forms.ModelChoiceField(label=_("Member"), queryset=None)
    name = forms.CharField(label=_("Shown as"), max_length=60)
    stores = forms.MultipleChoiceField(label=_("Stores"), required=False, widget=forms.CheckboxSelectMultiple)
    skills = forms.CharField(label=_("Skills"), required=False, max_length=300)
    capacity = forms.IntegerField(label=_("Consultations at once"), min_value=1, max_value=50, initial=5)
    leads_shift = forms.BooleanField(label=_("Leads the shift"), required=False)

    def __init__(self, *args: Any, merchant: Merchant, agent: Agent | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _agent_of(agent) if agent else {}
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for number, name in enumerate(DAYS):
            fields[f"day_{number}"] = HoursField(
                label=name,
                required=False,
                max_length=120,
                initial=spelling.text_of(agent.shifts.get(str(number), ())) if agent else "",
            )
        stores = Store.objects.for_merchant(merchant).order_by("name")
        fields["stores"].choices = [(str(store.pk), store.name) for store in stores]
        members = Membership.objects.filter(merchant=merchant).values_list("user_id", "role")
        answering = [user for user, role in members if Permission.ANSWER in permissions_of(role)]
        taken = Agent.objects.for_merchant(merchant).filter(left_at=None).values_list("user_id", flat=True)
        allowed = [agent.user_id] if agent else set(answering) - set(taken)
        fields["user"].queryset = User.objects.filter(pk__in=allowed).order_by("username")

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{number}"] for number in range(7)]

    @property
    def stated(self) -> dict[str, Any]:
        """The fields of an agent."""
        told = self.cleaned_data
        return {
            "stores": [int(pk) for pk in told["stores"]],
            "skills": [word for word in _words(told["skills"]) if word],
            "shifts": {day: hours for day in map(str, range(7)) if (hours := told[f"day_{day}"])},
            "capacity": told["capacity"],
            "leads_shift": told["leads_shift"],
        }


def _words(text: str) -> list[str]:
    for sign in "，、;；":
        text = text.replace(sign, ",")
    return list(dict.fromkeys(word.strip() for word in text.split(",")))


def _agent_of(agent: Agent) -> dict[str, Any]:
    return {
        "user": agent.user_id,
        "name": agent.name,
        "stores": [str(pk) for pk in agent.stores],
        "skills": ", ".join(agent.skills),
        "capacity": agent.capacity,
        "leads_shift": agent.leads_shift,
    }


class HandForm(forms.Form):
    """To whom a colleague's work goes."""

    to: Any = forms.ModelChoiceField(label=_("Hand over to"), queryset=None)

    def __init__(self, *args: Any, merchant: Merchant, agent: Agent | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Agent.objects.for_merchant(merchant).filter(left_at=None)
        fields: dict[str, Any] = self.fields
        fields["to"].queryset = (others.exclude(pk=agent.pk) if agent else others).order_by("name")


class LeaveForm(forms.Form):
    """To whom an agent's open work goes; empty: back to the queue."""

    to: Any = forms.ModelChoiceField(
        label=_("Open consultations and leads go to"),
        queryset=None,
        required=False,
        empty_label=_("whoever is free"),
    )

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Agent.objects.for_merchant(agent.merchant_id).filter(left_at=None).exclude(pk=agent.pk)
        fields: dict[str, Any] = self.fields
        fields["to"].queryset = others.order_by("name")
