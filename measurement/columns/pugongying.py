"""Note exports of the Pugongying console: what a cooperation cost, and what its note has reached so far.

The figures of a note are running totals at the day of the export; fees are due once for each order. Keys are
those of Pugongying's API, so that a file and a later pull replace each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from measurement.alliance.costs import SpendRow
from measurement.choices import SpendKind
from measurement.columns.surroundings import Surroundings, Values, spu_of
from measurement.reported.rates import Stated, check
from merchants.intake.cells import Id, Text
from merchants.intake.columns import Column
from merchants.intake.figures import DayOfTime, Rate, Tally, Yuan
from merchants.intake.problems import Refused
from merchants.wire.times import SHANGHAI

_COUNTS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "imp_num": (_("Impressions"), ("曝光量", "曝光数", "曝光")),
    "read_num": (_("Reads"), ("阅读量", "阅读数", "阅读")),
    "read_uv": (_("Readers"), ("阅读uv", "阅读人数")),
    "origin_imp_num": (_("Natural impressions"), ("自然曝光量",)),
    "origin_read_num": (_("Natural reads"), ("自然阅读量",)),
    "promotion_imp_num": (_("Promoted impressions"), ("推广曝光量",)),
    "promotion_read_num": (_("Promoted reads"), ("推广阅读量",)),
    "engage_num": (_("Interactions"), ("互动量", "互动数")),
    "like_num": (_("Likes"), ("点赞量", "点赞数", "点赞")),
    "fav_num": (_("Saves"), ("收藏量", "收藏数", "收藏")),
    "cmt_num": (_("Comments"), ("评论量", "评论数", "评论")),
    "share_num": (_("Shares"), ("分享量", "分享数", "转发量")),
    "interest_num": (_("Seeded people"), ("种草人数", "种草数", "种草量")),
    "kol_fan_num": (_("Followers"), ("粉丝数", "粉丝量")),
    "star_enter_store_uv": (_("Shop visitors"), ("站外店铺行为uv", "进店uv")),
}
PUGONGYING_COLUMNS = (
    Column(
        "order_id",
        Id(),
        _("Order"),
        _("Of the cooperation; its fee is counted once."),
        aliases=("订单id", "订单编号", "合作订单id"),
        required=True,
    ),
    Column("note_id", Id(), _("Note"), "", aliases=("笔记id",), required=True),
    Column("note_title", Text(200), _("Title of the note"), "", aliases=("笔记标题", "标题")),
    Column("blogger_id", Id(), _("Blogger"), "", aliases=("博主id", "达人id", "kol_id")),
    Column(
        "blogger_name",
        Text(120),
        _("Name of the blogger"),
        "",
        aliases=("博主昵称", "达人昵称", "博主", "达人"),
    ),
    Column(
        "published_on",
        DayOfTime(),
        _("Published"),
        _("The day the fee is charged to."),
        aliases=("发布时间", "笔记发布时间", "发布日期", "笔记发布日期"),
        required=True,
    ),
    Column(
        "day",
        DayOfTime(),
        _("Day of the figures"),
        _("Running totals at the end of it; today where it is empty."),
        aliases=("更新日期", "数据更新日期", "日期", "date_key"),
        constant=True,
    ),
    Column(
        "note_fee",
        Yuan(),
        _("Blogger's price"),
        _("Yuan."),
        aliases=("博主报价", "合作报价", "合作金额", "达人报价"),
    ),
    Column(
        "platform_fee",
        Yuan(),
        _("Service fee of the platform"),
        _("Yuan."),
        aliases=("平台服务费", "服务费", "服务费金额"),
    ),
    Column("spu", Id(60), _("SPU"), "", aliases=("商品", "spu_code", "商品编码"), constant=True),
    *(
        Column(name, Tally(), label, _("Number so far, as the platform counts."), aliases=aliases)
        for name, (label, aliases) in _COUNTS.items()
    ),
    Column(
        "engage_rate",
        Rate(),
        _("Engagement rate"),
        _("Only checks the figures; computed anew from them."),
        aliases=("互动率",),
    ),
)
_STATED = (Stated("engage_rate", "engage_num", "read_num"),)


def pugongying_shape(around: Surroundings) -> Callable[[Values], tuple[SpendRow, ...]]:
    above: set[str] = set()

    def shape(values: Values) -> tuple[SpendRow, ...]:
        if values["order_id"] in above:
            raise Refused("told_twice", "order_id")
        above.add(values["order_id"])
        check(values, _STATED)
        fees = [
            (SpendKind.NOTE_FEE, values.get("note_fee")),
            (SpendKind.PLATFORM_FEE, values.get("platform_fee")),
        ]
        rows = tuple(_row(values, around, kind, fen) for kind, fen in fees if fen is not None)
        if not rows:
            raise Refused("nothing_told", "note_fee")
        return rows

    return shape


def _row(values: Values, around: Surroundings, kind: SpendKind, fen: int) -> SpendRow:
    metrics: dict[str, Any] = {}
    if kind == SpendKind.NOTE_FEE:  # once for each order
        metrics = {name: values[name] for name in _COUNTS if values.get(name) is not None}
        shown_on: date = values.get("day") or around.now.astimezone(SHANGHAI).date()
        metrics["date_key"] = f"{shown_on:%Y%m%d}"
    return SpendRow(
        natural_key=f"{values['order_id']}|{kind}",
        day=values["published_on"],
        fen=fen,
        stated_at=around.now,
        level="note",
        kind=kind,
        note_id=values["note_id"],
        note_title=values.get("note_title") or "",
        blogger_id=values.get("blogger_id") or "",
        blogger_name=values.get("blogger_name") or "",
        spu_code=spu_of(values, around),
        metrics=metrics,
    )
