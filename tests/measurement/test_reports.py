"""Questions as they stand in the address."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from measurement.choices import Model
from measurement.metrics import Verdict
from measurement.reports import HORIZONS, SORTS, Axis, Compare, Dimension, Problem, ReportQuery, read
from merchants.periods import Period

TODAY = date(2026, 11, 23)


def test_an_empty_address_asks_for_the_last_28_full_days_by_note():
    query, problems = read({}, TODAY)
    assert query == ReportQuery(period=Period(date(2026, 10, 26), TODAY))
    assert problems == []
    assert query.parameters() == {}


def test_values_that_make_no_sense_fall_back_and_are_named():
    query, problems = read(
        {
            "model": "markov",
            "x": "12",
            "page": "-1",
            "asof": "yesterday",
            "note": "1 or 1=1",
            "period": "ever",
        },
        TODAY,
    )
    assert query == read({}, TODAY)[0]
    assert set(problems) == {
        Problem("model", "markov"),
        Problem("x", "12"),
        Problem("page", "-1"),
        Problem("asof", "yesterday"),
        Problem("note", "1 or 1=1"),
        Problem("period", "ever"),
    }


def test_two_dates_are_a_period_that_includes_both():
    query, _ = read({"from": "2026-10-01", "to": "2026-10-31"}, TODAY)
    assert (query.span, query.period) == ("custom", Period(date(2026, 10, 1), date(2026, 11, 1)))


def test_dates_in_the_wrong_order_or_too_far_apart_are_refused():
    for dates in ({"from": "2026-10-02", "to": "2026-10-01"}, {"from": "1900-01-01", "to": "2026-10-01"}):
        query, problems = read(dates, TODAY)
        assert (query.span, [problem.name for problem in problems]) == ("28d", ["to"])


def test_a_preset_wins_over_dates_left_in_the_form():
    query, _ = read({"period": "7d", "from": "2026-10-01", "to": "2026-10-31"}, TODAY)
    assert query.period.days == 7


def test_an_as_of_day_that_has_not_passed_is_the_present():
    assert read({"asof": "2026-11-23"}, TODAY)[0].as_of is None
    assert read({"asof": "2026-11-22"}, TODAY)[0].as_of == date(2026, 11, 22)


def test_cost_is_unknown_where_it_cannot_be_sliced():
    assert not read({"by": "platform"}, TODAY)[0].cost_is_known
    assert not read({"kind": "search"}, TODAY)[0].cost_is_known
    assert read({"blogger": "7"}, TODAY)[0].cost_is_known


queries = st.builds(
    ReportQuery,
    period=st.just(Period(TODAY - timedelta(days=28), TODAY)),
    compare=st.sampled_from(Compare),
    model=st.sampled_from(Model),
    axis=st.sampled_from(Axis),
    by=st.sampled_from(Dimension),
    grade=st.sampled_from(["", "A", "B"]),
    verdict=st.sampled_from(["", *(verdict.value for verdict in Verdict)]),
    as_of=st.none() | st.dates(date(2020, 1, 1), TODAY - timedelta(days=1)),
    horizon=st.sampled_from(HORIZONS),
    sort=st.sampled_from([*SORTS, *(f"-{name}" for name in SORTS)]),
    page=st.integers(1, 9999),
    beside=st.sampled_from(
        ["", "previous", "year", "days", "days:2026-09-01", "model:last", "platform:jd", "campaign:12"]
    ),
    within=st.dictionaries(
        st.sampled_from(["note", "blogger", "campaign", "keyword", "spu"]),
        st.integers(1, 10**12).map(str),
        max_size=3,
    ).map(lambda found: tuple(sorted(found.items()))),
)


@settings(deadline=None)
@given(queries)
def test_a_question_written_to_the_address_is_read_back_the_same(query):
    assert read(query.parameters(), TODAY) == (query, [])


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["period", "from", "to", "x", "page", "by", "asof", "spu", "sort", "beside"]),
        st.text(),
    )
)
def test_no_address_is_too_strange_to_be_read(parameters):
    query, _ = read(parameters, TODAY)
    assert read(query.parameters(), TODAY) == (query, [])
