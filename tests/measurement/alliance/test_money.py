from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.alliance.money import fen_from_yuan, spread


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [
        ("19.9", 1990),
        (19.9, 1990),
        (8.1, 810),
        ("0", 0),
        ("0.00", 0),
        ("29.7", 2970),
        (170, 17000),
        ("-5.00", -500),
        (" 3.50 ", 350),
        (".5", 50),
        ("0.005", 1),
        ("-0.005", -1),
        (Decimal("1.25"), 125),
        (1e-07, 0),
        ("99999999999999.99", 9999999999999999),
    ],
)
def test_yuan_become_whole_fen(yuan: object, fen: int) -> None:
    assert fen_from_yuan(yuan) == fen


@pytest.mark.parametrize(
    "no_amount",
    [
        None,
        "",
        " ",
        "NaN",
        "Infinity",
        float("nan"),
        float("inf"),
        "1e3",
        "1_000",
        "１２",
        "¥5",
        "-",
        ".",
        "1,000",
        True,
        [],
        {},
        "1.2.3",
        "5元",
    ],
)
def test_what_is_no_amount_is_unknown_and_never_zero(no_amount: object) -> None:
    assert fen_from_yuan(no_amount) is None


def test_thousands_commas_are_read_only_where_asked_and_only_in_place() -> None:
    assert fen_from_yuan("2,766.11", thousands=True) == 276611
    assert fen_from_yuan("-1,234,567", thousands=True) == -123456700
    assert fen_from_yuan("12,34", thousands=True) is None


@given(st.integers(min_value=0, max_value=10**15))
def test_every_amount_with_two_decimals_comes_through_text_exactly(fen: int) -> None:
    assert fen_from_yuan(f"{fen // 100}.{fen % 100:02d}") == fen


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_spread_keeps_every_fen_and_stays_within_one_of_the_exact_share(
    total: int, weights: list[int]
) -> None:
    shares = spread(total, weights)
    assert sum(shares) == total
    whole = sum(weights)
    for share, weight in zip(shares, weights, strict=True):
        exact_times_whole = total * weight if whole else total
        assert abs(share * (whole or len(weights)) - exact_times_whole) < (whole or len(weights))


def test_spread_gives_the_odd_fen_to_the_largest_remainder_and_ties_to_the_earlier() -> None:
    assert spread(100, [1, 1, 1]) == [34, 33, 33]
    assert spread(10, [1, 2, 3]) == [2, 3, 5]
    assert spread(101, [1, 2]) == [34, 67]


def test_spread_over_nothing_but_zeros_is_equal_and_over_nobody_refused() -> None:
    assert spread(5, [0, 0]) == [3, 2]
    assert spread(0, []) == []
    with pytest.raises(ValueError, match="nothing to spread"):
        spread(1, [])
    with pytest.raises(ValueError, match="negative"):
        spread(1, [2, -1])
