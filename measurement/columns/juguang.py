"""Report exports of the Juguang console: cost of a day with the counts beside it, at any one level.

A row states the same as a row of Juguang's API and has the same key, so that a file and a later pull replace
each other instead of adding up. Levels are views of one spend: a report adds the rows of one level only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from measurement.alliance.costs import SpendRow
from measurement.choices import Task
from measurement.columns.spend import LEVELS, PLACEMENT, placement_of
from measurement.columns.surroundings import Surroundings, Values, spu_of
from measurement.reported.rates import Stated, check
from merchants.intake.cells import Choice, Day, Id, Text
from merchants.intake.columns import Column
from merchants.intake.figures import Rate, Tally, Yuan
from merchants.intake.problems import Refused

CONNECTION = "xiaohongshu_juguang"

_COUNTS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "impression": (_("Impressions"), ("展现量", "曝光量", "展现", "曝光")),
    "click": (_("Clicks"), ("点击量", "点击")),
    "like": (_("Likes"), ("点赞", "点赞量")),
    "comment": (_("Comments"), ("评论", "评论量")),
    "collect": (_("Saves"), ("收藏", "收藏量")),
    "follow": (_("Follows"), ("关注", "关注量")),
    "share": (_("Shares"), ("分享", "分享量")),
    "interaction": (_("Interactions"), ("互动量", "互动")),
    "action_button_click": (_("Clicks of the button"), ("行动按钮点击量",)),
    "screenshot": (_("Screenshots"), ("截图",)),
    "pic_save": (_("Pictures saved"), ("保存图片",)),
    "search_cmt_click": (_("Clicks of the search component"), ("搜索组件点击量",)),
    "search_cmt_after_read": (_("Reads after searching"), ("搜后阅读量",)),
    "i_user_num": (_("New interested people"), ("新增种草人群", "新增种草人数")),
    "ti_user_num": (_("New deeply interested people"), ("新增深度种草人群", "新增深度种草人数")),
    "goods_visit": (_("Visits of goods"), ("商品访客量", "商品访问量")),
    "seller_visit": (_("Visits of the shop"), ("店铺访问量", "进店访问量")),
    "shopping_cart_add": (_("Added to cart"), ("商品加购量", "加购量")),
    "goods_order": (_("Orders placed"), ("商品订单量", "下单订单量")),
    "success_goods_order": (_("Orders paid"), ("支付订单量", "成交订单量")),
    "external_goods_visit_24h": (
        _("Off-site visits, 24 hours"),
        ("行业商品点击量(24小时)", "站外商品访问量(24h)"),
    ),
    "external_goods_order_7": (
        _("Off-site orders, 7 days"),
        ("行业商品成交订单量(7日)", "站外商品订单量(7日)"),
    ),
    "external_goods_order_15": (
        _("Off-site orders, 15 days"),
        ("行业商品成交订单量(15日)", "站外商品订单量(15日)"),
    ),
    "external_goods_order_30": (
        _("Off-site orders, 30 days"),
        ("行业商品成交订单量(30日)", "站外商品订单量(30日)"),
    ),
    "outside_shop_visit_15": (
        _("Active off-site, 15 days"),
        ("小红星站外活跃uv(15日归因)", "小红星站外活跃行为uv(15日归因)"),
    ),
    "outside_shop_visit_30": (
        _("Active off-site, 30 days"),
        ("小红星站外活跃uv(30日归因)", "小红星站外活跃行为uv(30日归因)", "小红盟站外活跃uv(30日归因)"),
    ),
    "task_read_uv": (_("Readers while the task ran"), ("小红星任务期阅读uv", "小红盟任务期阅读uv")),
    "leads": (_("Leads"), ("表单提交量", "线索量")),
    "message_consult": (_("Consultations"), ("私信咨询数", "私信进线数")),
    "initiative_message": (_("Consultations opened by the user"), ("私信开口数",)),
    "msg_leads_num": (_("Contacts left"), ("私信留资数",)),
}
_YUAN: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "rgmv": (_("Revenue of orders"), ("支付金额", "7日下单金额", "商品成交金额")),
    "external_rgmv_7": (
        _("Off-site revenue, 7 days"),
        ("行业商品gmv(7日)", "站外商品gmv(7日)", "行业商品成交金额(7日)"),
    ),
    "external_rgmv_15": (
        _("Off-site revenue, 15 days"),
        ("行业商品gmv(15日)", "站外商品gmv(15日)", "行业商品成交金额(15日)"),
    ),
    "external_rgmv_30": (
        _("Off-site revenue, 30 days"),
        ("行业商品gmv(30日)", "站外商品gmv(30日)", "行业商品成交金额(30日)"),
    ),
}
_CHECKED: Mapping[str, tuple[Any, tuple[str, ...], Stated]] = {
    "ctr": (_("CTR"), ("点击率",), Stated("ctr", "click", "impression")),
    "acp": (_("Cost of a click"), ("平均点击成本",), Stated("acp", "yuan", "click", 1)),
    "cpm": (
        _("Cost of 1,000 impressions"),
        ("平均千次展示费用", "千次展现费用"),
        Stated("cpm", "yuan", "impression", 1000),
    ),
    "cpi": (_("Cost of an interaction"), ("平均互动成本",), Stated("cpi", "yuan", "interaction", 1)),
    "ti_user_price": (
        _("CPTI"),
        ("新增深度种草人群成本",),
        Stated("ti_user_price", "yuan", "ti_user_num", 1),
    ),
    "i_user_price": (
        _("Cost of a new interested person"),
        ("新增种草人群成本",),
        Stated("i_user_price", "yuan", "i_user_num", 1),
    ),
}

JUGUANG_COLUMNS = (
    Column("day", Day(), _("Day"), "", aliases=("日期", "时间", "date", "time"), required=True),
    Column("fee", Yuan(), _("Cost"), _("Yuan."), aliases=("消费", "消耗", "花费", "总消费"), required=True),
    Column(
        "task_fee",
        Yuan(),
        _("of it inside a task"),
        _("Yuan; the rest ran outside of Alliance tasks."),
        aliases=("小红星任务期消费", "小红盟任务期消费", "任务期消费"),
    ),
    Column(
        "advertiser_id",
        Id(),
        _("Account"),
        _("Keeps two accounts apart."),
        aliases=("账户id", "广告主id", "子账户id", "投放账户id"),
        constant=True,
    ),
    Column(
        "level",
        Choice(LEVELS),
        _("Level"),
        _("The finest thing named where it is empty."),
        aliases=("层级", "报表层级"),
        constant=True,
    ),
    Column("campaign_id", Id(), _("Campaign"), "", aliases=("计划id",)),
    Column("campaign_name", Text(200), _("Name of the campaign"), "", aliases=("计划名称", "计划")),
    PLACEMENT,
    Column("unit_id", Id(), _("Unit"), "", aliases=("单元id",)),
    Column("unit_name", Text(200), _("Name of the unit"), "", aliases=("单元名称", "单元")),
    Column("creative_id", Id(), _("Creative"), "", aliases=("创意id", "creativity_id")),
    Column("creative_name", Text(200), _("Name of the creative"), "", aliases=("创意名称", "创意")),
    Column("note_id", Id(), _("Note"), "", aliases=("笔记id", "笔记")),
    Column("note_title", Text(200), _("Title of the note"), "", aliases=("笔记标题",)),
    Column("keyword", Text(120), _("Keyword"), "", aliases=("关键词",)),
    Column("keyword_id", Id(), _("Id of the keyword"), "", aliases=("关键词id",)),
    Column("spu", Id(60), _("SPU"), "", aliases=("商品", "spu_code", "商品编码"), constant=True),
    *(
        Column(name, Tally(), label, _("Number, as the platform counts."), aliases=aliases)
        for name, (label, aliases) in _COUNTS.items()
    ),
    *(
        Column(name, Yuan(), label, _("Yuan, as the platform counts."), aliases=aliases)
        for name, (label, aliases) in _YUAN.items()
    ),
    *(
        Column(name, Rate(), label, _("Only checks the figures; computed anew from them."), aliases=aliases)
        for name, (label, aliases, _stated) in _CHECKED.items()
    ),
)
_STATED = tuple(stated for _, _, stated in _CHECKED.values())
_FINEST_FIRST = ("keyword", "creative", "unit", "campaign", "note")
_TEXTS = (
    "campaign_id",
    "campaign_name",
    "unit_id",
    "unit_name",
    "creative_id",
    "creative_name",
    "note_id",
    "note_title",
    "keyword",
    "advertiser_id",
)


def juguang_shape(around: Surroundings) -> Callable[[Values], tuple[SpendRow, ...]]:
    above: set[str] = set()
    placed: dict[str, str] = {}

    def shape(values: Values) -> tuple[SpendRow, ...]:
        if values["fee"] is None:
            raise Refused("missing", "fee")
        check({**values, "yuan": Decimal(values["fee"]) / 100}, _STATED)
        base = _row(values, around)
        metrics = placement_of(values, base.campaign_id, placed)
        base = replace(base, metrics={**base.metrics, **metrics})
        if base.natural_key in above:
            raise Refused("told_twice")
        above.add(base.natural_key)
        return _by_task(base, values.get("task_fee"))

    return shape


def _row(values: Values, around: Surroundings) -> SpendRow:
    texts: dict[str, Any] = {name: values.get(name) or "" for name in _TEXTS}
    texts["advertiser_id"] = texts["advertiser_id"] or around.shops.get(CONNECTION, "")
    # what is known by its name only is that name
    for kind in ("campaign", "unit", "creative"):
        texts[f"{kind}_id"] = texts[f"{kind}_id"] or texts[f"{kind}_name"][:80]
    level = values.get("level") or next((name for name in _FINEST_FIRST if _entity(texts, name)), "account")
    entity = _entity(texts, level) if level != "keyword" else values.get("keyword_id") or texts["keyword"]
    if not entity and level != "account":
        raise Refused("level_without_id", "level")
    metrics = {name: values[name] for name in _COUNTS if values.get(name) is not None}
    metrics |= {f"{name}_fen": values[name] for name in _YUAN if values.get(name) is not None}
    return SpendRow(
        natural_key=f"{texts['advertiser_id']}|{level}|{entity or texts['advertiser_id']}|{values['day']}",
        day=values["day"],
        fen=values["fee"],
        stated_at=around.now,
        level=level,
        spu_code=spu_of(values, around),
        metrics=metrics,
        **texts,
    )


def _entity(texts: Mapping[str, str], level: str) -> str:
    return texts["keyword"] if level == "keyword" else texts.get(f"{level}_id", "")


def _by_task(base: SpendRow, task_fen: int | None) -> tuple[SpendRow, ...]:
    """The row as it is; or, where the part inside a task is told, one row inside and one outside of it. The
    counts stand once, with the larger part."""
    if task_fen is None:
        return (base,)
    if task_fen > base.fen:
        raise Refused("more_than_whole", "task_fee", part="task_fee", whole="fee")
    parts = [(Task.IN_TASK, task_fen), (Task.OUT_OF_TASK, base.fen - task_fen)]
    larger = max(parts, key=lambda part: part[1])[0]
    return tuple(
        replace(
            base,
            natural_key=f"{base.natural_key}|{task}",
            task=task,
            fen=fen,
            metrics=base.metrics if task == larger else {},
        )
        for task, fen in parts
        if fen or task == larger
    )
