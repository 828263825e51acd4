"""K, F or S; what counts as engagement; figures from sums: each worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.process.engagement import DEFAULT, Part, defined, engagement, is_hit, lacking
from measurement.process.figures import Sums, figures
from measurement.process.placement import Carrier, Facts, carrier
from measurement.process.questions import Group, Question, Row, columns_of, read
from merchants.periods import Period


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts("read", noted=True, cooperation=True), Carrier.KOL),
        (Facts("read", noted=True), Carrier.OTHER),
        (Facts("read", noted=True, cooperation=True, delivered=True, placement="1"), Carrier.FEED),
        (Facts("read", delivered=True, placement="7"), Carrier.FEED),
        (Facts("read", delivered=True, placement="2"), Carrier.SEARCH),
        (Facts("search_click", delivered=True, placement="1"), Carrier.FEED),
        (Facts("search_click", delivered=True), Carrier.SEARCH),
        (Facts("search_click", delivered=True, placement="4"), Carrier.SEARCH),
        (Facts("read", delivered=True, placement="4"), Carrier.FEED),
        (Facts("read", delivered=True, worded=True), Carrier.SEARCH),
        (Facts("search", worded=True), Carrier.OTHER),
        (Facts("live_view"), Carrier.OTHER),
        (Facts("", delivered=True), Carrier.FEED),
        (Facts("read", cooperation=True), Carrier.OTHER),
    ],
)
def test_what_carried_a_touch_is_read_from_its_facts(facts, expected):
    assert carrier(facts) == expected


PLACES = st.sampled_from(["", "1", "2", "4", "7", "99"])


@given(st.booleans(), st.booleans(), st.booleans(), PLACES, st.sampled_from(["read", "search_click"]))
def test_only_paid_delivery_is_f_or_s_and_always_one_of_them(noted, cooperation, worded, placement, kind):
    unpaid = Facts(kind, False, placement, worded, noted, cooperation)
    paid = Facts(kind, True, placement, worded, noted, cooperation)
    assert carrier(unpaid) in {Carrier.KOL, Carrier.OTHER}
    assert carrier(paid) in {Carrier.FEED, Carrier.SEARCH}


COUNTS = {"like": 700, "save": 200, "comment": 50, "share": 60, "follow": 10, "screenshot": None}


def test_engagement_is_the_sum_of_the_parts_that_were_chosen():
    assert engagement(COUNTS, DEFAULT) == 950
    assert engagement(COUNTS, defined(["like", "save", "comment", "share", "follow"], 1000, 1000)) == 1020


def test_an_unknown_part_is_named_and_no_part_known_is_unknown():
    wide = defined(["like", "screenshot"], 1000, 1000)
    assert (engagement(COUNTS, wide), lacking(COUNTS, wide)) == (700, (Part.SCREENSHOT,))
    assert engagement({}, DEFAULT) is None
    assert lacking({}, DEFAULT) == ()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"like": 1000, "save": None}, True),
        ({"like": 999, "save": 1, "comment": 0}, True),
        ({"like": 999, "save": 0, "comment": 0}, False),
        ({"like": 999, "save": None, "comment": 0}, None),
        ({}, None),
    ],
)
def test_a_hit_has_a_thousand_likes_or_a_thousand_engagements(counts, expected):
    assert is_hit(counts, DEFAULT) is expected


@pytest.mark.parametrize(
    ("parts", "likes", "total", "words"),
    [([], 1, 1, "at least one"), (["clap"], 1, 1, "clap"), (["like"], 0, 1, "at least 1")],
)
def test_a_definition_that_makes_no_sense_is_refused(parts, likes, total, words):
    with pytest.raises(ValueError, match=words):
        defined(parts, likes, total)


def test_rates_and_prices_are_made_of_sums():
    """¥120 for 20,000 impressions and 600 clicks; of the ¥120, ¥90 stands on rows that tell TI."""
    sums = Sums(
        cost=15000,
        reported={"impression": 20000, "click": 600, "like": 30, "collect": 20, "comment": 10, "ti_user_num": 45},
        stated={"impression": 12000, "click": 12000, "like": 12000, "collect": 12000, "comment": 12000,
                "ti_user_num": 9000},
        clicks_shown=600,
    )  # fmt: skip
    found = figures(sums, DEFAULT)
    assert (found["ctr"], found["cpm"], found["cpc"]) == (Decimal("0.03"), Decimal(600), Decimal(20))
    assert (found["engagement"], found["cpe"], found["reported_cpti"]) == (60, Decimal(200), Decimal(200))
    assert (found["cost"], found["engagement_rate"]) == (15000, Decimal("0.003"))


def test_what_no_report_tells_is_unknown_and_what_it_tells_as_zero_is_zero():
    found = figures(Sums(reported={"click": 0}, stated={"click": 500}), DEFAULT)
    assert (found["clicks"], found["cpc"], found["impressions"], found["ctr"]) == (0, None, None, None)
    assert found["cost"] is None


def test_deep_share_counts_saves_shares_and_screenshots_for_a_read():
    found = figures(Sums(touches={"read": 200, "save": 12, "share": 6, "screenshot": 2}), DEFAULT)
    assert found["deep_share"] == Decimal("0.1")
    assert figures(Sums(touches={"read": 200}), DEFAULT)["deep_share"] is None


@given(
    st.dictionaries(st.sampled_from(["impression", "click", "ti_user_num"]), st.integers(0, 10**9)),
    st.dictionaries(st.sampled_from(["impression", "click", "ti_user_num"]), st.integers(0, 10**9)),
)
def test_a_price_times_its_count_is_the_cost(counts, costs):
    found = figures(Sums(reported=counts, stated=costs), DEFAULT)
    if found["cpc"] is not None:
        assert abs(found["cpc"] * counts["click"] - costs["click"]) < Decimal("1e-9")


def test_the_address_says_the_whole_question_and_only_what_differs():
    today = date(2026, 11, 20)
    asked = {
        "by": "creative",
        "show": "seeding",
        "sort": "reported_cpti",
        "note": "7",
        "page": "2",
        "period": "90d",
    }
    question, problems = read(asked, today)
    assert (problems, question.parameters()) == ([], asked)
    assert read({}, today)[0].parameters() == {}
    assert question.before == Period(date(2026, 5, 23), date(2026, 8, 21))


def test_what_makes_no_sense_is_named_and_replaced():
    question, problems = read(
        {"by": "planet", "note": "-1", "sort": "magic", "show": "x"}, date(2026, 11, 20)
    )
    assert {problem.name for problem in problems} == {"by", "note", "sort", "show"}
    assert question == Question(question.period)


def test_all_columns_are_those_of_the_groups_once_each():
    codes = columns_of(Group.ALL)
    assert len(codes) == len(set(codes)) > 30
    assert set(codes) <= set(figures(Sums(), DEFAULT))


def test_a_row_opens_inside_itself():
    question = Question(Period(date(2026, 10, 1), date(2026, 11, 1)), by=Row.CAMPAIGN, page=3)
    inside = question.within_also("campaign", "5").but(by=Row.NOTE)
    assert (inside.page, inside.filters) == (1, {"campaign": "5"})
    assert inside.without("campaign").filters == {}
