"""Ripening as of a past day: costs, orders and expectations of then, and rules with what was known of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from measurement.models import OrderLine, RipeningRow, SignalRelation, StopRule
from measurement.operations import ripen, stoprules
from measurement.queries import ripening
from measurement.queries.results import basis_of
from measurement.ripening.shape import by_length
from measurement.ripening.stoprules import Action, Against, RuleMetric, RuleState
from merchants.models import Merchant
from tests.measurement.world import World, at

NOW = at("2026-11-20", 9)


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Ten people bought after "Search" (¥500, stated anew at ¥800 on 10 October), two after each of five others (¥100),
    as recorded on 20 September. On 12 October four orders of "Search" came back whole."""
    made = World(merchant)
    for name, people in {"Search": 10, **{f"Other {n}": 2 for n in range(5)}}.items():
        for number in range(people):
            made.touch(f"{name} {number}", "2026-09-01", "A note", campaign=name)
            made.order(f"{name} {number}", "2026-09-05", 10_000, person=f"{name} {number}")
        stated(
            made,
            name,
            50_000 if name == "Search" else 10_000,
            "2026-09-02",
            "2026-10-10" if people == 10 else "",
        )
    stated(made, "Search", 80_000, "2026-10-10", deep=70)
    made.order("last", "2026-11-19", 1)
    made.compute(recorded="2026-09-20")
    for number in range(4):
        made.refund(OrderLine.objects.get(order__external_id=f"Search {number}"), 10_000)
    made.compute(recorded="2026-10-12")
    return made


def stated(world: World, name: str, fen: int, day: str, until: str = "", deep: int = 90) -> None:
    row = world.spend("2026-09-01", fen, campaign=name, metrics={"ti_user_num": deep})
    row.stated_at, row.replaced_at = at(day), at(until) if until else None
    row.save()


def then(world: World, day: str | None) -> ripening.Ripening:
    as_of = date.fromisoformat(day) if day else None
    return ripening.ripening(world.merchant, str(world.campaign("Search").pk), now=NOW, as_of=as_of)


def test_a_campaign_has_the_cost_and_the_orders_of_that_day(world):
    told = [
        then(world, day).chosen
        for day in ("2026-09-19", "2026-09-20", "2026-10-09", "2026-10-10", "2026-10-12")
    ]
    assert [(row.fen, row.orders) for row in told] == [
        (50_000, 0), (50_000, 10), (50_000, 10), (80_000, 10), (80_000, 6),
    ]  # fmt: skip
    assert [row.signals["ti"]["count"] for row in told] == [90, 90, 90, 70, 70]


def test_it_is_as_ripe_as_it_was_and_knows_no_order_of_after(world):
    """Of 29 days nine had passed by 10 September, when nothing had been recorded yet."""
    early, late = (then(world, day).chosen for day in ("2026-09-10", "2026-10-09"))
    assert (early.share_in, late.share_in) == (by_length(29).share(9), 1.0)
    assert [point[4] for point in early.curve if point[0] > "2026-09-10"] == [None] * sum(
        point[0] > "2026-09-10" for point in early.curve
    )
    assert (early.orders, late.orders) == (0, 10)


def test_what_is_expected_follows_the_costs_and_orders_of_that_day(world):
    """The others brought ten orders on ¥500: ten on as much, sixteen on ¥800."""
    told = [then(world, day).chosen.expected for day in ("2026-10-09", "2026-10-10")]
    assert told == [pytest.approx(10), pytest.approx(16)]


def test_before_the_campaign_was_stated_it_is_not_there(world):
    assert then(world, "2026-09-01").rows == ()


def test_of_yesterday_it_says_what_the_worker_has_left(world):
    ripen.renew(world.merchant, basis_of(world.merchant), through=date(2026, 11, 19))
    now, past = then(world, None), then(world, "2026-11-19")
    names = (
        "campaign_id",
        "first_day",
        "last_day",
        "fen",
        "share_in",
        "p80_on",
        "full_on",
    )
    assert [[getattr(row, name) for name in names] for row in now.rows] == [
        [getattr(row, name) for name in names] for row in past.rows
    ]
    assert (len(past.rows), past.judging.through) == (6, date(2026, 11, 19))
    assert {name: one.n for name, one in past.relations.items()} == {
        one.signal: one.n for one in SignalRelation.objects.for_merchant(world.merchant)
    }
    assert RipeningRow.objects.for_merchant(world.merchant).count() == 6


def test_a_rule_stands_from_its_day_and_is_read_from_its_reading(world, merchant):
    for version, day in ((1, "2026-08-20"), (2, "2026-08-25")):
        rule = stoprules.record_rule(
            merchant, campaign=world.campaign("Search"), launches_on=date(2026, 9, 1), day=11, metric=RuleMetric.ORDERS,
            against=Against.BELOW, threshold=Decimal(version), action=Action.STOP, reason="as planned",
            today=date(2026, 8, 20), by="test",
        )  # fmt: skip
        StopRule.objects.filter(pk=rule.pk).update(recorded_at=at(day))
    StopRule.objects.filter(version=1).update(replaced_at=at("2026-08-25"))
    StopRule.objects.filter(version=2).update(state=RuleState.FIRED, value=0, evaluated_at=at("2026-09-12"))
    days = ("2026-08-19", "2026-08-20", "2026-08-25", "2026-09-11", "2026-09-12")
    told = [_standing(then(world, day)) for day in days]
    assert [[(rule.version, rule.state, rule.value) for rule in rules] for rules in told] == [
        [],
        [(1, RuleState.WAITING, None)],
        [(2, RuleState.WAITING, None)],
        [(2, RuleState.WAITING, None)],
        [(2, RuleState.FIRED, 0)],
    ]


def _standing(found: ripening.Ripening) -> list[StopRule]:
    """The rule of the campaign that is shown, or of one that has not spent yet."""
    return [*found.rules.values()] or [*found.upcoming]
