"""Names of the enumerations for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from measurement.choices import CycleBasis, Model, Placement, Platform, SpendKind, Task, TouchKind
from measurement.metrics import Verdict
from measurement.reports import Axis, Compare, Dimension

PLATFORMS: dict[str, Any] = {
    Platform.TAOBAO: _("Taobao / Tmall"),
    Platform.JD: _("JD"),
    Platform.VIPSHOP: _("VIPSHOP"),
    Platform.XIAOHONGSHU_ARK: _("Xiaohongshu shop"),
    Platform.STORE: _("Own shop"),
    Platform.OTHER: _("Other platforms"),
}
TOUCH_KINDS: dict[str, Any] = {
    TouchKind.IMPRESSION: pgettext_lazy("touch", "Impression"),
    TouchKind.READ: pgettext_lazy("touch", "Read"),
    TouchKind.DEEP_READ: pgettext_lazy("touch", "Deep read"),
    TouchKind.LIKE: pgettext_lazy("touch", "Like"),
    TouchKind.SAVE: pgettext_lazy("touch", "Save"),
    TouchKind.COMMENT: pgettext_lazy("touch", "Comment"),
    TouchKind.SHARE: pgettext_lazy("touch", "Share"),
    TouchKind.SCREENSHOT: pgettext_lazy("touch", "Screenshot"),
    TouchKind.SEARCH: pgettext_lazy("touch", "Search"),
    TouchKind.SEARCH_CLICK: pgettext_lazy("touch", "Search click"),
    TouchKind.LIVE_VIEW: pgettext_lazy("touch", "Live view"),
    TouchKind.COMPONENT_CLICK: pgettext_lazy("touch", "Component click"),
    TouchKind.CONSULTATION: pgettext_lazy("touch", "Consultation"),
    TouchKind.OWN_POST: pgettext_lazy("touch", "Own post"),
    TouchKind.SHARED_ORDER: pgettext_lazy("touch", "Shared order"),
    TouchKind.DECLARED: pgettext_lazy("touch", "Named by the order"),
}
MODELS: dict[str, Any] = {
    Model.FIRST: pgettext_lazy("model", "First touch"),
    Model.LAST: pgettext_lazy("model", "Last touch"),
    Model.LINEAR: pgettext_lazy("model", "Linear"),
    Model.POSITION: pgettext_lazy("model", "Position 40/20/40"),
    Model.DECAY: pgettext_lazy("model", "Time decay"),
}
DIMENSIONS: dict[str, Any] = {
    Dimension.NOTE: pgettext_lazy("dimension", "Note"),
    Dimension.BLOGGER: pgettext_lazy("dimension", "Blogger"),
    Dimension.CAMPAIGN: pgettext_lazy("dimension", "Campaign"),
    Dimension.PLACEMENT: pgettext_lazy("dimension", "Placement"),
    Dimension.CREATIVE: pgettext_lazy("dimension", "Creative"),
    Dimension.KEYWORD: pgettext_lazy("dimension", "Search word"),
    Dimension.SPU: pgettext_lazy("dimension", "SPU"),
    Dimension.PLATFORM: pgettext_lazy("dimension", "Platform"),
    Dimension.DAY: pgettext_lazy("dimension", "Day"),
    Dimension.KIND: pgettext_lazy("dimension", "Kind of touch"),
}
FILTERS: dict[str, Any] = {
    **DIMENSIONS,
    "live": _("Live stream"),
    "host": pgettext_lazy("of a live stream", "Host"),
    "curator": _("Buyer-curator"),
}
UNASSIGNED: dict[str, Any] = {
    Dimension.NOTE: _("Not tied to a note"),
    Dimension.BLOGGER: _("Not tied to a blogger"),
    Dimension.CAMPAIGN: _("Not tied to a campaign"),
    Dimension.PLACEMENT: _("Not tied to a placement of ads"),
    Dimension.CREATIVE: _("Not tied to a creative"),
    Dimension.KEYWORD: _("Not tied to a search word"),
    Dimension.SPU: _("Not tied to an SPU"),
    Dimension.PLATFORM: _("Not tied to a platform"),
    Dimension.DAY: _("Not tied to a day"),
    Dimension.KIND: _("Not tied to a kind of touch"),
}
PLACEMENTS: dict[str, Any] = {
    Placement.FEED: pgettext_lazy("placement", "Feed"),
    Placement.SEARCH: pgettext_lazy("placement", "Search"),
    Placement.SITE: pgettext_lazy("placement", "Whole site"),
    Placement.VIDEO_FEED: pgettext_lazy("placement", "Video feed"),
}
AXES: dict[str, Any] = {Axis.TOUCH: _("Touch day"), Axis.ORDER: _("Order day")}
COMPARISONS: dict[str, Any] = {
    Compare.PREVIOUS: _("Period before"),
    Compare.YEAR: _("52 weeks earlier"),
    Compare.NONE: _("No comparison"),
}
VERDICTS: dict[str, Any] = {
    Verdict.PAYING: pgettext_lazy("class of spend", "Paying"),
    Verdict.UNPROVEN: pgettext_lazy("class of spend", "Unproven"),
    Verdict.LOSING: pgettext_lazy("class of spend", "Not recouped"),
    Verdict.RIPENING: pgettext_lazy("class of spend", "Ripening"),
}
SPANS: dict[str, Any] = {
    "7d": _("Last 7 days"),
    "28d": _("Last 28 days"),
    "90d": _("Last 90 days"),
    "this_month": _("This month"),
    "last_month": _("Last month"),
    "quarter": _("This quarter"),
    "custom": _("From … to …"),
}
GRADES: dict[str, Any] = {
    "A": _("A · same person"),
    "B": _("B · link or code"),
    "U": _("unjoined · no evidence"),
}
TASKS: dict[str, Any] = {
    Task.IN_TASK: _("ads inside an Alliance task"),
    Task.OUT_OF_TASK: _("ads outside of tasks"),
    Task.UNKNOWN: _("not known whether inside a task"),
}
SPEND_KINDS: dict[str, Any] = {
    SpendKind.ADS: _("Ads"),
    SpendKind.NOTE_FEE: _("Note fees"),
    SpendKind.PLATFORM_FEE: _("Platform fees"),
    SpendKind.SAMPLE: _("Samples"),
    SpendKind.AGENCY_FEE: _("Agency fees"),
    SpendKind.REBATE: _("Rebates"),
}
CYCLE_BASES: dict[str, Any] = {
    CycleBasis.PUBLISHED: _("published"),
    CycleBasis.DEFAULT: _("neutral default"),
    CycleBasis.HAND: _("set by you"),
    CycleBasis.LEARNED: _("learned from your orders"),
}
SOURCES: dict[str, Any] = {
    "juguang": _("Juguang"),
    "xiaohongshu_juguang": _("Juguang"),
    "pugongying": _("Pugongying"),
    "file": _("uploaded file"),
    "touches": _("single touchpoints"),
    **PLATFORMS,
}
REPORTED: dict[str, Any] = {
    "impression": _("Impressions"),
    "click": _("Clicks"),
    "interaction": _("Interactions"),
    "leads": _("Leads"),
    "goods_order": _("Orders placed"),
    "success_goods_order": _("Orders paid"),
    "rgmv_fen": _("Revenue"),
    "purchase_order_gmv_7d_fen": _("Revenue within 7 days"),
    "external_goods_order_7": _("Off-site orders, 7 days"),
    "external_goods_order_15": _("Off-site orders, 15 days"),
    "external_goods_order_30": _("Off-site orders, 30 days"),
    "external_rgmv_7_fen": _("Off-site revenue, 7 days"),
    "external_rgmv_15_fen": _("Off-site revenue, 15 days"),
    "external_rgmv_30_fen": _("Off-site revenue, 30 days"),
}
UNJOINED: dict[str, Any] = {
    "not_counted": _("The line does not count: it is unpaid, cancelled or carried on by its split orders."),
    "no_key": _("The order carries no key of its buyer, and nothing on it names content."),
    "no_product": _("The item is not mapped to an SPU, so no touch can be about it."),
    "never_seen": _("No touch is known under any key of this buyer."),
    "other_product": _("The buyer touched content, but only of other products."),
    "outside_window": _("The buyer touched content of this product, but outside of the window."),
    "waiting": _("A touch that counts has just come in; the next run will credit it."),
}
CAUSES: dict[str, Any] = {
    "order": pgettext_lazy("cause of a change", "order"),
    "split": pgettext_lazy("cause of a change", "split order"),
    "touches": pgettext_lazy("cause of a change", "touchpoints"),
    "retention": pgettext_lazy("cause of a change", "end of keeping"),
    "identity": pgettext_lazy("cause of a change", "joined or parted keys"),
    "mapping": pgettext_lazy("cause of a change", "item mapping"),
    "spus": pgettext_lazy("cause of a change", "product of a note"),
    "cycle": pgettext_lazy("cause of a change", "decision cycle"),
    "rule": pgettext_lazy("cause of a change", "rule"),
    "code": pgettext_lazy("cause of a change", "channel code"),
    "all": pgettext_lazy("cause of a change", "rebuild"),
}
CODES: dict[str, Any] = {
    "click_id": _("click id"),
    "pid": _("promotion position"),
    "sub_union_id": _("sub-union id"),
    "position_id": _("position id"),
    "stat_param": _("statistics parameter"),
    "channel_tag": _("channel tag"),
    "ad_code": _("ad code"),
    "kol_id": _("blogger id"),
    "coupon": _("coupon"),
    "asked": _("the buyer was asked"),
}


STATED: dict[str, Any] = {
    "Neutral default of Seedbed; no published figure": _("Neutral default of Seedbed; no published figure"),
    "Xiaohongshu, WILL 2025 conference, 18 December 2024, as reported by press": _(
        "Xiaohongshu, WILL 2025 conference, 18 December 2024, as reported by press"
    ),
}
"""Where the shared decision cycles come from, as the product states it itself."""


def said(names: dict[str, str | Promise], value: str) -> str:
    """The name of a value, or the value itself where nobody has named it."""
    return str(names.get(value, value))


def listed(things: Iterable[str]) -> str:
    return pgettext("between the things of a list", ", ").join(things)


def why_cycle(basis: str, source: str) -> str:
    """Where a decision cycle comes from, in a line."""
    told = said(CYCLE_BASES, basis)
    if not source:
        return told
    return gettext("%(basis)s: %(source)s") % {"basis": told, "source": said(STATED, source)}


def platform(value: str) -> str:
    return said(PLATFORMS, value)


def touch_kind(value: str) -> str:
    return said(TOUCH_KINDS, value)


def source(value: str) -> str:
    return said(SOURCES, value)
