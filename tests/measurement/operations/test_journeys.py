"""Journeys by the day they ended: with their order, or when their window closed; whatever comes late, the
counts are what a rebuild gives."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measurement.attribution.path_blocks import added
from measurement.models import JourneyDay, JourneyMark, Touch
from measurement.operations import journeys, marks, recompute
from merchants.models import Merchant
from tests.measurement.world import World, at, key

WINDOW = 29  # days of the world's category
TODAY = date(2026, 12, 20)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2026, 12, 20, 4), tick=True):
        yield


@pytest.fixture
def world(merchant: Merchant) -> World:
    return World(merchant)


def counted(world: World) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """{(day, path): (ordered, declared, lost, fen)} after everything was worked off; paths by note."""
    world.compute()
    journeys.drain(world.merchant)
    assert not JourneyMark.objects.for_merchant(world.merchant).exists()
    return held(world)


def held(world: World) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    note = {row.pk: row.note.title if row.note else row.kind for row in channels(world)}
    found: dict[tuple[str, str], tuple[int, int, int, int]] = {}
    for row in JourneyDay.objects.for_merchant(world.merchant).exclude(paths=None):
        block = added([row.paths])
        ends = block.lengths.cumsum()
        for place, end in enumerate(ends):
            path = ">".join(note[int(step)] for step in block.steps[end - block.lengths[place] : end])
            before = found.get((str(row.day), path), (0, 0, 0, 0))
            now = (block.ordered[place], block.declared[place], block.lost[place], block.fen[place])
            found[str(row.day), path] = tuple(int(a + b) for a, b in zip(before, now, strict=True))
        assert (row.ordered, row.declared, row.lost) == tuple(
            int(one.sum()) for one in (block.ordered, block.declared, block.lost)
        )
    return found


def channels(world: World):
    from measurement.models import Channel

    return Channel.objects.for_merchant(world.merchant).select_related("note")


def test_an_order_ends_its_journey_on_its_day(world) -> None:
    world.touch("ann", "2026-10-01", "a")
    world.touch("ann", "2026-10-05", "b")
    world.order("1", "2026-10-06", 1_000, person="ann", refunded=100)
    assert counted(world) == {("2026-10-06", "a>b"): (1, 0, 0, 900)}


def test_a_journey_without_an_order_ends_when_the_window_of_its_last_touch_closes(world) -> None:
    world.touch("ann", "2026-10-01", "a")
    world.touch("ann", "2026-10-05", "b")
    assert counted(world) == {("2026-11-03", "a>b"): (0, 0, 1, 0)}


def test_a_window_that_has_not_closed_is_counted_nowhere(world) -> None:
    world.touch("ann", "2026-11-21", "a")  # its window closes today
    world.touch("ben", "2026-11-20", "a")  # and this one closed yesterday
    assert counted(world) == {("2026-12-19", "a"): (0, 0, 1, 0)}


def test_a_touch_within_the_window_carries_the_journey_on_and_drops_what_is_too_old(world) -> None:
    """As an order at the last touch would have it: only touches of the window before it count."""
    world.touch("ann", "2026-09-01", "a")
    world.touch("ann", "2026-09-25", "b")
    world.touch("ann", "2026-10-15", "c")
    assert counted(world) == {("2026-11-13", "b>c"): (0, 0, 1, 0)}


def test_what_an_order_took_is_lost_to_nobody(world) -> None:
    world.touch("ann", "2026-10-01", "a")
    world.order("1", "2026-10-02", 500, person="ann")
    world.touch("ann", "2026-10-03", "b")
    assert counted(world) == {
        ("2026-10-02", "a"): (1, 0, 0, 500),
        ("2026-11-01", "b"): (0, 0, 1, 0),
    }


def test_another_product_s_order_ends_nothing(world) -> None:
    world.touch("ann", "2026-10-01", "a")
    world.order("1", "2026-10-02", 500, person="ann", spu=world.spu("cream"))
    assert counted(world) == {("2026-10-30", "a"): (0, 0, 1, 0)}


def test_an_order_that_names_its_content_stands_apart(world) -> None:
    world.order("1", "2026-10-02", 500, declared=world.channel("a", kind="declared"))
    assert counted(world) == {("2026-10-02", "a"): (0, 1, 0, 500)}


def test_a_late_order_takes_back_what_was_counted_as_lost(world) -> None:
    world.touch("ann", "2026-10-01", "a")
    assert counted(world) == {("2026-10-30", "a"): (0, 0, 1, 0)}
    line = world.order("1", "2026-10-10", 700, person="ann")
    assert counted(world) == {("2026-10-10", "a"): (1, 0, 0, 700)}
    type(line).objects.filter(pk=line.pk).update(paid_at=None)
    marks.mark(world.merchant, [(line.pk, line.bucket)], cause="order")
    assert counted(world) == {("2026-10-30", "a"): (0, 0, 1, 0)}


def test_a_refund_counts_its_own_day_again_and_no_other(world) -> None:
    line = world.order("1", "2026-10-10", 700, person="ann")
    world.touch("ann", "2026-10-01", "a")
    counted(world)
    world.refund(line, 300)
    recompute.drain(world.merchant)
    assert list(JourneyMark.objects.values_list("first_day", "last_day")) == [
        (date(2026, 10, 10), date(2026, 10, 10))
    ]
    before = dict(JourneyDay.objects.values_list("day", "counted_at"))
    assert counted(world) == {("2026-10-10", "a"): (1, 0, 0, 400)}
    moved = {
        day for day, moment in JourneyDay.objects.values_list("day", "counted_at") if moment != before[day]
    }
    assert moved == {date(2026, 10, 10)}


def test_the_next_day_is_counted_when_it_has_passed(world) -> None:
    world.touch("ann", "2026-11-21", "a")
    assert counted(world) == {}
    with time_machine.travel(datetime(2026, 12, 20, 17), tick=True):  # one o'clock of the 21st in Shanghai
        assert counted(world) == {("2026-12-20", "a"): (0, 0, 1, 0)}


def test_a_worker_killed_between_days_goes_on_where_it_stopped(world) -> None:
    world.touch("ann", "2026-10-01", "a")
    world.compute()
    assert journeys.renew(world.merchant)  # marks become stale days
    assert journeys.renew(world.merchant)  # and one day of them is counted
    assert JourneyDay.objects.filter(stale=True).count() == JourneyDay.objects.count() - 1
    assert counted(world) == {("2026-10-30", "a"): (0, 0, 1, 0)}


events = st.lists(
    st.tuples(
        st.sampled_from(["touch", "touch", "touch", "order", "count", "part"]),
        st.sampled_from(["ann", "ben"]),
        st.integers(0, 110),
        st.sampled_from(["a", "b"]),
        st.sampled_from(["essence", "essence", "cream"]),
    ),
    max_size=14,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events)
def test_in_whatever_order_things_come_the_counts_are_those_of_a_rebuild_and_of_a_plain_reading(
    world, events
) -> None:
    from django.db import transaction

    with transaction.atomic():
        known: list[tuple[str, str, datetime, str, str]] = []
        for number, (act, person, days, note, spu) in enumerate(events):
            day = (date(2026, 8, 20) + timedelta(days=days)).isoformat()
            if act == "touch":
                world.touch(person, day, note, hour=number % 20, spu=world.spu(spu))
                marks.change(world.merchant, "touches", span=[at(day, number % 20).isoformat()] * 2)
                known.append(("touch", person, at(day, number % 20), note, spu))
            elif act == "order":
                world.order(
                    f"{number}", day, 100 + number, person=person, spu=world.spu(spu), hour=number % 20
                )
                known.append(("order", person, at(day, number % 20), "", spu))
            elif act == "count":
                counted(world)
            elif row := Touch.objects.for_merchant(world.merchant).filter(retracted=False).first():
                _retract(world, row, known)
        incremental = counted(world)
        journeys.rebuild(world.merchant)
        assert counted(world) == incremental
        assert shape(incremental) == shape(plain(known))
        transaction.set_rollback(True)


def _retract(world: World, row: Touch, known: list) -> None:
    Touch.objects.filter(pk=row.pk).update(retracted=True)
    marks.change(world.merchant, "touches", span=[row.occurred_at.isoformat()] * 2)
    name = next(name for name in ("ann", "ben") if key(name) == row.person_key)
    known.remove(("touch", name, row.occurred_at, row.channel.note.title, row.spu.code))


def shape(found: dict) -> Counter:
    """Journeys with and without an order, by day and path."""
    return Counter({place: (row[0], row[2]) for place, row in found.items() if row[0] or row[2]})


def plain(known: list) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """The definition, read out person by person and product by product."""
    window = timedelta(days=WINDOW)
    found: dict[tuple[str, str], list[int]] = {}
    for person, spu in {(one[1], one[4]) for one in known}:
        own = [one for one in known if (one[1], one[4]) == (person, spu)]
        touches = sorted(((one[2], place, one[3]) for place, one in enumerate(known)
                          if one in own and one[0] == "touch"))  # fmt: skip
        orders = sorted(one[2] for one in own if one[0] == "order")
        for paid in orders:
            path = [note for when, _, note in touches if paid - window <= when <= paid]
            if path:
                _add(found, paid, path, 0)
        for when, place, _note in touches:
            later = any(when < other <= when + window or (other == when and at_place > place)
                        for other, at_place, _ in touches)  # fmt: skip
            if later or any(when <= paid <= when + window for paid in orders):
                continue
            former = max((paid for paid in orders if paid < when), default=None)
            path = [
                note for other, at_place, note in touches
                if when - window <= other <= when and (former is None or other > former)
            ]  # fmt: skip
            _add(found, when + window, path, 2)
    return {place: tuple(row) for place, row in found.items()}


def _add(found: dict, moment: datetime, path: list[str], column: int) -> None:
    day = (moment + timedelta(hours=8)).date()
    if day < TODAY:
        found.setdefault((str(day), ">".join(path)), [0, 0, 0, 0])[column] += 1
