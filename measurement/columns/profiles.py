"""Profiles as consoles export them: how many of a crowd are of an age, a gender, a tier of city. In sums only:
a row describes a crowd, and no column of it could name a person."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from measurement.choices import Layer, ProfileDimension, ProfileScope
from measurement.columns.crowds import LAYERS
from measurement.columns.surroundings import Surroundings, Values, spu_of, words
from measurement.reported.buckets import LENGTH, bucket
from measurement.reported.statements import ProfileStatement
from merchants.intake.cells import Choice, Day, Id, Text
from merchants.intake.columns import Column
from merchants.intake.figures import Index, Share, Tally
from merchants.intake.problems import Refused

DIMENSIONS = words(
    {
        ProfileDimension.GENDER: ("性别", "性别分布"),
        ProfileDimension.AGE: ("年龄", "年龄段", "年龄分布"),
        ProfileDimension.CITY_TIER: ("城市等级", "城市线级", "城市级别", "城市分级", "城市等级分布"),
    }
)
_CONTENT = {
    "note_id": ProfileScope.NOTE,
    "campaign_id": ProfileScope.CAMPAIGN,
    "live_id": ProfileScope.LIVE,
}

PROFILES = (
    Column(
        "first_day",
        Day(),
        _("First day"),
        _("Day of the figures, or the first of the days they are of."),
        aliases=("日期", "day", "date", "统计日期", "数据日期", "开始日期", "起始日期"),
        required=True,
        constant=True,
    ),
    Column(
        "last_day",
        Day(),
        _("Last day"),
        _("Included; the first day where it is empty."),
        aliases=("结束日期", "截止日期", "end"),
        constant=True,
    ),
    Column(
        "spu",
        Id(60),
        _("SPU"),
        _("Whose people these are, one of four. All empty: the whole account."),
        aliases=("商品", "spu_code", "商品编码"),
        constant=True,
    ),
    Column("note_id", Id(), _("Note"), "", aliases=("笔记id", "笔记编号"), constant=True),
    Column("campaign_id", Id(), _("Campaign"), "", aliases=("计划id", "计划编号"), constant=True),
    Column("live_id", Id(), _("Live stream"), "", aliases=("直播id", "直播间id", "场次id"), constant=True),
    Column(
        "layer",
        Choice(LAYERS),
        _("Layer"),
        _("A, I, TI, P or S, when the profile is of one layer."),
        aliases=("人群", "人群层级", "人群分层", "层级"),
        constant=True,
    ),
    Column(
        "dimension",
        Choice(DIMENSIONS),
        _("Dimension"),
        _("By what people are divided."),
        aliases=("维度", "画像维度", "标签类型", "标签维度"),
        required=True,
        constant=True,
    ),
    Column(
        "bucket",
        Text(LENGTH),
        _("Bucket"),
        _(
            "One part of the dimension, such as 18-24, 女 or 新一线."
            " All parts of a dimension are handed in together."
        ),
        aliases=("分组", "标签", "标签值", "标签名称", "画像标签", "选项", "取值"),
        required=True,
    ),
    Column(
        "people",
        Tally(),
        _("People"),
        _("People in the bucket."),
        aliases=("人数", "人群规模", "用户数", "人群数"),
    ),
    Column(
        "share",
        Share(),
        _("Share"),
        _("Of all people of the profile; enough without people."),
        aliases=("占比", "人数占比", "用户占比", "人群占比", "比例"),
    ),
    Column("tgi", Index(), _("TGI"), _("100: as everywhere on the platform."), aliases=("tgi指数",)),
)


def profile_shape(around: Surroundings) -> Callable[[Values], tuple[ProfileStatement, ...]]:
    above: set[str] = set()

    def shape(values: Values) -> tuple[ProfileStatement, ...]:
        told = _statement(values, around)
        if told.natural_key in above:
            raise Refused("told_twice")
        above.add(told.natural_key)
        return (told,)

    return shape


def _statement(values: Values, around: Surroundings) -> ProfileStatement:
    spu_code = spu_of(values, around)
    named = {scope: values[column] for column, scope in _CONTENT.items() if values.get(column)}
    if len(named) + bool(spu_code) > 1:
        raise Refused("whose_profile")
    scope, content_id = next(iter(named.items()), (ProfileScope.ACCOUNT, ""))
    first = values["first_day"]
    last = values.get("last_day") or first
    if last < first:
        raise Refused("days_reversed", "last_day")
    if values.get("people") is None and values.get("share") is None:
        raise Refused("nothing_told")
    dimension = ProfileDimension(values["dimension"])
    return ProfileStatement(
        around.now,
        first,
        last,
        ProfileScope.SPU if spu_code else scope,
        dimension,
        bucket(dimension, values["bucket"]),
        people=values.get("people"),
        share=values.get("share"),
        tgi=values.get("tgi"),
        layer=Layer(values["layer"]) if values.get("layer") else None,
        spu_code=spu_code,
        content_id=content_id,
    )
