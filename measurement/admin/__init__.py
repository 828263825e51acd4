"""Measurement on the operator's desk. Facts and computed rows are read-only; actions call operations."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import measurement.admin.comments
import measurement.admin.crowds
import measurement.admin.cycles
import measurement.admin.experiments
import measurement.admin.journeys
import measurement.admin.keeping
import measurement.admin.moves
import measurement.admin.process
import measurement.admin.reported
import measurement.admin.response
import measurement.admin.saved  # noqa: F401 - they register their models
from measurement.models import (
    Agency,
    Blogger,
    BulkChange,
    Campaign,
    Category,
    CategoryCycle,
    Channel,
    ChannelCode,
    Creative,
    Credit,
    DirtyMark,
    Identity,
    IdentityLink,
    ItemMapping,
    Keyword,
    LiveStream,
    MerchantCycle,
    Note,
    Order,
    OrderKey,
    OrderLine,
    OrderPiece,
    Posting,
    Presence,
    Rollup,
    RuleSetting,
    Run,
    Spend,
    Spu,
    SpuMargin,
    Touch,
    TouchedPerson,
    Unit,
)
from measurement.operations import deliveries, rules, shared_cycles
from merchants.admin import DELIVERIES, MerchantAdmin, SupportAdmin, each, listed
from merchants.models import Merchant, RawDelivery


def compute_anew(row: Merchant, merchant: Merchant, by: str) -> None:
    rules.rebuild(merchant, by=by)


def read_again(row: RawDelivery, merchant: Merchant, by: str) -> None:
    deliveries.again(merchant, row, by=by)


def _asked(count: int) -> str:
    return _("%(count)d asked for; the work runs in the background.") % {"count": count}


MerchantAdmin.actions = (
    *MerchantAdmin.actions,
    each(gettext_lazy("Compute all credit anew"), compute_anew, _asked),
)


@admin.register(Category)
class CategoryAdmin(SupportAdmin):
    editable = True
    ordering = ("code",)
    list_display = ("code", "name_zh", "name_en", "parent")
    search_fields = ("code", "name_zh", "name_en")
    list_select_related = ("parent",)


@admin.register(CategoryCycle)
class CategoryCycleAdmin(SupportAdmin):
    """History: a new cycle is a new row, and the lines of all merchants that have none of their own are
    computed anew."""

    list_display = ("category", "days", "basis", "source", "recorded_at", "recorded_by")
    search_fields = ("category__code", "category__name_zh", "category__name_en", "source")
    list_filter = ("basis",)
    list_select_related = ("category",)
    fields = ("category", "days", "basis", "source")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("measurement.add_categorycycle"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        row = shared_cycles.set_shared_cycle(
            obj.category, days=obj.days, basis=obj.basis, source=obj.source, by=f"user:{request.user.pk}"
        )
        obj.pk = row.pk


# -- the catalogue and content
listed(
    MerchantCycle,
    "category days basis source recorded_at recorded_by",
    "category__code source",
    related="category",
)
listed(Spu, "name code category", "name code", related="category")
listed(SpuMargin, "spu margin_bp valid_from recorded_at recorded_by", "spu__name spu__code", related="spu")
listed(
    ItemMapping, "platform item_id sku_id spu", "item_id sku_id spu__name", filters="platform", related="spu"
)
listed(Agency, "name code", "name code")
listed(Blogger, "name external_id followers agency", "name external_id", related="agency")
listed(
    Note,
    "title external_id blogger spu published_at",
    "title external_id",
    filters="is_video",
    related="blogger spu",
)
listed(LiveStream, "title external_id blogger started_at", "title external_id", related="blogger")
listed(Campaign, "name external_id advertiser_id", "name external_id advertiser_id")
listed(Unit, "name external_id campaign", "name external_id", related="campaign")
listed(Creative, "name external_id campaign note", "name external_id", related="campaign note")
listed(Keyword, "word", "word")
listed(
    Channel, "key kind note campaign keyword spu", "key", filters="kind", related="note campaign keyword spu"
)
listed(ChannelCode, "kind namespace code channel", "code namespace", filters="kind", related="channel")
listed(
    Spend,
    "day source level kind task fen note campaign stated_at replaced_at",
    "natural_key",
    filters="source level kind task",
    related="note campaign",
)

# -- orders and persons
listed(
    Order,
    "external_id platform shop feed status paid_fen refunded_fen paid_at superseded",
    "external_id",
    filters="platform feed status",
    keys="person_key",
)
listed(
    OrderLine,
    "external_id order title spu net_fen paid_at declared_reason",
    "external_id order__external_id item_id",
    filters="platform",
    keys="person_key",
    related="order spu",
)
listed(
    OrderPiece,
    "order_external_id platform kind key modified_at contested received_at",
    "order_external_id key",
    filters="platform kind contested",
)
listed(OrderKey, "kind namespace value order", "value order__external_id", filters="kind", related="order")
listed(IdentityLink, "reason source key_a key_b joined_at parted_at", "reason source", keys="key_a key_b")
listed(Identity, "person_key person", "", keys="person_key person")
listed(
    Touch,
    "occurred_at person_key channel spu retracted",
    "",
    keys="person_key natural_key",
    related="channel spu",
)

# -- computed
listed(
    Credit,
    "id line channel grade touch_day order_day fen_linear run",
    "line__external_id",
    related="line channel run",
)
listed(
    Posting,
    "recorded_at line channel grade fen_linear cause run",
    "line__external_id cause",
    related="line channel run",
)
listed(
    Rollup,
    "order_day touch_day channel platform grade fen_linear recorded_day",
    "channel__key",
    filters="platform grade",
    related="channel",
)
listed(
    Presence,
    "order_day touch_day line channel grade person",
    "line__external_id",
    keys="person",
    related="line channel",
)
listed(Run, "id cause rule_version started_at lines changed_lines", "cause rule_version")
listed(RuleSetting, "version match_product half_life_hours recorded_at recorded_by", "recorded_by")
listed(DirtyMark, "line_id bucket cause recorded_at", "cause")
listed(BulkChange, "cause recorded_at expanded_at lines", "cause")
listed(TouchedPerson, "person_key change first_at last_at", "", keys="person_key", related="change")
listed(
    RawDelivery,
    DELIVERIES,
    "kind error content_hash connection__name",
    filters="state kind",
    related="connection",
    actions=(each(gettext_lazy("Read again"), read_again, _asked),),
)
