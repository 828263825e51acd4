"""Outcomes of moves, ripening and rules: small worlds worked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from measurement.models import CycleLearning, LearnedCycle, Move, RipeningRow, SignalRelation, StopRule
from measurement.operations import moves, outcomes, ripen, stoprules
from measurement.queries.results import basis_of
from measurement.queries.shapes import learned_of, shape_of
from measurement.reports import Dimension
from measurement.ripening.stoprules import Action, Against, RuleMetric, RuleState
from measurement.waste.moves import Came, Direction, Measure, MoveKind
from merchants.models import Merchant
from tests.measurement.world import World, at

NOW = at("2026-11-20", 9)
THROUGH = date(2026, 11, 19)


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Ten bought after touches of 1 September, thirty after touches of 11 September, ¥100 each."""
    made = World(merchant)
    for number in range(40):
        day = "2026-09-01" if number < 10 else "2026-09-11"
        made.touch(f"p{number}", day, "A note", campaign="Search")
        made.order(f"T{number}", "2026-09-15", 10_000, person=f"p{number}")
    made.spend("2026-09-01", 50_000, campaign="Search", metrics={"ti_user_num": 100})
    made.spend("2026-09-11", 100_000, campaign="Search", metrics={"ti_user_num": 60})
    made.order("stranger", "2026-11-19", 100)
    made.compute()
    return made


def moved(world: World, measure: Measure, direction: Direction = Direction.UP, size: str = "0.5") -> Move:
    moves.record_move(
        world.merchant, kind=MoveKind.BUDGET, dimension=Dimension.CAMPAIGN, key=str(world.campaign("Search").pk),
        owner=None, reason="more of it", starts_on=date(2026, 9, 8), due_on=date(2026, 9, 15), measure=measure,
        direction=direction, size=Decimal(size), by="test",
    )  # fmt: skip
    assert outcomes.settle(world.merchant, basis_of(world.merchant), now=NOW, through=THROUGH) == 1
    return Move.objects.for_merchant(world.merchant).get()


def test_return_three_times_as_high_came_as_expected(world):
    """Eight days from 8 September against eight before: ¥3,000 against ¥1,000."""
    row = moved(world, Measure.CREDITED)
    assert (row.before, row.after, row.came) == (100_000, 300_000, Came.AS_EXPECTED)
    assert -0.1 < row.low < 2.0 < row.high


def test_cost_is_compared_exactly(world):
    row = moved(world, Measure.COST, Direction.DOWN)
    assert (row.before, row.after, row.low, row.came) == (50_000, 100_000, None, Came.OTHER_WAY)


def test_orders_are_counted_once_each(world):
    row = moved(world, Measure.ORDERS)
    assert (row.before, row.after) == (10, 30)


def test_return_per_yuan_divides_by_the_cost_of_each_span(world):
    """¥1,000 on ¥500 is 2, ¥3,000 on ¥1,000 is 3: half as much again, and the interval holds it."""
    row = moved(world, Measure.ROI)
    assert (row.before, row.after) == (2.0, 3.0)
    assert row.came == Came.AS_EXPECTED
    assert row.low < 0.5 < row.high


def test_a_move_is_settled_only_once_it_has_matured_and_then_never_again(world):
    moved(world, Measure.CREDITED)
    basis = basis_of(world.merchant)
    assert outcomes.settle(world.merchant, basis, now=NOW, through=THROUGH) == 0
    moves.record_move(
        world.merchant, kind=MoveKind.PAUSE, dimension=Dimension.CAMPAIGN, key=str(world.campaign("Search").pk),
        owner=None, reason="wait", starts_on=date(2026, 10, 10), due_on=date(2026, 10, 22), by="test",
        measure=Measure.CREDITED, direction=Direction.DOWN, size=Decimal("0.5"),
    )  # fmt: skip
    assert (
        outcomes.settle(world.merchant, basis, now=NOW, through=date(2026, 11, 19)) == 0
    )  # 29 days: the 20th
    assert outcomes.settle(world.merchant, basis, now=NOW, through=date(2026, 11, 20)) == 1


def ruled(world: World, metric: RuleMetric, threshold: str, day: int = 11) -> StopRule:
    stoprules.record_rule(
        world.merchant, campaign=world.campaign("Search"), launches_on=date(2026, 9, 1), day=day, metric=metric,
        against=Against.BELOW, threshold=Decimal(threshold), action=Action.STOP, reason="as planned",
        today=date(2026, 8, 30), by="test",
    )  # fmt: skip
    stoprules.evaluate(world.merchant, now=NOW, through=THROUGH)
    return StopRule.objects.for_merchant(world.merchant).get()


def test_a_rule_is_read_with_what_was_known_on_its_day(world):
    """By 11 September not one order had come; by the 15th all forty, at a return of 4,000 on 1,500."""
    early = ruled(world, RuleMetric.ORDERS, "1")
    assert (early.value, early.state) == (0, RuleState.FIRED)


def test_a_rule_of_a_later_day_sees_the_orders_of_that_day(world):
    row = ruled(world, RuleMetric.ROI, "2", day=15)
    assert row.value == pytest.approx(400_000 / 150_000)
    assert row.state == RuleState.HELD


def test_cost_per_deeply_interested_person_comes_from_the_platforms_report(world):
    row = ruled(world, RuleMetric.TI_COST, "9")
    assert row.value == pytest.approx(1500 / 160)
    assert row.state == RuleState.HELD


def test_a_figure_that_is_not_known_is_no_zero(world):
    assert ruled(world, RuleMetric.TO_EXPECTED, "1").state == RuleState.UNKNOWN


def test_with_five_other_campaigns_orders_are_expected(world):
    for number in range(5):
        world.touch(f"q{number}", "2026-09-02", "B note", campaign=f"Other {number}")
        world.order(f"Q{number}", "2026-09-05", 10_000, person=f"q{number}")
        world.spend("2026-09-02", 10_000, campaign=f"Other {number}")
    world.compute()
    ripen.renew(world.merchant, basis_of(world.merchant), through=THROUGH)
    row = RipeningRow.objects.for_merchant(world.merchant).get(campaign=world.campaign("Search"))
    assert (row.orders, row.expected, row.past) == (40, 15.0, 5)
    assert row.low < 15 < row.high < 40
    assert (row.share_in, row.first_day, row.last_day) == (1.0, date(2026, 9, 1), date(2026, 9, 11))
    assert row.signals["ti"]["count"] == 100  # of the first seven days
    assert SignalRelation.objects.for_merchant(world.merchant).get(signal="ti").rho is None


def test_a_learned_cycle_gives_the_shape_and_equal_quantiles_count_once(world):
    """Half within 6 days and four fifths within 15; the 95 % of the same day as the 80 % says nothing new."""
    run = CycleLearning.objects.create(
        merchant=world.merchant, state="done", parts=1, data_through=THROUGH, requested_by="test"
    )
    LearnedCycle.objects.create(
        merchant=world.merchant, learning=run, spu=world.spu(), n=900, buyers=400, follow_up=90, plateau=0.4,
        settled=True, p50=6, p80=15, p95=15,
    )  # fmt: skip
    assert learned_of(world.merchant) == {world.spu().pk: {0.5: 6.0, 0.8: 15.0}}
    shape = shape_of(basis_of(world.merchant)[1], world.spu().pk, learned_of(world.merchant))
    assert (shape.learned, shape.share(6), shape.share(15), shape.share(29)) == (True, 0.5, 0.8, 1)
