"""Reports of small worlds whose every figure was worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from measurement.choices import Model
from measurement.metrics import credit_interval
from measurement.models import OrderLine
from measurement.queries.results import report
from measurement.reports import Axis, Compare, Dimension, ReportQuery
from merchants import tenancy
from merchants.models import Merchant
from merchants.periods import Period
from tests.measurement.world import World, at

NOW = at("2026-11-20", 9)
OCTOBER = ReportQuery(
    period=Period(date(2026, 10, 1), date(2026, 11, 1)), span="custom", compare=Compare.NONE
)


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Ann read two notes and bought for ¥100.01, of which ¥10 came back; Ben used a coupon of the
    second note; somebody unknown bought too. The essence has a cycle of 29 days."""
    made = World(merchant)
    made.touch("ann", "2026-10-02", "Winter repair", blogger="Lin")
    made.touch("ann", "2026-10-05", "Morning care", blogger="Mei")
    made.order("T1", "2026-10-06", 10001, person="ann", refunded=1000, postage=600)
    made.order("J1", "2026-10-07", 5000, platform="jd", declared=made.channel("Morning care", blogger="Mei"))
    made.order("J2", "2026-10-08", 7000, platform="jd")
    made.spend("2026-10-01", 2000, note="Winter repair")
    made.compute()
    return made


def by_name(found, name):
    return next(row for row in found.rows if row.name == name)


def test_each_note_gets_its_share_by_grade(world):
    found = report(world.merchant, OCTOBER, now=NOW)
    winter, morning = by_name(found, "Winter repair"), by_name(found, "Morning care")
    assert (winter.credited, winter.joined) == (4501, {"A": 4501, "B": 0})
    assert (morning.credited, morning.joined) == (9500, {"A": 4500, "B": 5000})
    assert (winter.orders, winter.people, morning.orders, morning.people) == (1, 1, 2, 1)
    assert (winter.by_line, morning.by_line) == ("Lin", "Mei")


def test_the_interval_takes_all_orders_of_a_buyer_for_one(merchant):
    """Ann bought twice, Ben once, all under one note: squares are 15000² + 5000², and one more buyer spends
    20000 / 3 × 3 / 2 = 10000 on the mean (6666 a whole order, less by rounding)."""
    world = World(merchant)
    for who in ("ann", "ben"):
        world.touch(who, "2026-10-02", "Winter repair")
    world.order("T1", "2026-10-06", 10000, person="ann")
    world.order("T2", "2026-10-09", 5000, person="ann")
    world.order("T3", "2026-10-07", 5000, person="ben")
    world.compute()
    [row] = report(merchant, OCTOBER, now=NOW).rows
    expected = credit_interval(20000, 15000**2 + 5000**2, 9999)
    assert (row.low, row.high) == (expected.low, expected.high)
    assert (row.orders, row.people) == (3, 2)


def test_rows_are_placements_of_the_ads_with_what_was_spent_there(merchant):
    """Autumn stands in search by its code, Winter in the feed by its word; Spring's is not told. A creative
    stands where its campaign does, and what no ad brought stands nowhere."""
    world = World(merchant)
    for name, code in (("Autumn", "2"), ("Winter", "feed"), ("Spring", "9")):
        campaign = world.campaign(name)
        campaign.placement = code
        campaign.save()
        world.touch(name, "2026-10-02", "Repair", campaign=name)
        world.order(f"O-{name}", "2026-10-06", 10000, person=name)
        world.spend("2026-10-02", 3000, campaign=name)
    world.touch("ann", "2026-10-02", "Repair")
    world.order("O-ann", "2026-10-06", 500, person="ann")
    world.compute()
    asked = replace(OCTOBER, by=Dimension.PLACEMENT)
    with translation.override("en"):
        found = report(merchant, asked, now=NOW)
    assert {row.key: (row.name, row.credited, row.cost) for row in found.rows} == {
        "search": ("Search", 10000, 3000),
        "feed": ("Feed", 10000, 3000),
    }
    assert (found.unassigned.name, found.unassigned.credited) == ("Not tied to a placement of ads", 10500)
    assert (found.total.credited, found.total.cost) == (30500, 9000)
    feed = report(merchant, OCTOBER.within_also("placement", "feed"), now=NOW)
    assert [(row.name, row.credited) for row in feed.rows] == [("Repair", 10000)]
    world.compute(recorded="2026-11-10")
    past = report(merchant, replace(asked, as_of=date(2026, 11, 19)), now=NOW)
    assert {row.key: row.credited for row in past.rows} == {"search": 10000, "feed": 10000}


def test_rows_add_up_to_the_total_and_orders_do_not(world):
    found = report(world.merchant, OCTOBER, now=NOW)
    assert sum(row.credited for row in found.rows) == found.total.credited == 14001
    assert sum(row.orders for row in found.rows) == 3
    assert (found.total.orders, found.total.people) == (2, 1)


