"""Outcomes of moves held against what was expected."""

from __future__ import annotations

from datetime import date

import pytest

from measurement.waste.moves import Came, Change, Direction, Measure, came, matures_on, spans
from merchants.periods import Period


def test_as_many_days_before_as_after_are_compared():
    before, after = spans(date(2026, 10, 15), date(2026, 10, 28))
    assert before == Period(date(2026, 10, 1), date(2026, 10, 15))
    assert after == Period(date(2026, 10, 15), date(2026, 10, 29))


def test_a_move_due_on_its_first_day_is_refused():
    with pytest.raises(ValueError, match="at least a day"):
        spans(date(2026, 10, 15), date(2026, 10, 15))


def test_cost_is_known_at_once_and_return_after_the_cycle():
    assert matures_on(date(2026, 10, 28), Measure.COST, 29) == date(2026, 10, 29)
    assert matures_on(date(2026, 10, 28), Measure.ROI, 29) == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("change", "direction", "size", "word"),
    [
        (Change(100, 130, 0.1, 0.5), Direction.UP, 0.2, Came.AS_EXPECTED),
        (Change(100, 110, 0.05, 0.15), Direction.UP, 0.2, Came.LESS),
        (Change(100, 110, -0.1, 0.3), Direction.UP, 0.2, Came.CANNOT_TELL),
        (Change(100, 80, -0.3, -0.1), Direction.UP, 0.2, Came.OTHER_WAY),
        (Change(100, 0), Direction.DOWN, 1.0, Came.AS_EXPECTED),
        (Change(100, 60), Direction.DOWN, 0.5, Came.LESS),
        (Change(100, 105, -0.2, 0.3), Direction.HOLD, 0.1, Came.AS_EXPECTED),
        (Change(100, 120, -0.05, 0.4), Direction.HOLD, 0.1, Came.CANNOT_TELL),
        (Change(100, 150, 0.2, 0.8), Direction.HOLD, 0.1, Came.OTHER_WAY),
        (Change(0, 50), Direction.UP, 0.2, Came.NO_BASE),
        (Change(None, 50), Direction.UP, 0.2, Came.NO_BASE),
    ],
)
def test_the_word_for_an_outcome(change, direction, size, word):
    assert came(change, direction, size) == word
