"""What files of products, items, notes, live streams and codes must hold, and what a row of them comes to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils.translation import override

from measurement.columns.catalogue import code_shape, item_shape, live_shape, note_shape, product_shape
from measurement.columns.surroundings import Surroundings
from measurement.operations.catalogue_rows import CodeRow, ItemRow, LiveRow, NoteRow, ProductRow
from merchants import exports, remedies
from merchants.intake import kinds
from merchants.intake.tables import Row
from merchants.intake.validate import Bad, Validator

AROUND = Surroundings(b"pepper", frozenset({"essence"}), datetime(2026, 3, 10, tzinfo=UTC), {})
CATEGORIES = {"facialessence": "facial-essence", "面部精华": "facial-essence"}
SHAPES: dict[str, Any] = {
    "products": lambda around: product_shape(around, CATEGORIES),
    "items": item_shape,
    "notes": note_shape,
    "lives": live_shape,
    "codes": code_shape,
}


def read(kind: str, *cells: dict[str, str]) -> list[Any]:
    """The rows, or (column, code) of the first problem of those refused."""
    validator = Validator(kinds.get(kind), SHAPES[kind](AROUND))
    checked = [validator.check_row(Row(index, one)) for index, one in enumerate(cells)]
    return [
        (one.problems[0].column, one.problems[0].code) if isinstance(one, Bad) else one.row for one in checked
    ]


NEW = {
    "商品编码": "cream",
    "商品名称": "面霜 50g",
    "类目": "面部精华",
    "毛利率": "62.25%",
    "生效日期": "2026/1/1",
}


def test_a_product_in_the_merchants_words() -> None:
    first, second, name, negative = read(
        "products",
        NEW,
        {"商品编码": "cream", "毛利率": "58", "生效日期": "2026-04-01"},
        {"spu": "essence", "name": "Essence"},
        {"spu": "essence", "margin": "-12.5%", "valid_from": "2026-04-01"},
    )
    assert first == ProductRow("cream", "面霜 50g", "facial-essence", 6_225, date(2026, 1, 1))
    assert second == ProductRow("cream", margin_bp=5_800, valid_from=date(2026, 4, 1))
    assert name == ProductRow("essence", "Essence")
    assert negative.margin_bp == -1_250


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"商品编码": ""}, ("spu", "missing")),
        ({"商品名称": ""}, ("name", "needed_when_new")),
        ({"类目": ""}, ("category", "needed_when_new")),
        ({"类目": "洗车"}, ("category", "unknown_category")),
        ({"毛利率": "0.62"}, ("margin", "not_a_share")),
        ({"毛利率": "-0.62"}, ("margin", "not_a_share")),
        ({"毛利率": "162%"}, ("margin", "out_of_range")),
        ({"毛利率": "-101%"}, ("margin", "out_of_range")),
        ({"毛利率": "62.255%"}, ("margin", "finer_than_a_basis_point")),
        ({"生效日期": ""}, ("valid_from", "margin_without_day")),
        ({"生效日期": "soon"}, ("valid_from", "not_a_day")),
    ],
)
def test_a_product_that_cannot_be_taken_says_why(change: dict[str, str], problem: tuple[str, str]) -> None:
    assert read("products", NEW | change) == [problem]


def test_rows_of_one_product_must_agree_and_tell_each_day_once() -> None:
    assert read(
        "products",
        NEW,
        NEW | {"生效日期": "2026-02-01", "商品名称": "面霜"},
        NEW,
        {"spu": "cream", "margin": "60%", "valid_from": "2026-01-01"},
    )[1:] == [("name", "told_otherwise"), ("", "told_twice"), ("", "told_twice")]


def test_an_item_is_a_known_product_and_stands_once() -> None:
    item = {"平台": "天猫", "商品ID": "678901234567", "商品编码": "essence"}
    assert read("items", item, item | {"sku_id": "9"}, item, item | {"商品编码": "cream", "商品ID": "2"}) == [
        ItemRow("taobao", "678901234567", "", "essence"),
        ItemRow("taobao", "678901234567", "9", "essence"),
        ("", "told_twice"),
        ("spu", "unknown_spu"),
    ]


def test_a_note_says_what_it_is_about_and_for_whom() -> None:
    note = {
        "笔记ID": "n1", "笔记标题": "熬夜急救", "博主ID": "b1", "博主": "小满", "种草商品": "essence", "买点": "修护",
        "场景": "熬夜", "是否视频": "否", "发布时间": "2026-03-01 19:30",
    }  # fmt: skip
    [row, bare, twice, nameless, unknown, ahead] = read(
        "notes",
        note,
        {"笔记ID": "n2"},
        note,
        {"笔记ID": "n3", "博主": "小满"},
        {"笔记ID": "n4", "种草商品": "cream"},
        {"笔记ID": "n5", "发布时间": "2026-05-01 08:00"},
    )
    assert row == NoteRow(
        "n1", "熬夜急救", "b1", "小满", "essence", "修护", "熬夜", False,
        datetime(2026, 3, 1, 11, 30, tzinfo=UTC),
    )  # fmt: skip
    assert bare == NoteRow("n2")
    assert [twice, nameless, unknown, ahead] == [
        ("", "told_twice"), ("blogger_id", "name_without_id"), ("spu", "unknown_spu"),
        ("published_at", "time_in_future"),
    ]  # fmt: skip


LIVE = {
    "直播ID": "l1", "直播标题": "换季护肤专场", "开播时间": "2026-03-01 19:30", "下播时间": "2026-03-01 22:45",
    "主播ID": "b1", "主播昵称": "小满", "买手ID": "b2", "买手昵称": "阿宁",
}  # fmt: skip


def test_a_live_stream_says_when_it_ran_who_hosted_it_and_who_chose_the_goods() -> None:
    assert read("lives", LIVE, {"直播ID": "l2"}, LIVE | {"直播ID": "l3", "买手ID": "b1", "买手昵称": ""}) == [
        LiveRow(
            "l1", "换季护肤专场", "b1", "小满", "b2", "阿宁",
            datetime(2026, 3, 1, 11, 30, tzinfo=UTC), datetime(2026, 3, 1, 14, 45, tzinfo=UTC),
        ),
        LiveRow("l2"),
        LiveRow(
            "l3", "换季护肤专场", "b1", "小满", "b1", "",
            datetime(2026, 3, 1, 11, 30, tzinfo=UTC), datetime(2026, 3, 1, 14, 45, tzinfo=UTC),
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"直播ID": ""}, ("live_id", "missing")),
        ({"直播ID": "l1"}, ("", "told_twice")),
        ({"开播时间": ""}, ("started_at", "end_without_start")),
        ({"下播时间": "2026-03-01 19:29"}, ("ended_at", "end_before_start")),
        ({"下播时间": "2026-05-01 08:00"}, ("ended_at", "time_in_future")),
        ({"主播ID": ""}, ("host_id", "name_without_id")),
        ({"买手ID": ""}, ("curator_id", "name_without_id")),
        ({"买手昵称": "阿宁宁"}, ("curator_name", "two_names")),
    ],
)
def test_a_live_stream_that_cannot_be_taken_says_why(
    change: dict[str, str], problem: tuple[str, str]
) -> None:
    assert read("lives", LIVE, LIVE | {"直播ID": "l9"} | change)[1] == problem


def test_a_code_points_at_content() -> None:
    code = {"渠道码类型": "stat_param", "平台": "唯品会", "渠道码": "xhs0301a", "笔记ID": "n1"}
    assert read("codes", code, code, code | {"笔记ID": ""}, code | {"渠道码类型": "guess"}) == [
        CodeRow("stat_param", "vipshop", "xhs0301a", (("note_id", "n1"),)),
        ("", "told_twice"),
        ("", "nothing_seen"),
        ("code_kind", "not_a_choice"),
    ]


@pytest.mark.parametrize("kind", ["products", "items", "notes", "lives", "codes"])
def test_the_template_names_every_column_and_holds_the_examples(kind: str) -> None:
    lines = exports.template_csv(kinds.get(kind)).decode("utf-8-sig").splitlines()
    assert lines[0].split(",") == [column.name for column in kinds.get(kind).columns]
    assert len(lines) == 1 + len(kinds.get(kind).examples)


def test_the_remedy_of_an_unknown_product_names_the_page_and_the_file() -> None:
    with override("en"):
        told = remedies.remedy("unknown_spu", {})
    assert "Data → Products" in told
    assert "a file of products" in told
