"""Touchpoints: what a person did with content, and when."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from measurement.choices import TouchKind
from measurement.columns.persons import key_of, person_columns
from measurement.columns.surroundings import Surroundings, Values, not_in_future, spu_of, words
from measurement.operations.touches import TouchRow
from merchants.identity import device_mark
from merchants.intake.cells import SHANGHAI, Choice, Id, Text, Time, Whole
from merchants.intake.columns import Column
from merchants.intake.problems import Refused

CONTENT = (
    Column(
        "spu",
        Id(60),
        _("SPU"),
        _("Code of the product, as under products."),
        aliases=("商品", "spu_code", "商品编码"),
    ),
    Column("note_id", Id(), _("Note"), _("Id of the note on the platform."), aliases=("笔记id", "笔记")),
    Column(
        "live_id", Id(), _("Live stream"), _("Id of the live stream."), aliases=("直播id", "直播间id", "直播")
    ),
    Column(
        "creative_id",
        Id(),
        _("Creative"),
        _("Id of the creative."),
        aliases=("创意id", "创意", "creativity_id"),
    ),
    Column("campaign_id", Id(), _("Campaign"), _("Id of the campaign."), aliases=("计划id", "计划")),
    Column(
        "keyword",
        Text(120),
        _("Keyword"),
        _("The word that was searched or bought."),
        aliases=("关键词", "搜索词"),
    ),
    Column(
        "blogger_id",
        Id(),
        _("Blogger"),
        _("Id of the blogger on the platform."),
        aliases=("博主id", "达人id", "kol_id"),
    ),
)
LONGEST_SECONDS = 86_400  # nobody reads for longer than a day; more is milliseconds
MODIFIED = Column(
    "modified_at",
    Time(),
    _("Changed at"),
    _("When the source last changed this row; of two versions the later one stands."),
    aliases=("修改时间", "更新时间", "updated_at"),
)

_TOUCH_WORDS = {
    TouchKind.IMPRESSION: ("曝光", "展现"),
    TouchKind.READ: ("阅读", "点击", "click"),
    TouchKind.DEEP_READ: ("深度阅读",),
    TouchKind.LIKE: ("点赞",),
    TouchKind.SAVE: ("收藏", "collect"),
    TouchKind.COMMENT: ("评论",),
    TouchKind.SHARE: ("分享",),
    TouchKind.SCREENSHOT: ("截图",),
    TouchKind.SEARCH: ("搜索",),
    TouchKind.SEARCH_CLICK: ("搜索点击",),
    TouchKind.LIVE_VIEW: ("直播观看", "看直播"),
    TouchKind.COMPONENT_CLICK: ("组件点击",),
    TouchKind.CONSULTATION: ("咨询", "进线"),
    TouchKind.OWN_POST: ("自己发帖", "发布笔记"),
    TouchKind.SHARED_ORDER: ("晒单",),
}


TOUCHPOINTS = (
    Column(
        "touch_id",
        Id(120),
        _("Touch id"),
        _("The source's own id; without it the row's content is its id."),
        aliases=("触点id", "事件id", "event_id"),
    ),
    *person_columns(required=True),
    Column(
        "kind",
        Choice(words(_TOUCH_WORDS)),
        _("Kind"),
        _("What the person did."),
        aliases=("触点类型", "行为", "event_type"),
        required=True,
    ),
    Column(
        "occurred_at",
        Time(),
        _("Time"),
        _("Day and clock; without a zone it is Shanghai time."),
        aliases=("发生时间", "行为时间", "时间", "event_time"),
        required=True,
    ),
    *CONTENT,
    Column(
        "dwell_seconds",
        Whole(0, LONGEST_SECONDS),
        _("Seconds"),
        _("How long it was read or watched, in whole seconds. Empty is unknown, 0 is left at once."),
        aliases=("停留时长", "阅读时长", "停留秒数", "read_seconds"),
    ),
    Column(
        "device",
        Text(200),
        _("Device"),
        _("Id of the device, or its SHA-256. Kept only as a keyed hash, to count devices by."),
        aliases=("设备id", "设备标识", "device_id"),
        personal=True,
    ),
    MODIFIED,
)


def touch_shape(around: Surroundings) -> Callable[[Values], TouchRow]:
    def shape(values: Values) -> TouchRow:
        person = key_of(values, around)
        assert person is not None
        not_in_future(values, around, "occurred_at", "modified_at")
        since = around.touches_since
        if since is not None and values["occurred_at"] < since:
            raise Refused("kept_no_longer", "occurred_at", day=f"{since.astimezone(SHANGHAI):%Y-%m-%d}")
        content = {name: values.get(name) or "" for name in _CARRIERS}
        if not any(content.values()):
            raise Refused("nothing_seen")
        return TouchRow(
            external_id=values.get("touch_id") or "",
            person_key=person[1],
            kind=TouchKind(values["kind"]),
            occurred_at=values["occurred_at"],
            modified_at=values.get("modified_at"),
            spu_code=spu_of(values, around),
            dwell_seconds=values.get("dwell_seconds"),
            device=device_mark(around.pepper, device) if (device := values.get("device")) else None,
            **content,
        )

    return shape


_CARRIERS = ("note_id", "live_id", "creative_id", "campaign_id", "keyword", "blogger_id")
