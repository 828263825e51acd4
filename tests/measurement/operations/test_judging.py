"""Judging: what a worker leaves for the pages, worked by hand and against the report it stands beside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from measurement.metrics import Verdict
from measurement.models import JudgedRow, Judging, SpendFlag
from measurement.operations import asking, flags, judgement, returns
from measurement.queries import work
from measurement.queries.home import home
from measurement.queries.results import report
from measurement.reports import Dimension, read
from merchants import tenancy
from merchants.models import Merchant
from tests.measurement.world import World, at

NOW = at("2026-11-20", 9)
DAYS = 90


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Sixty people bought for ¥100 after the campaign "Good" (¥600), nobody after "Bad" (¥2,000), and six after
    "Thin" (¥500), all with a margin of one half; the agency's ¥310 is spread over the three."""
    made = World(merchant)
    made.spu(margin_bp=5000)
    for number in range(66):
        name = "Good" if number < 60 else "Thin"
        made.touch(f"p{number}", "2026-09-10", f"{name} note", campaign=name)
        made.order(f"T{number}", "2026-09-15", 10_000, person=f"p{number}")
    made.order("stranger", "2026-11-19", 10_000)  # orders are known up to then
    made.spend("2026-09-05", 60_000, campaign="Good")
    made.spend("2026-09-05", 200_000, campaign="Bad")
    made.spend("2026-09-05", 50_000, campaign="Thin")
    made.spend("2026-09-06", 31_000, kind="agency_fee", level="account", source="file")
    made.compute()
    return made


def judged(world: World, days: int = DAYS, dimension: str = "campaign") -> dict[str, JudgedRow]:
    returns.renew(world.merchant, now=NOW)
    rows = JudgedRow.objects.for_merchant(world.merchant).filter(days=days, dimension=dimension)
    names = {str(world.campaign(name).pk): name for name in ("Good", "Bad", "Thin")}
    return {names[row.key]: row for row in rows if row.key}


def test_each_campaign_gets_its_class_by_return_less_full_cost(world):
    rows = judged(world)
    assert {name: row.verdict for name, row in rows.items()} == {
        "Good": Verdict.PAYING,
        "Bad": Verdict.LOSING,
        "Thin": Verdict.UNPROVEN,
    }
    assert (rows["Good"].cost, rows["Good"].direct, rows["Good"].shared) == (
        66_000,
        60_000,
        {"agency_fee": 6000},
    )
    assert (rows["Good"].returned, rows["Good"].net) == (300_000, 234_000)
    assert (rows["Bad"].cost, rows["Bad"].returned, rows["Bad"].low) == (220_000, 0, -220_000)
    assert rows["Good"].by_margin is True


def test_a_campaign_without_orders_keeps_an_upper_end_of_almost_four_buyers(world):
    """3.69 average buyers of ¥50 gross profit: about ¥184 less than its cost of ¥2,200."""
    assert judged(world)["Bad"].high == pytest.approx(-220_000 + 18_445, rel=0.02)


def test_an_unproven_campaign_says_what_would_settle_it(world):
    """Return ¥300 of six people against ¥550: variance 7 · 50², so 1.96² · 17,500 ÷ 250² = 1.08 times it."""
    thin = judged(world)["Thin"]
    assert (thin.more_people, thin.more_weeks) == (1, 1)
    assert (thin.people, thin.orders) == (6, 6)


def test_ranks_name_what_cannot_be_told_apart(world):
    rows = judged(world)
    assert {name: (row.place, row.best, row.worst) for name, row in rows.items()} == {
        "Good": (1, 1, 1),
        "Thin": (2, 2, 2),
        "Bad": (3, 3, 3),
    }


def test_judged_sums_are_those_of_the_report(world):
    query, _ = read({"period": "90d", "by": "campaign"}, date(2026, 11, 20))
    found = {row.key: row for row in report(world.merchant, query, now=NOW).rows}
    for row in judged(world).values():
        assert row.credited == found[row.key].credited
        assert row.returned == (found[row.key].profit or 0)


def test_rows_and_what_belongs_to_none_add_up_to_the_cost_of_the_merchant(world):
    world.spend("2026-09-07", 7_000, note="Good note")
    """Of the agency's fee 310/317 goes with the ads, in whole fen; the note's fee belongs to no campaign."""
    rows = judged(world)
    rest = JudgedRow.objects.for_merchant(world.merchant).get(days=DAYS, dimension="campaign", key="")
    assert sum(row.cost for row in rows.values()) + rest.cost == 348_000
    assert rest.cost == 7_000 + 31_000 - 31_000 * 310_000 // 317_000


def test_the_same_rows_are_judged_the_same_again(world):
    first = {name: (row.low, row.high, row.place) for name, row in judged(world).items()}
    assert {name: (row.low, row.high, row.place) for name, row in judged(world).items()} == first


