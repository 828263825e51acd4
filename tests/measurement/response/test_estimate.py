"""What can be told of a series, and what cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from measurement.response.estimate import backtest, estimate
from measurement.response.lag import Cycle
from measurement.response.series import Series, baseline, independent
from measurement.response.verdicts import Reason, Verdict
from tests.measurement.response.worlds import world

CYCLE = Cycle(7, 30)


def test_a_planted_effect_is_found_with_its_size():
    made = world(3)
    found = estimate(made.series, CYCLE)
    assert found.verdict == Verdict.EFFECT
    assert found.ci[0] < made.truth < found.ci[1]
    assert found.share == pytest.approx(0.2, abs=0.04)
    assert found.backtest_mape < 0.15
    assert found.placebo_false_alarm_rate <= 0.15
    assert found.course.sum() == pytest.approx(1)


def test_the_same_series_gives_the_same_estimate():
    made = world(3, days=120)
    assert estimate(made.series, CYCLE).ci == estimate(made.series, CYCLE).ci


def test_units_do_not_matter():
    """Orders in fen instead of yuan, exposures in thousands: the same share."""
    made = world(5, days=120).series
    scaled = replace(made, outcome=made.outcome * 100, exposure=made.exposure / 1_000)
    assert estimate(scaled, CYCLE).share == pytest.approx(estimate(made, CYCLE).share, rel=1e-6)


def test_what_nobody_knows_before_the_first_day_does_not_bias():
    """The series begins in the middle of a campaign: what was shown before still sells, and is not effect."""
    whole = world(11, days=400, level="trend", memory=0.0)
    late = replace(
        whole.series, outcome=whole.series.outcome[100:], exposure=whole.series.exposure[100:],
        promo=whole.series.promo[100:], start=date(2025, 4, 11),
    )  # fmt: skip
    inside = world(11, days=400, level="trend", memory=0.0)
    found = estimate(late, CYCLE)
    per_unit = inside.truth / np.convolve(inside.series.exposure, _waits(400))[:400].sum()
    truth = per_unit * np.convolve(late.exposure, _waits(300))[:300].sum()
    assert found.ci[0] < truth < found.ci[1]


def _waits(days):
    from scipy.stats import lognorm

    return np.diff(lognorm(s=CYCLE.sigma, scale=CYCLE.p50).cdf(np.arange(days + 1)))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"exposure": np.zeros(120)}, Reason.NO_EXPOSURE),
        ({"exposure": np.full(120, 500.0)}, Reason.CONSTANT_EXPOSURE),
        ({"outcome": np.zeros(120)}, Reason.NO_OUTCOME),
        ({"outcome": np.full(120, 9.0)}, Reason.NO_OUTCOME),
    ],
)
def test_a_series_without_anything_to_read_says_so(change, reason):
    found = estimate(replace(world(1, days=120).series, **change), CYCLE)
    assert (found.verdict, found.reasons, found.effect, found.ci) == (
        Verdict.CANNOT_TELL, (reason,), None, None,
    )  # fmt: skip


def test_seven_weeks_are_too_few():
    made = world(1, days=120).series
    short = Series(made.start, made.outcome[:55], made.exposure[:55])
    assert estimate(short, CYCLE).reasons == (Reason.TOO_SHORT,)


def test_an_exposure_that_is_a_promotion_cannot_be_told_from_it():
    """Shown exactly on the days of a promotion, and everybody decides within the day."""
    made = world(1, days=120, share=0).series
    tied = replace(made, exposure=made.promo * 1_000)
    found = estimate(tied, Cycle(0.01, 0.02))
    assert found.verdict == Verdict.CANNOT_TELL
    assert Reason.LIKE_THE_BASELINE in found.reasons


def test_a_slow_cycle_that_looks_like_the_trend_is_not_called_an_effect():
    made = world(2, days=200, shown="growing", level="wander", share=0.1, cycle=Cycle(45, 150))
    found = estimate(made.series, Cycle(45, 150))
    assert found.verdict == Verdict.CANNOT_TELL
    assert found.ci[0] < made.truth < found.ci[1]


def test_sales_that_fall_with_exposure_are_no_effect():
    made = world(3).series
    found = estimate(replace(made, outcome=made.outcome.max() + 10 - made.outcome), CYCLE)
    assert found.verdict == Verdict.CANNOT_TELL
    assert Reason.NEGATIVE in found.reasons


def test_placebos_give_away_what_moves_with_every_exposure():
    """Sales answer every campaign by one wild day, in turn far up and far down, which no cycle explains:
    too many placebos alarm, or the interval contains zero, but nothing is claimed."""
    made = world(9, share=0).series
    bumps = np.where(np.arange(made.days) % 40 < 20, 250.0, 0.0)
    found = estimate(replace(made, outcome=made.outcome + bumps, exposure=bumps[::-1] + 1), CYCLE)
    assert found.verdict == Verdict.CANNOT_TELL


def test_festivals_are_days_of_their_own():
    made = world(4, days=150)
    names = tuple("双11" if 60 <= place < 63 else "" for place in range(150))
    wild = np.where(np.array(names) != "", 5_000.0, 0.0)
    with_name = replace(made.series, outcome=made.series.outcome + wild, festival=names)
    found = estimate(with_name, CYCLE)
    assert found.effect == pytest.approx(estimate(made.series, CYCLE).effect, rel=0.1)
    assert found.ci[0] < made.truth < found.ci[1]


def test_columns_that_say_what_others_say_are_left_out():
    days = np.arange(70.0)
    columns = np.column_stack([days, days * 2 + 1, np.zeros(70), np.ones(70), days % 7 == 0])
    assert independent(columns).shape == (70, 2)


def test_the_baseline_of_a_plain_series_has_trend_weekdays_and_what_was_before():
    series = Series(date(2026, 1, 5), np.arange(70.0), np.ones(70))
    assert baseline(series, CYCLE).shape == (70, 8)
    quiet = replace(series, exposure=np.concatenate([np.zeros(7), np.ones(63)]))
    assert baseline(quiet, CYCLE).shape == (70, 7)  # nothing was shown at first, so nothing before


def test_a_forecast_of_a_series_without_chance_is_exact():
    days = np.arange(140.0)
    columns = np.column_stack([days, days % 7 == 2]).astype(float)
    wobble = np.where(days % 2 == 0, 1e-6, -1e-6)
    outcome = 500 + 2 * days + 90 * columns[:, 1] + wobble
    course = np.where(days % 11 < 4, 1.0, 0.5) / 100
    assert backtest(outcome, columns, course) == pytest.approx(0, abs=1e-6)


def test_a_forecast_knows_nothing_of_the_days_it_foretells():
    """Another last fortnight changes the error of the last forecast and no other: there, every forecast is
    about half of what came."""
    columns, course = np.arange(140.0)[:, None], np.full(140, 0.0)
    outcome = 500 + np.random.default_rng(1).normal(size=140)
    doubled = np.concatenate([outcome[:126], outcome[126:] * 2])
    apart = backtest(doubled, columns, course) - backtest(outcome, columns, course)
    assert apart == pytest.approx(0.5 / 6, abs=0.002)


def test_a_forecast_does_without_an_exposure_that_has_hardly_begun():
    """Ads begin one day before the forecast, by chance on the best day so far; counting on them would foretell
    many times what comes."""
    days = np.arange(140.0)
    outcome = 100 + np.random.default_rng(4).normal(size=140)
    outcome[125] += 30
    course = np.where(days >= 125, days - 124, 0.0)
    assert backtest(outcome, days[:, None], course / course.sum()) < 0.05
