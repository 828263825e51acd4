"""What a cell must hold: exact values, and what is refused."""

import contextlib
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.intake.cells import Choice, Day, Flag, Formula, Id, Money, Rounded, Text, Time, Whole
from merchants.intake.problems import Refused


def code(cell, raw) -> str:
    with pytest.raises(Refused) as refused:
        cell.read(raw)
    return refused.value.code


@pytest.mark.parametrize(
    ("raw", "fen"),
    [
        ("1284.05", 128_405),
        ("0", 0),
        ("19.9", 1_990),
        ("¥1,284.05", 128_405),
        ("￥3,000", 300_000),
        ("12.30元", 1_230),
        (" 12.3000 ", 1_230),
        (12, 1_200),
        (Decimal("19.9"), 1_990),
        ("+5", 500),
        ("1000000000", 100_000_000_000),
    ],
)
def test_yuan_become_whole_fen(raw, fen):
    assert Money().read(raw) == fen


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        ("１２.30", "not_money"),
        ("1_000.00", "not_money"),
        ("1e5", "not_money"),
        ("٣.٥", "not_money"),
        ("NaN", "not_money"),
        ("Infinity", "not_money"),
        ("12,34.5", "not_money"),
        ("0x10", "not_money"),
        ("12.3.4", "not_money"),
        ("-", "not_money"),
        (True, "not_money"),
        (Decimal("1e999999"), "not_money"),
        ("9" * 40, "not_money"),
        ("0.005", "fraction_of_a_fen"),
        (Decimal("33.3333"), "fraction_of_a_fen"),
        ("-5", "below_zero"),
        ("1000000000.01", "too_much_money"),
        (Formula("=A1*2"), "formula"),
        ([1], "not_a_plain_value"),
    ],
)
def test_hostile_numbers_are_no_money(raw, refusal):
    assert code(Money(), raw) == refusal


@given(st.integers(-(10**11), 10**11))
def test_every_amount_comes_back_to_the_fen(fen):
    text = f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
    assert Money(negative=True).read(text) == fen


@given(st.text())
def test_text_is_read_as_money_or_refused_and_nothing_else(text):
    with contextlib.suppress(Refused):
        assert isinstance(Money(negative=True).read(text), int)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("412345678901234567", "412345678901234567"),
        ('="412345678901234567"', "412345678901234567"),
        ("'412345678901234567", "412345678901234567"),
        ("412345678901234567\t", "412345678901234567"),
        ("000123", "000123"),
        (123456789012345, "123456789012345"),
        (412345678901234567, "412345678901234567"),  # JSON and Parquet keep every digit
        (Decimal("12.0"), "12"),
        ("65f0c1d2e+05", "65f0c1d2e+05"),
    ],
)
def test_an_id_keeps_every_digit(raw, text):
    assert Id().read(raw) == text


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (Rounded("4.123456789012346e+17"), "digits_lost"),
        ("4.12346E+17", "digits_lost"),
        ("4E+17", "digits_lost"),
        (Decimal("1.5"), "not_text"),
        (True, "not_text"),
        ("a\x00b", "invisible_character"),
        ("\ud800", "invisible_character"),
        ("x" * 81, "too_long"),
        (Formula("#N/A"), "formula"),
        ({"a": 1}, "not_a_plain_value"),
    ],
)
def test_an_id_that_lost_something_is_refused(raw, refusal):
    assert code(Id(), raw) == refusal


def test_a_title_may_look_like_a_rounded_number():
    assert Text().read("4E+17") == "4E+17"


@pytest.mark.parametrize(
    "raw",
    [
        "2026-03-01 00:00:00",
        "2026/3/1 0:00",
        "2026年3月1日 00:00:00",
        "2026-03-01T00:00:00+08:00",
        "2026-02-28T16:00:00Z",
        "2026-02-28 16:00:00.000 +0000",
        "2026-02-28T16:00:00+00",
        "1772294400",
        1772294400,
        1772294400000,
        datetime(2026, 3, 1),
        datetime(2026, 2, 28, 16, tzinfo=UTC),
        datetime(2026, 2, 28, 11, tzinfo=timezone(timedelta(hours=-5))),
    ],
)
def test_all_spellings_of_an_instant_meet_in_utc(raw):
    assert Time().read(raw) == datetime(2026, 2, 28, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        ("2026-03-01", "time_needs_a_clock"),
        ("20260301", "time_needs_a_clock"),
        (date(2026, 3, 1), "time_needs_a_clock"),
        ("2026-02-30 10:00:00", "not_a_time"),
        ("2026-03-01 25:00:00", "not_a_time"),
        ("2026-W01-1T10:00:00", "not_a_time"),
        ("２０２６-03-01 10:00:00", "not_a_time"),
        ("yesterday", "not_a_time"),
        (46082, "not_a_time"),  # the number of a day in a workbook, its format lost
        (True, "not_a_time"),
        ("1999-12-31 23:59:59", "time_out_of_range"),
        ("2100-01-01 00:00:00", "time_out_of_range"),
        ("2026-03-01 10:00:00+25:00", "not_a_time"),
    ],
)
def test_what_is_no_instant_is_refused(raw, refusal):
    assert code(Time(), raw) == refusal


@pytest.mark.parametrize(
    "raw",
    ["2026-03-01", "2026/3/1", "20260301", "2026年3月1日", "2026-03-01 00:00:00", 20260301, date(2026, 3, 1),
     datetime(2026, 2, 28, 16, tzinfo=UTC)],
)  # fmt: skip
def test_all_spellings_of_a_day_meet(raw):
    assert Day().read(raw) == date(2026, 3, 1)


@pytest.mark.parametrize("raw", ["2026-02-30", "01/03/2026", "2026-3", "", "2026-03-01 10:00:00"])
def test_what_is_no_day_is_refused(raw):
    assert code(Day(), raw) == "not_a_day"


def test_whole_numbers_lie_within_their_bounds():
    assert [Whole(0, 10).read(raw) for raw in ("0", "10", 7, "3.0")] == [0, 10, 7, 3]
    assert [code(Whole(0, 10), raw) for raw in ("-1", 11, "1.5", "1e1", True)] == [
        "out_of_range",
        "out_of_range",
        "not_whole",
        "not_whole",
        "not_whole",
    ]


def test_a_choice_knows_its_words_in_two_languages():
    platform = Choice({"taobao": "taobao", "淘宝": "taobao", "jd": "jd", "京东": "jd"})
    assert [platform.read(raw) for raw in ("淘宝", " JD ", "taobao")] == ["taobao", "jd", "taobao"]
    with pytest.raises(Refused) as refused:
        platform.read("ebay")
    assert refused.value.params == {"choices": "taobao, jd"}


def test_yes_and_no_in_two_languages():
    assert [Flag().read(raw) for raw in ("是", "no", True, 0, "TRUE", "老客")] == [
        True, False, True, False, True, False,
    ]  # fmt: skip
    assert code(Flag(), "maybe") == "not_a_flag"
