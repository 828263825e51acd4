"""Read-outs of people held back: worked by hand, held to an independent formula, covering the truth."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from measurement.lift.holdout import NoVariance, cuped, plain, sample_ratio_p, theta
from measurement.lift.moments import Sums, of_values, together

# x is what somebody bought before, y during the test
CONTROL = of_values([1, 3], [0, 2])
TREATMENT = of_values([4, 8], [2, 4])


def test_the_plain_difference_is_that_of_the_means():
    """Means 2 and 6, variances 2 and 8: error² = 2/2 + 8/2 = 5."""
    found = plain(CONTROL, TREATMENT)
    assert (found.control, found.treatment, found.effect, found.relative) == (2, 6, 4, 2)
    assert found.error == pytest.approx(sqrt(5))


def test_theta_is_the_slope_over_all_users_of_both_arms():
    """x 0, 2, 2, 4 about 2 and y 1, 3, 4, 8 about 4: cov = (6 + 0 + 0 + 8) / 3, var = 8 / 3."""
    assert theta(CONTROL, TREATMENT) == pytest.approx(14 / 8)


def test_cuped_takes_out_what_the_past_explains():
    """θ = 1.75: adjusted 4.5 and 3 against 4 and 4.5; means 3.75 and 4.25, error² = 1.125/2 + 0.125/2."""
    found = cuped(CONTROL, TREATMENT)
    assert (found.control, found.treatment) == (pytest.approx(3.75), pytest.approx(4.25))
    assert (found.effect, found.error) == (pytest.approx(0.5), pytest.approx(sqrt(0.625)))
    assert found.relative == pytest.approx(0.5 / 3.75)


def users(seed: int, n: int = 400, lift: float = 0.0, share: float = 0.5):
    chance = np.random.default_rng(seed)
    x = chance.gamma(2.0, 3.0, n)
    treated = chance.random(n) < share
    y = 0.8 * x + chance.gamma(1.5, 2.0, n) * (1 + treated) + lift * treated
    return x, y, treated


def test_both_read_outs_equal_scipy_on_single_users():
    """Ours from six moments, scipy's Welch test from every adjusted value."""
    x, y, treated = users(1, lift=0.4)
    slope = np.cov(x, y)[0, 1] / x.var(ddof=1)
    arms = of_values(y[~treated], x[~treated]), of_values(y[treated], x[treated])
    for found, values in ((plain(*arms), y), (cuped(*arms), y - slope * (x - x.mean()))):
        theirs = stats.ttest_ind(values[treated], values[~treated], equal_var=False)
        assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)
        assert found.ci == pytest.approx(tuple(theirs.confidence_interval(0.95)), rel=1e-9)


def test_sums_of_the_database_are_the_same_as_single_people():
    paid, before = [0, 0, 12_900, 38_900], [100, 0, 0, 5_000]
    sums = Sums(
        n=4, y=sum(paid), yy=sum(v * v for v in paid), x=sum(before), xx=sum(v * v for v in before),
        xy=sum(a * b for a, b in zip(paid, before, strict=True)),
    )  # fmt: skip
    yuan = of_values([v / 100 for v in paid], [v / 100 for v in before])
    found = sums.moments(unit=100)
    for name in ("n", "mean", "variance", "x_mean", "x_variance", "covariance"):
        assert getattr(found, name) == pytest.approx(getattr(yuan, name), rel=1e-12)


def test_two_arms_together_are_all_their_users():
    x, y, treated = users(2)
    both = together(of_values(y[~treated], x[~treated]), of_values(y[treated], x[treated]))
    whole = of_values(y, x)
    assert (both.n, both.mean, both.covariance) == (
        whole.n, pytest.approx(whole.mean), pytest.approx(whole.covariance),
    )  # fmt: skip
    assert (both.variance, both.x_variance) == (
        pytest.approx(whole.variance),
        pytest.approx(whole.x_variance),
    )


def test_the_sample_ratio_is_the_exact_binomial_test():
    """2 of 10: 2 · (1 + 10 + 45) / 1024."""
    assert sample_ratio_p(8, 2) == pytest.approx(0.109375, rel=1e-12)
    assert sample_ratio_p(5, 5) == 1.0
    assert sample_ratio_p(5_200, 4_800) < 0.001


def test_where_nobody_differs_there_is_nothing_to_compare():
    with pytest.raises(NoVariance):
        plain(of_values([1, 1]), of_values([1, 1]))
    with pytest.raises(NoVariance):
        cuped(of_values([1, 2], [7, 7]), of_values([1, 3], [7, 7]))
    with pytest.raises(ValueError, match="two people"):
        of_values([1])


def test_intervals_cover_the_truth_as_often_as_they_say_and_cuped_is_narrower():
    """600 worlds of 300 users with unequal spread: both intervals cover at 95 %, give or take chance
    (standard error 0.9 %), and taking the past out narrows them."""
    worlds, covered, widths = 600, {"plain": 0, "cuped": 0}, {"plain": 0.0, "cuped": 0.0}
    truth = 3.0 + 0.4  # the second gamma has mean 3 and is doubled
    for seed in range(worlds):
        x, y, treated = users(10_000 + seed, n=300, lift=0.4)
        arms = of_values(y[~treated], x[~treated]), of_values(y[treated], x[treated])
        for name, found in (("plain", plain(*arms)), ("cuped", cuped(*arms))):
            covered[name] += found.ci[0] <= truth <= found.ci[1]
            widths[name] += found.ci[1] - found.ci[0]
    assert all(0.925 <= count / worlds <= 0.975 for count in covered.values()), covered
    assert widths["cuped"] < 0.9 * widths["plain"]
