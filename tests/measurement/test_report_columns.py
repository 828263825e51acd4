"""What files of platforms must hold, and how their rows become statements."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import override_settings

from measurement.alliance.costs import from_juguang
from measurement.choices import Layer, MarketMeasure, Programme, ReportLevel, SpendKind, Task
from measurement.columns.alliance import alliance_shape
from measurement.columns.comments import comment_shape
from measurement.columns.crowds import crowd_shape
from measurement.columns.juguang import CONNECTION, juguang_shape
from measurement.columns.market import market_shape, promotion_shape
from measurement.columns.pugongying import pugongying_shape
from measurement.columns.surroundings import Surroundings
from measurement.models import AllianceRow, Comment, Spend
from measurement.operations import reported
from merchants.identity import person_key
from merchants.intake import kinds
from merchants.intake.tables import Row
from merchants.intake.validate import Bad, Validator
from merchants.models import Connection, Merchant
from merchants.operations import sources, uploads

NOW = datetime(2026, 3, 10, tzinfo=UTC)
AROUND = Surroundings(b"pepper", frozenset({"essence"}), NOW, {CONNECTION: "9001"})
SHAPES = {
    "alliance": alliance_shape, "crowds": crowd_shape, "juguang": juguang_shape, "pugongying": pugongying_shape,
    "market": market_shape, "promotions": promotion_shape, "comments": comment_shape,
}  # fmt: skip


def read(kind: str, *cells: dict) -> list:
    """The rows, or (column, code) of the first problem of those refused."""
    validator = Validator(kinds.get(kind), SHAPES[kind](AROUND))
    found = []
    for index, one in enumerate(cells):
        checked = validator.check_row(Row(index, one))
        found.append(
            (checked.problems[0].column, checked.problems[0].code)
            if isinstance(checked, Bad)
            else checked.row
        )
    return found


TASK = {
    "日期": "2026/3/1", "联盟": "小红星", "归因周期": "15天", "任务名称": "春季修护", "阅读/播放UV": "52,310",
    "进店UV": "6,120", "新客进店UV": "4080", "商品加购UV": "880", "成交UV": "214", "GMV(元)": "83,190.00",
    "任务商品成交GMV": "71020", "非任务商品成交GMV": "12170", "新客成交UV": "-", "进店率": "11.7%",
}  # fmt: skip


def test_an_alliance_row_in_the_consoles_words():
    [[told]] = read("alliance", TASK)
    assert (told.programme, told.level, told.day) == (
        Programme.XIAOHONGXING,
        ReportLevel.TASK,
        date(2026, 3, 1),
    )
    assert (told.window_days, told.task_name, told.last_click) == (15, "春季修护", None)
    assert told.metrics == {
        "read_uv": 52310, "shop_entry_uv": 6120, "new_visitor_uv": 4080, "cart_uv": 880, "order_uv": 214,
        "gmv_fen": 8_319_000, "task_gmv_fen": 7_102_000, "other_gmv_fen": 1_217_000,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"联盟": "小红帽"}, ("programme", "not_a_choice")),
        ({"归因周期": ""}, ("window_days", "missing")),
        ({"归因周期": "永久"}, ("window_days", "not_a_window")),
        ({"日期": "2026-02-30"}, ("day", "not_a_day")),
        ({"进店UV": "-5"}, ("shop_entry_uv", "count_below_zero")),
        ({"进店UV": "11.7%"}, ("shop_entry_uv", "percent_in_a_count")),
        ({"进店UV": "0.6万"}, ("shop_entry_uv", "rounded_to_ten_thousands")),
        ({"GMV(元)": "-1"}, ("gmv", "below_zero")),
        ({"进店率": "4.2%"}, ("entry_rate", "rate_disagrees")),
        ({"新客进店UV": "7000"}, ("new_visitor_uv", "more_than_whole")),
        ({"任务名称": ""}, ("task_id", "level_without_id")),
        ({"层级": "笔记"}, ("note_id", "level_without_id")),
        ({"层级": "宇宙"}, ("level", "not_a_choice")),
        ({"商品": "nobody"}, ("spu", "unknown_spu")),
    ],
)
def test_an_alliance_row_that_cannot_be_is_refused(change, problem):
    assert read("alliance", TASK | change) == [problem]


def test_the_same_day_and_task_twice_is_refused_but_another_window_is_another_row():
    first, again, other = read("alliance", TASK, TASK, TASK | {"归因周期": "30"})
    assert again == ("", "told_twice")
    assert len(first) == len(other) == 1


def test_a_row_of_nothing_but_dashes_is_refused():
    row = {name: TASK[name] for name in ("日期", "联盟", "归因周期", "任务名称")}
    assert read("alliance", row | {"进店UV": "--", "GMV(元)": "-"}) == [("", "nothing_told")]


def test_zero_is_a_figure_and_a_rate_over_zero_is_not_checked():
    [[told]] = read("alliance", TASK | {"阅读/播放UV": "0", "进店率": "0%"})
    assert told.metrics["read_uv"] == 0


JUGUANG = {
    "时间": "2026-03-01", "消费": "1,284.05", "创意ID": "c9", "计划ID": "p1", "笔记ID": "n1", "展现量": "20,110",
    "点击量": "2204", "点击率": "10.96%", "平均点击成本": "0.58", "平均千次展示费用": "63.85",
    "小红星站外活跃UV(30日归因)": "88", "新增深度种草人群": "-",
}  # fmt: skip


def test_a_row_of_the_juguang_console_is_the_row_of_its_api():
    [[told]] = read("juguang", JUGUANG)
    [same] = from_juguang(
        [
            {
                "advertiser_id": "9001",
                "level": "creative",
                "entity_id": "c9",
                "date": "2026-03-01",
                "fee_fen": 128405,
            }
        ],
        received_at=NOW,
    )
    assert (told.natural_key, told.fen, told.level) == (same.natural_key, 128405, "creative")
    assert told.metrics == {"impression": 20110, "click": 2204, "outside_shop_visit_30": 88}


def test_the_part_inside_a_task_makes_two_rows_that_add_up_and_count_once():
    [rows] = read("juguang", JUGUANG | {"小红星任务期消费": "1000"})
    assert {row.task: row.fen for row in rows} == {Task.IN_TASK: 100_000, Task.OUT_OF_TASK: 28_405}
    assert [row.metrics.get("click") for row in rows] == [2204, None]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"点击率": "5.00%"}, ("ctr", "rate_disagrees")),
        ({"平均点击成本": "5.80"}, ("acp", "rate_disagrees")),
        ({"小红星任务期消费": "2000"}, ("task_fee", "more_than_whole")),
        ({"消费": "-"}, ("fee", "missing")),
        ({"点击量": "10.96%"}, ("click", "percent_in_a_count")),
        ({"层级": "单元"}, ("level", "level_without_id")),
    ],
)
def test_a_juguang_row_that_cannot_be_is_refused(change, problem):
    assert read("juguang", JUGUANG | change) == [problem]


def test_a_cooperation_is_paid_once_for_its_order():
    row = {
        "订单ID": "HT-1", "笔记ID": "n1", "博主昵称": "小满", "发布时间": "2026-03-01 20:15:00", "博主报价": "12000",
        "平台服务费": "1200", "曝光量": "182,000", "阅读量": "31200", "互动量": "2140", "互动率": "6.86%",
    }  # fmt: skip
    rows, again = read("pugongying", row, row)
    assert [(one.natural_key, one.kind, one.fen, one.day) for one in rows] == [
        ("HT-1|note_fee", SpendKind.NOTE_FEE, 1_200_000, date(2026, 3, 1)),
        ("HT-1|platform_fee", SpendKind.PLATFORM_FEE, 120_000, date(2026, 3, 1)),
    ]
    assert rows[0].metrics == {
        "imp_num": 182_000,
        "read_num": 31_200,
        "engage_num": 2140,
        "date_key": "20260310",
    }
    assert rows[1].metrics == {}
    assert again == ("order_id", "told_twice")


def test_layers_come_one_a_row_or_one_a_column():
    [[one], wide, unknown, nothing] = read(
        "crowds",
        {"日期": "2026-03-01", "人群层级": "TI", "人数": "48,210", "新增": "1203"},
        {"日期": "2026-03-02", "spu": "essence", "A人数": "900", "深度种草人数": "0"},
        {"日期": "2026-03-02", "人群层级": "Z", "人数": "3"},
        {"日期": "2026-03-02"},
    )
    assert (one.layer, one.people, one.added, one.spu_code) == (Layer.TRUE_INTEREST, 48_210, 1203, "")
    assert [(told.layer, told.people) for told in wide] == [(Layer.AWARE, 900), (Layer.TRUE_INTEREST, 0)]
    assert (unknown, nothing) == (("layer", "not_a_choice"), ("", "nothing_told"))


def test_a_market_row_tells_several_series_of_a_day():
    [told, nothing] = read(
        "market",
        {"日期": "2026-03-01", "平台": "淘宝", "搜索人数": "8302", "访客数": "-", "价格": "389"},
        {"日期": "2026-03-01", "平台": "京东"},
    )
    assert [(one.measure, one.value) for one in told] == [
        (MarketMeasure.SEARCH, Decimal(8302)), (MarketMeasure.PRICE, Decimal(38_900)),
    ]  # fmt: skip
    assert nothing == ("", "nothing_told")


def test_a_market_row_tells_orders_and_revenue_as_sums_and_zero_is_told():
    [told, none] = read(
        "market",
        {
            "日期": "2026-03-01",
            "平台": "淘宝",
            "商品编码": "essence",
            "支付订单数": "31",
            "支付金额": "11,859.00",
        },
        {"日期": "2026-03-02", "平台": "淘宝", "商品编码": "essence", "支付订单数": "0", "支付金额": "-"},
    )
    assert [(one.measure, one.value, one.spu_code) for one in told] == [
        (MarketMeasure.ORDERS, Decimal(31), "essence"), (MarketMeasure.REVENUE, Decimal(1_185_900), "essence"),
    ]  # fmt: skip
    assert [(one.measure, one.value) for one in none] == [(MarketMeasure.ORDERS, Decimal(0))]


def test_a_promotion_has_its_days_in_order():
    good, one_day, reversed_ = read(
        "promotions",
        {"名称": "618", "开始": "2026-05-31", "结束": "2026-06-18"},
        {"名称": "春节", "开始": "2026-02-17", "类型": "节日"},
        {"名称": "618", "开始": "2026-06-18", "结束": "2026-05-31"},
    )
    assert good[0].last_day == date(2026, 6, 18)
    assert one_day[0].last_day == one_day[0].first_day
    assert reversed_ == ("last_day", "days_reversed")


COMMENT = {
    "评论ID": "c1", "笔记ID": "n1", "评论内容": "敏感肌可以用吗？", "评论时间": "2026-03-01 20:15:00", "用户ID": "u-77",
}  # fmt: skip


def test_a_comment_knows_its_author_only_by_a_keyed_hash():
    [told] = read("comments", COMMENT)
    assert told.author_key == person_key(b"pepper", "user", "xiaohongshu", "u-77")
    assert "u-77" not in repr(told)


def comment_file(merchant: Merchant) -> uploads.Accepted:
    text = ",".join(COMMENT) + "\n" + ",".join(COMMENT.values()) + "\n"
    return uploads.accept(merchant, kind="comments", filename="c.csv", chunks=[text.encode()], by="user:1")


def test_comments_are_closed_without_a_legal_basis_and_to_sensitive_trades(merchant, settings, tmp_path):
    settings.STATE = tmp_path
    with pytest.raises(uploads.Closed, match="basis_missing"):
        comment_file(merchant)
    source = Connection.objects.get(source="file", shop="comments")
    sources.state_basis(merchant, source, basis="consent, 2026-01-05", by="user:1")
    upload = comment_file(merchant).upload
    uploads.check(merchant, upload.pk)
    upload.refresh_from_db()
    assert upload.preview["rows"][0][4] == "•••"
    uploads.confirm(merchant, upload, by="user:1")
    uploads.apply(merchant, upload.pk)
    assert Comment.objects.get().note.external_id == "n1"
    Merchant.objects.filter(pk=merchant.pk).update(sensitive_trade=True)
    with pytest.raises(uploads.Closed, match="sensitive_trade"):
        comment_file(merchant)


def test_comments_are_kept_for_a_while_only(merchant):
    for number, posted in (("c1", "2025-03-09 00:00:00"), ("c2", "2025-03-11 00:00:00")):
        [told] = read("comments", COMMENT | {"评论ID": number, "评论时间": posted})
        reported.put_comments(merchant, [told], source="file", by="system:test")
    with override_settings(COMMENT_DAYS=365):
        assert reported.purge_comments(merchant, now=NOW) == 1
    assert Comment.objects.get().external_id == "c2"


def test_a_day_of_cost_restated_to_zero_is_zero(merchant):
    write = kinds.get("juguang").write
    write(merchant, read("juguang", JUGUANG), by="user:1")
    zero = {"时间": "2026-03-01", "消费": "0", "创意ID": "c9", "展现量": "0"}
    from dataclasses import replace

    [rows] = read("juguang", zero)
    write(merchant, [[replace(rows[0], stated_at=NOW.replace(hour=1))]], by="user:1")
    standing = Spend.objects.get(replaced_at=None)
    assert (standing.fen, standing.metrics["impression"]) == (0, 0)
    assert Spend.objects.count() == 2


def test_kinds_write_what_they_read_and_twice_is_once(merchant):
    for _ in range(2):
        kinds.get("alliance").write(merchant, read("alliance", TASK), by="user:1")
    assert AllianceRow.objects.count() == 1
