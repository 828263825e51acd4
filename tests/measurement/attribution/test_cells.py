"""Cells are summed exactly and come back from their bytes as they went in."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from measurement.attribution.cells import (
    UNTOUCHED,
    Cells,
    cells_of,
    copy_of,
    different,
    distinct,
    joined,
    merged,
    packed,
    person_number,
    squares,
    sums,
    unpacked,
    without,
)

DAY = date(2026, 3, 1)
MODELS = ("first", "linear")
few = st.integers(1, 4)
fen = st.integers(-(10**12), 10**12)
rows = st.lists(
    st.tuples(
        st.integers(0, 3).map(lambda n: DAY + timedelta(days=n)),
        few,
        st.none() | st.integers(-(2**63), 2**63 - 1).filter(bool),
        st.none() | few,
        st.none() | few,
        st.sampled_from(["jd", "taobao", "vipshop"]),
        st.sampled_from("ABU"),
        st.none() | st.integers(0, 400).map(lambda n: DAY - timedelta(days=n)),
        fen,
        fen,
    ),
    max_size=30,
)


def told(cells: Cells) -> list[tuple[Any, ...]]:
    """Every column of every cell, in order."""
    names = ("order", "person", "channel", "spu", "grade", "order_day", "age")
    columns = [getattr(cells, name).tolist() for name in names]
    columns.append([cells.platforms[n] for n in cells.platform])
    columns += [cells.fen[model].tolist() for model in MODELS]
    return sorted(zip(*columns, strict=True))


@given(rows)
def test_days_that_were_packed_one_by_one_are_the_same_cells_again(given_rows: list[Any]) -> None:
    cells = cells_of(given_rows, MODELS)
    copies = []
    for day in {row[0] for row in given_rows}:
        part = cells.of_day(day)
        keys, shares = packed(part)
        assert len(keys) == 40 * len(part)
        copies.append((day, part.platforms, keys, [shares[model] for model in MODELS]))
    one_by_one = [unpacked([copy], MODELS) for copy in copies]
    assert told(joined(one_by_one, MODELS)) == told(cells)
    if copies:
        assert told(unpacked(copies, MODELS)) == told(cells)


@given(rows)
def test_sums_people_orders_and_squares_are_those_of_a_plain_count(given_rows: list[Any]) -> None:
    cells = cells_of(given_rows, MODELS)
    money: dict[int, int] = defaultdict(int)
    orders: dict[int, set[int]] = defaultdict(set)
    of_order: dict[tuple[int, int], int] = defaultdict(int)
    for row in given_rows:
        spu = row[4] or 0
        money[spu] += row[9]
        orders[spu].add(row[1])
        of_order[spu, row[1]] += row[9]
    assert sums(cells.spu, cells.fen["linear"], 5).tolist() == [money[spu] for spu in range(5)]
    assert distinct(cells.spu, cells.order, 5).tolist() == [len(orders[spu]) for spu in range(5)]
    squared = [
        float(sum(amount**2 for (spu, _), amount in of_order.items() if spu == one)) for one in range(5)
    ]
    np.testing.assert_allclose(squares(cells.spu, cells.order, cells.fen["linear"], 5), squared, rtol=1e-12)


def test_a_cell_that_no_touch_is_behind_has_no_age_and_its_day_counts_as_the_oldest() -> None:
    row = (DAY, 7, None, None, None, "taobao", "U", None, 100, 100)
    cells = cells_of([row], MODELS)
    assert cells.age.tolist() == [UNTOUCHED]
    assert cells.touched.tolist() == [False]
    assert copy_of(DAY, cells)["oldest"] == DAY
    earlier = (DAY, 8, 5, 1, 1, "jd", "A", DAY - timedelta(days=29), 100, 100)
    assert copy_of(DAY, cells_of([row, earlier], MODELS))["oldest"] == DAY - timedelta(days=29)


def test_persons_are_told_apart_by_half_of_their_key() -> None:
    assert person_number(1 << 64) == 1
    assert person_number((1 << 128) - 1) == -1
    assert person_number(5) == 1  # of a key that begins with nothing but zeros: somebody all the same


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_different_values_are_each_told_once_in_order(values: list[int]) -> None:
    assert different(np.array(values, dtype=np.int64)).tolist() == sorted(set(values))


@given(rows)
def test_equal_cells_are_summed_and_those_of_which_nothing_is_left_are_gone(given_rows: list[Any]) -> None:
    cells = cells_of(given_rows + given_rows[:5], MODELS)
    expected: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for *key, first, linear in told(cells):
        expected[tuple(key)][0] += first
        expected[tuple(key)][1] += linear
    left = sorted((*key, *fen) for key, fen in expected.items() if fen[1])
    assert told(merged(cells, "linear")) == left


@given(st.lists(st.tuples(rows, st.booleans()), max_size=6))
def test_what_stands_less_what_was_posted_since_is_the_sum_of_what_had_been_posted(
    given_posts: list[Any],
) -> None:
    def posted(*, since: bool | None = None) -> list[Any]:
        """Rows of one person an order, and of its own day, as a ledger has them."""
        found = [row for some, is_later in given_posts if since in (None, is_later) for row in some]
        return [(DAY + timedelta(days=row[1]), row[1], -row[1], *row[3:]) for row in found]

    def summed(some: list[Any]) -> Cells:
        kept: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
        for *key, first, linear in some:
            kept[tuple(key)][0] += first
            kept[tuple(key)][1] += linear
        return cells_of([(*key, *money) for key, money in kept.items() if any(money)], MODELS)

    def left(cells: Cells) -> list[Any]:
        return told(cells.only(cells.fen["linear"] != 0))

    stood = without(summed(posted()), cells_of(posted(since=True), MODELS), "linear")
    assert left(stood) == left(summed(posted(since=False)))


def test_of_an_order_whose_person_was_joined_since_the_joined_person_is_told() -> None:
    row = (DAY, 7, 9, 1, 1, "jd", "A", DAY, 60, 60)
    more = (DAY, 7, 4, 1, 1, "jd", "A", DAY, 20, 20)
    stood = without(cells_of([row], MODELS), cells_of([more], MODELS), "linear")
    assert told(stood) == told(cells_of([(*row[:8], 40, 40)], MODELS))


def test_an_order_that_is_gone_is_there_again_on_the_day_before_it_went() -> None:
    gone = (DAY, -7, 9, 1, 1, "jd", "A", DAY, -60, -60)
    other = (DAY, 8, 9, 1, 1, "jd", "A", DAY, 0, 0)
    stood = without(cells_of([other], MODELS), cells_of([gone], MODELS), "linear")
    assert told(stood) == told(cells_of([other, (*gone[:8], 60, 60)], MODELS))