def test_results_and_home_say_the_class_that_was_judged(world):
    """By single orders "Thin" would be judged by another interval; where the worker has spoken, it holds."""
    rows = judged(world)
    JudgedRow.objects.filter(pk=rows["Thin"].pk).update(verdict=Verdict.RIPENING)
    query, _ = read({"period": "90d", "by": "campaign"}, date(2026, 11, 20))
    found = {row.name: row.verdict for row in report(world.merchant, query, now=NOW).rows}
    assert found == {"Good": "paying", "Bad": "losing", "Thin": "ripening"}
    assert home(world.merchant, query, now=NOW).classed.cost_by_verdict["ripening"] == 50_000


def test_another_question_is_classed_by_its_own_interval(world):
    rows = judged(world)
    JudgedRow.objects.filter(pk=rows["Good"].pk).update(verdict=Verdict.RIPENING)
    query, _ = read({"period": "90d", "by": "campaign", "model": "first"}, date(2026, 11, 20))
    assert {row.verdict for row in report(world.merchant, query, now=NOW).rows if row.name == "Good"} == {
        "paying"
    }


def test_without_any_credit_nothing_is_judged(merchant):
    made = World(merchant)
    made.spend("2026-09-05", 60_000, campaign="Good")
    made.order("T1", "2026-09-15", 10_000)
    made.compute()
    assert returns.renew(merchant, now=NOW) == 0
    assert Judging.objects.for_merchant(merchant).get().judged_at is not None


def test_a_late_order_changes_the_rows_at_the_next_judging(world):
    assert judged(world)["Bad"].verdict == Verdict.LOSING
    for number in range(80):
        world.touch(f"late{number}", "2026-09-10", "Bad note", campaign="Bad")
        world.order(f"L{number}", "2026-09-16", 10_000, person=f"late{number}")
    world.compute()
    assert judged(world)["Bad"].verdict == Verdict.PAYING


def test_a_flood_of_impressions_is_flagged_with_its_day_and_its_cost(merchant):
    made = World(merchant)
    for day in range(1, 9):
        made.spend(f"2026-11-{day:02}", 6400, campaign="Good", metrics={"impression": 1000, "click": 80})
    made.spend("2026-11-09", 6000, campaign="Good", metrics={"impression": 9000, "click": 85})
    assert flags.renew(merchant, through=date(2026, 11, 19)) == 1
    row = SpendFlag.objects.for_merchant(merchant).get()
    assert (row.kind, row.day, row.value, row.usual, row.fen) == (
        "flood",
        date(2026, 11, 9),
        9000,
        1000,
        6000,
    )
    assert (row.dimension, row.key) == (Dimension.CAMPAIGN, str(made.campaign("Good").pk))


def flagged(merchant):
    rows = SpendFlag.objects.for_merchant(merchant).order_by("dimension", "kind")
    return [(row.dimension, row.kind, row.value, row.usual, row.fen, row.source) for row in rows]


def test_touches_that_tell_seconds_and_devices_are_flagged_where_they_were_paid_for(merchant):
    """500 reads of 2 s on average by 100 devices of a paid campaign, 5 a day and device; the same unpaid."""
    made = World(merchant)
    made.spend("2026-11-01", 6400, campaign="Farmed")
    for number in range(500):
        for campaign in ("Farmed", "Unpaid"):
            made.touch(
                f"p{number}", "2026-11-02", campaign=campaign, seconds=1 + number % 3 if number < 498 else 3,
                device=number % 100,
            )  # fmt: skip
    mean = (sum(1 + number % 3 for number in range(498)) + 6) / 500
    assert flags.renew(merchant, through=date(2026, 11, 19)) == 2
    assert flagged(merchant) == [
        ("campaign", "devices", 5.0, 3.0, 6400, "touches"),
        ("campaign", "dwell", mean, 3.0, 6400, "touches"),
    ]


def test_few_readings_slow_readings_and_other_acts_are_no_flag(merchant):
    made = World(merchant)
    made.spend("2026-11-01", 6400, campaign="Honest")
    for number in range(500):
        made.touch(f"p{number}", "2026-11-02", campaign="Honest", seconds=30, device=number)
        made.touch(f"p{number}", "2026-11-02", campaign="Honest", kind="impression", seconds=1, device=1)
        made.touch(f"p{number}", "2026-11-02", campaign="Honest")  # tells nothing, so it counts for nothing
    for number in range(150):  # before the 90 days
        made.touch(f"p{number}", "2026-08-01", campaign="Honest", seconds=0, device=1)
    assert flags.renew(merchant, through=date(2026, 11, 19)) == 0


@pytest.mark.xdist_group("committed")
def test_the_sweep_finds_who_asked_and_who_was_judged_on_another_day(committed):
    glow, mist = (Merchant.objects.create(code=code, name=code) for code in ("glow", "mist"))
    asking.ask(glow)
    assert work.merchants_to_judge() == [glow.pk]
    judgement.renew(glow, now=datetime.now(UTC))
    assert work.merchants_to_judge() == []
    asking.ask(glow)
    assert work.merchants_to_judge() == []  # many changes are judged together
    for merchant, ago in ((glow, timedelta(minutes=3)), (mist, timedelta(days=1))):
        with tenancy.acting_for(merchant):
            Judging.objects.update_or_create(
                merchant=merchant, defaults={"judged_at": datetime.now(UTC) - ago}
            )
    assert work.merchants_to_judge() == [glow.pk, mist.pk]
