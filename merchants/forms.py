"""Forms of the foundation's pages."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants import events
from merchants.intake import kinds
from merchants.models import Merchant, Store
from merchants.operations.tokens import SCOPES
from merchants.roles import ROLES, Permission

SCOPE_NAMES = {
    "touchpoints:write": _("hand in touchpoints"),
    "orders:write": _("hand in orders"),
    "spend:write": _("hand in cost"),
    "identities:write": _("join identities"),
    "platform_reports:write": _("hand in what platforms report"),
    "catalogue:write": _("name products, margins, items, notes, live streams and codes"),
    "comments:write": _("hand in comments"),
    "leads:write": _("hand in leads"),
    "exposures:write": _("log who was shown an experiment"),
    "geo_days:write": _("hand in what places sold"),
    "reports:read": _("read reports"),
    "work:read": _("see the state of work"),
}


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in it"))
    file = forms.FileField(label=_("File"), allow_empty_file=True)

    def __init__(self, *args: Any, permissions: Collection[Permission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.code, kind.label) for kind in kinds.open_with(permissions)]


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=[(role.code, role.name) for role in ROLES])


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=[(role.code, role.name) for role in ROLES])


class StoresForm(forms.Form):
    """The stores whose rows a member sees; none chosen: all."""

    stores = forms.TypedMultipleChoiceField(
        label=_("Stores"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Store.objects.for_merchant(merchant).order_by("name")
        self.fields["stores"].choices = [(store.pk, store.name) for store in rows]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What uses it, such as “till system”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Allowed"),
        choices=[(scope, format_lazy("{} · {}", SCOPE_NAMES[scope], scope)) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
    )


class BasisForm(forms.Form):
    basis = forms.CharField(
        label=_("Legal basis"),
        max_length=200,
        required=False,
        help_text=_(
            "Such as consent or contract, with date and document. Empty: evidence of orders stays off."
        ),
    )


class WebhookForm(forms.Form):
    """``kinds`` are those that apps publish when the form is made."""

    url = forms.CharField(
        label=pgettext_lazy("webhook", "Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://example.com/hooks"}),
        help_text=_("On the open Internet, by HTTPS. A redirect is not followed."),
    )
    description = forms.CharField(label=_("What listens there"), max_length=80, required=False)
    kinds = forms.MultipleChoiceField(label=_("Events"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["kinds"]
        choices.choices = list(events.published().items())
