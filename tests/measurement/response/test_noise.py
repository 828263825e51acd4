"""The fit, held against libraries that compute the same by other ways."""

from __future__ import annotations

import numpy as np
import pytest

from measurement.response.noise import BENDING, REMEMBERED, WANDERING, Coefficient, Fit

GRID = [(r, w, b) for r in REMEMBERED for w in WANDERING for b in BENDING]


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    days = 160
    regressor = np.convolve(rng.gamma(1, 10, days), np.full(9, 1 / 9))[:days]
    baseline = np.column_stack([np.arange(days) / days, np.arange(days) % 7 == 0]).astype(float)
    level = np.cumsum(rng.normal(size=days) * 2)
    return level + 3 * regressor + 40 * baseline[:, 1] + rng.normal(size=days) * 10, baseline, regressor


def one(fit: Coefficient, point: tuple[float, float, float]) -> tuple[float, float]:
    place = GRID.index(point)
    return float(fit.centre[place, 0]), float(fit.scale[place, 0])


def test_without_memory_and_wandering_it_is_ordinary_least_squares(drawn):
    import statsmodels.api as sm

    outcome, baseline, regressor = drawn
    known = sm.OLS(outcome, sm.add_constant(np.column_stack([baseline, regressor]))).fit()
    found = one(Fit(outcome, baseline).with_one_of(regressor[:, None]), (0.0, 0.0, 0.0))
    assert found == pytest.approx((known.params[-1], known.bse[-1]), rel=1e-9)


def test_a_wandering_level_is_fitted_as_by_the_exact_state_space_model(drawn):
    """statsmodels' local level with the same ratio of variances, λ² = 0.04, and its regressors as states with
    diffuse beginnings: the last filtered state is the generalised least squares estimate."""
    import statsmodels.api as sm

    outcome, baseline, regressor = drawn
    model = sm.tsa.UnobservedComponents(
        outcome, "local level", exog=np.column_stack([baseline, regressor]), mle_regression=False,
        use_exact_diffuse=True,
    )  # fmt: skip
    known = model.filter([1.0, 0.04])
    found = one(Fit(outcome, baseline).with_one_of(regressor[:, None]), (0.0, 0.2, 0.0))
    assert found[0] == pytest.approx(known.filtered_state[-1, -1], rel=1e-6)
    # its variance is for errors of variance 1; ours estimates that from the weighted squares, of which
    # statsmodels' one-step errors after the beginning give the same sum
    scale = known.standardized_forecasts_error[0][~np.isnan(known.standardized_forecasts_error[0])]
    unit = float((scale[4:] ** 2).sum() / (len(outcome) - 4))
    assert found[1] ** 2 == pytest.approx(unit * known.filtered_state_cov[-1, -1, -1], rel=1e-6)


@pytest.mark.parametrize("wandering", WANDERING[1:])
def test_a_wandering_level_is_fitted_as_by_generalised_least_squares_of_daily_changes(drawn, wandering):
    """Changes from day to day of a level that wanders by λ and an error of 1 have the variance λ² + 2, and −1
    between neighbours; statsmodels' GLS with that matrix is another way to the same figures."""
    import statsmodels.api as sm
    from scipy.linalg import toeplitz

    outcome, baseline, regressor = drawn
    changes = np.diff(np.column_stack([baseline, regressor]), axis=0)
    alike = toeplitz([wandering**2 + 2, -1.0, *np.zeros(len(changes) - 2)])
    known = sm.GLS(np.diff(outcome), changes, sigma=alike).fit()
    found = one(Fit(outcome, baseline).with_one_of(regressor[:, None]), (0.0, wandering, 0.0))
    assert found == pytest.approx((known.params[-1], known.bse[-1]), rel=1e-9)


def test_memory_is_fitted_nearly_as_by_generalised_least_squares(drawn):
    """The cosines make an autoregression diagonal up to the ends of the series, so within some percent."""
    import statsmodels.api as sm
    from scipy.linalg import toeplitz

    outcome, baseline, regressor = drawn
    columns = sm.add_constant(np.column_stack([baseline, regressor]))
    known = sm.GLS(outcome, columns, sigma=toeplitz(0.6 ** np.arange(len(outcome)))).fit()
    found = one(Fit(outcome, baseline).with_one_of(regressor[:, None]), (0.6, 0.0, 0.0))
    assert found[0] == pytest.approx(known.params[-1], rel=0.02)
    assert found[1] == pytest.approx(known.bse[-1], rel=0.05)


def test_a_mixture_of_one_is_the_t_distribution():
    from scipy.stats import t

    one = Coefficient(np.array([[1.0]]), np.array([[3.0]]), np.array([[2.0]]), 10)
    assert one.interval() == pytest.approx(t(10, 3, 2).interval(0.95), abs=1e-6)
    assert not one.excludes_zero


def test_a_mixture_lies_between_its_parts_and_is_wider_than_their_mean():
    two = Coefficient(np.array([[0.5], [0.5]]), np.array([[0.0], [4.0]]), np.array([[1.0], [1.0]]), 50)
    assert two.mean == 2.0
    assert two.deviation == pytest.approx(5**0.5)
    low, high = two.interval()
    assert low == pytest.approx(4 - high, abs=1e-6)
    assert two.below(low) == pytest.approx(0.025, abs=1e-9)


def test_unlikely_points_are_left_out_without_moving_the_answer(drawn):
    """Another regressor beside the one that explains: what the placebos ask."""
    outcome, baseline, regressor = drawn
    whole = Fit(outcome, np.column_stack([baseline, regressor]))
    part = Fit(outcome, np.column_stack([baseline, regressor]), whole.likely())
    assert len(part.w) < len(whole.w) / 2
    low, high = whole.with_one_of(regressor[::-1, None]).interval()
    assert part.with_one_of(regressor[::-1, None]).interval() == pytest.approx(
        (low, high), abs=0.005 * (high - low)
    )
