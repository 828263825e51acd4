"""The operator's desk: every row of every merchant can be found; what may be changed goes through operations.

Tenants' rows are read through the ``operator`` database, whose role sees all merchants. Opening a row of a
merchant is kept in that merchant's trail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import audit, tenancy
from merchants.admin import acts
from merchants.admin.pages import PAGES
from merchants.models import (
    ApiToken,
    Archive,
    ColumnMapping,
    Connection,
    Deletion,
    Event,
    IdempotentAnswer,
    Invite,
    Job,
    Membership,
    Merchant,
    OperatorAct,
    Store,
    SupportView,
    Upload,
    User,
)
from merchants.operations import supervision, tokens
from merchants.tenancy import MerchantOwned

OPERATOR = "operator"
COUNTED = 10_000  # rows counted for the pager; tables of touches hold millions

admin.site.site_header = admin.site.site_title = "Seedbed"
admin.site.index_title = gettext_lazy("The operator's desk")


class PatientPaginator(Paginator):
    """Counts up to a limit only, so that the last page of a very large table costs nothing."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: COUNTED + 1].count())


class SupportAdmin(admin.ModelAdmin):
    """Rows of all merchants, read-only unless a subclass says otherwise.

    ``keys`` are the fields a UUID in the search box is compared with; text is looked for in
    ``search_fields``. The ``merchant`` of a row is fetched with it.
    """

    paginator = PatientPaginator
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-pk",)
    keys: tuple[str, ...] = ()
    editable = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).using(OPERATOR)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        term = search_term.strip()
        key = _uuid(term)
        if key is not None and self.keys:
            found = Q()
            for name in self.keys:
                found |= Q(**{name: key})
            return queryset.filter(found), False
        if term.isascii() and term.isdigit() and len(term) < 19 and not self.search_fields_hold(term):
            return queryset.filter(pk=int(term)), False
        return super().get_search_results(request, queryset, search_term)

    def search_fields_hold(self, term: str) -> bool:
        """Whether a number may be a text of this table, such as the id of an order on its platform."""
        return any(name not in {"merchant__code", "pk"} for name in self.search_fields)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest | None, **kwargs: Any) -> Any:
        kwargs.setdefault("using", OPERATOR)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.save(using=OPERATOR)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj.delete(using=OPERATOR)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.editable and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.editable and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here: merchants' rows end by their own operations."""
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic(using=OPERATOR):
            return super().changeform_view(request, *args, **kwargs)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if isinstance(found, MerchantOwned) and request.method == "GET":
            _note_view(request, found)
        return found


def _note_view(request: HttpRequest, row: MerchantOwned) -> None:
    """The merchant's own trail says that the operator looked at a row."""
    with tenancy.acting_for(row.merchant_id):
        audit.record(row.merchant_id, "merchants.support.viewed", by=f"user:{request.user.pk}", on=row)


def _uuid(term: str) -> UUID | None:
    try:
        return UUID(term)
    except ValueError:
        return None


def listed(
    model: type[models.Model],
    shown: str,
    search: str,
    *,
    filters: str = "",
    keys: str = "",
    related: str = "",
    actions: tuple[Any, ...] = (),
) -> None:
    """Registers a read-only page for a model; names are given as words in one text."""
    owned = issubclass(model, MerchantOwned)
    attributes = {
        "list_display": tuple(shown.split()) + (("merchant",) if owned else ()),
        "search_fields": tuple(search.split()) + (("merchant__code",) if owned else ()),
        "list_filter": tuple(filters.split()),
        "list_select_related": tuple(related.split()) + (("merchant",) if owned else ()) or False,
        "keys": tuple(keys.split()),
        "actions": actions,
    }
    admin.site.register(model, type(f"{model.__name__}Admin", (SupportAdmin,), attributes))


