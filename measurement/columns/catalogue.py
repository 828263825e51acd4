"""What is sold and what content says of it: products with margins, items, notes, live streams, codes on orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from measurement.alliance.facts import JoinKind
from measurement.columns.orders import CODE_KINDS, PLATFORMS
from measurement.columns.surroundings import Surroundings, Values, not_in_future, spu_of
from measurement.operations.catalogue_rows import CodeRow, ItemRow, LiveRow, NoteRow, ProductRow
from merchants.intake.cells import Choice, Day, Flag, Id, Text, Time
from merchants.intake.columns import Column, spelled
from merchants.intake.figures import Share
from merchants.intake.problems import Refused

PRODUCTS = (
    Column(
        "spu",
        Id(60),
        _("SPU"),
        _("Your own code of the product; every other file names it so."),
        aliases=("商品编码", "spu编码", "spu_code", "货号", "款号"),
        required=True,
    ),
    Column(
        "name",
        Text(160),
        _("Name"),
        _("Needed for a new product; empty: as before."),
        aliases=("商品名称", "名称", "产品名称"),
    ),
    Column(
        "category",
        Text(80),
        _("Category"),
        _("Its code or its name, as under Decision cycles; needed for a new product. It sets the cycle."),
        aliases=("类目", "品类", "类目名称"),
        constant=True,
    ),
    Column(
        "margin",
        Share(low=-100),
        _("Margin"),
        _("Of revenue, with its percent sign, such as 45%. Empty: as before."),
        aliases=("毛利率", "利润率", "毛利"),
    ),
    Column(
        "valid_from",
        Day(),
        _("Margin holds from"),
        _("Needed with a margin; before its first day a margin is unknown."),
        aliases=("生效日期", "毛利生效日期", "起始日期", "from"),
        constant=True,
    ),
)
ITEMS = (
    Column(
        "platform",
        Choice(PLATFORMS),
        _("Platform"),
        _("Where the item is sold."),
        aliases=("平台", "渠道平台"),
        required=True,
        constant=True,
    ),
    Column(
        "item_id",
        Id(),
        _("Item"),
        _("The platform's product number, as orders carry it."),
        aliases=("商品id", "宝贝id", "商品编号"),
        required=True,
    ),
    Column(
        "sku_id", Id(), _("SKU"), _("Empty: every SKU of the item."), aliases=("skuid", "规格id", "sku编号")
    ),
    Column(
        "spu",
        Id(60),
        _("SPU"),
        _("Code of the product that the item is."),
        aliases=("spu编码", "spu_code", "商品编码", "货号"),
        required=True,
    ),
)
NOTES = (
    Column(
        "note_id",
        Id(),
        _("Note"),
        _("Its id on the platform."),
        aliases=("笔记id", "笔记编号", "内容id"),
        required=True,
    ),
    Column("title", Text(200), _("Title"), "", aliases=("笔记标题", "标题")),
    Column("blogger_id", Id(), _("Blogger"), "", aliases=("博主id", "达人id", "kol_id")),
    Column(
        "blogger_name",
        Text(120),
        _("Name of the blogger"),
        _("Kept with the blogger's id."),
        aliases=("博主", "博主昵称", "达人", "达人昵称"),
    ),
    Column(
        "spu",
        Id(60),
        _("SPU"),
        _("What the note is about; its touches count for this product."),
        aliases=("商品", "spu_code", "商品编码", "种草商品"),
        constant=True,
    ),
    Column(
        "buying_point",
        Text(120),
        _("Buying point"),
        _("What the note says for the product."),
        aliases=("买点", "卖点", "种草点"),
    ),
    Column(
        "scene",
        Text(120),
        _("Audience or scene"),
        _("For whom or for when it was written; crowds are divided by it."),
        aliases=("场景", "人群", "人群场景", "目标人群"),
    ),
    Column("is_video", Flag(), _("Video"), "", aliases=("是否视频", "视频")),
    Column("published_at", Time(), _("Published"), "", aliases=("发布时间", "笔记发布时间", "发布日期")),
)
LIVES = (
    Column(
        "live_id",
        Id(),
        _("Live stream"),
        _("Its id on the platform, as touchpoints and costs name it."),
        aliases=("直播id", "直播间id", "直播场次id", "场次id"),
        required=True,
    ),
    Column("title", Text(200), _("Title"), "", aliases=("直播标题", "直播主题", "直播名称", "标题")),
    Column(
        "started_at",
        Time(),
        _("Started"),
        _("The stream stands in the period in which it began."),
        aliases=("开播时间", "直播开始时间", "开始时间"),
    ),
    Column(
        "ended_at",
        Time(),
        _("Ended"),
        _("Comes with the start."),
        aliases=("下播时间", "关播时间", "直播结束时间", "结束时间"),
    ),
    Column("host_id", Id(), _("Host"), "", aliases=("主播id", "主播账号id")),
    Column(
        "host_name",
        Text(120),
        _("Name of the host"),
        _("Kept with the host's id."),
        aliases=("主播", "主播昵称", "主播名称"),
    ),
    Column(
        "curator_id",
        Id(),
        _("Buyer-curator"),
        _("Who chose the goods and sells them; empty in the shop's own stream."),
        aliases=("买手id",),
    ),
    Column(
        "curator_name",
        Text(120),
        _("Name of the buyer-curator"),
        _("Kept with the curator's id."),
        aliases=("买手", "买手昵称", "买手名称"),
    ),
)
CODES_ON_ORDERS = {**CODE_KINDS, **{str(kind): str(kind) for kind in (JoinKind.COUPON, JoinKind.ASKED)}}
LIVE_TEXTS = ("title", "host_id", "host_name", "curator_id", "curator_name")
POINTED_AT = ("note_id", "live_id", "creative_id", "campaign_id", "keyword", "blogger_id")
CODES = (
    Column(
        "code_kind",
        Choice(CODES_ON_ORDERS),
        _("Kind of the code"),
        _("As orders name it."),
        aliases=("渠道码类型", "码类型"),
        required=True,
        constant=True,
    ),
    Column(
        "platform",
        Choice(PLATFORMS),
        _("Platform"),
        _("Whose orders carry the code."),
        aliases=("平台", "渠道平台"),
        required=True,
        constant=True,
    ),
    Column(
        "code",
        Text(160),
        _("Channel code"),
        _("As it stands on the order: link parameter, position, coupon, or answer."),
        aliases=("渠道码", "推广位", "优惠码", "优惠券"),
        required=True,
    ),
    Column("note_id", Id(), _("Note"), _("What the code was given to."), aliases=("笔记id", "笔记")),
    Column("live_id", Id(), _("Live stream"), "", aliases=("直播id", "直播间id", "直播")),
    Column("creative_id", Id(), _("Creative"), "", aliases=("创意id", "创意")),
    Column("campaign_id", Id(), _("Campaign"), "", aliases=("计划id", "计划")),
    Column("keyword", Text(120), _("Keyword"), "", aliases=("关键词",)),
    Column("blogger_id", Id(), _("Blogger"), "", aliases=("博主id", "达人id", "kol_id")),
)


def product_shape(around: Surroundings, categories: Mapping[str, str]) -> Callable[[Values], ProductRow]:
    """``categories``: every spelling of a category (see :func:`spelled`) with its code."""
    above: dict[tuple[str, str], str] = {}  # (product, field) -> what was said of it
    dated: set[tuple[str, date | None]] = set()

    def shape(values: Values) -> ProductRow:
        row = _product(values, categories)
        for field in ("name", "category"):
            told = getattr(row, field)
            former = above.get((row.code, field), told)
            if told and told != former:
                raise Refused("told_otherwise", field)
            if not former and row.code not in around.spus:
                raise Refused("needed_when_new", field)
        _once(dated, (row.code, row.valid_from))
        above.update(
            {(row.code, field): said for field in ("name", "category") if (said := getattr(row, field))}
        )
        return row

    return shape


def _product(values: Values, categories: Mapping[str, str]) -> ProductRow:
    named = values.get("category") or ""
    category = categories.get(spelled(named), "") if named else ""
    if named and not category:
        raise Refused("unknown_category", "category")
    margin, valid_from = values.get("margin"), values.get("valid_from")
    if margin is None:
        return ProductRow(values["spu"], values.get("name") or "", category)
    if valid_from is None:
        raise Refused("margin_without_day", "valid_from")
    return ProductRow(values["spu"], values.get("name") or "", category, basis_points(margin), valid_from)


def basis_points(margin: Decimal) -> int:
    """A ratio such as 0.45 as basis points. Raises ``Refused`` for what is finer than one."""
    exact = margin * 10_000
    if exact != exact.to_integral_value():
        raise Refused("finer_than_a_basis_point", "margin")
    return int(exact)


def item_shape(around: Surroundings) -> Callable[[Values], ItemRow]:
    above: set[tuple[str, str, str]] = set()

    def shape(values: Values) -> ItemRow:
        row = ItemRow(
            values["platform"], values["item_id"], values.get("sku_id") or "", spu_of(values, around)
        )
        _once(above, (row.platform, row.item_id, row.sku_id))
        return row

    return shape


def note_shape(around: Surroundings) -> Callable[[Values], NoteRow]:
    above: set[str] = set()

    def shape(values: Values) -> NoteRow:
        not_in_future(values, around, "published_at")
        if values.get("blogger_name") and not values.get("blogger_id"):
            raise Refused("name_without_id", "blogger_id")
        _once(above, values["note_id"])
        texts = ("title", "blogger_id", "blogger_name", "buying_point", "scene")
        told: dict[str, Any] = {name: values.get(name) or "" for name in texts}
        return NoteRow(
            values["note_id"],
            **told,
            spu_code=spu_of(values, around),
            is_video=values.get("is_video"),
            published_at=values.get("published_at"),
        )

    return shape


def live_shape(around: Surroundings) -> Callable[[Values], LiveRow]:
    above: set[str] = set()
    called: dict[str, str] = {}  # id of a host or curator -> name

    def shape(values: Values) -> LiveRow:
        not_in_future(values, around, "started_at", "ended_at")
        started_at, ended_at = values.get("started_at"), values.get("ended_at")
        if ended_at and not started_at:
            raise Refused("end_without_start", "started_at")
        if started_at and ended_at and ended_at < started_at:
            raise Refused("end_before_start", "ended_at")
        told: dict[str, Any] = {name: values.get(name) or "" for name in LIVE_TEXTS}
        for who in ("host", "curator"):
            person, name = told[f"{who}_id"], told[f"{who}_name"]
            if name and not person:
                raise Refused("name_without_id", f"{who}_id")
            if name and called.setdefault(person, name) != name:
                raise Refused("two_names", f"{who}_name", name=called[person])
        _once(above, values["live_id"])
        return LiveRow(values["live_id"], **told, started_at=started_at, ended_at=ended_at)

    return shape


def code_shape(around: Surroundings) -> Callable[[Values], CodeRow]:
    above: set[tuple[str, str, str]] = set()

    def shape(values: Values) -> CodeRow:
        content = tuple((name, values[name]) for name in POINTED_AT if values.get(name))
        if not content:
            raise Refused("nothing_seen")
        row = CodeRow(values["code_kind"], values["platform"], values["code"], content)
        _once(above, (row.kind, row.platform, row.code))
        return row

    return shape


def _once(above: set[Any], key: Any) -> None:
    if key in above:
        raise Refused("told_twice")
    above.add(key)
