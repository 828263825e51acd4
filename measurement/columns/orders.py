"""Orders, one row a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from measurement.alliance.facts import JoinKind, OrderStatus
from measurement.alliance.first_party import OrderRow
from measurement.alliance.veil import MARK
from measurement.choices import Platform
from measurement.columns.persons import key_of, person_columns
from measurement.columns.surroundings import Surroundings, Values, not_in_future, spu_of, words
from measurement.columns.touchpoints import MODIFIED
from merchants.intake.cells import Choice, Flag, Id, Money, Text, Time, Whole
from merchants.intake.columns import Column
from merchants.intake.problems import Refused

PLATFORMS = words(
    {
        Platform.TAOBAO: ("tmall", "淘宝", "天猫", "淘系"),
        Platform.JD: ("京东",),
        Platform.VIPSHOP: ("vip", "唯品会"),
        Platform.XIAOHONGSHU_ARK: ("xiaohongshu", "小红书", "千帆", "小红书千帆"),
        Platform.STORE: ("门店", "自有", "自营", "线下"),
        Platform.OTHER: ("其他", "其它"),
    }
)
STATUSES = words(
    {
        OrderStatus.UNPAID: ("待付款", "等待买家付款", "未付款"),
        OrderStatus.PAID: (
            "已付款",
            "待发货",
            "已发货",
            "已签收",
            "已完成",
            "交易成功",
            "买家已付款",
            "卖家已发货",
            "完成",
            "shipped",
            "finished",
            "completed",
        ),
        OrderStatus.REFUNDED_PARTIALLY: ("部分退款",),
        OrderStatus.REFUNDED: ("已退款", "全额退款", "退款成功"),
        OrderStatus.CANCELLED: ("已取消", "交易关闭", "已关闭", "closed"),
    }
)
CODE_KINDS = {
    kind.value: kind.value
    for kind in (
        JoinKind.CLICK_ID,
        JoinKind.PID,
        JoinKind.SUB_UNION_ID,
        JoinKind.POSITION_ID,
        JoinKind.STAT_PARAM,
        JoinKind.CHANNEL_TAG,
        JoinKind.AD_CODE,
        JoinKind.KOL_ID,
    )
}
_NEVER_PAID = {OrderStatus.UNPAID, OrderStatus.CANCELLED}

ORDERS = (
    Column(
        "order_id",
        Id(),
        _("Order"),
        _("The platform's order number, as text."),
        aliases=("订单号", "订单编号", "主订单编号", "订单id"),
        required=True,
    ),
    Column(
        "line_id",
        Id(160),
        _("Order line"),
        _("The line's own number; without it order, SKU and position name it."),
        aliases=("子订单号", "子订单编号", "明细号"),
    ),
    Column(
        "platform",
        Choice(PLATFORMS),
        _("Platform"),
        _("Where it was bought."),
        aliases=("平台", "渠道平台"),
        required=True,
    ),
    Column(
        "shop",
        Text(60),
        _("Shop"),
        _("Needed only when the merchant has several shops on a platform."),
        aliases=("店铺", "店铺名称"),
    ),
    Column(
        "status",
        Choice(STATUSES),
        _("Status"),
        _("Without it, a time of payment means paid."),
        aliases=("订单状态", "状态"),
    ),
    Column(
        "created_at",
        Time(),
        _("Ordered at"),
        _("When the order was placed."),
        aliases=("下单时间", "订单创建时间", "创建时间"),
    ),
    Column(
        "paid_at",
        Time(),
        _("Paid at"),
        _("When it was paid; credit looks back from here."),
        aliases=("付款时间", "支付时间", "订单付款时间"),
    ),
    Column(
        "item_id",
        Id(),
        _("Item"),
        _("The platform's product number."),
        aliases=("商品id", "宝贝id", "商品编号"),
    ),
    Column("sku_id", Id(), _("SKU"), _("The platform's SKU number."), aliases=("skuid", "规格id")),
    Column(
        "spu",
        Id(60),
        _("SPU"),
        _("Code of the product, as under products; else the item is mapped there."),
        aliases=("spu编码", "spu_code", "商品编码"),
    ),
    Column("title", Text(400), _("Title"), _("Name of the item."), aliases=("商品名称", "宝贝标题", "标题")),
    Column(
        "quantity",
        Whole(0, 1_000_000),
        _("Pieces"),
        _("1 where it is empty."),
        aliases=("数量", "购买数量", "件数"),
    ),
    Column(
        "paid_amount",
        Money(),
        _("Paid"),
        _("What the buyer paid for this line, in yuan, without postage."),
        aliases=("实付金额", "买家实付金额", "实付", "买家实际支付金额"),
        required=True,
    ),
    Column(
        "refunded_amount",
        Money(),
        _("Refunded"),
        _("What went back, in yuan; empty is unknown, 0 is none."),
        aliases=("退款金额", "退款"),
    ),
    Column(
        "shipping_amount",
        Money(),
        _("Postage"),
        _("Of the whole order, on any or each of its rows."),
        aliases=("运费", "邮费"),
    ),
    *person_columns(required=False),
    Column(
        "coupon",
        Text(160),
        _("Coupon"),
        _("A coupon that was given out with content."),
        aliases=("优惠券", "优惠码", "coupon_code"),
    ),
    Column(
        "channel_code",
        Text(160),
        _("Channel code"),
        _("What a link carried: position, tag, parameter."),
        aliases=("渠道码", "推广位", "渠道"),
    ),
    Column("channel_code_kind", Choice(CODE_KINDS), _("Kind of the code"), "", aliases=("渠道码类型",)),
    Column(
        "asked",
        Text(160),
        _("Asked"),
        _("What the buyer answered when asked where they had seen it."),
        aliases=("来源问卷", "从哪里知道", "客户来源"),
    ),
    Column("is_new_buyer", Flag(), _("New buyer"), "", aliases=("是否新客", "新客")),
    MODIFIED,
    Column("shipped_at", Time(), _("Shipped at"), "", aliases=("发货时间",)),
    Column("promised_at", Time(), _("Promised for"), "", aliases=("承诺发货时间", "应发货时间")),
    Column("signed_at", Time(), _("Signed for at"), "", aliases=("签收时间", "确认收货时间")),
    Column("carrier", Text(60), _("Carrier"), "", aliases=("物流公司", "快递公司")),
    Column("after_sale_reason", Text(120), _("Reason of after-sale"), "", aliases=("售后原因", "退款原因")),
)


@dataclass(frozen=True, slots=True)
class HandedOrder:
    """A row of an order file with what does not belong to the order itself."""

    row: OrderRow
    shop: str
    spu_code: str


def order_shape(around: Surroundings) -> Callable[[Values], HandedOrder]:
    seen: Counter[str] = Counter()  # SKUs of the order whose rows are passing
    current = [""]

    def line_id(values: Values, platform: str) -> str:
        """The row's own, or ``<order>:<sku>:<n>``, n counting one SKU over rows of an order that follow
        one another."""
        if values.get("line_id"):
            return str(values["line_id"])
        order = f"{platform}:{values['order_id']}"
        if order != current[0]:
            current[0] = order
            seen.clear()
        sku = values.get("sku_id") or values.get("item_id") or values.get("spu") or values.get("title") or ""
        named = f"{values['order_id']}:{sku[:60]}:{seen[sku]}"
        seen[sku] += 1
        return named

    def shape(values: Values) -> HandedOrder:
        name = line_id(values, values["platform"])
        status = _status(values)
        not_in_future(values, around, "created_at", "paid_at", "modified_at", "shipped_at", "signed_at")
        paid_at = values.get("paid_at")
        if status not in _NEVER_PAID and not (paid_at or values.get("created_at")):
            raise Refused("paid_without_time", "paid_at")
        refunded = values.get("refunded_amount")
        if status not in _NEVER_PAID and refunded is not None and refunded > values["paid_amount"]:
            raise Refused("refund_above_payment", "refunded_amount")
        spu_code = spu_of(values, around)
        told: dict[str, Any] = {at: values.get(at) for at in _ORDER_TIMES}
        told |= {text: values.get(text) or "" for text in _ORDER_TEXTS}
        row = OrderRow(
            platform=values["platform"],
            order_id=values["order_id"],
            line_id=name,
            status=status,
            paid_fen=values["paid_amount"],
            refunded_fen=refunded,
            shipping_fen=values.get("shipping_amount") or 0,
            item_id=values.get("item_id") or (f"spu:{spu_code}" if spu_code else ""),
            quantity=1 if values.get("quantity") is None else values["quantity"],
            is_new_buyer=values.get("is_new_buyer"),
            joins=_joins(values, around),
            **told,
        )
        return HandedOrder(row, values.get("shop") or around.shops.get(row.platform, ""), spu_code)

    return shape


_ORDER_TIMES = ("created_at", "paid_at", "modified_at", "promised_at", "shipped_at", "signed_at")
_ORDER_TEXTS = ("sku_id", "title", "carrier", "after_sale_reason")


def _status(values: Values) -> OrderStatus:
    """As stated; a closed order of which money went back was paid before."""
    stated, refunded = values.get("status"), values.get("refunded_amount") or 0
    if stated == OrderStatus.CANCELLED and values.get("paid_at") and refunded:
        full = refunded >= values["paid_amount"]
        return OrderStatus.REFUNDED if full else OrderStatus.REFUNDED_PARTIALLY
    if stated:
        return OrderStatus(stated)
    return OrderStatus.PAID if values.get("paid_at") else OrderStatus.UNPAID


def _joins(values: Values, around: Surroundings) -> tuple[tuple[str, str, str], ...]:
    platform = values["platform"]
    joins: list[tuple[str, str, str]] = []
    person = key_of(values, around)
    if person is not None:
        joins.append((JoinKind.BUYER.value, person[0], f"{MARK}{person[1].hex}"))
    if values.get("channel_code"):
        if not values.get("channel_code_kind"):
            raise Refused("code_kind_missing", "channel_code_kind")
        joins.append((values["channel_code_kind"], platform, values["channel_code"]))
    if values.get("coupon"):
        joins.append((JoinKind.COUPON.value, platform, values["coupon"]))
    if values.get("asked"):
        joins.append((JoinKind.ASKED.value, platform, values["asked"]))
    return tuple(joins)
