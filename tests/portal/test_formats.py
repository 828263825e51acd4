"""How figures read: unknown is a dash, zero is a zero, and three digits are never four."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import formats

fen_sums = st.integers(-(10**15), 10**15)
languages = st.sampled_from(["zh-hans", "en"])


@pytest.mark.parametrize(
    ("fen", "form", "language", "says"),
    [
        (None, "", "en", "–"),
        (None, "compact", "zh-hans", "–"),
        (0, "", "en", "¥0.00"),
        (0, "compact", "en", "¥0"),
        (128_405, "", "en", "¥1,284.05"),
        (128_450, "whole", "en", "¥1,285"),
        (342, "compact", "en", "¥3.42"),
        (38_900, "compact", "en", "¥389"),
        (128_405, "compact", "en", "¥1,284"),
        (128_400_000, "compact", "en", "¥1.28M"),
        (128_400_000, "compact", "zh-hans", "¥128万"),
        (12_840_000_000, "compact", "zh-hans", "¥1.28亿"),
        (99_995_000, "compact", "en", "¥1.00M"),
        (9_999_999_900, "compact", "zh-hans", "¥1.00亿"),
        (1_234_567_890, "compact", "zh-hans", "¥1,235万"),
        (-4_100_000, "compact", "en", "−¥41.0K"),
        (-1, "whole", "en", "¥0"),
        (Decimal("33.5"), "", "en", "¥0.34"),
    ],
)
def test_money_is_written_from_fen(fen, form, language, says):
    assert formats.money(fen, form, language) == says


@given(fen_sums)
def test_money_with_both_decimals_can_be_read_back_to_the_fen(fen):
    written = formats.money(fen).replace("¥", "").replace(",", "").replace("−", "-")
    assert int(Decimal(written) * 100) == fen


@given(fen_sums, languages)
def test_a_compact_sum_is_within_half_a_percent_of_the_truth(fen, language):
    written = formats.money(fen, "compact", language)
    scale = {"K": 10**3, "M": 10**6, "B": 10**9, "万": 10**4, "亿": 10**8}.get(written[-1], 1)
    digits = written.rstrip("KMB万亿").replace("¥", "").replace(",", "").replace("−", "-")
    assert abs(Decimal(digits) * scale * 100 - fen) <= abs(fen) * Decimal("0.005") + Decimal("0.5")


@given(st.integers(10**6, 10**13))
def test_a_compact_sum_in_english_never_needs_a_thousands_mark_below_the_largest_unit(fen):
    written = formats.money(fen, "compact")
    assert "," not in written or written.endswith("B")


@pytest.mark.parametrize(
    ("value", "form", "language", "says"),
    [
        (None, "", "en", "–"),
        (0, "", "en", "0"),
        (1284, "", "en", "1,284"),
        (1.5, "", "en", "1.5"),
        (Decimal("2.0"), "", "en", "2"),
        (12_840, "compact", "en", "12.8K"),
        (12_840, "compact", "zh-hans", "1.28万"),
        (9_999, "compact", "zh-hans", "9,999"),
        (float("nan"), "", "en", "–"),
        (-3, "", "en", "−3"),
    ],
)
def test_counts_are_grouped_and_fractions_keep_one_decimal(value, form, language, says):
    assert formats.count(value, form, language) == says


def test_a_percentage_rounds_half_away_from_zero_and_knows_no_minus_nought():
    assert formats.percent(Decimal("0.6125")) == "61.3%"
    assert formats.percent(0.61, 0) == "61%"
    assert formats.percent(0) == "0.0%"
    assert formats.percent(Decimal("-0.0001")) == "0.0%"
    assert formats.percent(None) == "–"


def test_a_change_always_carries_its_sign():
    assert [formats.change(x) for x in (0.123, -0.04, 0, -0.00001, None)] == [
        "+12.3%",
        "−4.0%",
        "±0.0%",
        "±0.0%",
        "–",
    ]


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (None, "–", "–"),
        (0, "0 s", "0 秒"),
        (46, "46 s", "46 秒"),
        (180, "3 min", "3 分"),
        (1_126, "18 min 46 s", "18 分 46 秒"),
        (7_500, "2 h 5 min", "2 小时 5 分"),
        (7_205, "2 h", "2 小时"),
    ],
)
def test_a_time_is_told_in_its_two_largest_units(seconds, english, chinese):
    assert (formats.lasted(seconds), formats.lasted(seconds, "zh-hans")) == (english, chinese)


def test_a_multiple_has_two_decimals():
    assert [formats.multiple(x) for x in (Decimal("3.115"), 0, None)] == ["3.12", "0.00", "–"]


@pytest.mark.parametrize(("above", "below"), [(None, 5), (5, None), (5, 0), (None, None)])
def test_a_ratio_of_something_unknown_or_over_zero_is_unknown(above, below):
    assert formats.ratio(above, below) is None


def test_a_ratio_of_zero_is_zero():
    assert formats.ratio(0, 5) == 0


@pytest.mark.parametrize(("now", "before"), [(None, 5), (5, None), (5, 0), (5, -1)])
def test_a_change_from_nothing_is_unknown(now, before):
    assert formats.change_between(now, before) is None


def test_a_change_is_measured_against_what_was_before():
    assert formats.change_between(90, 120) == Decimal("-0.25")


def test_a_span_of_days_names_the_year_once():
    first, last = date(2026, 10, 27), date(2026, 11, 23)
    assert formats.days(first, last) == "27 Oct – 23 Nov 2026"
    assert formats.days(first, last, "zh-hans") == "2026年10月27日 – 11月23日"
    assert formats.days(date(2025, 12, 30), date(2026, 1, 2)) == "30 Dec 2025 – 2 Jan 2026"
    assert formats.days(date(2025, 12, 30), date(2026, 1, 2), "zh-hans") == "2025年12月30日 – 2026年1月2日"
    assert formats.days(first, first) == "27 Oct 2026"
    assert formats.days(first, first, "zh-hans") == "2026年10月27日"


def test_a_day_is_the_day_in_shanghai():
    late_in_utc = datetime(2025, 11, 21, 22, 10, tzinfo=UTC)
    assert formats.day(late_in_utc) == "22 Nov"
    assert formats.day(date(2025, 11, 2), "year", "zh-hans") == "2025年11月2日"
    assert formats.day(date(2025, 11, 2), language="zh-hans") == "11月2日"
    assert formats.day(None) == "–"


@pytest.mark.parametrize(
    ("form", "language", "says"),
    [
        ("", "en", "22 Nov 06:10"),
        ("second", "en", "22 Nov 06:10:07"),
        ("year", "en", "22 Nov 2025 06:10"),
        ("clock", "zh-hans", "06:10"),
        ("", "zh-hans", "11月22日 06:10"),
    ],
)
def test_a_moment_is_told_in_shanghai_time(form, language, says):
    assert formats.moment(datetime(2025, 11, 21, 22, 10, 7, tzinfo=UTC), form, language) == says


def test_an_unknown_form_of_a_figure_is_an_error_of_the_page():
    with pytest.raises(ValueError, match="no such form of a figure: euro"):
        formats.figure(1, "euro")


def test_a_figure_takes_the_form_of_its_column():
    written = [formats.figure(0.5, form) for form in ("fen", "count", "percent", "multiple")]
    assert written == ["¥0.01", "0.5", "50.0%", "0.50"]
