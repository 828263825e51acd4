"""Removal effects are the solution of the chain, worked by hand and by fractions; nothing is drawn."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.attribution import chains
from measurement.attribution.chains import removal_effects
from measurement.attribution.paths import Paths, of_rows
from tests.measurement.attribution import walks
from tests.measurement.attribution.walks import rows_of_paths
from tests.measurement.attribution.worlds import unhurried

orders = st.sampled_from([1, 2, 3])


def effects(rows, order: int = 1, **options) -> dict[str, float]:
    paths = of_rows(rows)
    return dict(zip(paths.channels, removal_effects(paths, order=order, **options).effects, strict=True))


def test_two_channels_by_hand() -> None:
    """a>b orders once; a leads to nothing once; b orders once, leads to nothing once.

    start to a 2/4, to b 2/4; a to b 1/2; b to the order 2/3. x_b = 2/3, x_a = 1/2*2/3 = 1/3, so the base is
    1/2*1/3 + 1/2*2/3 = 1/2. Without a: 1/2*2/3 = 1/3, a third less. Without b: nothing.
    """
    rows = [(("a", "b"), 1, 0, 0), (("a",), 0, 0, 1), (("b",), 1, 0, 1)]
    found = removal_effects(of_rows(rows))
    assert found.base == pytest.approx(1 / 2, abs=1e-15)
    assert found.effects == pytest.approx([1 / 3, 1], abs=1e-15)
    assert found.shares == pytest.approx([1 / 4, 3 / 4], abs=1e-15)


ROWS = [(("a", "b", "a"), 1, 0, 0), (("a", "b"), 0, 0, 1), (("b", "a"), 1, 0, 1), (("b",), 1, 0, 0)]
"""Five journeys, three with an order."""


def test_a_circle_of_two_channels_by_hand() -> None:
    """a to b 2/5, to the order 2/5; b to a 3/5, to the order 1/5. x_a = 12/19, x_b = 11/19, start to a 2/5 and
    to b 3/5, so the base is 57/95 = 3/5. Without a: 3/5*1/5 = 3/25, a fifth of the base. Without b:
    2/5*2/5 = 4/25, that is 4/15 of it."""
    assert effects(ROWS) == pytest.approx({"a": 4 / 5, "b": 11 / 15}, abs=1e-15)


def test_order_2_by_hand() -> None:
    """States (a), (b), (a,b), (b,a): (a) to (a,b) 1; (a,b) to (b,a) 1/2; (b,a) orders 2/3; (b) to (b,a) 2/3
    and orders 1/3. Base 2/5*1/3 + 3/5*7/9 = 3/5. Without a only (b) is left: 3/5*1/3 = 1/5, so 2/3 are lost.
    Without b only (a) is left, which leads nowhere else: all is lost."""
    assert effects(ROWS, 2) == pytest.approx({"a": 2 / 3, "b": 1}, abs=1e-15)


def test_without_nulls_every_walk_orders() -> None:
    """Of ROWS three journeys remain: a to b 1/3, orders 2/3; b to a 2/3, orders 1/3; start to a 1/3."""
    found = removal_effects(of_rows(ROWS), with_nulls=False)
    assert found.base == pytest.approx(1, abs=1e-15)
    assert found.effects == pytest.approx([1 - 2 / 3 * 1 / 3, 1 - 1 / 3 * 2 / 3], abs=1e-15)


@unhurried
@given(rows_of_paths, orders, st.booleans())
def test_the_effects_are_those_of_exact_fractions(rows, order, with_nulls) -> None:
    told = walks.removal_effects(rows, order, with_nulls=with_nulls)
    for name, effect in effects(rows, order, with_nulls=with_nulls).items():
        assert effect == pytest.approx(float(told[name]), abs=1e-12)


@unhurried
@given(rows_of_paths, orders)
def test_the_base_probability_is_the_observed_share_in_every_order(rows, order) -> None:
    conversions, nulls = sum(row[1] for row in rows), sum(row[3] for row in rows)
    assert walks.chance(rows, order, None) == Fraction(conversions, conversions + nulls)
    assert removal_effects(of_rows(rows), order=order).base == pytest.approx(
        conversions / (conversions + nulls), abs=1e-12
    )


@unhurried
@given(rows_of_paths, st.integers(1, 3))
def test_staying_at_a_channel_changes_nothing_in_order_1(rows, times) -> None:
    stayed = [(tuple(name for name in row[0] for _ in range(times)), *row[1:]) for row in rows]
    assert effects(stayed) == pytest.approx(effects(rows), abs=1e-12)


@unhurried
@given(rows_of_paths, orders)
def test_splitting_rows_changes_nothing(rows, order) -> None:
    split = [(row[0], *one) for row in rows for one in ((row[1], row[2], 0), (0, 0, row[3]))]
    assert effects(split[::-1], order) == pytest.approx(effects(rows, order), abs=1e-12)


@unhurried
@given(rows_of_paths, orders)
def test_bounds_close_in_on_what_the_inverse_says(rows, order) -> None:
    paths = of_rows(rows)
    chain = chains._chain(paths, paths.conversions + paths.nulls, order)
    exact, closed_in = chains._by_inverse(chain), chains._by_bounds(chain)
    assert closed_in[0] == pytest.approx(exact[0], abs=1e-12)
    assert closed_in[1] == pytest.approx(exact[1], abs=1e-11)


def test_a_chain_of_many_states_is_solved_as_exactly_and_quickly() -> None:
    """60 channels in order 3 make thousands of states, more than one matrix is worth."""
    draw = np.random.default_rng(3)
    lengths = draw.geometric(0.3, 6_000)
    steps = draw.zipf(1.4, lengths.sum()) % 60
    counts = (draw.poisson(0.3, 6_000), draw.poisson(2, 6_000))
    paths = Paths(
        tuple(f"{code:02}" for code in range(60)), steps, np.cumsum(lengths),
        counts[0].astype(float), np.zeros(6_000), counts[1].astype(float),
    )  # fmt: skip
    chain = chains._chain(paths, paths.conversions + paths.nulls, 3)
    assert chain.states > 2_000
    assert not chains._is_full_cheaper(chain)
    found = removal_effects(paths, order=3)
    assert found.base == pytest.approx(counts[0].sum() / (counts[0].sum() + counts[1].sum()), abs=1e-12)
    for channel in (0, 7, 31):
        kept = np.ones(chain.states, dtype=bool)
        kept[chain.holding[channel]] = False
        system = np.eye(chain.states)
        np.subtract.at(system, chain.among[:2], chain.among[2])
        reach = np.linalg.solve(system[np.ix_(kept, kept)], chain.order[kept])
        lost = 1 - chain.begin[kept] @ reach / found.base
        assert found.effects[channel] == pytest.approx(lost, abs=1e-11)


def test_a_channel_of_paths_that_nobody_took_has_no_effect() -> None:
    found = effects([(("a",), 1, 0, 1), (("b", "a"), 0, 0, 0)])
    assert found == {"a": 1.0, "b": 0.0}


def test_what_cannot_be_solved_is_refused() -> None:
    with pytest.raises(ValueError, match="no journey ends with an order"):
        removal_effects(of_rows([(("a",), 0, 0, 5)]))
    for order in (0, 4):
        with pytest.raises(ValueError, match="remembers 1 to 3 channels"):
            removal_effects(of_rows(ROWS), order=order)
