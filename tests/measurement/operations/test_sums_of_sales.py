"""Grade C from sums alone: orders and revenue by day as handed in, beside order lines and never added to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.choices import MarketMeasure, WholeOutcome
from measurement.models import Category, OrderLine, ResponseEstimate, Spu
from measurement.operations import reported, response
from measurement.queries import daily, whole
from measurement.queries.daily import Subject
from measurement.reported.statements import MarketStatement
from measurement.response.lag import Cycle
from merchants.models import Merchant
from tests.measurement.response.worlds import World, world
from tests.measurement.sums import noon, promote, sell, show, yesterday

DAY = timedelta(days=1)
TODAY = yesterday() + DAY


@pytest.fixture
def spu(merchant: Merchant) -> Spu:
    return product(merchant, "essence")


@pytest.fixture(scope="module")
def made() -> World:
    """A fifth of the revenue of 240 days follows the ads."""
    return world(3, days=240, cycle=Cycle.of_length(29), memory=0.3)


def product(merchant: Merchant, code: str) -> Spu:
    category = Category.objects.get(code="facial-essence")
    return Spu.objects.create(merchant=merchant, code=code, name=code.title(), category=category)


def hand_in(
    merchant: Merchant,
    values: Iterable[float],
    *,
    spu: str = "essence",
    platform: str = "taobao",
    measure: MarketMeasure = MarketMeasure.REVENUE,
    leave_out: tuple[int, ...] = (),
) -> None:
    """One sum a day, the last of yesterday; those at the places of ``leave_out`` nobody tells."""
    told = list(values)
    rows = [
        MarketStatement(
            noon(yesterday()), platform, yesterday() - (len(told) - 1 - n) * DAY, measure, Decimal(round(value)), spu
        )
        for n, value in enumerate(told)
        if n not in leave_out
    ]  # fmt: skip
    reported.put_market(merchant, rows, source="file", by="user:1")


def gathered(merchant: Merchant, spu_id: int, platform: str = "", outcome: str = "revenue") -> daily.Gathered:
    found = daily.gather(merchant, Subject(spu_id, platform, outcome), TODAY)
    assert found is not None
    return found


def test_a_planted_effect_is_found_from_sums_of_orders_and_revenue_without_one_order(
    merchant, spu, made
) -> None:
    hand_in(merchant, made.series.outcome * 100)
    hand_in(merchant, np.full(240, 7), measure=MarketMeasure.ORDERS)
    show(merchant, spu, made.series, yesterday())
    promote(merchant, made.series, yesterday())
    assert not OrderLine.objects.for_merchant(merchant).exists()
    assert whole.has_what_it_needs(merchant) == (True, True)
    response.ask(merchant, by="user:1")
    while response.step(merchant):
        pass
    revenue, orders = ResponseEstimate.objects.for_merchant(merchant).order_by("id")
    assert (revenue.outcome, revenue.verdict, revenue.spu, revenue.platform) == ("revenue", "effect", spu, "")
    assert revenue.low < made.truth * 100 < revenue.high
    assert (revenue.handed_in, revenue.floor_fen) == (True, None)
    assert (orders.outcome, orders.handed_in, orders.total) == ("orders", True, 240 * 7)


def test_where_order_lines_are_known_sums_are_neither_added_nor_taken(merchant, spu, made) -> None:
    sell(merchant, spu, made.series, yesterday())
    alone, tried = gathered(merchant, spu.pk), daily.subjects(merchant, TODAY)
    hand_in(merchant, made.series.outcome * 900)
    both = gathered(merchant, spu.pk)
    assert np.array_equal(alone.series.outcome, both.series.outcome)
    assert not both.handed_in
    assert daily.subjects(merchant, TODAY) == tried


def test_a_platform_without_order_lines_stands_for_itself_by_its_sums(merchant, spu, made) -> None:
    sell(merchant, spu, made.series, yesterday())
    before = gathered(merchant, spu.pk)
    hand_in(merchant, made.series.outcome * 50, platform="jd")
    assert daily.subjects(merchant, TODAY) == [
        Subject(spu.pk, "", "revenue"),
        Subject(spu.pk, "", "orders"),
        Subject(spu.pk, "jd", "revenue"),
    ]
    assert gathered(merchant, spu.pk, "jd").handed_in
    after = gathered(merchant, spu.pk)  # of all platforms together: lines, as before
    assert np.array_equal(before.series.outcome, after.series.outcome)
    assert not after.handed_in


def test_sums_of_several_platforms_are_a_whole_only_on_days_that_each_has_told(merchant, spu) -> None:
    hand_in(merchant, [100] * 30)
    hand_in(merchant, [10] * 20, platform="jd")
    found = gathered(merchant, spu.pk)
    assert (found.series.days, set(found.series.outcome)) == (20, {110.0})
    assert gathered(merchant, spu.pk, "taobao").series.days == 30


def test_a_day_that_nobody_told_is_unknown_and_breaks_the_series_and_zero_does_not(merchant, spu) -> None:
    hand_in(merchant, [100] * 5 + [0] + [100] * 24, leave_out=(9,))
    found = gathered(merchant, spu.pk)
    assert (found.series.days, found.series.start) == (20, yesterday() - 19 * DAY)
    hand_in(merchant, [100] * 5 + [0] + [100] * 24)
    found = gathered(merchant, spu.pk)
    assert (found.series.days, list(found.series.outcome).count(0.0)) == (30, 1)


def test_the_whole_brand_is_every_line_mapped_or_not(merchant, spu, made) -> None:
    sell(merchant, spu, made.series, yesterday())
    assert Subject(0, "", "revenue") not in daily.subjects(merchant, TODAY)  # it is that one product
    other = product(merchant, "candle")
    sell(merchant, other, made.series, yesterday())
    OrderLine.objects.for_merchant(merchant).filter(spu=other).update(spu=None)
    tried = daily.subjects(merchant, TODAY)
    assert tried == [
        Subject(spu.pk, "", "revenue"), Subject(0, "", "revenue"),
        Subject(spu.pk, "", "orders"), Subject(0, "", "orders"),
    ]  # fmt: skip
    lines = OrderLine.objects.for_merchant(merchant).values_list("net_fen", flat=True)
    assert gathered(merchant, 0).series.outcome.sum() == sum(lines)
    assert set(gathered(merchant, 0, outcome=WholeOutcome.ORDERS).series.outcome) == {2.0}


def test_a_brand_that_only_has_sums_of_all_it_sells_is_a_series(merchant) -> None:
    hand_in(merchant, [100] * 30, spu="")
    assert daily.subjects(merchant, TODAY) == [Subject(0, "", "revenue")]
    assert gathered(merchant, 0).handed_in


def test_sums_of_a_time_that_no_order_line_reaches_are_taken_for_it(merchant, spu, made) -> None:
    """The lines ended years ago."""
    sell(merchant, spu, made.series, yesterday() - 900 * DAY)
    hand_in(merchant, [100] * 30)
    assert daily.subjects(merchant, TODAY) == [Subject(spu.pk, "", "revenue")]
    assert (gathered(merchant, spu.pk).handed_in, gathered(merchant, spu.pk).series.days) == (True, 30)


@given(st.sets(st.integers(0, 60)))
def test_the_stretch_has_no_gap_and_none_is_longer(places: set[int]) -> None:
    first = date(2026, 1, 1)
    found = sorted(daily.unbroken({first + n * DAY: float(n) for n in places}))
    got = [(day - first).days for day in found]
    assert got == list(range(got[0], got[0] + len(got))) if got else not places
    assert set(got) <= places
    longest = max(
        (n for start in places for n in range(1, 62) if set(range(start, start + n)) <= places), default=0
    )
    assert len(got) == longest
    later = [start for start in places if set(range(start, start + longest)) <= places]
    assert not got or got[0] == max(later)
