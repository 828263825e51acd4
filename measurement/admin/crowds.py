"""Crowds on the operator's desk: rules, spells and sums to read; why a person stands in a layer; audiences to
hand over to delivery."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measurement.models import (
    Audience,
    AudienceHandover,
    CrowdEntry,
    CrowdFlow,
    CrowdMark,
    CrowdMove,
    CrowdRule,
    CrowdSpell,
    PrivacyQuestion,
)
from measurement.operations import audiences
from measurement.queries import crowd_reasons
from measurement.words import crowds as words
from merchants import audit, tenancy
from merchants.admin import OPERATOR, SupportAdmin, listed
from merchants.periods import day_of

listed(
    CrowdRule,
    "version state reason in_force_from in_force_until built_at recorded_by",
    "reason recorded_by",
    filters="state",
)
listed(CrowdMark, "person_key first last rule recorded_at", "", keys="person_key", related="rule")
listed(CrowdMove, "day scope before after people rule", "", related="rule")
listed(CrowdEntry, "day scope layer channel_id people rule", "", related="rule")
listed(CrowdFlow, "first_day last_day rule asked_at computed_at", "", related="rule")
listed(Audience, "name people counted_at created_by archived_at", "name created_by")
listed(PrivacyQuestion, "day user_id digest", "digest")


@admin.register(CrowdSpell)
class CrowdSpellAdmin(SupportAdmin):
    """Found by person key; opened, a spell says which row of the rule holds and what it counted. Each look
    is kept in the merchant's trail."""

    list_display = ("person", "scope", "layer", "from_day", "to_day", "before", "after", "rule", "merchant")
    list_filter = ("layer",)
    search_fields = ("merchant__code",)
    keys = ("person",)
    list_select_related = ("rule", "merchant")
    readonly_fields = ("explanation",)

    @admin.display(description=gettext_lazy("why this person stands here"))
    def explanation(self, row: CrowdSpell) -> str:
        day = min(row.to_day, max(row.from_day, day_of(timezone.now())))
        with tenancy.acting_for(row.merchant_id):
            told = crowd_reasons.explain(row.merchant_id, row.rule, row.person, row.scope, day)
        if told.reason is None:
            return _(
                "On %(day)s no row of the rule holds any more; the spell is about to be computed anew."
            ) % {"day": day}
        rule_row = told.reason.rule_row
        events = format_html_join(
            "",
            "<li>{}: {} {}</li>",
            (
                (event.day, words.kind(event.kind), told.channels.get(event.channel, ""))
                for event in told.reason.events
            ),
        )
        head = _(
            "Rule %(rule)s, row %(row)d: %(layer)s, at least %(least)d of %(kinds)s, %(window)s. On %(day)s:"
        )
        return format_html(
            "<p>{}</p><ul>{}</ul>",
            head
            % {
                "rule": row.rule,
                "row": told.reason.row,
                "layer": words.layer(rule_row.layer),
                "least": rule_row.least,
                "kinds": words.kinds(rule_row.kinds),
                "window": words.window(rule_row),
                "day": day,
            },
            events,
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "GET":
            with tenancy.acting_for(found.merchant_id):
                audit.record(
                    found.merchant_id,
                    "measurement.person.explained",
                    by=f"user:{request.user.pk}",
                    on=found,
                    person=str(found.person),
                )
        return found


class HandoverForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What a handover needs; said before anything is written."""

    class Meta:
        model = AudienceHandover
        fields = ("audience", "purpose", "destination", "expires_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance._state.db = OPERATOR  # the audience is looked for where all merchants are seen

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if {"audience", "purpose", "destination", "expires_on"} <= set(told):
            audience = told["audience"]
            why = audiences.refusal(
                audience.merchant,
                audience,
                purpose=told["purpose"],
                destination=told["destination"],
                expires_on=told["expires_on"],
            )
            if why:
                raise forms.ValidationError(str(words.AUDIENCE_FAULTS[why]))
        return told


@admin.register(AudienceHandover)
class AudienceHandoverAdmin(SupportAdmin):
    """An operator's act, with purpose and expiry, in the trail; afterwards nobody changes it."""

    form = HandoverForm
    list_display = (
        "audience", "destination", "purpose", "people", "expires_on", "is_over", "handed_by", "handed_at", "merchant",
    )  # fmt: skip
    search_fields = ("audience__name", "destination", "purpose", "merchant__code")
    list_select_related = ("audience", "merchant")

    @admin.display(description=gettext_lazy("past its day"), boolean=True)
    def is_over(self, row: AudienceHandover) -> bool:
        return row.expires_on + timedelta(days=1) <= day_of(timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("measurement.add_audiencehandover"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        row = audiences.hand_over(
            obj.audience.merchant,
            obj.audience,
            purpose=obj.purpose,
            destination=obj.destination,
            expires_on=obj.expires_on,
            by=f"user:{request.user.pk}",
        )
        obj.pk, obj.merchant_id, obj.handed_at = row.pk, row.merchant_id, timezone.now()
