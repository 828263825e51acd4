"""Kaplan and Meier by hand and from print, and what censoring may and may not do."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement.cycles import quantile, steps

# Weeks of remission of 21 patients under 6-mercaptopurine (Freireich et al., Blood 21, 1963, 699-716), the
# example of many textbooks, with its curve to three decimals.
REMISSION = {
    6: (3, 1), 7: (1, 0), 9: (0, 1), 10: (1, 1), 11: (0, 1), 13: (1, 0), 16: (1, 0), 17: (0, 1), 19: (0, 1),
    20: (0, 1), 22: (1, 0), 23: (1, 0), 25: (0, 1), 32: (0, 2), 34: (0, 1), 35: (0, 1),
}  # fmt: skip
PRINTED = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}

tallies = st.dictionaries(
    st.integers(0, 60).map(float),
    st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(any),
    min_size=1,
    max_size=12,
)


def test_five_rows_by_hand():
    """Eight people: two buy on day 1, one is last seen on day 2, two buy on day 3 and one is last seen then,
    one buys on day 5, one is open on day 9. S = 1 − 2/8, then × (1 − 2/5), then × (1 − 1/2)."""
    found = steps({1: (2, 0), 2: (0, 1), 3: (2, 1), 5: (1, 0), 9: (0, 1)})
    assert [(step.t, step.at_risk, step.events, step.censored) for step in found] == [
        (1, 8, 2, 0),
        (2, 6, 0, 1),
        (3, 5, 2, 1),
        (5, 2, 1, 0),
        (9, 1, 0, 1),
    ]
    assert [step.s for step in found] == pytest.approx([0.75, 0.75, 0.45, 0.225, 0.225])
    greenwood = 2 / (8 * 6) + 2 / (5 * 3) + 1 / (2 * 1)
    assert found[-1].greenwood == pytest.approx(greenwood)
    assert (quantile(found, 0.5), quantile(found, 0.8)) == (3, None)


def test_the_curve_of_the_textbooks():
    found = steps(REMISSION)
    assert {step.t: round(step.s, 3) for step in found if step.events} == PRINTED
    assert quantile(found, 0.5) == 23
    last = found[-1]
    assert last.s * last.greenwood**0.5 == pytest.approx(0.1346, abs=5e-5)  # standard error of S(23)


def test_a_public_data_set_has_its_published_median():
    """163 lifetimes (``waltons_dataset.csv``, shipped by lifelines); its documents give the median as 56."""
    text = files("lifelines.datasets").joinpath("waltons_dataset.csv").read_text()
    tally: dict[float, tuple[int, int]] = {}
    for row in csv.DictReader(text.splitlines()):
        events, censored = tally.get(float(row["T"]), (0, 0))
        bought = row["E"] == "1"
        tally[float(row["T"])] = (events + bought, censored + (not bought))
    assert quantile(steps(tally), 0.5) == 56


def test_without_censoring_it_is_the_share_that_is_still_open():
    found = steps({2: (1, 0), 4: (2, 0), 7: (1, 0)})
    assert [step.s for step in found] == pytest.approx([0.75, 0.25, 0.0])
    assert quantile(found, 0.5) == 4


def test_nothing_bought_leaves_the_curve_at_one():
    found = steps({3: (0, 5), 8: (0, 2)})
    assert [step.s for step in found] == [1.0, 1.0]
    assert quantile(found, 0.5) is None
    assert steps({}) == ()


def test_a_negative_duration_is_no_duration():
    with pytest.raises(ValueError, match="not negative"):
        steps({-1: (1, 0)})


@settings(max_examples=40)
@given(tallies, st.integers(1, 40), st.integers(1, 9))
def test_who_is_last_seen_after_the_last_order_changes_nothing_but_who_is_at_risk(tally, later, count):
    """More people who stay open to the end lower 1 − S, and never move the time of a step."""
    end = max(tally) + later
    more = steps({**tally, end: (0, count)})
    plain = steps(tally)
    bought = [step.t for step in plain if step.events]
    assert [step.t for step in more if step.events] == bought
    assert all(one.s <= other.s + 1e-12 for one, other in zip(plain, more, strict=False))


@settings(max_examples=40)
@given(tallies)
def test_the_curve_falls_only_where_somebody_buys(tally):
    before = 1.0
    for step in steps(tally):
        assert step.s == pytest.approx(before * (1 - step.events / step.at_risk))
        before = step.s