def test_joined_unjoined_and_rest_are_paid_less_refunded(world):
    totals = report(world.merchant, OCTOBER, now=NOW).totals
    assert totals.joined == {"A": 9001, "B": 5000}
    assert (totals.unjoined, totals.rest, totals.orders) == (7000, 600, 3)
    assert (totals.paid, totals.refunded) == (22601, 1000)
    assert totals.adds_up is True


def test_coverage_is_the_joined_share_of_line_revenue(world):
    assert report(world.merchant, OCTOBER, now=NOW).envelope.coverage == Decimal(14001) / Decimal(21001)


def test_what_was_bought_where_is_split_by_grade(world):
    assert report(world.merchant, OCTOBER, now=NOW).platforms == {
        "taobao": {"A": 9001},
        "jd": {"B": 5000, "U": 7000},
    }


def test_a_note_without_a_cost_has_an_unknown_cost_and_return(world):
    found = report(world.merchant, OCTOBER, now=NOW)
    winter, morning = by_name(found, "Winter repair"), by_name(found, "Morning care")
    assert (winter.cost, winter.roi) == (2000, Decimal(4501) / Decimal(2000))
    assert (morning.cost, morning.roi, morning.verdict) == (None, None, "")


@pytest.mark.parametrize(
    ("model", "winter", "morning"),
    [("first", 9001, 5000), ("last", 0, 14001), ("linear", 4501, 9500), ("position", 4501, 9500)],
)
def test_the_model_decides_the_shares_and_never_the_sum(world, model, winter, morning):
    found = report(world.merchant, replace(OCTOBER, model=Model(model)), now=NOW)
    credited = {row.name: row.credited for row in found.rows}
    assert credited == {"Winter repair": winter, "Morning care": morning}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (Dimension.BLOGGER, {"Lin": 4501, "Mei": 9500}),
        (Dimension.SPU, {"essence": 14001}),
        (Dimension.DAY, {"2026-10-02": 4501, "2026-10-05": 4500, "2026-10-07": 5000}),
    ],
)
def test_every_dimension_adds_up_to_the_same(world, by, expected):
    found = report(world.merchant, replace(OCTOBER, by=by), now=NOW)
    assert {row.name: row.credited for row in found.rows if row.credited} == expected


def test_platforms_and_kinds_of_touch_are_rows_without_a_cost(world):
    found = report(world.merchant, replace(OCTOBER, by=Dimension.PLATFORM), now=NOW)
    assert {row.key: (row.credited, row.cost) for row in found.rows} == {
        "taobao": (9001, None),
        "jd": (5000, None),
    }
    assert found.total.cost is None
    kinds = report(world.merchant, replace(OCTOBER, by=Dimension.KIND), now=NOW)
    assert {row.key: row.credited for row in kinds.rows} == {"read": 14001}


def test_the_axis_moves_credit_between_periods(world):
    first_days = replace(OCTOBER, period=Period(date(2026, 10, 1), date(2026, 10, 6)))
    assert report(world.merchant, first_days, now=NOW).total.credited == 9001
    assert report(world.merchant, replace(first_days, axis=Axis.ORDER), now=NOW).total.credited == 0


def test_filters_leave_only_what_is_inside(world):
    mei = world.blogger("Mei").pk
    inside = report(world.merchant, OCTOBER.within_also("blogger", mei), now=NOW)
    assert [(row.name, row.credited) for row in inside.rows] == [("Morning care", 9500)]
    jd = report(world.merchant, OCTOBER.within_also("platform", "jd"), now=NOW)
    assert [(row.name, row.credited, row.cost) for row in jd.rows] == [("Morning care", 5000, None)]
    grade = report(world.merchant, replace(OCTOBER, grade="B"), now=NOW)
    assert grade.total.credited == 5000


def test_a_horizon_counts_orders_within_x_days_and_shows_the_rest_apart(world):
    world.touch("cleo", "2026-10-10", "Winter repair")
    world.order("T9", "2026-10-25", 3000, person="cleo")
    world.compute()
    winter = by_name(report(world.merchant, replace(OCTOBER, horizon=7), now=NOW), "Winter repair")
    assert (winter.credited, winter.later, winter.orders) == (4501, 3000, 1)


def test_what_no_row_names_stands_in_a_row_of_its_own(world):
    world.spend("2026-10-03", 700, campaign="Autumn", task="in_task")
    world.touch("dora", "2026-10-11", kind="search")
    world.order("T7", "2026-10-12", 900, person="dora")
    world.compute()
    with translation.override("en"):
        found = report(world.merchant, OCTOBER, now=NOW)
    assert (found.unassigned.name, found.unassigned.cost, found.unassigned.credited) == (
        "Not tied to a note",
        700,
        900,
    )
    rows = [*found.rows, found.unassigned]
    assert sum(row.credited for row in rows) == found.total.credited
    assert sum(row.cost or 0 for row in rows) == found.total.cost == 2700
    assert found.cost_by_task == {"in_task": 700, "unknown": 2000}


