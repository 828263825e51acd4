"""Live streams as of a past day: what had been credited to their views by then, and a dash for what viewers did."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from measurement.models import Channel, LiveStream
from measurement.operations import sales
from measurement.queries import lines, lives
from measurement.reports import CUSTOM, ReportQuery
from merchants.models import Merchant
from merchants.periods import Period
from tests.conftest import make_member
from tests.measurement.world import World, at

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Two streams of Lin. Ann watched the cats and bought for ¥100, credited on 12 October; ¥30 came back on the 20th.
    Ben watched the owls, past midnight, and bought for ¥50."""
    made = World(merchant)
    for name, day in (("Cat talk", "2026-10-10"), ("Owl talk", "2026-10-18")):
        stream = LiveStream.objects.create(
            merchant=merchant, external_id=name, title=name, blogger=made.blogger("Lin"), started_at=at(day, 20),
            ended_at=at(day, 23),
        )  # fmt: skip
        Channel.objects.create(
            merchant=merchant, key=f"live_view|{name}|", kind="live_view", live_stream=stream
        )
    watch(made, "ann", "Cat talk", "2026-10-10", 21)
    line = made.order("T1", "2026-10-11", 10000, person="ann")
    made.compute(recorded="2026-10-12")
    watch(made, "ben", "Owl talk", "2026-10-19", 0)
    made.order("T2", "2026-10-19", 5000, person="ben")
    made.refund(line, 3000)
    made.compute(recorded="2026-10-20")
    sales.renew(merchant, force=True)
    return made


def watch(world: World, who: str, stream: str, day: str, hour: int) -> None:
    world.touch(who, day, stream, kind="live_view", hour=hour)


def then(world: World, day: str | None, by: str = "stream") -> lives.Lives:
    as_of = date.fromisoformat(day) if day else None
    return lives.lives(world.merchant, OCTOBER, by, as_of=as_of)


def test_a_stream_has_the_credit_of_that_day_and_no_count_of_today(world):
    told = [
        then(world, day).rows
        for day in ("2026-10-09", "2026-10-11", "2026-10-12", "2026-10-18", "2026-10-20", None)
    ]
    assert [[(row.name, row.credited) for row in rows] for rows in told] == [
        [],
        [("Cat talk", 0)],
        [("Cat talk", 10000)],
        [("Owl talk", 0), ("Cat talk", 10000)],
        [("Owl talk", 5000), ("Cat talk", 7000)],
        [("Owl talk", 5000), ("Cat talk", 7000)],
    ]
    past, now = told[-2], told[-1]
    assert {(row.views, row.buyers, row.paid_fen) for row in past} == {(None, None, None)}
    assert {(row.views, row.buyers) for row in now} == {(1, 1)}


def test_a_host_has_the_credit_of_all_streams(world):
    told = [then(world, day, "host") for day in ("2026-10-12", "2026-10-20")]
    assert [
        (one.rows[0].name, one.rows[0].streams, one.rows[0].credited, one.total.credited) for one in told
    ] == [
        ("Lin", 1, 10000, 10000),
        ("Lin", 2, 12000, 12000),
    ]


def test_without_one_joined_order_the_credit_is_unknown_not_zero(merchant):
    LiveStream.objects.create(merchant=merchant, external_id="alone", started_at=at("2026-10-10", 20))
    [row] = lives.lives(merchant, OCTOBER, "stream").rows
    assert row.credited is None


def test_a_stream_opens_to_the_orders_that_its_credit_is_made_of(world):
    for day in ("2026-10-12", "2026-10-20", None):
        as_of = date.fromisoformat(day) if day else None
        for row in then(world, day).rows:
            days = Period(row.started_on, date.fromordinal(row.started_on.toordinal() + 2))
            asked = ReportQuery(days, span=CUSTOM, as_of=as_of).within_also("live", row.key)
            assert sum(line.credited for line in lines.lines(world.merchant, asked).rows) == row.credited


def test_the_page_says_a_dash_and_keeps_the_day_in_its_links(world, client, merchant):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"
    address = reverse("measurement:live", args=[merchant.code])
    said = unescape(
        client.get(address, {"from": "2026-10-01", "to": "2026-10-31", "asof": "2026-10-12"}).content.decode()
    )
    assert "¥100.00" in said
    assert "asof=2026-10-12&live=" in said
    assert "Owl talk" not in said
