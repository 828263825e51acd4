"""Figures that others have printed about public data, computed anew by our functions to the digits printed."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from math import log, sqrt
from pathlib import Path

import numpy as np
import pytest

from measurement.lift.geo import Method, read_out
from measurement.lift.holdout import plain, sample_ratio_p
from measurement.lift.moments import of_values
from measurement.lift.panel import Panel
from measurement.lift.sequential import always_valid_p, reach

CIGARETTES = Path(__file__).with_name("cigarettes.csv")
"""Packs of cigarettes sold a head, 39 states of the USA, 1970 to 2000 ("The Tax Burden on Tobacco", given out by
the CDC; the selection is that of Abadie, Diamond, Hainmueller, JASA 105, 2010, 493-505).
California taxed them from 1989 on."""

GEOEXPERIMENT = Path(__file__).with_name("geoexperiment.csv")
"""Sales of two arms of places on 70 days and what the ads of the second cost, summed from the example data of
GeoexperimentsResearch 1.0.3 (Google, Apache-2.0), of which the test took the last 28 days."""


def test_demeaned_synthetic_control_finds_what_was_printed_of_california():
    """Arkhangelsky, Athey, Hirshberg, Imbens, Wager, American Economic Review 111, 2021, 4088-4118, table 1:
    11.1 packs fewer a year by the demeaned synthetic control (there DIFP), over the twelve years from 1989."""
    with CIGARETTES.open(newline="") as file:
        _year, *states = next(rows := csv.reader(file))
        packs = np.array([[float(value) for value in row[1:]] for row in rows])
    years = tuple(date(1970, 1, 1) + timedelta(days=n) for n in range(len(packs)))  # a year stands as a day
    treated = np.array([state == "California" for state in states])
    found = read_out(Panel(years, tuple(states), packs, treated, 1989 - 1970), Method.SC)
    assert round(found.incremental_response / 12, 1) == -11.1


def test_time_based_regression_finds_what_its_authors_printed_of_their_example():
    """The vignette of the package prints an incremental response of 147337.1 and a return of 2.946742."""
    with GEOEXPERIMENT.open(newline="") as file:
        rows = list(csv.DictReader(file))
    sales = np.array([[float(row["control"]), float(row["treatment"])] for row in rows])
    cost = np.array([[0.0, float(row["cost"])] for row in rows])
    days = tuple(date.fromisoformat(row["date"]) for row in rows)
    start = days.index(date(2015, 2, 16))
    found = read_out(Panel(days, ("1", "2"), sales, np.array([False, True]), start, cost), Method.TBR)
    assert round(found.incremental_response, 1) == 147337.1
    assert found.iroas is not None
    assert round(found.iroas, 6) == 2.946742


def test_welch_of_the_hours_of_sleep_is_that_of_the_manual():
    """Student's ten patients and two drugs (Biometrika 6, 1908), taken as two groups as the manual of R does
    (``t.test(extra ~ group, data = sleep)``): p = 0.07939, interval from -3.3654832 to 0.2054832."""
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = plain(of_values(second), of_values(first))
    assert (round(found.treatment, 2), round(found.control, 2)) == (0.75, 2.33)
    assert [round(end, 7) for end in found.ci] == [-3.3654832, 0.2054832]
    assert round(found.p, 5) == 0.07939


def test_a_split_that_a_book_calls_broken_has_the_p_of_the_book():
    """Kohavi, Tang, Xu, Trustworthy Online Controlled Experiments, 2020, chapter 3: 821,588 users against
    815,482 with an even split meant, p = 1.8e-6."""
    assert f"{sample_ratio_p(821_588, 815_482):.1e}" == "1.8e-06"


def test_the_interval_of_every_look_is_that_of_another_implementation():
    """Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, Annals of Statistics 52, 2024 (arXiv 2103.06476, equation 9)
    with ρ for 1,000 users (equation 161), and the figures by which PostHog (MIT licence) holds its own: 3,500
    users with sum 2,500 and squares 135,000 against 3,000 with 1,400 and 52,000, compared as shares of the
    control: 0.53061, from -0.53230 to 1.59353 with a standard error of 0.33368, p = 1."""
    n_t, n_c = 3_500, 3_000
    mean_t, mean_c = 2_500 / n_t, 1_400 / n_c
    var_t = (135_000 - n_t * mean_t**2) / (n_t - 1)
    var_c = (52_000 - n_c * mean_c**2) / (n_c - 1)
    error = sqrt(var_t / n_t / mean_c**2 + var_c / n_c * mean_t**2 / mean_c**4)  # of a ratio of means
    share = mean_t / mean_c - 1
    rho = sqrt((-2 * log(0.05) + log(-2 * log(0.05) + 1)) / 1_000)
    hoped = rho * error * sqrt(n_t + n_c)  # ρ is in spreads of one user, ours in units of the effect
    half = reach(error, hoped)
    assert (round(share, 5), round(error, 5)) == (0.53061, 0.33368)
    assert (share - half, share + half) == pytest.approx((-0.53230, 1.59353), abs=6e-6)
    assert always_valid_p(share, error, hoped) == 1.0
