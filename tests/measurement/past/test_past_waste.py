"""Waste and moves as of a past day: judged from what had been credited and stated by then."""

from __future__ import annotations

from datetime import date

import pytest

from measurement.metrics import Verdict
from measurement.models import JudgedRow, Move, OrderLine
from measurement.operations import returns
from measurement.queries import waste
from measurement.queries.waste import Asked
from measurement.reports import Dimension
from measurement.waste.moves import Came, Direction, Measure, MoveKind
from merchants.models import Merchant
from tests.measurement.world import World, at

NOW = at("2026-11-20", 9)


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Sixty people bought for ¥100 after "Good" (¥600), nobody after "Bad" (¥2,000), as recorded on 20 October. The
    cost of "Good" was stated anew at ¥20,000 on 10 November; of forty of its orders ¥90 each came back on the 12th."""
    made = World(merchant)
    for number in range(60):
        made.touch(f"p{number}", "2026-09-10", "Good note", campaign="Good")
        made.order(f"T{number}", "2026-09-15", 10_000, person=f"p{number}")
    made.order("last", "2026-11-19", 1)
    for name, fen, stated, replaced in (
        ("Good", 60_000, "2026-09-06", "2026-11-10"),
        ("Good", 2_000_000, "2026-11-10", None),
        ("Bad", 200_000, "2026-09-06", None),
    ):
        row = made.spend("2026-09-05", fen, campaign=name)
        row.stated_at, row.replaced_at = at(stated), at(replaced) if replaced else None
        row.save()
    made.compute(recorded="2026-10-20")
    for number in range(40):
        made.refund(OrderLine.objects.get(order__external_id=f"T{number}"), 9_000)
    made.compute(recorded="2026-11-12")
    return made


def then(world: World, day: str | None, **changes: object) -> waste.Waste:
    asked = Asked(days=90, as_of=date.fromisoformat(day) if day else None, **changes)
    return waste.waste(world.merchant, asked, now=NOW)


def rows(found: waste.Waste) -> dict[str, tuple[str, int, int, int]]:
    return {
        found.names[row.key].name: (row.verdict, row.cost, row.returned, row.orders) for row in found.rows
    }


def test_each_row_has_the_class_that_cost_and_credit_of_that_day_give(world):
    told = {day: rows(then(world, f"2026-11-{day}")) for day in ("09", "10", "11", "12")}
    assert [one["Good"] for one in told.values()] == [
        (Verdict.PAYING, 60_000, 600_000, 60),
        (Verdict.LOSING, 2_000_000, 600_000, 60),
        (Verdict.LOSING, 2_000_000, 600_000, 60),
        (Verdict.LOSING, 2_000_000, 240_000, 60),
    ]
    assert {one["Bad"] for one in told.values()} == {(Verdict.LOSING, 200_000, 0, 0)}


def test_before_the_credit_was_recorded_nothing_had_come_back(world):
    assert rows(then(world, "2026-10-19"))["Good"] == (Verdict.LOSING, 60_000, 0, 0)


def test_of_yesterday_it_says_what_the_worker_has_left(world):
    """As of 19 November the ninety days end with that day, as those of the worker do on the 20th."""
    returns.renew(world.merchant, now=NOW)
    kept = {row.key: row for row in JudgedRow.objects.for_merchant(world.merchant).filter(days=90)
            if row.dimension == "campaign"}  # fmt: skip
    found = then(world, "2026-11-19")
    names = (
        "cost",
        "credited",
        "returned",
        "net",
        "low",
        "high",
        "verdict",
        "place",
        "best",
        "worst",
        "people",
        "end",
    )
    assert {row.key for row in found.rows} == {key for key in kept if key}
    for row in found.rows:
        assert [getattr(row, name) for name in names] == [getattr(kept[row.key], name) for name in names]


@pytest.mark.parametrize("sort", list(waste.ORDERS))
@pytest.mark.parametrize("verdict", ["", "losing", "paying"])
def test_rows_that_are_not_kept_stand_in_the_order_of_those_that_are(world, sort, verdict):
    world.spend("2026-09-05", 70_000, campaign="Third")
    returns.renew(world.merchant, now=NOW)
    now, past = (then(world, day, sort=sort, verdict=verdict) for day in (None, "2026-11-19"))
    past_keys = [row.key for row in past.rows]
    third = str(world.campaign("Third").pk)
    assert [row.key for row in now.rows if row.key != third] == [key for key in past_keys if key != third]
    assert (now.count, len(now.rows)) == (past.count, len(past.rows))
    assert {(one.verdict, one.cost, one.rows, one.high) for one in now.classes} == {
        (one.verdict, one.cost, one.rows, one.high) for one in past.classes
    }


def test_flags_are_not_shown_of_a_past_day(world, merchant):
    from measurement.models import SpendFlag

    SpendFlag.objects.create(
        merchant=merchant, kind="flood", dimension=Dimension.CAMPAIGN, key=str(world.campaign("Good").pk),
        day=date(2026, 9, 5), value=9.0, usual=1.0, source="juguang",
    )  # fmt: skip
    assert (len(then(world, None).flags), then(world, "2026-11-19").flags) == (1, ())


def test_a_move_is_there_from_its_recording_and_its_outcome_from_its_settling(world, merchant, owner):
    move = Move.objects.create(
        merchant=merchant, kind=MoveKind.PAUSE, dimension=Dimension.CAMPAIGN, key=str(world.campaign("Bad").pk),
        name="Bad", owner=owner, reason="nothing came back", starts_on=date(2026, 10, 1), measure=Measure.COST,
        direction=Direction.DOWN, size=1, due_on=date(2026, 10, 15), recorded_by="user:1",
        matures_on=date(2026, 10, 16), settled_at=at("2026-11-01"), seen_at=at("2026-11-02"), came=Came.AS_EXPECTED,
        before=100.0, after=0.0,
    )  # fmt: skip
    Move.objects.filter(pk=move.pk).update(recorded_at=at("2026-10-01"))
    told = [then(world, day).moves for day in ("2026-09-30", "2026-10-31", "2026-11-01", None)]
    assert [[(one.name, one.came, one.after) for one in moves] for moves in told] == [
        [],
        [("Bad", "", None)],
        [("Bad", Came.AS_EXPECTED, 0.0)],
        [("Bad", Came.AS_EXPECTED, 0.0)],
    ]
