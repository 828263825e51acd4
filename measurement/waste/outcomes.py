"""How far a figure changed between two spans of days, with its interval (pure, numpy)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from measurement.waste.draws import LEVEL, sums
from measurement.waste.moves import Change

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def change(after: npt.NDArray[np.bool_], person: Ints, worth: Floats, *, scale: float = 1.0) -> Change:
    """The sums before and after, and the 95 % interval of the relative change times ``scale`` (for a ratio:
    cost before ÷ cost after). People of both spans are drawn together. One more average person stands at the
    outer end on each side; without anybody before, there is no change to speak of."""
    each = float(worth.sum() / max(len(np.unique(person)), 1))
    drawn = sums(after.astype(np.int64), person, worth, 2, next_person=each)
    before, then = float(drawn.seen[0]), float(drawn.seen[1])
    if before <= 0:
        return Change(before, then)
    tail = (1 - LEVEL) / 2
    low = np.quantile(drawn.drawn[1] / (drawn.drawn[0] + drawn.more[0]), tail)
    high = np.quantile((drawn.drawn[1] + drawn.more[1]) / np.maximum(drawn.drawn[0], 1e-9), 1 - tail)
    return Change(before, then, float(low) * scale - 1, float(high) * scale - 1)
