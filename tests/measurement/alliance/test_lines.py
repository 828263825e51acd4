from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.alliance.lines import Returned, fitted, line_ids, returned_by_line

FEN = st.integers(0, 10**7)


def test_lines_are_numbered_by_the_occurrence_of_their_sku() -> None:
    assert line_ids("O", ["a", "b", "a", None, None]) == ["O:a:0", "O:b:0", "O:a:1", "O::0", "O::1"]


@pytest.mark.parametrize(
    ("total", "stated", "weights", "lines"),
    [
        (1000, [666, 334], [0, 0], [666, 334]),
        (1000, [None, None, None], [1, 1, 1], [334, 333, 333]),
        (1000, [600, None, None], [9, 3, 1], [600, 300, 100]),
        (1000, [600, None], [9, 0], [600, 400]),
        (500, [600, 400], [0, 0], [300, 200]),
        (500, [600, None], [0, 400], [300, 200]),
        (0, [600, 400], [0, 0], [0, 0]),
        (10, [0, 0], [0, 0], [5, 5]),
        (10, [None, None], [-3, 1], [0, 10]),
        (10, [], [], []),
    ],
)
def test_lines_are_what_is_stated_as_far_as_the_total_allows(
    total: int, stated: list[int | None], weights: list[int], lines: list[int]
) -> None:
    assert fitted(total, stated, weights) == lines


@given(FEN, st.lists(st.tuples(st.none() | FEN, FEN), min_size=1, max_size=8))
def test_fitted_lines_add_up_and_are_never_negative(total: int, lines: list[tuple[int | None, int]]) -> None:
    amounts = fitted(total, [stated for stated, _ in lines], [weight for _, weight in lines])
    assert sum(amounts) == total
    assert min(amounts) >= 0


def test_what_came_back_for_a_sku_not_in_the_order_is_known_for_no_line() -> None:
    assert returned_by_line(["a"], [5], [Returned("b", 1)]) is None
    assert returned_by_line(["a"], [5], [Returned(None, 1)]) is None
    assert returned_by_line(["a", None], [5, 5], [Returned(None, 1)]) is None
    assert returned_by_line(["a"], [5], [Returned("b", 0)]) == [0]


def test_what_no_line_can_hold_stays_on_the_last_of_its_sku() -> None:
    assert returned_by_line(["a", "a", "b"], [5, 3, 9], [Returned("a", 10)]) == [5, 5, 0]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), FEN), min_size=1, max_size=6),
    st.lists(st.tuples(st.sampled_from("ab"), FEN), max_size=6),
)
def test_what_came_back_is_all_laid_on_lines_of_its_sku(
    lines: list[tuple[str, int]], returns: list[tuple[str, int]]
) -> None:
    skus = [sku for sku, _ in lines]
    told = [Returned(sku, amount) for sku, amount in returns if sku in skus]
    back = returned_by_line(skus, [held for _, held in lines], told)
    assert back is not None
    for sku in set(skus):
        laid = sum(amount for name, amount in zip(skus, back, strict=True) if name == sku)
        assert laid == sum(returned.amount for returned in told if returned.sku == sku)