def test_maturity_is_the_share_of_the_cycle_that_passed_since_the_spend(world):
    world.order("T20", "2026-11-19", 100)
    world.spend("2026-10-31", 6000, note="Morning care")
    world.compute()
    found = report(world.merchant, OCTOBER, now=NOW)
    assert by_name(found, "Winter repair").maturity == 1
    assert float(by_name(found, "Morning care").maturity) == pytest.approx(19 / 29)
    assert float(found.total.maturity) == pytest.approx((2000 + 6000 * 19 / 29) / 8000)


def test_spend_is_judged_by_the_interval_of_its_return(world):
    for number in range(40):
        world.touch(f"p{number}", "2026-10-03", "Evening care")
        world.order(f"E{number}", "2026-10-04", 10000, person=f"p{number}")
    world.spend("2026-10-03", 100000, note="Evening care")
    world.spend("2026-10-03", 900000, note="Morning care")
    world.spend("2026-10-03", 14000, note="Night care")
    world.order("T20", "2026-11-19", 100)
    world.compute()
    found = report(world.merchant, OCTOBER, now=NOW)
    verdicts = {row.name: row.verdict for row in found.rows}
    assert verdicts == {
        "Evening care": "paying",
        "Morning care": "losing",
        "Winter repair": "unproven",
        "Night care": "unproven",
    }
    assert by_name(found, "Night care").credited == 0
    assert found.cost_by_verdict == {"paying": 100000, "losing": 900000, "unproven": 16000, "ripening": 0}


def test_margins_turn_revenue_into_profit_before_it_is_judged(world):
    world.spu(margin_bp=1000)
    world.order("T20", "2026-11-19", 100)
    for number in range(40):
        world.touch(f"p{number}", "2026-10-03", "Evening care")
        world.order(f"E{number}", "2026-10-04", 10000, person=f"p{number}")
    world.spend("2026-10-03", 100000, note="Evening care")
    world.compute()
    found = report(world.merchant, OCTOBER, now=NOW)
    evening = by_name(found, "Evening care")
    assert found.by_margin is True
    assert (evening.credited, evening.profit, evening.verdict) == (400000, 40000, "losing")


def test_the_period_before_is_compared_at_the_same_age(world):
    week = ReportQuery(period=Period(date(2026, 11, 9), date(2026, 11, 16)), span="custom")
    world.touch("eve", "2026-11-03", "Winter repair")
    world.order("N1", "2026-11-05", 4000, person="eve")
    world.touch("fay", "2026-11-03", "Winter repair")
    world.order("N2", "2026-11-18", 9999, person="fay")  # 15 days later: this week's cohort is not as old yet
    world.order("N3", "2026-11-19", 1)
    world.compute()
    found = report(world.merchant, week, now=NOW)
    assert (found.before.credited, found.before.orders) == (4000, 1)


def as_of(world, day, query=OCTOBER, **changes):
    return report(world.merchant, replace(query, as_of=date.fromisoformat(day), **changes), now=NOW)


def test_a_report_of_the_past_leaves_out_what_was_recorded_since(world):
    found = as_of(world, "2026-10-20")
    assert (found.total.credited, found.total.orders, found.total.people) == (0, 0, 0)
    assert (found.totals.orders, found.totals.rest, found.totals.adds_up) == (0, None, None)


def test_a_past_day_shows_what_had_been_credited_by_then_with_its_orders_people_and_interval(world):
    """All of it was recorded on 20 October. On the 25th Ann gave back ¥20.01 more, and on the 30th Cleo, who had
    read both notes, was credited with ¥30."""
    then = report(world.merchant, OCTOBER, now=NOW)
    world.compute(recorded="2026-10-20")
    world.refund(OrderLine.objects.get(order__external_id="T1"), 3001)
    world.compute(recorded="2026-10-25")
    for note in ("Winter repair", "Morning care"):
        world.touch("cleo", "2026-10-09", note)
    world.order("T9", "2026-10-10", 3000, person="cleo")
    world.compute(recorded="2026-10-30")
    told = {
        day: as_of(world, day)
        for day in ("2026-10-19", "2026-10-20", "2026-10-24", "2026-10-25", "2026-10-30")
    }
    assert [(one.total.credited, one.total.orders, one.total.people) for one in told.values()] == [
        (0, 0, 0), (14001, 2, 1), (14001, 2, 1), (12000, 2, 1), (15000, 3, 2),
    ]  # fmt: skip
    same = told["2026-10-24"]
    assert [told_of(row) for row in same.rows] == [told_of(row) for row in then.rows]
    assert (same.totals.joined, same.totals.unjoined, same.totals.orders) == ({"A": 9001, "B": 5000}, 7000, 3)
    assert same.envelope.coverage == then.envelope.coverage
    assert by_name(told["2026-10-25"], "Winter repair").credited == 3500
    assert report(world.merchant, OCTOBER, now=NOW).rows == told["2026-10-30"].rows


