"""The cells of a past day, read as what stands now less what was posted since, are the sum of what had been posted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from measurement.attribution.cells import Cells
from measurement.choices import Model
from measurement.models import OrderLine
from measurement.operations import credit_days
from measurement.queries import cells, posted
from merchants.models import Merchant
from merchants.periods import end_of
from tests.measurement.world import World

START, END = date(2026, 10, 1), date(2026, 11, 1)
MODELS = (Model.LINEAR, Model.FIRST)


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Ann's order of the 6th loses a part on the 20th and all on the 25th; Ben's of the 8th is one of no touch until a
    file of the 15th brings the one behind it; Cat buys on the 28th."""
    made = World(merchant)
    made.touch("ann", "2026-10-02", "Winter repair")
    made.touch("ann", "2026-10-05", "Night care")
    ann = made.order("T-ann", "2026-10-06", 10000, person="ann")
    made.order("T-ben", "2026-10-08", 7001, person="ben")
    made.compute(recorded="2026-10-10")
    made.touch("ben", "2026-10-07", "Night care")
    made.compute(recorded="2026-10-15")
    made.refund(ann, 3333)
    made.compute(recorded="2026-10-20")
    made.refund(ann, 10000)
    made.compute(recorded="2026-10-25")
    made.touch("cat", "2026-10-27", "Winter repair")
    made.order("T-cat", "2026-10-28", 500, person="cat")
    made.compute(recorded="2026-10-28")
    return made


def told(found: Cells) -> list[tuple[Any, ...]]:
    """Every cell with money in it."""
    some = found.only(found.fen[Model.LINEAR] != 0)
    names = ("order", "person", "channel", "spu", "grade", "order_day", "age")
    columns = [getattr(some, name).tolist() for name in names]
    columns.append([some.platforms[n] for n in some.platform])
    columns += [some.fen[model].tolist() for model in MODELS]
    return sorted(zip(*columns, strict=True))


def summed(merchant: Merchant, day: date, before: date = date.max) -> list[tuple[Any, ...]]:
    scope = {
        "merchant": merchant.pk, "since": START, "until": END, "before": before, "recorded_before": end_of(day),
    }  # fmt: skip
    return told(posted.cells_of_past(scope, MODELS))


def read(merchant: Merchant, day: date, before: date | None = None) -> list[tuple[Any, ...]]:
    found = cells.cells(merchant, since=START, until=END, touched_before=before, models=MODELS, as_of=day)
    return told(found)


@pytest.mark.parametrize("copied", [False, True])
def test_every_past_day_is_the_sum_of_what_had_been_posted_by_it(world, merchant, copied):
    if copied:
        credit_days.drain(merchant)
    days = [START + timedelta(days=n) for n in range(40)]
    told_of = [read(merchant, day) for day in days]
    assert told_of == [summed(merchant, day) for day in days]
    money = [sum(row[-2] for row in one) for one in told_of]
    assert [money[n - 1] for n in (9, 10, 14, 15, 19, 20, 24, 25, 27, 28)] == [
        0, 17001, 17001, 17001, 17001, 13668, 13668, 7001, 7001, 7501,
    ]  # fmt: skip


@pytest.mark.parametrize("limit", ["2026-10-03", "2026-10-07", "2026-10-28"])
def test_orders_and_touches_after_a_limit_are_left_out_of_it_as_they_are_of_the_sum(world, merchant, limit):
    before = date.fromisoformat(limit)
    for day in (date(2026, 10, 12), date(2026, 10, 22)):
        assert read(merchant, day, before) == summed(merchant, day, before)


def test_credit_that_moves_while_it_is_read_is_summed_from_what_was_posted(world, merchant, monkeypatch):
    day, present = date(2026, 10, 22), cells._present
    expected = summed(merchant, day)

    def moved_meanwhile(scope: dict[str, Any], models: tuple[Model, ...]) -> Cells:
        world.refund(OrderLine.objects.get(order__external_id="T-ben"), 1)
        world.compute()
        return present(scope, models)

    monkeypatch.setattr(cells, "_present", moved_meanwhile)
    assert read(merchant, day) == expected