def each(
    description: Any, act: Callable[[Any, Merchant, str], None], done: Callable[[int], str]
) -> Callable[[Any, HttpRequest, models.QuerySet[Any]], None]:
    """An action that calls an operation for every chosen row, with the row's merchant and the actor."""

    @admin.action(description=description)
    def action(page: Any, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        if not request.user.is_superuser:
            raise PermissionDenied
        rows = list(queryset.select_related("merchant") if queryset.model is not Merchant else queryset)
        refused = 0
        for row in rows:
            merchant = Merchant.objects.get(pk=row.pk if isinstance(row, Merchant) else row.merchant_id)
            try:
                act(row, merchant, f"user:{request.user.pk}")
            except ValueError:
                refused += 1
        page.message_user(request, done(len(rows) - refused), messages.SUCCESS)
        if refused:
            page.message_user(
                request, _("%(count)d could not be done.") % {"count": refused}, messages.WARNING
            )

    action.__name__ = act.__name__
    return action


def revoke_token(token: ApiToken, merchant: Merchant, by: str) -> None:
    tokens.revoke(merchant, token, by=by)


def list_as_sensitive(row: Merchant, merchant: Merchant, by: str) -> None:
    supervision.set_sensitive(merchant, sensitive=True, by=by)


def unlist_as_sensitive(row: Merchant, merchant: Merchant, by: str) -> None:
    supervision.set_sensitive(merchant, sensitive=False, by=by)


def pause_source(row: Connection, merchant: Merchant, by: str) -> None:
    supervision.pause(merchant, row.pk, paused=True, by=by)


def resume_source(row: Connection, merchant: Merchant, by: str) -> None:
    supervision.pause(merchant, row.pk, paused=False, by=by)


def _done(count: int) -> str:
    return _("%(count)d done.") % {"count": count}


class MerchantAdmin(SupportAdmin):
    """Names and kinds may be corrected; what changes what people may see goes through actions."""

    editable = True
    ordering = ("name",)
    list_display = ("name", "code", "kind", "status", "currency", "sensitive_trade", "created_at")
    search_fields = ("name", "code")
    list_filter = ("kind", "status", "sensitive_trade")
    readonly_fields = (
        "public_id",
        "status",
        "status_reason",
        "never_let_in",
        "sensitive_trade",
        "pepper_version",
        "created_at",
    )
    keys = ("public_id",)
    actions = (
        each(gettext_lazy("List as a sensitive trade: evidence off"), list_as_sensitive, _done),
        each(gettext_lazy("Take from the list of sensitive trades"), unlist_as_sensitive, _done),
    )

    def get_urls(self) -> list[Any]:
        """With the operator's acts, and the pages that apps registered beside the tables."""
        view = self.admin_site.admin_view
        return [
            *(path(f"{page.name}/", view(page.view), name=page.name) for page in PAGES),
            path("<path:object_id>/acts/", view(acts.page), name="merchants_merchant_acts"),
            path(
                "<path:object_id>/archives/<int:archive_id>/",
                view(acts.take),
                name="merchants_merchant_archive",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        links = [{"label": page.label, "url": reverse(f"admin:{page.name}")} for page in PAGES]
        return super().changelist_view(request, {**(extra_context or {}), "operator_pages": links})

    changelist_view.methods = ("GET", "POST", "HEAD")  # read by `manage.py routes`

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"code": ("name",)}


@admin.register(User)
class PersonAdmin(UserAdmin):
    list_display = ("username", "email", "first_name", "last_name", "language", "is_staff")
    search_fields = ("username", "email", "first_name", "last_name")


admin.site.register(Merchant, MerchantAdmin)
listed(
    Membership,
    "user merchant role created_at",
    "user__username merchant__code",
    filters="role",
    related="user merchant",
)
listed(
    ApiToken,
    "name prefix merchant created_by created_at revoked_at",
    "name prefix merchant__code",
    related="merchant created_by",
    actions=(each(gettext_lazy("Revoke"), revoke_token, _done),),
)
listed(Invite, "email role sent_at expires_at accepted_at revoked_at", "email", filters="role")
listed(
    OperatorAct,
    "at act actor merchant_code merchant_name reason",
    "merchant_code merchant_name actor",
    filters="act",
)
listed(
    Archive, "asked_at asked_by reason state tables_done size expires_at", "reason asked_by", filters="state"
)
listed(
    Deletion,
    "merchant_code merchant_name asked_by confirmed_by due_at cancelled_at done_at",
    "merchant_code merchant_name",
    related="asked_by confirmed_by",
)
listed(SupportView, "operator role reason began_at until ended_at", "reason", related="operator")
listed(Store, "name code platform", "name code", filters="platform")
listed(
    Connection,
    "name source shop last_received_at last_error paused legal_basis",
    "name source shop",
    filters="source paused",
    actions=(
        each(gettext_lazy("Pause"), pause_source, _done),
        each(gettext_lazy("Resume"), resume_source, _done),
    ),
)
listed(Job, "kind key state done total created_at", "kind key", filters="kind state")
listed(Event, "recorded_at kind version handled_at attempts error", "kind error", filters="kind")
listed(IdempotentAnswer, "route key status created_at", "route key")
listed(
    Upload,
    "filename kind state rows_read rows_rejected uploaded_by created_at",
    "filename uploaded_by",
    filters="kind state",
)
listed(
    ColumnMapping,
    "kind version created_at created_by proven_at",
    "kind created_by",
    filters="kind",
)
DELIVERIES = "received_at kind connection state rows size attempts error"
