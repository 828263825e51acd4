"""What stands between a merchant and a category, by hand and by rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.models import LaunchGate
from merchants.onboarding.requirements import Kind, Stage, trades
from merchants.onboarding.set_data import parsed
from merchants.onboarding.shipped import shipped
from merchants.onboarding.standing import Answer, State
from merchants.readiness.figures import Figure, Rule
from merchants.readiness.launching import (
    Gate,
    Held,
    Mode,
    Unknown,
    hindrances,
    launchable,
    let_through,
    why_unknown,
)

TODAY = date(2026, 11, 27)
LAUNCH = [one for one in map(parsed, shipped()) if one.stage == Stage.LAUNCH]
GOODS = next(one for one in LAUNCH if one.code == "cn.launch.goods").requirements
SAID = {one.key: Answer(State.ACCEPTED) for one in GOODS if one.kind == Kind.ATTESTED}
STRICT = Gate(Mode.BLOCK, {"refund": "<= 0.1", "late_shipment": "<= 0.05", "reply_in_time": ">= 0.8"}, 30)
FINE = {
    "refund": Figure(10, 100, 100),
    "late_shipment": Figure(5, 100, 200),
    "reply_in_time": Figure(80, 100, 100),
}


def test_each_trade_of_the_door_but_agencies_asks_something_before_launch() -> None:
    assert set(trades(LAUNCH)) == {"beauty", "baby_food", "wedding_photography", "medical_aesthetics"}


def test_each_launch_covers_service_supply_and_logistics_and_says_what_to_do() -> None:
    for one in LAUNCH:
        assert {row.area for row in one.requirements} == {"customer_service", "supply_chain", "logistics"}
        assert all(row.example["zh-hans"] and row.example["en"] for row in one.requirements)
        assert {row.rule for row in one.requirements if row.kind == Kind.COMPUTED} <= set(Rule)


def test_limits_come_from_the_operator_alone() -> None:
    assert {row.limit for one in LAUNCH for row in one.requirements} == {""}


def test_with_everything_in_place_nothing_is_open() -> None:
    found = launchable(GOODS, SAID, FINE, STRICT, TODAY)
    assert (hindrances(found), found.unknown, found.steps) == ((), (), (8, 8))


@pytest.mark.parametrize(
    ("rule", "figure", "is_open"),
    [
        ("refund", Figure(11, 100, 100), True),
        ("late_shipment", Figure(6, 100, 100), True),
        ("reply_in_time", Figure(79, 100, 100), True),
        ("reply_in_time", Figure(0, 100, 100), True),
        ("refund", Figure(0, 100, 100), False),
        ("refund", Figure(29, 29, 400), False),  # too few to be a figure
    ],
)
def test_a_figure_beyond_its_limit_is_open(rule: str, figure: Figure, is_open: bool) -> None:
    found = launchable(GOODS, SAID, FINE | {rule: figure}, STRICT, TODAY)
    assert hindrances(found) == ((rule,) if is_open else ())


@pytest.mark.parametrize(
    ("figure", "limit", "why"),
    [
        (None, "<= 0.1", Unknown.NOT_MEASURED),
        (Figure(0, 0, 0), "<= 0.1", Unknown.NO_ROWS),
        (Figure(0, 0, 9), "<= 0.1", Unknown.NOT_TOLD),
        (Figure(9, 29, 99), "<= 0.1", Unknown.TOO_FEW),
        (Figure(9, 30, 99), "", Unknown.NO_LIMIT),
        (Figure(9, 30, 99), "<= 0.1", None),
    ],
)
def test_why_a_figure_says_nothing_is_told(figure: Figure | None, limit: str, why: Unknown | None) -> None:
    assert why_unknown(figure, limit, 30) == why


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_what_is_unknown_never_hinders(hits: int, size: int, fewest: int) -> None:
    figure = Figure(min(hits, size), size, 500)
    gate = Gate(Mode.BLOCK, {"refund": "<= 0"}, fewest)
    found = launchable(GOODS, SAID, {"refund": figure}, gate, TODAY)
    if why_unknown(figure, "<= 0", fewest):
        assert "refund" in found.unknown
        assert hindrances(found) == ()
    else:
        assert ("refund" in hindrances(found)) is (figure.hits > 0)


def test_what_is_not_said_is_open() -> None:
    found = launchable(GOODS, SAID | {"carriers": Answer()}, {}, Gate(), TODAY)
    assert hindrances(found) == ("carriers",)
    assert found.unknown == ("reply_in_time", "late_shipment", "refund")


@pytest.mark.parametrize(
    ("mode", "knowing", "held"),
    [
        (Mode.OFF, False, False),
        (Mode.WARN, False, True),
        (Mode.WARN, True, False),
        (Mode.BLOCK, False, True),
        (Mode.BLOCK, True, True),
    ],
)
def test_a_gate_holds_what_is_open(mode: Mode, knowing: bool, held: bool) -> None:
    let_through(Gate(mode), (), knowing=knowing)
    if held:
        with pytest.raises(Held) as told:
            let_through(Gate(mode), ("carriers",), knowing=knowing)
        assert (told.value.mode, told.value.keys) == (mode, ("carriers",))
    else:
        let_through(Gate(mode), ("carriers",), knowing=knowing)


def test_a_gate_of_percentages_is_read_as_shares() -> None:
    row = LaunchGate(
        mode="warn",
        refund_most=Decimal("12.50"),
        late_shipment_most=None,
        reply_in_time_least=Decimal("0.00"),
    )
    read = row.read()
    assert (read.mode, read.fewest) == (Mode.WARN, 30)
    assert {rule: limit.split()[0] for rule, limit in read.limits.items()} == {
        "refund": "<=", "reply_in_time": ">=",
    }  # fmt: skip
    assert {rule: Decimal(limit.split()[1]) for rule, limit in read.limits.items()} == {
        "refund": Decimal("0.125"), "reply_in_time": Decimal(0),
    }  # fmt: skip
