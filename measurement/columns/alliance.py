"""Task and content exports of the Alliance programmes: 小红星 (Taobao, Tmall), 小红盟 (JD), 小红链 (VIPSHOP)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from measurement.choices import Programme, ReportAxis, ReportLevel
from measurement.columns.surroundings import Surroundings, Values, spu_of, words
from measurement.reported.alliance import METRICS
from measurement.reported.rates import Stated, check
from measurement.reported.statements import AllianceStatement
from merchants.intake.cells import Choice, Day, Flag, Id, Text
from merchants.intake.columns import Column
from merchants.intake.figures import Rate, Tally, WindowDays, Yuan
from merchants.intake.problems import Refused

PROGRAMMES = words(
    {
        Programme.XIAOHONGXING: ("小红星", "淘宝", "天猫", "taobao", "tmall"),
        Programme.XIAOHONGMENG: ("小红盟", "京东", "jd"),
        Programme.XIAOHONGLIAN: ("小红链", "唯品会", "vipshop"),
    }
)
LEVELS = words(
    {
        ReportLevel.TASK: ("任务", "任务组", "项目", "订单"),
        ReportLevel.NOTE: ("笔记", "内容", "content"),
    }
)
AXES = words(
    {
        ReportAxis.CLICK: ("点击时间", "点击日期", "归因时间", "曝光时间"),
        ReportAxis.CONVERSION: ("转化时间", "转化日期", "成交时间"),
    }
)

_COUNTS = (
    ("read_uv", _("Readers"), ("阅读uv", "阅读/播放uv", "小红星任务期阅读uv", "任务期阅读uv", "阅读人数")),
    ("search_uv", _("Searchers"), ("搜索曝光uv", "搜索uv", "搜索人数")),
    (
        "shop_entry_uv",
        _("Shop visitors"),
        ("进店uv", "店铺进店uv", "综合进店uv", "站外店铺行为uv", "进店人数"),
    ),
    ("new_visitor_uv", _("New visitors"), ("新客进店uv", "新访客uv", "新访uv", "新访客数")),
    ("collect_uv", _("Collectors"), ("商品收藏uv", "收藏uv", "收藏人数")),
    ("cart_uv", _("Carts"), ("商品加购uv", "加购uv", "加购人数")),
    ("follow_uv", _("Followers of the shop"), ("关注店铺uv", "关注uv")),
    ("member_uv", _("Members"), ("店铺会员uv", "入会uv", "会员uv")),
    ("order_uv", _("Buyers"), ("成交uv", "成交人数", "下单uv")),
    ("new_customers", _("New customers"), ("新客成交uv", "成交新客uv", "新客数", "新客人数")),
    ("deposit_uv", _("Depositors of a presale"), ("预售付定uv", "付定uv", "预售付定人数")),
)
_MONEY = (
    ("gmv_fen", _("GMV of the shop"), ("gmv", "全店成交gmv", "全店gmv", "商家gmv", "成交gmv", "成交金额")),
    (
        "task_gmv_fen",
        _("GMV of task products"),
        ("任务商品成交gmv", "任务商品gmv", "订单商品成交gmv", "种草商品gmv"),
    ),
    (
        "other_gmv_fen",
        _("GMV of other products"),
        ("非任务商品成交gmv", "非任务商品gmv", "非订单商品成交gmv", "连带gmv"),
    ),
    (
        "new_gmv_fen",
        _("GMV of new customers"),
        ("任务商品新客成交gmv", "订单商品新客成交gmv", "新客成交gmv", "新客gmv"),
    ),
    ("deposit_fen", _("Deposits"), ("预售付定gmv", "付定gmv", "定金金额")),
    ("presale_gmv_fen", _("Presale, estimated whole"), ("预售整单预估gmv", "整单预估gmv")),
    (
        "cost_fen",
        _("Cost of the task"),
        ("任务消耗", "任务花费", "任务期消费", "总花费", "总投放金额", "总金额", "花费", "消耗"),
    ),
)

ALLIANCE = (
    Column(
        "day",
        Day(),
        _("Day"),
        _("Day of the figures."),
        aliases=("日期", "date", "统计日期", "数据日期", "dt", "数据更新日期"),
        required=True,
    ),
    Column(
        "programme",
        Choice(PROGRAMMES),
        _("Programme"),
        _("小红星, 小红盟 or 小红链."),
        aliases=("联盟", "项目类型", "平台"),
        required=True,
        constant=True,
    ),
    Column(
        "window_days",
        WindowDays(),
        _("Window, days"),
        _("Days an order counts after the touch: 7, 15 or 30."),
        aliases=("归因周期", "归因窗口", "归因口径", "归因天数", "周期"),
        required=True,
        constant=True,
    ),
    Column(
        "level",
        Choice(LEVELS),
        _("Level"),
        _("note where a note is named, else task: two views, never added."),
        aliases=("层级", "维度", "粒度"),
        constant=True,
    ),
    Column(
        "axis",
        Choice(AXES),
        _("Time axis"),
        _("Whether a day is that of the click or of the order; click where it is empty."),
        aliases=("数据口径", "时间口径", "统计口径"),
        constant=True,
    ),
    Column(
        "last_click",
        Flag(),
        _("Last click only"),
        _("Whether each order counts once, for its last click."),
        aliases=("是否末次点击", "末次点击", "是否去重", "is_last_click"),
        constant=True,
    ),
    Column("task_id", Id(), _("Task"), "", aliases=("任务id", "任务组id", "项目id", "订单id")),
    Column(
        "task_name",
        Text(200),
        _("Name of the task"),
        "",
        aliases=("任务名称", "任务组", "任务组名称", "项目名称", "订单名称"),
    ),
    Column("note_id", Id(), _("Note"), "", aliases=("笔记id", "内容id")),
    Column("note_title", Text(200), _("Title of the note"), "", aliases=("笔记标题", "内容标题", "标题")),
    Column(
        "spu",
        Id(60),
        _("SPU"),
        _("Code of the SPU, as under products."),
        aliases=("商品", "spu_code", "商品编码"),
        constant=True,
    ),
    *(
        Column(name, Tally(), label, _("Number of people."), aliases=aliases)
        for name, label, aliases in _COUNTS
    ),
    *(
        Column(name.removesuffix("_fen"), Yuan(), label, _("Yuan."), aliases=aliases)
        for name, label, aliases in _MONEY
    ),
    Column(
        "entry_rate",
        Rate(),
        _("Entry rate"),
        _("Only checks the figures; computed anew from them."),
        aliases=("进店率",),
    ),
    Column(
        "cart_rate",
        Rate(),
        _("Cart rate"),
        _("Only checks the figures; computed anew from them."),
        aliases=("加购率",),
    ),
    Column(
        "deal_rate",
        Rate(),
        _("Deal rate"),
        _("Only checks the figures; computed anew from them."),
        aliases=("成交转化率", "进店成交率", "转化率"),
    ),
)
_RATES = (
    Stated("entry_rate", "shop_entry_uv", "read_uv"),
    Stated("cart_rate", "cart_uv", "shop_entry_uv"),
    Stated("deal_rate", "order_uv", "shop_entry_uv"),
)
_WITHIN = (
    ("new_visitor_uv", "shop_entry_uv"),
    ("new_customers", "order_uv"),
    ("task_gmv", "gmv"),
    ("other_gmv", "gmv"),
)
"""A part that is greater than its whole: columns were exchanged."""


def alliance_shape(around: Surroundings) -> Callable[[Values], tuple[AllianceStatement, ...]]:
    above: set[str] = set()

    def shape(values: Values) -> tuple[AllianceStatement, ...]:
        told = _statement(values, around)
        check(values, _RATES)
        _parts_within(values)
        if told.natural_key in above:
            raise Refused("told_twice")
        above.add(told.natural_key)
        return (told,)

    return shape


def _statement(values: Values, around: Surroundings) -> AllianceStatement:
    note_id = values.get("note_id") or ""
    level = ReportLevel(values.get("level") or (ReportLevel.NOTE if note_id else ReportLevel.TASK))
    task = values.get("task_id") or values.get("task_name")
    if not (note_id if level == ReportLevel.NOTE else task):
        raise Refused("level_without_id", "note_id" if level == ReportLevel.NOTE else "task_id")
    metrics = {
        name: value
        for name in METRICS
        if (value := values.get(name.removesuffix("_fen") if name.endswith("_fen") else name)) is not None
    }
    if not metrics:
        raise Refused("nothing_told")
    return AllianceStatement(
        stated_at=around.now,
        programme=Programme(values["programme"]),
        level=level,
        day=values["day"],
        window_days=values["window_days"],
        axis=ReportAxis(values.get("axis") or ReportAxis.CLICK),
        last_click=values.get("last_click"),
        task_id=values.get("task_id") or "",
        task_name=values.get("task_name") or "",
        note_id=note_id,
        note_title=values.get("note_title") or "",
        spu_code=spu_of(values, around),
        metrics=metrics,
    )


def _parts_within(values: Values) -> None:
    for part, whole in _WITHIN:
        few, many = values.get(part), values.get(whole)
        if few is not None and many is not None and few > many:
            raise Refused("more_than_whole", part, part=part, whole=whole)
