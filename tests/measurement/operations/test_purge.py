"""The end of keeping: what is too old goes from everything, in whatever steps; the rest is what a rebuild gives."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measurement.choices import Kept, Purpose
from measurement.models import (
    BulkChange,
    CrowdSpell,
    Identity,
    IdentityLink,
    JourneyDay,
    KeptSource,
    MerchantCycle,
    Touch,
)
from measurement.operations import (
    crowd_marks,
    crowd_spells,
    identities,
    journeys,
    keeping,
    purge,
    recompute,
    rules,
    tallies,
    touches,
)
from measurement.operations.channels import resolve
from measurement.operations.identities import LinkRow
from measurement.queries import keeping as reading
from measurement.queries import ledger
from merchants import tenancy
from merchants.models import AuditEvent
from merchants.periods import day_of, start_of
from tests.measurement.operations.test_recompute import (
    credited,
    facts_of,
    reference,
    small_worlds,
    take_in,
    taken_back,
    told,
)
from tests.worlds import BASE, World, deliver, trade

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TWO_YEARS = timedelta(days=reading.YEAR_AND_THE_YEAR_BEFORE)
STATED = keeping.Statement(Purpose.MEASURE, "consent in the member terms", date(2026, 1, 1))


@pytest.fixture
def world() -> World:
    made = World.plant()
    tenancy.enter(made.merchant)
    return made


def put(world: World, *rows: Any, source: str = "feed") -> None:
    touches.put(world.merchant, rows, source=source, by="system:test")


def left(world: World) -> set[str]:
    """The source's ids of the touches that are left, read back from what orders them."""
    return {
        tie.split(" ")[1] for tie in Touch.objects.for_merchant(world.merchant).values_list("tie", flat=True)
    }


def settle(world: World) -> None:
    recompute.drain(world.merchant)
    tallies.drain(world.merchant)
    crowd_spells.drain(world.merchant)


def derived(world: World) -> dict[str, Any]:
    """What is computed from touches, but for journeys, which are counted for each day until today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT channel_id, spu_id, day, touches, people FROM measurement_touchtally ORDER BY 1, 2, 3"
        )
        tallied = cursor.fetchall()
    spell = ("person", "scope", "layer", "from_day", "to_day", "before", "after", "channel_id")
    return {
        "credit": told(world),
        "tallies": tallied,
        "spells": sorted(CrowdSpell.objects.for_merchant(world.merchant).values_list(*spell), key=str),
    }


def rebuild(world: World) -> None:
    rules.rebuild(world.merchant, by="system:test")
    tallies.rebuild(world.merchant)
    crowd_marks.everybody(world.merchant)
    settle(world)


def counted(world: World) -> list[tuple[Any, ...]]:
    """Every day's journeys."""
    recompute.drain(world.merchant)
    journeys.drain(world.merchant)
    rows = JourneyDay.objects.for_merchant(world.merchant).order_by("day")
    return [
        (day, ordered, lost, bytes(paths or b""))
        for day, ordered, lost, paths in rows.values_list("day", "ordered", "lost", "paths")
    ]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(small_worlds(), st.integers(-2, 40))
def test_what_is_left_after_deleting_in_any_steps_is_what_a_rebuild_of_the_rest_gives(
    drawn: dict[str, Any], days: int
) -> None:
    """Workers compute between the batches or not, and one batch may be the last of a night that was cut off."""
    with taken_back():
        world = World.plant()
        tenancy.enter(world.merchant)
        take_in(world, facts_of(world, drawn))
        chance = random.Random(drawn["seed"])
        if chance.random() < 0.7:
            settle(world)
        now = BASE - days * DAY + TWO_YEARS
        while purge.step(world.merchant, now=now, batch=chance.choice([1, 2, 50])):
            if chance.random() < 0.3:
                settle(world)
        settle(world)
        kept_from = reading.touches_since(world.merchant, "f", now)
        assert not Touch.objects.filter(occurred_at__lt=kept_from).exists()
        assert ledger.breaches(world.merchant) == []
        assert credited(world) == reference(world)
        found = derived(world)
        rebuild(world)
        assert derived(world) == found
        assert purge.drain(world.merchant, now=now) == 0


