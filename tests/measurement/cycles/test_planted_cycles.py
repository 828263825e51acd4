"""Planted decision cycles are found as often as the intervals promise, and what this rests on.

The clock is the product's own: days begun from the first touch to the order, whole days followed for whoever
is still open. People come in over half a year, each on a day of its own, and the data end for all on one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import NormalDist, mean

import numpy as np
import pytest

from measurement.cycles import Learned, learn

WORLDS, LEAST_COVERED = 100, 93
HALF_YEAR = 182  # days
SIGMA = 0.6
BUYING = 0.15
TRADES = {"facial essence": (17.5, 1500), "baby food": (42.2, 2000)}
"""Planted P50 in days, so that P80 is the published 29 and 70; and people of one world."""


def learned_of(
    people: int, *, p50: float, fading: float = 0.0, seed: int = 20261126, worlds: int = WORLDS
) -> Iterator[Learned]:
    """What is learned of each world. Some people never buy. ``fading`` 0.5: of those who come first half as
    many again buy as of the mean, of those who come last half as many."""
    draw = np.random.default_rng(seed)
    for _ in range(worlds):
        entered = draw.random(people) * HALF_YEAR
        delay = draw.lognormal(math.log(p50), SIGMA, people)
        buys = draw.random(people) < BUYING * (1 + fading * (1 - 2 * entered / HALF_YEAR))
        after = np.ceil(np.where(buys, delay, np.inf))
        followed = np.floor(HALF_YEAR - entered)
        tally: dict[float, tuple[int, int]] = {}
        for day, bought in zip(
            np.minimum(after, followed).tolist(), (after <= followed).tolist(), strict=True
        ):
            events, still_open = tally.get(day, (0, 0))
            tally[day] = (events + bought, still_open + (not bought))
        yield learn(tally)


def planted(share: float, p50: float) -> int:
    """The first whole day by which ``share`` of those who ever buy have bought."""
    return math.ceil(p50 * math.exp(SIGMA * NormalDist().inv_cdf(share)))


@pytest.mark.parametrize("trade", TRADES)
def test_the_planted_median_and_the_planted_p80_lie_in_their_intervals(trade):
    p50, people = TRADES[trade]
    found = list(learned_of(people, p50=p50))
    for place, share in enumerate((0.5, 0.8)):
        of_share = [one.quantiles[place] for one in found]
        truth = planted(share, p50)
        covered = sum(one.low <= truth <= one.high for one in of_share)
        assert covered >= LEAST_COVERED, (share, covered)
        assert abs(mean(one.days for one in of_share) - truth) < 0.05 * truth
    assert mean(one.quantiles[0].high - one.quantiles[0].low for one in found) < 0.3 * p50
    assert not any(one.refusal for one in found)


def test_who_comes_later_must_buy_as_readily_or_the_cycle_is_learned_too_long():
    """The early days of the curve are those of everybody, its late days those of the first comers only. When
    the first buy more readily, the late days weigh too much."""
    p50, people = TRADES["baby food"]
    even = mean(one.quantiles[0].days for one in learned_of(3 * people, p50=p50, worlds=20))
    fading = mean(one.quantiles[0].days for one in learned_of(3 * people, p50=p50, fading=0.5, worlds=20))
    assert abs(even - planted(0.5, p50)) < 1
    assert 1 < fading - even < 0.1 * p50
