"""Cost of days and of cooperations."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from measurement.alliance.costs import SpendRow
from measurement.choices import Placement, SpendKind, Task
from measurement.columns.surroundings import Surroundings, Values, spu_of, words
from merchants.intake.cells import Choice, Day, Id, Money, Text
from merchants.intake.columns import Column
from merchants.intake.problems import Refused

SPEND_KINDS = words(
    {
        SpendKind.ADS: ("投放", "广告", "广告费", "聚光"),
        SpendKind.NOTE_FEE: ("笔记费", "稿费", "达人费用", "合作费"),
        SpendKind.PLATFORM_FEE: ("平台服务费", "服务费", "蒲公英服务费"),
        SpendKind.SAMPLE: ("样品", "寄样", "产品置换"),
        SpendKind.AGENCY_FEE: ("机构费", "代理费", "mcn服务费"),
        SpendKind.REBATE: ("返点", "返货"),
    }
)
TASKS = words(
    {
        Task.IN_TASK: ("任务内", "种草联盟任务内"),
        Task.OUT_OF_TASK: ("任务外",),
        Task.UNKNOWN: ("未知",),
    }
)
PLACEMENTS = words(
    {  # the console's words, and the codes of its report interface
        Placement.FEED: ("信息流", "1"),
        Placement.SEARCH: ("搜索", "2"),
        Placement.SITE: ("全站智投", "4"),
        Placement.VIDEO_FEED: ("视频流", "7"),
    }
)
LEVELS = words(
    {
        "account": ("账户",),
        "campaign": ("计划",),
        "unit": ("单元",),
        "creative": ("创意",),
        "keyword": ("关键词",),
        "note": ("笔记",),
        "live": ("直播",),
    }
)
PLACEMENT = Column(
    "placement",
    Choice(PLACEMENTS),
    _("Placement"),
    _("Where the ad system puts the campaign; empty: not known."),
    aliases=("投放位置", "广告位置", "版位", "投放版位"),
    constant=True,
)

SPEND = (
    Column(
        "day",
        Day(),
        _("Day"),
        _("Day in Shanghai; of a cooperation, the day it is charged to."),
        aliases=("日期", "date", "消耗日期"),
        required=True,
    ),
    Column(
        "amount",
        Money(negative=True),
        _("Amount"),
        _("Yuan; a rebate is below zero."),
        aliases=("金额", "消费", "消耗", "费用", "fee", "cost"),
        required=True,
    ),
    Column("kind", Choice(SPEND_KINDS), _("Kind"), _("ads where it is empty."), aliases=("费用类型", "类型")),
    Column(
        "task",
        Choice(TASKS),
        _("Task"),
        _("Whether the delivery ran inside an Alliance task."),
        aliases=("任务", "是否任务内"),
    ),
    Column(
        "level",
        Choice(LEVELS),
        _("Level"),
        _("Levels are views of one spend: hand in one level of it."),
        aliases=("层级", "粒度"),
    ),
    Column("campaign_id", Id(), _("Campaign"), "", aliases=("计划id",)),
    Column("campaign_name", Text(200), _("Name of the campaign"), "", aliases=("计划名称", "计划")),
    PLACEMENT,
    Column("unit_id", Id(), _("Unit"), "", aliases=("单元id", "单元")),
    Column("creative_id", Id(), _("Creative"), "", aliases=("创意id", "创意", "creativity_id")),
    Column("note_id", Id(), _("Note"), "", aliases=("笔记id", "笔记")),
    Column("live_id", Id(), _("Live stream"), "", aliases=("直播id", "直播间id", "直播")),
    Column("keyword", Text(120), _("Keyword"), "", aliases=("关键词",)),
    Column("blogger_id", Id(), _("Blogger"), "", aliases=("博主id", "达人id", "kol_id")),
    Column("blogger_name", Text(120), _("Name of the blogger"), "", aliases=("博主", "博主昵称", "达人")),
    Column("agency", Text(60), _("Agency"), "", aliases=("机构", "mcn", "代理商")),
    Column("spu", Id(60), _("SPU"), "", aliases=("商品", "spu_code", "商品编码")),
    Column(
        "source_id",
        Id(120),
        _("Own number"),
        _("Keeps two equal costs of a day apart, and corrects one."),
        aliases=("流水号", "单据号", "费用编号"),
    ),
)
_FINEST_FIRST = ("keyword", "creative_id", "unit_id", "campaign_id", "campaign_name", "note_id", "live_id")


def spend_shape(around: Surroundings) -> Callable[[Values], SpendRow]:
    above: set[bytes] = set()
    placed: dict[str, str] = {}

    def shape(values: Values) -> SpendRow:
        kind = SpendKind(values.get("kind") or SpendKind.ADS)
        amount: int = values["amount"]
        if kind == SpendKind.REBATE and amount > 0:
            raise Refused("rebate_above_zero", "amount")
        if kind != SpendKind.REBATE and amount < 0:
            raise Refused("charge_below_zero", "amount")
        row = _spend_row(values, kind, around)
        metrics = placement_of(values, row.campaign_id, placed)
        row = replace(row, metrics=metrics) if metrics else row
        digest = hashlib.blake2b(row.natural_key.encode(), digest_size=12).digest()
        if digest in above:
            raise Refused("cost_twice", "amount")
        above.add(digest)
        return row

    return shape


def placement_of(values: Values, campaign: str, placed: dict[str, str]) -> dict[str, str]:
    """What the row says of where its campaign stands, as it is kept beside the counts. ``placed``: what rows
    above said, by campaign."""
    placement = values.get("placement")
    if not placement:
        return {}
    if not campaign:
        raise Refused("placement_without_campaign", "placement")
    if placed.setdefault(campaign, placement) != placement:
        raise Refused("two_placements", "placement", placement=placed[campaign])
    return {"placement": placement}


def _spend_row(values: Values, kind: SpendKind, around: Surroundings) -> SpendRow:
    names: dict[str, Any] = {name: values.get(name) or "" for name in _SPEND_NAMES}
    # a campaign that is known by its name only is that name
    names["campaign_id"] = names["campaign_id"] or names["campaign_name"][:80]
    task = Task(values.get("task") or Task.UNKNOWN)
    level = _level(values, kind)
    own = values.get("source_id")
    spelled = "|".join(
        (names[name] or "").replace("|", "||") for name in _SPEND_NAMES if not name.endswith("_name")
    )
    spu_code = spu_of(values, around)
    key = f"id:{own}" if own else f"{kind}|{level}|{values['day']}|{spelled}|{spu_code}"
    if len(key) > 280:
        key = hashlib.sha256(key.encode()).hexdigest()
    return SpendRow(
        natural_key=key if own or task == Task.UNKNOWN else f"{key}|{task}",
        day=values["day"],
        fen=values["amount"],
        stated_at=around.now,
        level=level,
        kind=kind,
        task=task,
        spu_code=spu_code,
        **names,
    )


_SPEND_NAMES = (
    "campaign_id",
    "campaign_name",
    "unit_id",
    "creative_id",
    "note_id",
    "live_id",
    "keyword",
    "blogger_id",
    "blogger_name",
    "agency",
)


def _level(values: Values, kind: SpendKind) -> str:
    """The stated level, or that of the finest thing named. Fees are no views of each other: one level."""
    if kind != SpendKind.ADS:
        return "note"
    if values.get("level"):
        return str(values["level"])
    finest = next((name for name in _FINEST_FIRST if values.get(name)), "account")
    return finest.removesuffix("_id").removesuffix("_name")
