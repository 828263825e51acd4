"""What would settle an open case, and how small samples are drawn in: worked by hand."""

from __future__ import annotations

import pytest

from measurement.waste.need import Need, to_know
from measurement.waste.shrinkage import Shrunk, shrunk


def test_twice_as_much_is_needed_where_the_net_return_is_1_39_standard_errors():
    """1.96² · 10,000 ÷ 138.6² = 2.0: as many people and weeks again."""
    assert to_know(138.6, 10_000, people=40, days=28) == Need(40, 4)


def test_close_to_zero_no_realistic_amount_settles_it():
    assert to_know(10, 10_000, people=40, days=28) == Need(None, None)
    assert to_know(0, 10_000, people=40, days=28) == Need(None, None)


def test_a_net_return_almost_clear_of_zero_needs_at_least_one_more_person():
    assert to_know(-195, 10_000, people=40, days=28) == Need(1, 1)


def test_rows_that_differ_by_chance_alone_all_get_the_mean():
    found = shrunk([1.0, 1.1, 0.9], [1.0, 1.0, 1.0])
    assert [one.own for one in found] == [0, 0, 0]
    assert [one.rate for one in found] == pytest.approx([1, 1, 1])


def test_a_small_sample_is_drawn_in_further_than_a_large_one():
    """Rates 0, 2, 4 with variances .5, .5, 2. Fixed weights 2, 2, .5: mean 4/3 of 1.333; scatter
    Q = 2·(16/9) + 2·(4/9) + .5·(64/9) = 8; C = 4.5 − 8.25/4.5 = 2.6667; τ² = (8 − 2)/2.6667 = 2.25."""
    found = shrunk([0.0, 2.0, 4.0], [0.5, 0.5, 2.0])
    assert [one.own for one in found] == pytest.approx([2.25 / 2.75, 2.25 / 2.75, 2.25 / 4.25])
    centre = (0 / 2.75 + 2 / 2.75 + 4 / 4.25) / (1 / 2.75 + 1 / 2.75 + 1 / 4.25)
    assert found[2].rate == pytest.approx(found[2].own * 4 + (1 - found[2].own) * centre)


def test_two_rows_stay_as_they_are():
    assert shrunk([1.0, 3.0], [1.0, 1.0]) == [Shrunk(1.0, 1.0), Shrunk(3.0, 1.0)]
