"""A lift test and an estimate put together, by hand."""

from __future__ import annotations

import pytest

from measurement.response.calibration import TWO_SIDED_95, Told, calibrate, of_test


def test_the_mean_is_weighted_by_precision():
    """100 ± 10 and 120 ± 20: weights 1/100 and 1/400, so (4·100 + 1·120) ÷ 5 = 104; 1 ÷ (1/100 + 1/400) = 80."""
    found = calibrate(Told(100, 10), Told(120, 20))
    assert found.result.effect == pytest.approx(104)
    assert found.result.deviation**2 == pytest.approx(80)
    assert not found.contradicts


def test_where_they_contradict_the_test_alone_holds():
    """100 ± 10 and 200 ± 20 are 4.5 standard errors apart."""
    found = calibrate(Told(100, 10), Told(200, 20))
    assert (found.result, found.contradicts) == (Told(200, 20), True)


def test_a_lift_of_a_quarter_is_a_fifth_of_the_sales_of_its_window():
    """Ten days of 100, of which days 4 to 7 were tested, with 30 % of the effect in them: a fifth of 400 is 80,
    so 80 ÷ 0.3 over the whole. Ends: lifts 0 and ⅔ are shares 0 and 0.4."""
    course = [0.05, 0.05, 0.1, 0.05, 0.1, 0.1, 0.05, 0.2, 0.2, 0.1]
    told = of_test(0.25, 0.0, 2 / 3, [100.0] * 10, course, slice(3, 7))
    assert told.effect == pytest.approx(80 / 0.3)
    assert told.deviation == pytest.approx(0.4 * 400 / 0.3 / (2 * TWO_SIDED_95))


@pytest.mark.parametrize(
    ("relative", "low", "high", "window"),
    [(0.2, 0.1, 0.3, slice(0, 0)), (-1.0, -1.2, 0.1, slice(0, 3)), (0.2, 0.2, 0.2, slice(0, 3))],
)
def test_a_test_without_days_or_without_an_interval_says_nothing(relative, low, high, window):
    assert of_test(relative, low, high, [10.0] * 5, [0.2] * 5, window) is None


def test_a_certain_side_is_refused():
    with pytest.raises(ValueError, match="standard deviation above zero"):
        calibrate(Told(1, 0), Told(1, 1))
