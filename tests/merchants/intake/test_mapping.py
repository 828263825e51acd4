"""Naming the columns of an export: what is refused with words, what is converted, what is suggested."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.intake.cells import Choice, Day, Money, Text, Whole
from merchants.intake.columns import Column, spelled
from merchants.intake.figures import DayOfTime, Rate, Tally, WindowDays, Yuan
from merchants.intake.mapping import (
    ColumnMap,
    Pick,
    applied,
    complaints,
    converted,
    fingerprint,
    from_told,
    names,
    unused,
)
from merchants.intake.problems import Refused
from merchants.intake.suggestions import suggested
from merchants.intake.tables import Row, Table

COLUMNS = (
    Column("day", Day(), "日期", aliases=("统计日期",), required=True),
    Column("visitors", Tally(), "访客", aliases=("进店UV",)),
    Column("gmv", Yuan(), "成交额", aliases=("成交GMV",)),
    Column("rate", Rate(), "进店率"),
    Column("programme", Choice({"red": "red", "小红星": "red"}), "项目", required=True, constant=True),
    Column("person", Text(40), "人员", personal=True),
)
HEADERS = ("数据日", "到店人数", "成交总额(万元)", "到店率")
SAMPLES = [["31/03/2026", "1,204", "1.25", "12.3%"], ["01/04/2026", "-", "-", "-"]]
GOOD = ColumnMap(
    (
        Pick("数据日", "day", "day_first"),
        Pick("到店人数", "visitors"),
        Pick("成交总额(万元)", "gmv", "wan"),
        Pick("到店率", "rate"),
    ),
    {"programme": "小红星"},
)


def wrong(*picks: Pick, **fixed: str) -> list[tuple[str, str]]:
    told = ColumnMap(picks or GOOD.picks, fixed or GOOD.fixed)
    return [(one.column, one.code) for one in complaints(told, HEADERS, SAMPLES, COLUMNS)]


def test_a_good_mapping_has_nothing_to_complain_of_and_reads_the_rows():
    assert wrong() == []
    table = applied(Table("csv", "utf-8", HEADERS, iter([Row(2, SAMPLES[0]), Row(3, SAMPLES[1])])), GOOD)
    assert table.headers == ("day", "visitors", "gmv", "rate", "programme")
    assert [row.cells for row in table.rows] == [
        ["2026-03-31", "1,204", "12500", "12.3%", "小红星"],
        ["2026-04-01", None, None, None, "小红星"],
    ]


@pytest.mark.parametrize(
    ("picks", "fixed", "expected"),
    [
        ((Pick("到店人数", "visitors"),), {"programme": "red"}, [("day", "column_needed")]),
        ((Pick("数据日", "day", "day_first"),), {"rate": "1"}, [("programme", "column_needed")]),
        (GOOD.picks, {"programme": "blue"}, [("programme", "not_a_choice")]),
        (GOOD.picks, {"programme": "red", "gmv": "1"}, [("gmv", "taken_and_fixed")]),
        ((*GOOD.picks, Pick("到店人数", "price")), GOOD.fixed, [("price", "no_such_column")]),
        ((*GOOD.picks, Pick("没有", "person")), GOOD.fixed, [("person", "no_such_column")]),
        ((GOOD.picks[0], Pick("到店率", "visitors")), GOOD.fixed, [("visitors", "percent_in_a_count")]),
        (
            (GOOD.picks[0], Pick("到店人数", "visitors", "fen")),
            GOOD.fixed,
            [("visitors", "unit_does_not_fit")],
        ),
        ((Pick("数据日", "day", "month_first"),), GOOD.fixed, []),  # 01/04 can be read, 31/03 will be refused
        ((Pick("到店人数", "day"),), GOOD.fixed, [("day", "not_a_day")]),
    ],
)
def test_nonsense_is_refused_with_the_column_it_means(picks, fixed, expected):
    assert wrong(*picks, **fixed) == expected


def test_two_columns_taken_for_one_are_both_named():
    picks = (GOOD.picks[0], Pick("到店人数", "visitors"), Pick("到店率", "visitors"))
    assert wrong(*picks) == [("visitors", "taken_twice"), ("visitors", "taken_twice")]


def test_a_header_that_stands_twice_is_two_columns():
    assert names(("GMV", "GMV(元)", "", "GMV")) == ("GMV", "GMV(元) #2", "(3)", "GMV #3")
    twice = ("日期", "GMV", "GMV")
    told = ColumnMap((Pick("日期", "day"), Pick("GMV #2", "gmv")), {"programme": "red"})
    assert complaints(told, twice, [["2026-03-01", "x", "5"]], COLUMNS) == []
    [row] = applied(Table("csv", "", twice, iter([Row(2, ["2026-03-01", "x", "5"])])), told).rows
    assert row.cells == ["2026-03-01", "5", "red"]
    assert unused(twice, told) == ["GMV"]


def test_the_shape_of_a_file_is_its_headers_in_any_order_and_spelling():
    assert fingerprint(("日期", "进店UV", "GMV(元)")) == fingerprint(("gmv（元）", "日 期", "进店uv"))
    assert fingerprint(("日期", "进店UV")) != fingerprint(("日期", "进店UV", "进店UV"))
    assert fingerprint(("UV(15日归因)",)) != fingerprint(("UV(30日归因)",))
    assert spelled("消费（元）") == "消费"


def test_a_mapping_survives_being_kept():
    assert from_told(GOOD.told()) == GOOD


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [
        ("128405", "fen", "1284.05"), ("128,405", "fen", "1284.05"), (128405, "fen", "1284.05"),
        ("1.2万", "wan", "12000"), ("1.23456", "wan", "12345.6"), ("0.123", "fraction", "12.3"),
        ("3/4/2026", "day_first", "2026-04-03"), ("3/4/2026", "month_first", "2026-03-04"),
        ("46082", "serial", "2026-03-01"), (46082, "serial", "2026-03-01"),
        ("--", "fen", None), ("暂无数据", "", None), ("", "wan", None), ("abc", "fen", "abc"),
        ("99/99/2026", "day_first", "99/99/2026"), ("46082.5", "serial", "46082.5"), ("7", "serial", "7"),
    ],
)  # fmt: skip
def test_cells_come_into_our_own_spelling_or_stay_as_they_were(raw, unit, value):
    assert converted(raw, unit) == value


@given(st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False))
def test_ten_thousands_and_fen_are_exact(amount):
    assert Decimal(converted(str(amount), "wan")) == amount * 10_000
    assert Decimal(converted(str(amount), "fen")) == amount / 100


@pytest.mark.parametrize(
    ("cell", "raw", "code"),
    [
        (Tally(), "12.3%", "percent_in_a_count"), (Tally(), "-3", "count_below_zero"), (Tally(), "1.5", "not_whole"),
        (Tally(), "1.2万", "rounded_to_ten_thousands"), (Tally(), "many", "not_whole"), (Tally(), True, "not_whole"),
        (Yuan(), "12%", "percent_in_money"), (Yuan(), "-1", "below_zero"), (Yuan(), "1.234", "fraction_of_a_fen"),
        (Rate(), "high", "not_a_rate"), (WindowDays(), "0", "not_a_window"), (WindowDays(), "soon", "not_a_window"),
        (WindowDays(), 400, "not_a_window"), (Tally(), [1], "not_a_plain_value"),
    ],
)  # fmt: skip
def test_figures_that_cannot_be_are_refused(cell, raw, code):
    with pytest.raises(Refused) as refused:
        cell.read(raw)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("cell", "raw", "value"),
    [
        (Tally(), "1,204", 1204), (Tally(), "0", 0), (Tally(), "-", None), (Tally(), 5, 5), (Tally(), "7.0", 7),
        (Yuan(), "1,284.05", 128405), (Yuan(), "0", 0), (Yuan(), "--", None), (Rate(), "12.3%", Decimal("12.3")),
        (WindowDays(), "近30日", 30), (WindowDays(), "15天", 15), (WindowDays(), 7, 7), (WindowDays(), "30天归因", 30),
    ],
)  # fmt: skip
def test_figures_of_consoles_are_read_exactly_and_a_dash_is_unknown(cell, raw, value):
    assert cell.read(raw) == value


def test_a_day_with_a_clock_is_that_day():
    assert DayOfTime().read("2026-03-01 20:15:00").isoformat() == "2026-03-01"


def test_what_looks_alike_and_can_be_read_is_suggested_once_with_its_unit():
    headers = ("统计日期", "进店uv数", "成交GMV(分)", "进店率", "备注")
    samples = [["46082", "1204", "128405", "0.123", "促销"]]
    picks = suggested(headers, samples, COLUMNS, {"rate": ["进店率"]})
    assert picks == {
        "统计日期": Pick("统计日期", "day", "serial"),
        "进店uv数": Pick("进店uv数", "visitors"),
        "成交GMV(分)": Pick("成交GMV(分)", "gmv", "fen"),
        "进店率": Pick("进店率", "rate", "fraction"),
    }


def test_a_column_whose_cells_do_not_fit_is_not_suggested():
    assert suggested(("进店UV",), [["12.3%"]], COLUMNS, {}) == {}


def test_units_fit_the_cells_they_are_for():
    assert (Whole().word, Money().word, Day().word) == ("whole number", "money", "day")
