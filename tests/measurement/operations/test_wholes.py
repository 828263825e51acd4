"""Estimates of the whole: made from rows, kept as history, safe to repeat, calibrated by lift tests."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from measurement import tasks
from measurement.choices import WholeOutcome
from measurement.models import (
    Category,
    CycleLearning,
    Experiment,
    LearnedCycle,
    MarketSeries,
    Promotion,
    ResponseEstimate,
    Spend,
    Spu,
    SpuCycle,
)
from measurement.operations import response
from measurement.queries import daily, whole, work
from measurement.queries.daily import Subject
from measurement.response.lag import Cycle
from merchants import tenancy
from merchants.models import AuditEvent, Job, Merchant
from merchants.periods import day_of
from tests.measurement.response.worlds import World, world
from tests.measurement.sums import noon, promote, sell, show, yesterday

CYCLE = Cycle.of_length(29)  # of facial essence, as published


@pytest.fixture
def planted(merchant: Merchant) -> tuple[Spu, World]:
    """A product of which a fifth of the revenue follows its ads."""
    category = Category.objects.get(code="facial-essence")
    spu = Spu.objects.create(merchant=merchant, code="essence", name="Essence", category=category)
    made = world(3, days=240, cycle=CYCLE, memory=0.3)
    sell(merchant, spu, made.series, yesterday())
    show(merchant, spu, made.series, yesterday())
    promote(merchant, made.series, yesterday())
    return spu, made


def estimate(merchant: Merchant) -> list[ResponseEstimate]:
    response.ask(merchant, by="user:1")
    while response.step(merchant):
        pass
    return list(ResponseEstimate.objects.for_merchant(merchant).order_by("id"))


def of_revenue(rows: list[ResponseEstimate]) -> list[ResponseEstimate]:
    return [row for row in rows if row.outcome == WholeOutcome.REVENUE]


def test_a_planted_effect_is_found_from_orders_and_the_day_report(merchant, planted):
    spu, made = planted
    rows = estimate(merchant)
    (row,) = of_revenue(rows)
    assert (row.verdict, row.reasons, row.exposure, row.spu) == ("effect", [], "reads", spu)
    assert row.low < made.truth * 100 < row.high
    assert row.total == pytest.approx(made.series.outcome.sum() * 100, abs=240)
    assert (row.last_day, row.first_day) == (yesterday(), yesterday() - timedelta(days=239))
    assert (row.cycle_p50, row.cycle_basis) == (CYCLE.p50, "published")
    assert row.baseline == {
        "promotions": int(made.series.promo.sum()), "festivals": "public", "price": False,
    }  # fmt: skip
    assert row.floor_fen == 0  # nothing was joined
    assert len(row.daily["outcome"]) == len(row.daily["course"]) == 240
    # one order every day: nothing to explain
    (orders,) = [row for row in rows if row.outcome == WholeOutcome.ORDERS]
    assert (orders.verdict, orders.reasons, orders.effect) == ("cannot_tell", ["no_outcome"], None)


def test_the_same_inputs_are_confirmed_and_not_written_again(merchant, planted):
    first = estimate(merchant)
    again = estimate(merchant)
    assert [row.pk for row in again] == [row.pk for row in first]
    assert all(row.confirmed_at is not None for row in again)


def test_what_was_shown_stays_readable_by_its_day(merchant, planted):
    (before,) = of_revenue(estimate(merchant))
    ResponseEstimate.objects.filter(pk=before.pk).update(computed_at=timezone.now() - timedelta(days=9))
    Spend.objects.filter(day=yesterday() - timedelta(days=3)).update(metrics={"click": 99_000})
    assert len(of_revenue(estimate(merchant))) == 2
    (now,) = whole.latest(merchant, "revenue", "")
    (then,) = whole.latest(merchant, "revenue", "", as_of=day_of(timezone.now()) - timedelta(days=8))
    assert then.pk == before.pk != now.pk
    assert whole.latest(merchant, "revenue", "", as_of=day_of(timezone.now()) - timedelta(days=30)) == []


def test_levels_of_a_report_are_views_and_are_not_added(merchant, planted):
    spu, made = planted
    subject = Subject(spu.pk, "", "revenue")
    today = yesterday() + timedelta(days=1)
    alone = daily.gather(merchant, subject, today)
    for row in list(Spend.objects.for_merchant(merchant)):
        Spend.objects.create(
            merchant=merchant, source="juguang", natural_key=f"unit {row.natural_key}", level="unit", kind="ads",
            day=row.day, fen=row.fen, note=row.note, metrics=row.metrics, stated_at=row.stated_at,
        )  # fmt: skip
    both = daily.gather(merchant, subject, today)
    assert np.array_equal(alone.series.exposure, both.series.exposure)
    assert alone.series.exposure == pytest.approx(made.series.exposure, abs=0.5)


def test_restated_and_unknown_days_count_as_they_stand(merchant, planted):
    spu, _made = planted
    rows = Spend.objects.for_merchant(merchant).order_by("day")
    gone, unknown = rows[10], rows[11]
    Spend.objects.filter(pk=gone.pk).update(replaced_at=timezone.now())
    Spend.objects.filter(pk=unknown.pk).update(metrics={"click": None})
    found = daily.gather(merchant, Subject(spu.pk, "", "revenue"), yesterday() + timedelta(days=1))
    assert list(found.series.exposure[10:12]) == [0, 0]


def test_a_day_that_is_stated_at_another_level_alone_is_shown_all_the_same(merchant, planted):
    spu, _made = planted
    subject = Subject(spu.pk, "", "revenue")
    today = yesterday() + timedelta(days=1)
    alone = daily.gather(merchant, subject, today)
    half = Spend.objects.for_merchant(merchant).filter(day__gte=yesterday() - timedelta(days=100))
    half.update(level="keyword")
    assert np.array_equal(alone.series.exposure, daily.gather(merchant, subject, today).series.exposure)


def test_days_before_the_first_report_are_left_out(merchant, planted):
    """Orders reach back 240 days and reports 90: what was shown before is unknown, not nothing."""
    spu, _made = planted
    Spend.objects.for_merchant(merchant).filter(day__lt=yesterday() - timedelta(days=89)).delete()
    found = daily.gather(merchant, Subject(spu.pk, "", "revenue"), yesterday() + timedelta(days=1))
    assert (found.series.days, found.series.start) == (90, yesterday() - timedelta(days=89))


def test_days_that_no_report_has_told_of_are_left_out(merchant, planted):
    """The day report ends a week ago: what was shown since is unknown, not nothing."""
    spu, _made = planted
    Spend.objects.for_merchant(merchant).update(stated_at=noon(yesterday() - timedelta(days=6)))
    found = daily.gather(merchant, Subject(spu.pk, "", "revenue"), yesterday() + timedelta(days=1))
    assert found.series.days == 240 - 7


def test_promotions_of_another_product_or_platform_stay_out(merchant, planted):
    spu, _made = planted
    other = Spu.objects.create(merchant=merchant, code="other", name="Other", category=spu.category)
    Promotion.objects.for_merchant(merchant).update(spu=other)
    found = daily.gather(merchant, Subject(spu.pk, "", "revenue"), yesterday() + timedelta(days=1))
    assert (found.series.promo, found.promotions) == (None, 0)
    Promotion.objects.for_merchant(merchant).update(spu=None, platform="jd")
    today = yesterday() + timedelta(days=1)
    assert daily.gather(merchant, Subject(spu.pk, "taobao", "revenue"), today).promotions == 0
    assert daily.gather(merchant, Subject(spu.pk, "", "revenue"), today).promotions > 0


def test_platforms_and_series_of_marketplaces_are_tried_for_themselves(merchant, planted):
    spu, made = planted
    sell(merchant, spu, made.series, yesterday(), platform="jd")
    MarketSeries.objects.create(
        merchant=merchant, source="file", natural_key="s", stated_at=noon(yesterday()), told_at=noon(yesterday()),
        content_hash="", platform="taobao", day=yesterday(), measure="brand_search", value=120,
    )  # fmt: skip
    assert daily.subjects(merchant, yesterday() + timedelta(days=1)) == [
        Subject(spu.pk, "", "revenue"),
        Subject(spu.pk, "", "orders"),
        Subject(spu.pk, "jd", "revenue"),
        Subject(spu.pk, "taobao", "revenue"),
        Subject(0, "taobao", "brand_search"),
    ]


def test_a_learned_cycle_brings_its_own_quantiles(merchant, planted):
    spu, _made = planted
    subject = Subject(spu.pk, "", "revenue")
    SpuCycle.objects.create(
        merchant=merchant, spu=spu, days=21, basis="hand", source="", recorded_by="test"
    )  # of this one only the length is known
    assert response._cycle(merchant, subject) == (Cycle.of_length(21), "hand")
    run = CycleLearning.objects.create(
        merchant=merchant, parts=1, data_through=yesterday(), requested_by="test", state="done"
    )
    LearnedCycle.objects.create(
        merchant=merchant, learning=run, spu=spu, n=900, buyers=200, follow_up=120, plateau=0.2, settled=True,
        p50=9, p80=18, p95=41,
    )  # fmt: skip
    SpuCycle.objects.create(
        merchant=merchant, spu=spu, days=18, basis="learned", source="", recorded_by="test"
    )
    assert response._cycle(merchant, subject) == (Cycle(9, 41), "learned")


def test_a_whole_brand_takes_the_middle_cycle_of_its_products(merchant, planted):
    assert response._cycle(merchant, Subject(0, "taobao", "brand_search")) == (CYCLE, "published")


# -- the work


def test_a_second_request_joins_the_first(merchant, planted):
    first, second = response.ask(merchant, by="user:1"), response.ask(merchant, by="user:2")
    assert first.pk == second.pk
    acts = AuditEvent.objects.for_merchant(merchant).filter(act="measurement.whole.asked")
    assert [act.actor for act in acts] == ["user:1"]


def test_work_that_breaks_off_is_done_again_from_where_it_stood(merchant, planted, monkeypatch):
    job = response.ask(merchant, by="user:1")
    assert response.step(merchant)  # revenue
    monkeypatch.setattr(response, "_figures", lambda told: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        response.step(merchant)
    job.refresh_from_db()
    assert (job.done, job.state, ResponseEstimate.objects.for_merchant(merchant).count()) == (1, "running", 1)
    monkeypatch.undo()
    assert not response.step(merchant)
    job.refresh_from_db()
    assert (job.done, job.total, job.state) == (2, 2, Job.State.DONE)
    assert not response.step(merchant)


def test_a_merchant_without_orders_is_done_at_once(merchant):
    job = response.ask(merchant, by="system:beat")
    assert not response.step(merchant)
    job.refresh_from_db()
    assert (job.done, job.total, job.state) == (0, 0, Job.State.DONE)


def test_every_night_asks_for_every_merchant(merchant):
    tasks.wholes_of_the_day()
    with tenancy.acting_for(merchant):
        assert Job.objects.for_merchant(merchant).get(kind="response").requested_by == "system:beat"
    tasks.estimate_whole(merchant_id=merchant.pk)
    with tenancy.acting_for(merchant):
        assert Job.objects.for_merchant(merchant).get(kind="response").state == Job.State.DONE


@pytest.mark.xdist_group("committed")
def test_the_sweep_finds_what_was_asked_for_as_the_dispatcher_who_sees_no_content(committed):
    from tests.conftest import make_merchant

    merchant = make_merchant("glow")
    response.ask(merchant, by="system:beat")
    assert work.merchants_with_wholes_to_estimate() == [merchant.pk]
    response.step(merchant)
    assert work.merchants_with_wholes_to_estimate() == []


# -- calibration


def lift_test(merchant: Merchant, spu: Spu, **result: object) -> Experiment:
    return Experiment.objects.create(
        merchant=merchant, name="North without", kind="geo", spu=spu, hypothesis="", created_by="test",
        starts_on=yesterday() - timedelta(days=60), ends_on=yesterday() - timedelta(days=33), state="ended",
        design={"method": "tbr"}, design_hash="x", result={"method": "tbr", **result},
    )  # fmt: skip


def test_a_finished_lift_test_that_agrees_narrows_the_interval(merchant, planted):
    spu, made = planted
    (before,) = of_revenue(estimate(merchant))
    # what the test would have found in its four weeks, from the truth, ± 4 points
    days = slice(240 - 61, 240 - 33)
    share = made.truth * 100 * sum(before.daily["course"][days]) / sum(before.daily["outcome"][days])
    lift = share / (1 - share)
    ends = [10_000 * (lift - 0.04), 10_000 * (lift + 0.04)]
    test = lift_test(merchant, spu, relative=lift, incremental_response=10_000 * lift, ci=ends)
    after = of_revenue(estimate(merchant))[-1]
    assert after.pk != before.pk
    assert after.experiment == test
    told = after.calibration
    assert not told["contradicts"]
    assert told["high"] - told["low"] < before.high - before.low
    assert told["high"] - told["low"] < told["test_high"] - told["test_low"]
    assert (after.effect, after.low, after.high) == (before.effect, before.low, before.high)


def test_a_finished_lift_test_that_contradicts_holds_alone(merchant, planted):
    spu, _made = planted
    lift_test(merchant, spu, relative=0.01, incremental_response=100.0, ci=[-100.0, 300.0])
    (row,) = of_revenue(estimate(merchant))
    told = row.calibration
    assert told["contradicts"]
    assert (told["effect"], told["low"]) == (told["test_effect"], told["test_low"])
    assert told["low"] < 0 < told["high"]


@pytest.mark.parametrize(
    "change",
    [{"state": "running"}, {"state": "stopped"}, {"result": {"ci": None, "relative": 0.2}}, {"spu": None}],
)
def test_a_test_that_tells_nothing_of_this_product_changes_nothing(merchant, planted, change):
    spu, _made = planted
    test = lift_test(merchant, spu, relative=0.25, incremental_response=2_500.0, ci=[2_100.0, 2_900.0])
    Experiment.objects.filter(pk=test.pk).update(**change)
    subject = Subject(spu.pk, "", "revenue")
    assert response._finished_test(merchant, subject) is None