def test_a_deleted_touch_takes_its_credit_with_it_and_the_postings_remember(world: World) -> None:
    put(world, world.touch("1", "ann", 5 * DAY), world.touch("2", "ann", DAY))
    deliver(world.merchant, trade("1", [("700", 10_000)], buyer="ann"))
    settle(world)
    assert purge.drain(world.merchant, now=BASE - 3 * DAY + TWO_YEARS) == 1
    assert BulkChange.objects.latest("id").cause == "retention"
    settle(world)
    assert left(world) == {"2"}
    assert [row[1:] for row in sorted(credited(world).items())] == [((10_000,) * 5,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT cause, sum(fen_linear) FROM measurement_posting GROUP BY 1 ORDER BY 1")
        causes = {name: int(fen) for name, fen in cursor.fetchall()}
    assert causes["retention"] == 0
    assert sum(causes.values()) == 10_000


def test_journeys_are_those_of_the_touches_that_are_left(world: World) -> None:
    """Of ann's two touches the first goes, and ben's only one: one journey is shorter and one was never begun."""
    today = start_of(day_of(datetime.now(UTC)))
    far, near = (timedelta(days=days) for days in (58, 50))
    put(world, *(world.touch(f"{n}", who, ago, base=today) for n, (who, ago) in enumerate(
        [("ann", far), ("ann", near), ("ben", far), ("cy", near)])))  # fmt: skip
    assert sum(lost for _, _, lost, _ in counted(world)) == 3
    purge.drain(world.merchant, now=today - 55 * DAY + TWO_YEARS)
    found = counted(world)
    assert sum(lost for _, _, lost, _ in found) == 2
    journeys.rebuild(world.merchant)
    assert counted(world) == found


def test_each_source_is_kept_for_its_own_days_and_every_batch_is_in_the_trail(world: World) -> None:
    put(world, *(world.touch(f"{n}", "ann", n * DAY) for n in range(100, 105)), source="short")
    put(world, *(world.touch(f"{n}", "ann", n * DAY) for n in range(105, 110)), source="long")
    short = KeptSource.objects.get(source="short")
    keeping.state(world.merchant, short, keeping.Statement(*_but(days=90)), by="user:1")
    assert purge.drain(world.merchant, now=BASE + 2 * DAY, batch=2) == 3
    assert left(world) == {f"{n}" for n in range(105, 110)}
    acts = AuditEvent.objects.filter(act="measurement.keeping.deleted").order_by("pk")
    assert [(act.data["source"], act.data["rows"]) for act in acts] == [
        ("short", 2),
        ("short", 2),
        ("short", 1),
    ]
    assert {act.actor for act in acts} == {"system:retention"}


def _but(*, days: int) -> tuple[Any, ...]:
    return STATED.purpose, STATED.basis, STATED.since, days


def test_days_may_not_be_fewer_than_the_longest_cycle_in_use(world: World) -> None:
    """70 days of baby food; a cycle that becomes longer afterwards holds the touches for longer."""
    put(world, world.touch("t", "ann", 80 * DAY))
    row = KeptSource.objects.get()
    with pytest.raises(keeping.TooShort) as short:
        keeping.state(world.merchant, row, keeping.Statement(*_but(days=69)), by="user:1")
    assert (short.value.days, short.value.least) == (69, 70)
    keeping.state(world.merchant, row, keeping.Statement(*_but(days=70)), by="user:1")
    MerchantCycle.objects.create(
        merchant=world.merchant, category=world.spus[1].category, days=120, basis="hand", source="x",
        recorded_by="user:1",
    )  # fmt: skip
    assert purge.drain(world.merchant, now=BASE) == 0
    assert reading.days_of(world.merchant, row) == 120


def test_a_version_that_was_retracted_goes_without_a_trace_in_what_is_computed(world: World) -> None:
    put(world, world.touch("1", "ann", 5 * DAY))
    put(world, world.touch("1", "ann", DAY, modified_at=BASE))
    settle(world)
    before, changes = derived(world), BulkChange.objects.count()
    assert purge.drain(world.merchant, now=BASE - 3 * DAY + TWO_YEARS) == 1
    assert Touch.objects.get().retracted is False
    assert BulkChange.objects.count() == changes
    assert derived(world) == before


def test_a_touch_that_goes_takes_its_retracted_versions_along(world: World) -> None:
    """First told of yesterday, then corrected to five days ago: the correction stands, and is too old."""
    put(world, world.touch("1", "ann", DAY), world.touch("2", "ann", DAY))
    put(world, world.touch("1", "ann", 5 * DAY, modified_at=BASE))
    assert purge.step(world.merchant, now=BASE - 3 * DAY + TWO_YEARS, batch=1)
    assert left(world) == {"2"}
    assert ledger.breaches(world.merchant) == []


def test_touches_of_before_the_register_are_kept_for_the_default_days(world: World) -> None:
    """Rows that come as columns, as bulk loads do, name no source either."""
    row = world.touch("1", "ann", 5 * DAY)
    channels = {ref.key: pk for ref, pk in resolve(world.merchant, {row.channel}).items()}
    touches.put_columns(world.merchant, [touches._columns([row], "feed", {}, channels)])
    assert Touch.objects.get().source is None
    assert purge.drain(world.merchant, now=BASE - 6 * DAY + TWO_YEARS) == 0
    assert purge.drain(world.merchant, now=BASE - 3 * DAY + TWO_YEARS) == 1


def test_joins_go_once_nothing_is_known_of_anybody_in_them(world: World) -> None:
    """Of three groups one still has a touch and one is young: only the third goes, with its keys."""
    known, young, forgotten = (
        LinkRow(world.key(name), world.key(name, "xhs"), "member id") for name in ("ann", "ben", "cy")
    )
    identities.link(world.merchant, [known, young, forgotten], source="crm", by="system:test")
    old = datetime(2020, 1, 1, tzinfo=UTC)
    for one in (known, forgotten):
        IdentityLink.objects.filter(key_a=one.pair[0]).update(joined_at=old)
    put(world, world.touch("1", "ann", DAY))
    assert purge.drain(world.merchant, now=BASE) == 1
    assert set(IdentityLink.objects.values_list("key_a", flat=True)) == {known.pair[0], young.pair[0]}
    assert set(Identity.objects.values_list("person_key", flat=True)) == {*known.pair, *young.pair}


def test_a_source_registers_itself_once(world: World) -> None:
    put(world, world.touch("1", "ann", DAY))
    put(world, world.touch("2", "ann", DAY))
    identities.link(
        world.merchant, [LinkRow(world.key("a"), world.key("b"), "x")], source="crm", by="system:test"
    )
    assert list(KeptSource.objects.order_by("id").values_list("kind", "source", "days")) == [
        (Kept.TOUCHES, "feed", None),
        (Kept.IDENTITIES, "crm", None),
    ]