def told_of(row):
    return row.name, row.credited, row.low, row.high, row.orders, row.people, row.verdict


def test_an_order_that_was_given_back_whole_by_then_does_not_count_that_day(world):
    world.compute(recorded="2026-10-20")
    world.refund(OrderLine.objects.get(order__external_id="J1"), 5000)
    world.compute(recorded="2026-10-25")
    assert [as_of(world, day).total.orders for day in ("2026-10-24", "2026-10-25")] == [2, 1]


def test_a_past_day_is_compared_with_the_period_before_as_it_stood_then(world):
    week = replace(OCTOBER, period=Period(date(2026, 10, 12), date(2026, 10, 19)), compare=Compare.PREVIOUS)
    world.order("N1", "2026-10-19", 1)
    world.compute(recorded="2026-10-20")
    world.touch("dan", "2026-10-06", "Winter repair")
    world.order("D1", "2026-10-07", 2000, person="dan")
    world.compute(recorded="2026-10-22")
    before = [as_of(world, day, week).before for day in ("2026-10-21", "2026-10-22")]
    assert [(one.credited, one.orders) for one in before] == [(9500, 2), (11500, 3)]


def test_a_past_day_shows_costs_and_platform_figures_as_they_were_stated_then(world):
    """The platform restated the day on 25 October, then to nothing on the 28th."""
    for fen, reads, stated, replaced in ((900, 40, 20, 25), (1200, 50, 25, 28), (0, 0, 28, None)):
        row = world.spend("2026-10-03", fen, campaign="Autumn", metrics={"impression": reads})
        row.stated_at = at(f"2026-10-{stated}", 10)
        row.replaced_at = replaced and at(f"2026-10-{replaced}", 10)
        row.save()
    told = [as_of(world, f"2026-10-{day}") for day in (19, 24, 25, 28)]
    assert [one.total.cost for one in told] == [2000, 2900, 3200, 2000]
    assert [[said.value for said in one.reported] for one in told] == [[], [40], [50], [0]]


def test_a_month_without_anything_says_so_and_a_filter_that_matches_nothing_says_that(world):
    june = replace(OCTOBER, period=Period(date(2026, 6, 1), date(2026, 7, 1)))
    assert report(world.merchant, june, now=NOW).envelope.empty_reason == "no_data"
    nothing = OCTOBER.within_also("platform", "vipshop")
    assert report(world.merchant, nothing, now=NOW).envelope.empty_reason == "filter"
    days_to_come = replace(OCTOBER, period=Period(date(2026, 11, 19), date(2026, 11, 20)))
    assert report(world.merchant, days_to_come, now=NOW).envelope.empty_reason == "too_new"


def test_a_merchant_without_any_data_is_not_connected(merchant):
    assert report(merchant, OCTOBER, now=NOW).envelope.empty_reason == "not_connected"


def test_the_platforms_own_figures_stand_beside_ours_once(world):
    for level in ("campaign", "creative"):
        world.spend(
            "2026-10-03",
            100,
            campaign="Autumn",
            level=level,
            metrics={"impression": 18000, "rgmv_fen": 77, "roi": "1.20"},
        )
    found = report(world.merchant, OCTOBER, now=NOW).reported
    assert [(one.source, one.metric, one.value) for one in found] == [
        ("juguang", "impression", 18000),
        ("juguang", "rgmv_fen", 77),
    ]


def test_another_merchants_rows_are_not_in_the_report(world, stranger):
    before = report(world.merchant, OCTOBER, now=NOW)
    with tenancy.acting_for(stranger):
        other = World(stranger)
        other.touch("ann", "2026-10-02", "Winter repair")
        other.order("X1", "2026-10-06", 88888, person="ann")
        other.spend("2026-10-03", 5, note="Winter repair")
        other.compute()
        assert report(stranger, OCTOBER, now=NOW).total.credited == 88888
    assert report(world.merchant, OCTOBER, now=NOW) == before


@pytest.mark.parametrize("notes", [1, 3])
def test_the_number_of_queries_does_not_depend_on_the_rows(world, notes, django_assert_num_queries):
    for number in range(notes):
        world.touch(f"q{number}", "2026-10-02", f"Note {number}")
        world.order(f"Q{number}", "2026-10-06", 100, person=f"q{number}")
    world.compute()
    with django_assert_num_queries(11):
        report(world.merchant, replace(OCTOBER, compare=Compare.PREVIOUS), now=NOW)
