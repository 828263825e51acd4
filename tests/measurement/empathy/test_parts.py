"""The parts of empathy, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.empathy.parts import Counts, Part, parts, share
from merchants.shares import wilson


def test_wilson_is_that_of_the_paper() -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I: 81 of 263 gives 0.2553 to 0.3662."""
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1 / 29, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_the_parts_of_a_note() -> None:
    found = parts(
        Counts(comments=100, questions=40, positive=30, negative=10, of_self=25, could_echo=100, echoes=5,
               reads=1_000, deep_acts=120)
    )  # fmt: skip
    assert {part: one.value for part, one in found.items()} == {
        Part.DEEP: 0.12, Part.QUESTIONS: 0.4, Part.LIKED: 0.75, Part.RECOMMENDED: 0.5, Part.SELF: 0.25,
        Part.ECHO: 0.05,
    }  # fmt: skip
    assert found[Part.LIKED].n == 40


def test_a_small_n_is_hidden_and_an_unknown_one_is_unknown() -> None:
    assert share(3, 29).hidden
    assert share(3, 29).n == 29
    assert not share(3, 30).hidden
    unknown = share(None, 100)
    assert (unknown.value, unknown.hidden) == (None, False)
    assert share(0, 0).value is None
    assert parts(Counts(reads=10_000, deep_acts=10_001))[Part.DEEP].value is None


@given(st.integers(0, 400), st.integers(1, 400))
def test_an_interval_holds_its_share_and_stays_between_none_and_all(hits: int, n: int) -> None:
    hits = min(hits, n)
    low, high = wilson(hits / n, n)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1
