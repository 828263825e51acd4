"""What a finished lift test does to an estimate (pure).

The test measured the share of sales that seeding brought in its window; the model knows how the effect is
spread over the days. Both speak of the same total, each with its error, so their precision-weighted mean
(weights 1/variance, independent errors) is the best linear combination. Where they contradict each other, at
5 %, the mean of both would be neither: then the test alone holds, because it had a control group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from measurement.computed import computes

TWO_SIDED_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Told:
    """An effect over the period with its standard deviation."""

    effect: float
    deviation: float

    @property
    def interval(self) -> tuple[float, float]:
        reach = TWO_SIDED_95 * self.deviation
        return self.effect - reach, self.effect + reach


@dataclass(frozen=True, slots=True)
class Calibrated:
    """``test`` is what the test alone says of the period; ``contradicts`` that the test alone holds."""

    result: Told
    test: Told
    contradicts: bool


def of_test(
    relative: float, low: float, high: float, outcome: Sequence[float], course: Sequence[float], window: slice
) -> Told | None:
    """What a test says of the whole period. ``relative`` is the lift over sales without seeding, ``low`` and
    ``high`` its 95 % interval; ``outcome`` and ``course`` (the share of the effect on each day) are daily,
    ``window`` the days whose seeding it tested. None where it says nothing: no days, no effect expected, or a
    lift of −100 %.

        share = relative ÷ (1 + relative);  effect = share × sold in the window ÷ Σ course of the window
    """
    sold, part = sum(outcome[window]), sum(course[window])
    if sold <= 0 or part <= 1e-6 or min(relative, low) <= -1 or high <= low:
        return None
    share = relative / (1 + relative)
    spread = (high / (1 + high) - low / (1 + low)) / (2 * TWO_SIDED_95)
    return Told(share * sold / part, spread * sold / part)


@computes("whole_calibrated")
def calibrate(model: Told, test: Told) -> Calibrated:
    """The model's estimate after the test. Raises ``ValueError`` without errors to weigh by."""
    if model.deviation <= 0 or test.deviation <= 0:
        raise ValueError("both sides need a standard deviation above zero")
    apart = abs(model.effect - test.effect) / sqrt(model.deviation**2 + test.deviation**2)
    if apart > TWO_SIDED_95:
        return Calibrated(test, test, contradicts=True)
    weights = model.deviation**-2, test.deviation**-2
    mean = (weights[0] * model.effect + weights[1] * test.effect) / sum(weights)
    return Calibrated(Told(mean, sum(weights) ** -0.5), test, contradicts=False)
