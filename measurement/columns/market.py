"""A marketplace's own series by day, and the days on which people buy for other reasons."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from measurement.choices import MarketMeasure, PromotionKind
from measurement.columns.orders import PLATFORMS
from measurement.columns.surroundings import Surroundings, Values, spu_of, words
from measurement.reported.statements import MarketStatement, PromotionStatement
from merchants.intake.cells import Choice, Day, Id, Text
from merchants.intake.columns import Column
from merchants.intake.figures import Tally, Yuan
from merchants.intake.problems import Refused

KINDS = words(
    {
        PromotionKind.PROMOTION: ("大促", "促销", "活动"),
        PromotionKind.FESTIVAL: ("节日", "节假日"),
        PromotionKind.PRICE: ("价格", "调价", "改价"),
    }
)
_MEASURES = {
    MarketMeasure.SEARCH: Column(
        "search",
        Tally(),
        _("Searches"),
        _("Searches of the product's words."),
        aliases=("搜索量", "搜索人数", "搜索指数", "搜索次数", "搜索人气"),
    ),
    MarketMeasure.BRAND_SEARCH: Column(
        "brand_search",
        Tally(),
        _("Brand searches"),
        _("Searches of the brand's words."),
        aliases=("品牌词搜索", "品牌词搜索量", "品牌词搜索人数", "品牌词搜索指数"),
    ),
    MarketMeasure.SHOP_VISITORS: Column(
        "shop_visitors",
        Tally(),
        _("Shop visitors"),
        _("People who came into the shop, from anywhere."),
        aliases=("访客数", "店铺访客数", "进店人数", "进店访客数"),
    ),
    MarketMeasure.PRICE: Column(
        "price",
        Yuan(),
        _("Price"),
        _("Selling price of the day, in yuan."),
        aliases=("价格", "售价", "成交价", "客单件价"),
    ),
    MarketMeasure.ORDERS: Column(
        "orders",
        Tally(),
        _("Orders"),
        _("Paid orders of the day; 0 where there was none. Used only where no order lines are known."),
        aliases=("订单数", "支付订单数", "成交订单数", "付款订单数"),
    ),
    MarketMeasure.REVENUE: Column(
        "revenue",
        Yuan(),
        _("Revenue"),
        _("Paid less refunded, in yuan; 0 where nothing was sold. Used only where no order lines are known."),
        aliases=("成交金额", "支付金额", "销售额", "成交额", "gmv"),
    ),
}

MARKET = (
    Column("day", Day(), _("Day"), "", aliases=("日期", "date", "统计日期"), required=True),
    Column(
        "platform",
        Choice(PLATFORMS),
        _("Platform"),
        "",
        aliases=("平台", "渠道"),
        required=True,
        constant=True,
    ),
    Column(
        "spu",
        Id(60),
        _("SPU"),
        _("Empty: the whole brand."),
        aliases=("商品", "spu_code", "商品编码"),
        constant=True,
    ),
    *_MEASURES.values(),
)
PROMOTIONS = (
    Column(
        "name",
        Text(120),
        _("Name"),
        _("Such as 618 or 双11."),
        aliases=("名称", "活动名称", "活动"),
        required=True,
    ),
    Column(
        "first_day",
        Day(),
        _("First day"),
        "",
        aliases=("开始", "开始日期", "开始日", "起始日期", "start"),
        required=True,
    ),
    Column(
        "last_day",
        Day(),
        _("Last day"),
        _("Included; the first day where it is empty."),
        aliases=("结束", "结束日期", "结束日", "截止日期", "end"),
    ),
    Column("kind", Choice(KINDS), _("Kind"), _("promotion where it is empty."), aliases=("类型", "活动类型")),
    Column("platform", Choice(PLATFORMS), _("Platform"), _("Empty: everywhere."), aliases=("平台", "渠道")),
    Column("spu", Id(60), _("SPU"), _("Empty: every product."), aliases=("商品", "spu_code", "商品编码")),
)


def market_shape(around: Surroundings) -> Callable[[Values], tuple[MarketStatement, ...]]:
    above: set[str] = set()

    def shape(values: Values) -> tuple[MarketStatement, ...]:
        spu_code = spu_of(values, around)
        told = tuple(
            MarketStatement(
                around.now, values["platform"], values["day"], measure, Decimal(values[column.name]), spu_code
            )
            for measure, column in _MEASURES.items()
            if values.get(column.name) is not None
        )
        if not told:
            raise Refused("nothing_told")
        for one in told:
            if one.natural_key in above:
                raise Refused("told_twice")
            above.add(one.natural_key)
        return told

    return shape


def promotion_shape(around: Surroundings) -> Callable[[Values], tuple[PromotionStatement, ...]]:
    above: set[str] = set()

    def shape(values: Values) -> tuple[PromotionStatement, ...]:
        first = values["first_day"]
        last = values.get("last_day") or first
        if last < first:
            raise Refused("days_reversed", "last_day")
        told = PromotionStatement(
            around.now,
            first,
            last,
            values["name"],
            PromotionKind(values.get("kind") or PromotionKind.PROMOTION),
            values.get("platform") or "",
            spu_of(values, around),
        )
        if told.natural_key in above:
            raise Refused("told_twice")
        above.add(told.natural_key)
        return (told,)

    return shape
