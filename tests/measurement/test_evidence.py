"""The evidence of single orders."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from measurement.joins import Join, chain
from measurement.models import OrderLine
from measurement.operations import identities
from measurement.operations.identities import LinkRow
from measurement.queries.evidence import evidence, line_of, switched_off
from measurement.queries.lines import lines
from measurement.reports import Compare, ReportQuery
from merchants.models import Connection
from merchants.periods import Period
from tests.measurement.world import World, at, key

OCTOBER = ReportQuery(
    period=Period(date(2026, 10, 1), date(2026, 11, 1)), span="custom", compare=Compare.NONE
)


@pytest.fixture
def world(merchant) -> World:
    return World(merchant)


def of(world, line, **options):
    return evidence(world.merchant, line_of(world.merchant).get(pk=line.pk), **options)


def test_every_share_of_a_journey_stands_with_its_day_and_adds_up_to_the_line(world):
    world.touch("ann", "2026-10-02", "Winter repair", blogger="Lin")
    world.touch("ann", "2026-10-04", kind="search")
    world.touch("ann", "2026-10-06", "Morning care", kind="save")
    line = world.order("T1", "2026-10-06", 10001, person="ann", refunded=1000)
    world.compute()
    found = of(world, line)
    assert (found.grade, found.unjoined_because, found.window_days, found.window_from) == (
        "A",
        "",
        29,
        date(2026, 9, 7),
    )
    assert [(stop.day, stop.days_before, stop.channel.kind) for stop in found.stops] == [
        (date(2026, 10, 2), 4, "read"),
        (date(2026, 10, 4), 2, "search"),
        (date(2026, 10, 6), 0, "save"),
    ]
    assert [stop.shares["linear"] for stop in found.stops] == [3001, 3000, 3000]
    assert [stop.shares["position"] for stop in found.stops] == [3601, 1800, 3600]
    assert set(found.sums.values()) == {9001}
    assert found.run is not None
    assert [change.fen["linear"] for change in found.changes] == [9001]


def test_a_join_of_two_keys_is_named_with_its_reason(world):
    identities.link(
        world.merchant,
        [LinkRow(key("ann at the shop"), key("ann reading"), "member id")],
        source="crm",
        by="test",
    )
    world.touch("ann reading", "2026-10-02", "Winter repair")
    line = world.order("T1", "2026-10-06", 500, person="ann at the shop")
    world.compute()
    assert [(join.reason, join.source) for join in of(world, line).joins] == [("member id", "crm")]


def test_a_code_of_the_order_is_credited_alone_and_shown_beside_a_journey(world):
    coupon = world.channel("Morning care")
    alone = world.order("T1", "2026-10-06", 500, declared=coupon)
    world.touch("ann", "2026-10-02", "Winter repair")
    beside = world.order("T2", "2026-10-06", 700, person="ann", declared=coupon)
    world.compute()
    assert [(stop.channel, stop.shares["first"]) for stop in of(world, alone).stops] == [(coupon, 500)]
    assert of(world, alone).grade == "B"
    assert [stop.shares and stop.shares["first"] for stop in of(world, beside).stops] == [700, None]


def test_what_could_not_be_joined_says_why(world):
    other = world.spu("cream")
    world.touch("ben", "2026-10-02", "Winter repair", spu=other)
    world.touch("cleo", "2026-08-02", "Winter repair")
    because = {
        "no_key": world.order("1", "2026-10-06", 1),
        "never_seen": world.order("2", "2026-10-06", 1, person="ann"),
        "other_product": world.order("3", "2026-10-06", 1, person="ben"),
        "outside_window": world.order("4", "2026-10-06", 1, person="cleo"),
        "no_product": world.order("5", "2026-10-06", 1, person="cleo", mapped=False),
    }
    world.compute()
    assert {reason: of(world, line).unjoined_because for reason, line in because.items()} == {
        r: r for r in because
    }


def test_a_line_that_no_longer_counts_says_so(world):
    line = world.order("1", "2026-10-06", 1)
    OrderLine.objects.filter(pk=line.pk).update(paid_at=None)
    world.compute()
    assert of(world, line).unjoined_because == "not_counted"


def test_a_refund_changes_the_shares_and_leaves_the_former_in_the_history(world):
    world.touch("ann", "2026-10-02", "Winter repair")
    line = world.order("T1", "2026-10-06", 10000, person="ann")
    world.compute()
    world.refund(line, 4000)
    world.compute()
    found = of(world, line)
    assert found.sums["last"] == 6000
    assert [change.fen["last"] for change in found.changes] == [-4000, 10000]


def test_an_earlier_day_shows_what_had_been_posted_by_then(world):
    world.touch("ann", "2026-10-02", "Winter repair")
    line = world.order("T1", "2026-10-06", 10000, person="ann")
    world.compute()
    posted_on = of(world, line).changes[0].recorded_at.date()
    assert of(world, line, as_of=posted_on + timedelta(days=1)).sums["last"] == 10000
    before = of(world, line, as_of=posted_on - timedelta(days=2))
    assert (before.grade, before.stops) == ("U", ())


@pytest.mark.parametrize("touches", [1, 3])
def test_evidence_takes_the_same_queries_for_any_journey(world, touches, django_assert_num_queries):
    for day in range(touches):
        world.touch("ann", f"2026-10-0{day + 1}", f"Note {day}")
    line = world.order("T1", "2026-10-06", 500, person="ann")
    world.compute()
    row = line_of(world.merchant).get(pk=line.pk)
    with django_assert_num_queries(11):
        evidence(world.merchant, row)


def test_evidence_is_off_without_a_legal_basis_and_for_sensitive_trades(world):
    line = world.order("T1", "2026-10-06", 500, person="ann")
    row = line_of(world.merchant).get(pk=line.pk)
    assert switched_off(world.merchant, row) == "no_basis"
    source = Connection.objects.create(merchant=world.merchant, source="taobao", name="Taobao")
    assert switched_off(world.merchant, row) == "no_basis"
    source.legal_basis = "consent in the member terms, 2026-03"
    source.save()
    assert switched_off(world.merchant, row) == ""
    world.merchant.sensitive_trade = True
    assert switched_off(world.merchant, row) == "sensitive"


def test_the_lines_of_a_row_carry_what_the_row_was_credited(world):
    world.touch("ann", "2026-10-02", "Winter repair")
    world.touch("ann", "2026-10-05", "Morning care")
    world.order("T1", "2026-10-06", 10001, person="ann")
    world.order("T2", "2026-10-07", 300)
    world.compute()
    winter = OCTOBER.within_also("note", world.note("Winter repair").pk)
    found = lines(world.merchant, winter)
    assert [(row.order_number, row.credited, row.net_fen, row.grade, row.touches) for row in found.rows] == [
        ("T1", 5001, 10001, "A", 2)
    ]
    assert (found.count, found.people) == (1, 1)
    unjoined = lines(world.merchant, OCTOBER, unjoined=True)
    assert [(row.order_number, row.grade, row.credited) for row in unjoined.rows] == [("T2", "U", 0)]


def join(a: int, b: int, reason: str, day: int = 1) -> Join:
    return Join(uuid.UUID(int=a), uuid.UUID(int=b), reason, "crm", date(2026, 1, day))


def reasons(links, a, b):
    found = chain(links, uuid.UUID(int=a), uuid.UUID(int=b))
    return None if found is None else [link.reason for link in found]


def test_the_chain_between_two_keys_is_the_shortest_and_of_those_the_oldest():
    links = [join(1, 2, "phone", 2), join(1, 2, "member id", 1), join(2, 3, "e-mail"), join(1, 3, "app", 9)]
    assert reasons(links, 1, 2) == ["member id"]
    assert reasons(links, 1, 3) == ["app"]
    assert reasons(links[:3], 3, 1) == ["e-mail", "member id"]
    assert reasons(links, 1, 1) == []
    assert reasons(links, 1, 4) is None


def test_times_of_the_day_never_show(world):
    world.touch("ann", "2026-10-02", "Winter repair", hour=23)
    line = world.order("T1", "2026-10-06", 500, person="ann", hour=1)
    world.compute()
    assert [stop.day for stop in of(world, line).stops] == [date(2026, 10, 2)]
    assert of(world, line).day == date(2026, 10, 6) == at("2026-10-06").date()
