"""The curve ROI(T+x) and its cohorts, by hand and in drawn worlds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.cycles.arrival import Final, learn_arrival
from measurement.cycles.cohorts import Foresight, cohorts, curve, marks, spans
from merchants.periods import Period

MONDAY = date(2026, 3, 2)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


# Two days, 100 yuan each. The first is 3 days old at the end, the second 1 day.
CELLS = [(day(0), 0, 5000), (day(0), 2, 7000), (day(2), 0, 4000), (day(2), 1, 1000), (day(2), 9, 90)]
COSTS = {day(0): 10000, day(2): 10000}


def drawn(points):
    return [(point.age, point.credited, point.reached, point.roi) for point in points]


def test_the_curve_compares_the_days_that_are_so_old_with_their_own_cost():
    points = curve(CELLS, COSTS, [day(0), day(2)], window=4, through=day(3))
    assert drawn(points) == [
        (0, 9000, 1, Decimal("0.45")),  # both: (50 + 40) / 200
        (1, 10000, 1, Decimal("0.5")),  # both: 100 / 200
        (2, 17000, Decimal("0.5"), Decimal("1.2")),  # the first alone: 120 / 100
        (3, 17000, Decimal("0.5"), Decimal("1.2")),
        (4, 17000, 0, None),  # nobody is four days old
    ]


def test_on_order_days_everything_that_comes_has_come():
    points = curve(CELLS, COSTS, [day(0), day(2)], window=4, through=None)
    assert drawn(points)[-1] == (4, 17000, 1, Decimal("0.85"))


def test_without_a_cost_the_share_is_one_of_days_and_there_is_no_roi():
    points = curve(CELLS, None, [day(0), day(2)], window=2, through=day(3))
    assert drawn(points) == [(0, 9000, 1, None), (1, 10000, 1, None), (2, 17000, Decimal("0.5"), None)]


def test_a_cohort_has_a_mark_only_when_all_of_its_days_have_reached_it():
    [made] = cohorts(CELLS, COSTS, [Period(day(0), day(3))], window=4, through=day(3), foresight=None)
    assert (made.cost, made.credited, dict(made.at)) == (20000, 17000, {})
    [made] = cohorts(CELLS, COSTS, [Period(day(0), day(3))], window=4, through=day(6), foresight=None)
    assert (dict(made.at), made.roi_at(4), made.roi) == ({4: 17000}, Decimal("0.85"), Decimal("0.85"))


def test_a_cohort_without_a_stated_cost_has_no_return_not_an_endless_one():
    [made] = cohorts(CELLS, {day(5): 7}, [Period(day(0), day(3))], window=4, through=day(6), foresight=None)
    assert (made.cost, made.roi, made.final_roi) == (None, None, None)


def test_marks_end_with_the_window():
    assert marks(29) == (7, 15, 29)
    assert marks(70) == (7, 15, 30, 70)
    assert marks(5) == (5,)


def test_a_period_is_cut_into_weeks_from_monday_and_a_long_one_into_months():
    cut = spans(Period(date(2026, 3, 4), date(2026, 3, 17)))
    assert [(part.start.day, part.last.day) for part in cut] == [(4, 8), (9, 15), (16, 16)]
    long = spans(Period(date(2026, 1, 20), date(2026, 6, 2)))
    assert [(part.start.month, part.start.day) for part in long] == [
        (1, 20),
        (2, 1),
        (3, 1),
        (4, 1),
        (5, 1),
        (6, 1),
    ]


def test_a_cohort_half_of_which_is_in_is_expected_to_double():
    cells = [(day(n), lag, 100_000) for n in range(40) for lag in (0, 9)]
    arrival = learn_arrival(
        [((day(60) - d).days, lag, fen) for d, lag, fen in cells], window=10, mean_order=1000
    )
    assert arrival is not None
    assert arrival.at(4)[0] == pytest.approx(0.5)
    young = [(day(56), 0, 100_000)]
    seen = Foresight(arrival, 1000.0, 1.0)
    [made] = cohorts(
        young, {day(56): 50_000}, [Period(day(56), day(57))], window=10, through=day(60), foresight=seen
    )
    assert made.final is not None
    assert (made.final.expected, made.final.share) == (200_000, pytest.approx(0.5))
    assert made.final.low < 200_000 < made.final.high
    assert made.final_roi is not None
    assert made.final_roi[0] == 4


def test_of_days_that_are_too_young_nothing_is_foretold():
    arrival = learn_arrival([(50, 9, 100_000), (50, 0, 1_000), (40, 9, 100_000)], window=10, mean_order=1000)
    assert arrival is not None
    [made] = cohorts(
        [(day(0), 0, 500)],
        None,
        [Period(day(0), day(1))],
        window=10,
        through=day(0),
        foresight=Foresight(arrival, 1000.0, 1.0),
    )
    assert made.final is None


def test_a_cohort_that_is_full_ends_where_it_is():
    arrival = learn_arrival([(50, 0, 100_000), (50, 9, 100_000)], window=10, mean_order=1000)
    assert arrival is not None
    [made] = cohorts(
        [(day(0), 3, 777)],
        None,
        [Period(day(0), day(1))],
        window=10,
        through=day(10),
        foresight=Foresight(arrival, 1000.0, 1.0),
    )
    assert made.final == Final(777, 777, 777, 1.0)


lags = st.integers(0, 12)
cells_drawn = st.lists(st.tuples(st.integers(0, 20).map(day), lags, st.integers(0, 10**7)), max_size=40)


@given(cells_drawn, st.integers(1, 12), st.integers(0, 30))
def test_the_curve_rises_to_the_credit_of_the_window_and_the_cohorts_add_up_to_it(cells, window, end):
    days = [day(n) for n in range(21)]
    known = [(d, lag, fen) for d, lag, fen in cells if d + timedelta(days=lag) <= day(end)]
    costs = dict.fromkeys(days, 100)
    points = curve(known, costs, days, window=window, through=day(end))
    sums = [point.credited for point in points]
    assert sums == sorted(sums)
    assert sums[-1] == sum(fen for _, lag, fen in known if lag <= window)
    shares = [point.reached for point in points]
    assert shares == sorted(shares, reverse=True)
    period = Period(days[0], day(21))
    made = cohorts(known, costs, spans(period), window=window, through=day(end), foresight=None)
    assert sum(cohort.credited for cohort in made) == sums[-1]


@given(cells_drawn, st.integers(1, 12), st.integers(0, 30))
def test_the_return_at_an_age_is_what_one_would_count_by_hand(cells, window, end):
    days = [day(n) for n in range(21)]
    costs = {d: 100 + n for n, d in enumerate(days)}
    points = curve(cells, costs, days, window=window, through=day(end))
    for point in points:
        old = [d for d in days if (day(end) - d).days >= point.age]
        credit = sum(fen for d, lag, fen in cells if d in old and lag <= point.age)
        cost = sum(costs[d] for d in old)
        assert point.roi == (Decimal(credit) / cost if old else None)


def test_the_range_of_the_end_holds_the_truth_as_often_as_it_says():
    """Drawn worlds of 120 days, 25 orders a day of a skewed size, lags of a planted cycle: the range of the
    last 28 days, of which a part is in, must hold what they came to in 95 of 100 (no fewer than 90 of 120
    draws would be chance below one in a thousand)."""
    draw = np.random.default_rng(11)
    window, through = 20, 120
    held = 0
    for _ in range(120):
        n = draw.poisson(25, through)
        touched = np.repeat(np.arange(through), n)
        lag = np.minimum(draw.geometric(0.15, touched.size) - 1, window)
        fen = (draw.gamma(1.0, 20_000, touched.size) + 1).astype(int)
        known = touched + lag <= through
        rows = [
            (day(int(t)), int(x), int(f))
            for t, x, f in zip(touched[known], lag[known], fen[known], strict=True)
        ]
        arrival = learn_arrival(
            [((day(through) - d).days, x, f) for d, x, f in rows], window=window, mean_order=20_000
        )
        assert arrival is not None
        part = Period(day(92), day(120))
        seen = Foresight(arrival, 20_000.0, 2.0)
        [made] = cohorts(rows, None, [part], window=window, through=day(through), foresight=seen)
        assert made.final is not None
        truth = int(fen[(touched >= 92) & (touched < 120)].sum())
        held += made.final.low <= truth <= made.final.high
    assert 108 <= held <= 120
