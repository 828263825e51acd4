"""Requirement sets, which an operator copies, edits and publishes; and the cases of merchants that come in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import yaml
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.admin.desk import OPERATOR, SupportAdmin, listed
from merchants.models import (
    ApplicationItem,
    DocumentVersion,
    RequirementSet,
    ReviewEvent,
)
from merchants.onboarding.requirements import Invalid
from merchants.onboarding.shipped import as_text, plain_data
from merchants.operations import requirement_sets


class SetForm(forms.ModelForm):
    """The content as YAML. What cannot be used is refused with its place."""

    text = forms.CharField(
        label=gettext_lazy("content"),
        widget=forms.Textarea(attrs={"rows": 40, "cols": 110, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "YAML. starts_on is the day from which it holds; amount_fen empty means that no source tells."
        ),
    )

    class Meta:
        model = RequirementSet
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].initial = as_text(self.instance.data)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            self.instance = requirement_sets.checked(self.instance, plain_data(text))
        except yaml.YAMLError as wrong:
            raise forms.ValidationError(str(wrong)) from None
        except Invalid as wrong:
            raise forms.ValidationError(f"{wrong.path}: {wrong.why}") from None
        return text


class NewSetForm(forms.ModelForm):
    """Another set, for a trade that there is none for. Its content is written on the page that follows."""

    code = forms.CharField(
        label=gettext_lazy("code"), max_length=60, help_text=gettext_lazy("As cn.coffee: country and trade.")
    )
    like = forms.ModelChoiceField(
        label=gettext_lazy("with the content of"),
        queryset=RequirementSet.objects.none(),
        required=False,
        empty_label=gettext_lazy("None: empty, to be filled in"),
    )

    class Meta:
        model = RequirementSet
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = RequirementSet.objects.using(OPERATOR).order_by("code", "version")
        self.fields["like"].queryset = rows

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if "code" in told and "like" in told:
            try:
                self.instance = requirement_sets.begun(
                    told["code"], told["like"], version=timezone.localdate()
                )
            except Invalid as wrong:
                self.add_error("code", wrong.why)
        return told


@admin.register(RequirementSet)
class RequirementSetAdmin(SupportAdmin):
    form = SetForm
    ordering = ("code", "-version")
    list_display = ("code", "version", "starts_on", "published_at", "published_by")
    list_filter = ("code",)
    search_fields = ("code",)
    actions = ("copy_as_next", "publish")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if change else {"form": NewSetForm}), **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        """On to its content."""
        return redirect("admin:merchants_requirementset_change", obj.pk)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts may be edited; what is published is shown."""
        may = admin.ModelAdmin.has_change_permission(self, request, obj)
        return may and (obj is None or obj.published_at is None)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("code", "like")
        if obj.published_at is not None:
            return ("code", "version", "starts_on", "published_at", "published_by", "content")
        return ("code", "version", "starts_on", "text")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code", "version", "starts_on", "published_at", "published_by", "content") if obj else ()

    @admin.display(description=gettext_lazy("content"))
    def content(self, row: RequirementSet) -> str:
        return as_text(row.data)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            requirement_sets.edit(obj, obj.data)
        else:
            super().save_model(request, obj, form, change)

    @admin.action(description=gettext_lazy("Copy as the draft of a next version"))
    def copy_as_next(self, request: HttpRequest, queryset: models.QuerySet[RequirementSet]) -> None:
        self._allow(request)
        for row in queryset:
            last = RequirementSet.objects.using(OPERATOR).filter(code=row.code).latest("version").version
            day = max(timezone.localdate(), last + timedelta(days=1))
            draft = requirement_sets.copy(row, version=day)
            self.message_user(request, _("%(draft)s is a draft now.") % {"draft": draft}, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Publish: it never changes again"))
    def publish(self, request: HttpRequest, queryset: models.QuerySet[RequirementSet]) -> None:
        self._allow(request)
        for row in queryset:
            try:
                requirement_sets.publish(row, starts_on=row.starts_on, by=f"user:{request.user.pk}")
            except Invalid as wrong:
                self.message_user(request, f"{row}: {wrong}", messages.ERROR)
            except requirement_sets.Frozen:
                self.message_user(
                    request, _("%(row)s is published already.") % {"row": row}, messages.WARNING
                )
            else:
                told = _("%(row)s holds from %(day)s.") % {"row": row, "day": row.starts_on}
                self.message_user(request, told, messages.SUCCESS)

    def _allow(self, request: HttpRequest) -> None:
        if not request.user.has_perm("merchants.change_requirementset"):
            raise PermissionDenied


listed(ApplicationItem, "key state reason submitter first_reviewer second_reviewer", "key", filters="state")
listed(DocumentVersion, "filename number media size pages receipt created_at", "filename receipt")
listed(ReviewEvent, "at act actor before after reason version", "act actor", filters="act")
