"""The fit of the estimated whole against figures printed about a public series with a known cause.

Car drivers killed or seriously injured in Great Britain, month by month from 1969 to 1984 (Department of
Transport, Open Government Licence), and the logarithm of the petrol price. From February 1983 on they had to wear
seat belts. Commandeur, Koopman, An Introduction to State Space Time Series Analysis, Oxford 2007, chapter 7,
prints the effect of the law on the logarithm of their number, with months and petrol price in the baseline.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from measurement.response.noise import BENDING, REMEMBERED, WANDERING, Coefficient, Fit

GRID = [(r, w, b) for r in REMEMBERED for w in WANDERING for b in BENDING]
FIXED_LEVEL, WANDERING_LEVEL = -0.19714, -0.23759


@pytest.fixture(scope="module")
def law() -> Coefficient:
    """The coefficient of the law, as the fit mixes it from all its grid."""
    with Path(__file__).with_name("road_casualties.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    drivers = np.log([float(row["drivers"]) for row in rows])
    price = np.array([float(row["log_petrol_price"]) for row in rows])
    months = [np.array([row["month"][-2:] == f"{m:02}" for row in rows], dtype=float) for m in range(2, 13)]
    worn = np.array([row["month"] >= "1983-02" for row in rows], dtype=float)
    return Fit(drivers, np.column_stack([*months, price])).with_one_of(worn[:, None])


def centre(law: Coefficient, wandering: float) -> float:
    return float(law.centre[GRID.index((0.0, wandering, 0.0)), 0])


def test_with_a_level_that_stands_still_the_effect_is_the_printed_one(law):
    assert round(centre(law, 0.0), 5) == FIXED_LEVEL


def test_with_a_level_that_wanders_the_effect_lies_about_the_printed_one(law):
    """The book's level wanders by 0.26 of the spread of a month, between these two of the grid."""
    assert centre(law, 0.4) < WANDERING_LEVEL < centre(law, 0.2)


def test_unasked_the_mixture_holds_the_printed_effect_and_is_sure_that_there_is_one(law):
    low, high = law.interval()
    assert low < WANDERING_LEVEL < high < 0
    assert law.mean == pytest.approx(WANDERING_LEVEL, abs=0.015)
    assert abs(law.mean - WANDERING_LEVEL) < abs(law.mean - FIXED_LEVEL)
