"""Where people stand, kept up as facts come: always what a rebuild and the definition give."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from measurement.crowds.layers import Event, layer_on
from measurement.crowds.rules import DEFAULT, Rule, read
from measurement.models import (
    Channel,
    CrowdEntry,
    CrowdMark,
    CrowdMove,
    CrowdRule,
    CrowdSpell,
    Identity,
    OrderLine,
    Touch,
)
from measurement.operations import (
    crowd_marks,
    crowd_rules,
    crowd_spells,
    expand,
    identities,
    marks,
    recompute,
)
from measurement.operations.identities import LinkRow
from measurement.queries import rules as credit_rules
from merchants.periods import day_of
from tests.measurement.world import World, key

FIRST = date(2026, 7, 1)
DAYS = 90
KINDS = ("impression", "read", "save", "own_post", "share", "like")
FACES = ("ann", "ben", "cleo", "dora", "eve")
BY = "user:1"


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def settle(world: World) -> None:
    """What a worker does: expands, credits, and brings the crowds up to date."""
    recompute.drain(world.merchant)
    crowd_spells.drain(world.merchant)


def touched(world: World, person: str, number: int, kind: str = "read", **where: object) -> None:
    world.touch(person, day(number), f"about {where.get('spu', 'essence')}", kind=kind, **where)
    marks.change(world.merchant, "touches", span=[day(number), f"{day(number + 1)}T23:59:59Z"])


def spells(world: World, rule: CrowdRule | None = None) -> set[tuple]:
    rows = CrowdSpell.objects.for_merchant(world.merchant)
    rows = rows.filter(rule=rule) if rule else rows
    return set(
        rows.values_list(
            "rule_id", "person", "scope", "layer", "from_day", "to_day", "before", "after", "channel_id"
        )
    )


def by_definition(world: World, rule: Rule) -> dict[tuple, int]:
    """{(person, scope, day): layer}, by asking the reference for each day of each person."""
    people = dict(Identity.objects.values_list("person_key", "person"))
    cycles = credit_rules.cycles_of(world.merchant)
    events: dict[tuple, list[Event]] = {}

    def put(own, event: Event) -> None:
        for scope in {0, event.spu}:
            events.setdefault((people.get(own, own), scope), []).append(event)

    for touch in Touch.objects.filter(retracted=False).select_related("channel"):
        spu = touch.spu_id or touch.channel.spu_id or 0
        put(touch.person_key, Event(day_of(touch.occurred_at), touch.channel.kind, spu))
    for line in OrderLine.objects.exclude(person_key=None).exclude(paid_at=None).select_related("spu"):
        if line.net_fen > 0:
            cycle = cycles[line.spu.category_id if line.spu else 0]
            put(line.person_key, Event(day_of(line.paid_at), "order", line.spu_id or 0, cycle))
    return {
        (person, scope, FIRST + timedelta(days=number)): layer
        for (person, scope), found in events.items()
        for number in range(-5, DAYS + 200)
        if (layer := layer_on(rule, found, FIRST + timedelta(days=number)))
    }


def by_spells(world: World, rule: CrowdRule) -> dict[tuple, int]:
    found: dict[tuple, int] = {}
    for _, person, scope, layer, first, last, *_rest in spells(world, rule):
        for number in range((last - first).days + 1):
            assert (person, scope, first + timedelta(days=number)) not in found
            found[person, scope, first + timedelta(days=number)] = layer
    return found


def assert_sums_are_those_of_the_spells(world: World, rule: CrowdRule) -> None:
    moves: Counter = Counter()
    entries: Counter = Counter()
    for _, _, scope, layer, first, last, before, after, channel in spells(world, rule):
        moves[scope, first, before, layer] += 1
        if after == 0:
            moves[scope, last + timedelta(days=1), layer, 0] += 1
        if before < layer:
            entries[scope, first, layer, channel] += 1
    rows = CrowdMove.objects.filter(rule=rule).exclude(people=0)
    assert {row[:4]: row[4] for row in rows.values_list("scope", "day", "before", "after", "people")} == moves
    rows = CrowdEntry.objects.filter(rule=rule).exclude(people=0)
    assert {row[:4]: row[4] for row in rows.values_list("scope", "day", "layer", "channel_id", "people")} == (
        entries
    )


@pytest.fixture
def world(merchant) -> World:
    made = World(merchant)
    made.spu("cream")
    crowd_spells.ensure(merchant)
    return made


def test_one_touch_makes_a_spell_that_ends_by_itself(world):
    touched(world, "ann", 0)
    settle(world)
    essence, channel = world.spu().pk, Channel.objects.get().pk
    rule = CrowdRule.objects.get()
    last = FIRST + timedelta(days=29)
    assert spells(world) == {
        (rule.pk, key("ann"), scope, 2, FIRST, last, 0, 0, channel) for scope in (0, essence)
    }
    assert (rule.version, rule.state, rule.last_event_day) == (1, "active", FIRST)
    assert rule.built_at is not None


def test_an_order_counts_for_the_decision_cycle_of_its_product_and_no_longer(world):
    touched(world, "ann", 0, "save")
    world.order("T1", day(3), 10_000, person="ann")
    settle(world)
    rows = CrowdSpell.objects.filter(scope=0).order_by("from_day")
    assert [(row.layer, (row.from_day - FIRST).days, (row.to_day - FIRST).days) for row in rows] == [
        (3, 0, 2),
        (4, 3, 31),
    ]


def test_an_order_that_came_back_wholly_does_not_count(world):
    line = world.order("T1", day(3), 10_000, person="ann")
    settle(world)
    assert CrowdSpell.objects.filter(layer=4).count() == 2
    world.refund(line, 10_000)
    settle(world)
    assert not CrowdSpell.objects.exists()
    assert_sums_are_those_of_the_spells(world, CrowdRule.objects.get())


def test_nobody_is_counted_twice_who_was_joined_and_parts_again(world):
    touched(world, "ann", 0)
    touched(world, "ben", 1, "save")
    settle(world)
    before = spells(world)
    link = [LinkRow(key("ann"), key("ben"), "member id")]
    identities.link(world.merchant, link, source="test", by=BY)
    settle(world)
    assert {row[1] for row in spells(world)} == {min(key("ann"), key("ben"))}
    assert_sums_are_those_of_the_spells(world, CrowdRule.objects.get())
    identities.part(world.merchant, link, by=BY)
    settle(world)
    assert spells(world) == before


def step(world: World, chance: random.Random) -> None:
    """Something happens: a touch, early or late, an order, a refund, a correction, a join or a parting."""
    face, number = chance.choice(FACES), chance.randrange(DAYS)
    spu = world.spu(chance.choice(("essence", "cream")))
    match chance.choice("tttttoorwjp"):
        case "t":
            touched(world, face, number, chance.choice(KINDS), spu=spu)
        case "o":
            world.order(f"T{chance.random()}", day(number), 10_000, person=face, spu=spu)
        case "r" if line := OrderLine.objects.order_by("id").first():
            world.refund(line, chance.choice((line.paid_fen, 100)))
        case "w" if touch := Touch.objects.filter(retracted=False).order_by("occurred_at", "id").first():
            Touch.objects.filter(pk=touch.pk).update(retracted=True)
            moment = touch.occurred_at.isoformat()
            marks.change(world.merchant, "touches", span=[moment, moment])
        case "j":
            other = chance.choice([one for one in FACES if one != face])
            row = LinkRow(key(face), key(other), "phone")
            identities.link(world.merchant, [row], source="test", by=BY)
        case "p":
            rows = [LinkRow(key(face), key(other), "phone") for other in FACES if other != face]
            identities.part(world.merchant, rows, by=BY)


@pytest.mark.parametrize("seed", range(12))
def test_kept_up_day_by_day_equals_a_rebuild_and_the_definition(world, seed):
    chance = random.Random(seed)
    rule = CrowdRule.objects.get()
    for number in range(14):
        step(world, chance)
        if number % 3 == 2:
            settle(world)
        if number == 8:
            stated = [*DEFAULT.stated(), {"layer": "TI", "kinds": ["like"], "least": 2, "days": 45}]
            draft = crowd_rules.try_rule(world.merchant, rows=stated, reason="two likes", by=BY)
    settle(world)
    for one in (rule, draft):
        assert by_spells(world, one) == by_definition(world, read(one.rows))
        assert_sums_are_those_of_the_spells(world, one)
    kept = spells(world)
    crowd_marks.everybody(world.merchant)
    assert crowd_spells.drain(world.merchant).changed == 0
    CrowdSpell.objects.all().delete()
    CrowdMove.objects.all().delete()
    CrowdEntry.objects.all().delete()
    crowd_marks.everybody(world.merchant)
    crowd_spells.drain(world.merchant)
    assert spells(world) == kept
    for one in (rule, draft):
        assert_sums_are_those_of_the_spells(world, one)


def test_a_day_costs_its_people_and_not_the_history(world):
    for number in range(40):
        touched(world, f"p{number}", number)
    settle(world)
    touched(world, "p3", 60)
    expand.pending(world.merchant)
    done = crowd_spells.compute(world.merchant)
    assert (done.people, done.changed) == (1, 2)
    assert crowd_spells.compute(world.merchant) is None


def test_a_worker_that_dies_leaves_marks_and_sums_as_they_were(world, monkeypatch):
    touched(world, "ann", 0)
    expand.pending(world.merchant)
    waiting = CrowdMark.objects.count()
    monkeypatch.setattr(crowd_spells, "_MOVES", "SELECT 1/0")
    with pytest.raises(Exception, match="division by zero"):
        crowd_spells.drain(world.merchant)
    monkeypatch.undo()
    assert (CrowdMark.objects.count(), CrowdSpell.objects.count()) == (waiting, 0)
    settle(world)
    assert CrowdSpell.objects.count() == 2
