"""Who, what, where as of a past day: cells as they had been stated and credited by then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from measurement.models import Comment, CommentLabel, Note, OrderLine
from measurement.process.placement import Carrier
from measurement.queries import matrix
from merchants.models import Merchant
from merchants.periods import Period
from tests.measurement.world import World, at

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))
SEPTEMBER = Period(date(2026, 8, 31), date(2026, 10, 1))
TODAY = date(2026, 12, 1)


@pytest.fixture
def world(merchant: Merchant) -> World:
    """A note of a buying point that ran in the feed. Its day was stated at ¥12 with 30 TI on 6 October, at ¥15 with 20
    on the 20th. Ann and Ben, who saw the ad, were credited on the 10th; Ben's order came back on the 25th."""
    made = World(merchant)
    note = made.note("Winter repair", "Lin", made.spu())
    Note.objects.filter(pk=note.pk).update(
        buying_point="Repair", scene="Winter", published_at=at("2026-10-15")
    )
    for fen, deep, stated, until in ((1200, 30, "06", "20"), (1500, 20, "20", None)):
        row = made.spend(
            "2026-10-05", fen, creative_of="Winter repair", campaign="Feed", level="creative",
            metrics={"ti_user_num": deep},
        )  # fmt: skip
        row.campaign.placement = "1"
        row.campaign.save()
        row.stated_at = at(f"2026-10-{stated}")
        row.replaced_at = at(f"2026-10-{until}") if until else None
        row.save()
    for who, fen in (("ann", 10000), ("ben", 6000)):
        made.touch(who, "2026-10-05", "Winter repair", campaign="Feed")
        made.order(f"T-{who}", "2026-10-06", fen, person=who)
    made.compute(recorded="2026-10-10")
    made.refund(OrderLine.objects.get(order__external_id="T-ben"), 6000)
    made.compute(recorded="2026-10-25")
    return made


def then(world: World, day: str | None, former: Period | None = None) -> matrix.Board:
    as_of = date.fromisoformat(day) if day else None
    return matrix.board(world.merchant, OCTOBER, former, TODAY, as_of=as_of)


def feed(world: World, day: str | None) -> matrix.Cell:
    return next(cell for cell in then(world, day).cells if cell.carrier == Carrier.FEED)


def test_a_cell_shows_the_cost_the_credit_and_the_orders_of_that_day(world):
    told = [feed(world, f"2026-10-{day}") for day in ("07", "10", "19", "20", "24", "25")]
    assert [(cell.cost, cell.ti, cell.credited, cell.orders) for cell in told] == [
        (1200, 30, 0, 0),
        (1200, 30, 16000, 2),
        (1200, 30, 16000, 2),
        (1500, 20, 16000, 2),
        (1500, 20, 16000, 2),
        (1500, 20, 10000, 1),
    ]
    assert (told[1].squares, told[1].interval.high > 16000) == (10000**2 + 6000**2, True)


def test_before_a_cost_was_stated_there_is_no_cell(world):
    assert then(world, "2026-10-05").cells == ()


def test_a_note_is_published_from_its_day_on(world):
    told = [
        [cell.notes for cell in then(world, f"2026-10-{day}").cells if cell.carrier != Carrier.FEED]
        for day in (14, 15)
    ]
    assert told == [[], [1]]


def test_a_paid_note_is_of_a_kol_once_its_fee_was_stated(world):
    fee = world.spend("2026-10-02", 5000, note="Winter repair", source="pugongying")
    fee.stated_at = at("2026-10-18")
    fee.save()
    told = [{cell.carrier for cell in then(world, f"2026-10-{day}").cells} for day in (17, 18)]
    assert told == [{Carrier.FEED, Carrier.OTHER}, {Carrier.FEED, Carrier.KOL}]


def test_what_was_sold_is_not_shown_of_a_past_day(world):
    now, past = then(world, None, SEPTEMBER), then(world, "2026-10-20", SEPTEMBER)
    assert now.whole is not None
    assert (past.products, past.whole, past.whole_before, dict(past.products_before)) == ((), None, None, {})


def test_the_period_before_is_as_it_stood_on_that_day(world):
    world.touch("cem", "2026-09-05", "Winter repair", campaign="Feed")
    world.order("T-cem", "2026-09-06", 3000, person="cem")
    world.order("late", "2026-11-05", 1)
    world.compute(recorded="2026-11-10")
    key = feed(world, None).key
    told = [then(world, day, SEPTEMBER).before.get(key) for day in ("2026-11-09", "2026-11-10")]
    assert [before and before.credited for before in told] == [None, 3000]


def test_comments_of_a_cell_are_those_stated_by_then(world, merchant):
    note = Note.objects.get(external_id="Winter repair")
    for number in range(40):
        day = at("2026-10-07") + timedelta(days=number % 2 * 20)
        row = Comment.objects.create(
            merchant=merchant, note=note, posted_at=at("2026-10-07"), stated_at=day, external_id=f"c{number}", text="…",
        )  # fmt: skip
        CommentLabel.objects.create(
            merchant=merchant, comment=row, polarity="positive", echoes=False, speaks_of_self=False, intents=[],
            source="words", version="1", stated_at=day,
        )  # fmt: skip
    [early] = [cell for cell in then(world, "2026-10-20").cells if cell.said]
    [late] = [cell for cell in then(world, "2026-10-28").cells if cell.said]
    assert (early.said.comments, late.said.comments) == (20, 40)
    assert (early.parts["liked"].value, late.parts["liked"].value) == (None, 1.0)
