"""Credit by what channels are worth together: Shapley's split and leave-one-out of the same game.

The game is the subset game: a set of channels is worth the orders of all journeys that met no channel outside
of it. Journeys without an order are worth nothing in any set, so the game cannot see that a channel converts
badly; the Markov chain can.
"""

from __future__ import annotations

import numpy as np

from measurement.attribution.paths import Floats, Paths, linear_distinct, sums
from measurement.computed import computes


@computes("shapley")
def shapley(paths: Paths, weight: Floats) -> Floats:
    """The Shapley value of each channel in the subset game.

    The game is a sum of one small game for each path, in which a set is worth the path's orders as soon as it
    holds all of its channels. There the channels are alike and everybody else adds nothing, so by symmetry
    and efficiency each gets the same part: every order is split evenly over its distinct channels (Zhao,
    Mahboobi, Bagheri: "Shapley value methods for attribution modeling in online advertising", 2018). No sum
    over coalitions is needed.
    """
    return linear_distinct(paths, weight)


@computes("leave_one_out")
def leave_one_out(paths: Paths, weight: Floats) -> Floats:
    """What the subset game loses without each channel: the orders of all journeys that met it.

    These add up to more than all orders as soon as journeys meet several channels. It is no Shapley value and
    is not called one.
    """
    met = paths.distinct
    return sums(met.steps, weight[met.path_of_step], len(paths.channels))


def scaled(losses: Floats, total: float) -> Floats:
    """The losses in proportion, so that they add up to `total`: leave-one-out as a way to share out orders.
    Nothing for anybody where nothing would be lost."""
    whole = losses.sum()
    return losses * (total / whole) if whole else np.zeros_like(losses)
