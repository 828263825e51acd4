"""Worked examples that others have printed of the models of all journeys."""

from __future__ import annotations

from itertools import permutations

import pytest

from measurement.attribution import games
from measurement.attribution.chains import removal_effects
from measurement.attribution.paths import of_rows


def test_the_markov_example_of_three_customers() -> None:
    """S. Bryl, "Marketing multi-channel attribution model with R, part 1" (analyzecore.com, 3 August 2016):
    C1 > C2 > C3 orders, C1 does not, C2 > C3 does not. One in three orders; without C1 it is one in six, without
    C2 or C3 none. So the effects are 0.5, 1, 1 and the shares 0.2, 0.4, 0.4."""
    rows = [(("C1", "C2", "C3"), 1, 0, 0), (("C1",), 0, 0, 1), (("C2", "C3"), 0, 0, 1)]
    found = removal_effects(of_rows(rows))
    assert found.base == pytest.approx(1 / 3)
    assert found.effects == pytest.approx([0.5, 1, 1])
    assert found.shares == pytest.approx([0.2, 0.4, 0.4])


ONLY = {"F": 20, "O": 10, "L": 17, "FO": 17, "FL": 30, "FOL": 6}
WORTH = {"": 0, "F": 20, "O": 10, "L": 17, "FO": 47, "FL": 67, "OL": 27, "FOL": 100}
"""What each coalition is worth, as printed."""


def test_the_shapley_example_of_facebook_organic_and_linkedin() -> None:
    """M. Hegewald, "Data driven marketing attribution" (Towards Data Science, 2019): of 100 orders those met by
    just the channels of ``ONLY``; the article prints the worth of every coalition, the sum over its parts. The
    value of a channel is by Shapley's definition (1953) the mean of what it adds over all orders of joining."""
    paths = of_rows([(tuple(channels), orders, 0, 0) for channels, orders in ONLY.items()])
    value = dict.fromkeys("FOL", 0.0)
    for order in permutations("FOL"):
        for place, channel in enumerate(order):
            before, after = ("".join(sorted(order[:n], key="FOL".index)) for n in (place, place + 1))
            value[channel] += (WORTH[after] - WORTH[before]) / 6
    assert value == pytest.approx({"F": 45.5, "O": 20.5, "L": 34})
    found = dict(zip(paths.channels, games.shapley(paths, paths.conversions), strict=True))
    assert found == pytest.approx(value)
