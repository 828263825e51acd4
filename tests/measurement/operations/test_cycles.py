"""Cycles learned from people, cycles of products, and previews that come true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from measurement.choices import CycleBasis
from measurement.models import (
    Credit,
    CycleLearning,
    CyclePreview,
    CycleTally,
    DirtyMark,
    Identity,
    LearnedCycle,
    MerchantCycle,
    Posting,
    Rollup,
    Run,
    Spu,
    SpuCycle,
)
from measurement.operations import cycle_learning, cycle_previews, rules
from measurement.queries import cycles, ledger
from measurement.queries import rules as windows
from merchants.models import AuditEvent, Merchant
from merchants.periods import day_of
from tests.measurement.world import World, key

TODAY = day_of(timezone.now())


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def world(merchant: Merchant) -> World:
    return World(merchant)


def learned(world: World) -> LearnedCycle:
    world.compute()
    cycle_learning.begin(world.merchant, by="system:test")
    cycle_learning.finish(world.merchant)
    return LearnedCycle.objects.get(spu=world.spu())


def points(row: LearnedCycle) -> list[tuple[int, int, int, int]]:
    """(day, at risk, bought, open)."""
    return [(day, at_risk, bought, still) for day, _, _, _, _, at_risk, bought, still in row.curve]


def test_everybody_seeded_is_counted_and_who_has_not_bought_is_open(world):
    """Touches are at noon, orders at eight in the evening. Ann bought on the fourth day after her first touch,
    Ben on the first; Cai has been open for 9 whole days at the end of the last complete day; Dan bought
    before he was seeded, which is no answer to the seeding."""
    world.touch("ann", ago(20), "A")
    world.touch("ann", ago(18), "B")
    world.order("1", ago(17), 1000, person="ann")
    world.order("2", ago(5), 1000, person="ann")  # a second order changes nothing
    world.touch("ben", ago(10), "A")
    world.order("3", ago(10), 1000, person="ben")
    world.touch("cai", ago(10), "A")
    world.order("4", ago(30), 1000, person="dan")
    world.touch("dan", ago(12), "A")
    world.order("5", ago(1), 700)  # somebody unknown, yesterday: data go to there
    row = learned(world)
    assert row.learning.data_through == TODAY - timedelta(days=1)
    assert points(row) == [(1, 4, 1, 0), (4, 3, 1, 0), (9, 2, 0, 1), (11, 1, 0, 1)]
    assert (row.n, row.buyers, row.refusal) == (4, 2, "too_few_people")
    assert (row.p50, row.p80, row.naive_p50) == (1, 4, 1)


def test_keys_of_one_person_are_one_person(world):
    low, high = sorted([key("member"), key("reader")])
    for one in (low, high):
        Identity.objects.create(merchant=world.merchant, person_key=one, person=low)
    world.touch("reader", ago(20), "A")
    world.touch("member", ago(15), "A")
    world.order("1", ago(13), 1000, person="member")
    world.order("2", ago(1), 5)
    row = learned(world)
    assert (row.n, points(row)) == (1, [(8, 1, 1, 0)])


def test_gifts_and_unpaid_lines_are_no_orders(world):
    world.touch("ann", ago(9), "A")
    world.order("1", ago(8), 0, person="ann")
    world.order("2", ago(2), 900)
    row = learned(world)
    assert (row.n, row.buyers, row.follow_up, row.curve, row.p50) == (1, 0, 7, [], None)


def test_what_was_learned_is_a_window_that_holds_its_buyers(world):
    """Exactly three days after the touch is in a window of three days, a minute later is not."""
    world.touch("ann", ago(9), "A")
    world.order("1", ago(6), 900, person="ann", hour=12)
    world.touch("ben", ago(9), "A")
    world.order("2", ago(6), 900, person="ben", hour=13)
    world.order("3", ago(1), 900)
    assert points(learned(world)) == [(3, 2, 1, 0), (4, 1, 1, 0)]
    for days, credited in ((3, 900), (4, 1800)):
        rules.set_product_cycle(world.merchant, spu=world.spu(), days=days, source="x", by="user:1")
        world.compute()
        joined = Credit.objects.for_merchant(world.merchant).exclude(grade="U")
        assert joined.aggregate(fen=Sum("fen_linear"))["fen"] == credited


def test_a_product_is_learned_from_its_own_people_and_a_category_from_those_of_all_its_products(world):
    other = world.spu("cream")
    world.touch("ann", ago(9), "A")
    world.touch("ann", ago(8), "B", spu=other)
    world.order("1", ago(7), 900, person="ann", spu=other)
    world.order("9", ago(1), 5)
    row = learned(world)
    assert (row.n, row.buyers) == (1, 0)
    of_all = LearnedCycle.objects.get(category=world.category)
    assert points(of_all) == [(2, 2, 1, 0), (8, 1, 0, 1)]


def test_a_run_that_was_killed_goes_on_and_counts_nobody_twice(world):
    for number in range(40):
        world.touch(f"p{number}", ago(9), "A")
    world.order("1", ago(1), 900)
    world.compute()
    run = cycle_learning.begin(world.merchant, by="system:test")
    assert cycle_learning.begin(world.merchant, by="system:test") == run
    for _ in range(5):
        cycle_learning.advance(world.merchant)
    run.refresh_from_db()
    assert (run.done, run.state) == (5, "running")
    counted = CycleTally.objects.aggregate(people=Sum("still_open"))["people"]
    assert 0 < counted < 40
    cycle_learning.finish(world.merchant)
    assert LearnedCycle.objects.get(spu=world.spu()).n == 40
    assert not CycleTally.objects.exists()
    assert cycle_learning.advance(world.merchant) is False


def test_only_the_latest_run_keeps_its_curve_and_a_week_passes_before_the_next(world):
    world.touch("ann", ago(9), "A")
    world.order("1", ago(7), 900, person="ann")
    world.order("2", ago(1), 900)
    first = learned(world)
    second = cycle_learning.begin(world.merchant, by="system:test")
    cycle_learning.finish(world.merchant)
    first.refresh_from_db()
    assert first.curve == []
    assert LearnedCycle.objects.get(spu=world.spu(), learning=second).curve
    assert cycle_learning.begin_if_due(world.merchant, by="system:beat") is None
    CycleLearning.objects.update(started_at=timezone.now() - timedelta(days=8))
    assert cycle_learning.begin_if_due(world.merchant, by="system:beat") is not None


def test_without_orders_there_is_nothing_to_learn_from(world):
    world.touch("ann", ago(9), "A")
    with pytest.raises(cycle_learning.NothingKnown):
        cycle_learning.begin(world.merchant, by="system:test")
    assert cycle_learning.begin_if_due(world.merchant, by="system:beat") is None
    assert not CycleLearning.objects.exists()


# -- a cycle of one product


def test_a_product_may_have_a_cycle_of_its_own_and_give_it_up(world):
    """Touches 3 and 20 days before the order: the category's 29 days hold both, 10 days hold one."""
    cream = world.spu("cream")
    for name, spu in (("ann", world.spu()), ("ben", cream)):
        world.touch(name, ago(25), "A", spu=spu)
        world.touch(name, ago(8), "B", spu=spu)
        world.order(name, ago(5), 1000, person=name, spu=spu)
    world.compute()
    assert shares(world, cream) == [500, 500]
    rules.set_product_cycle(world.merchant, spu=cream, days=10, source="our own orders", by="user:1")
    world.compute()
    assert (shares(world, cream), shares(world, world.spu())) == ([1000], [500, 500])
    assert cycles.cycle_of_product(world.merchant, cream).days == 10
    assert windows.windows_of(world.merchant)[-cream.pk] == 10
    assert broken(world) == []
    rules.set_product_cycle(world.merchant, spu=cream, days=0, source="back", by="user:1")
    world.compute()
    assert shares(world, cream) == [500, 500]
    assert cycles.cycle_of_product(world.merchant, cream).days == 29


def broken(world: World) -> list[str]:
    """The sentences of the books that do not hold. The touches were put in by hand, past their tallies."""
    found = [breach.invariant for breach in ledger.breaches(world.merchant)]
    return [sentence for sentence in found if "tallies" not in sentence]


def shares(world: World, spu: Spu) -> list[int]:
    rows = Credit.objects.for_merchant(world.merchant).filter(spu=spu).order_by("line_id", "position")
    return list(rows.values_list("fen_linear", flat=True))


# -- previews


@pytest.fixture
def three(world: World) -> World:
    """Ann was touched 2 and 20 days before, Ben 20 days before, Cai 40 days before the order."""
    world.touch("ann", ago(25), "A")
    world.touch("ann", ago(7), "B")
    world.order("1", ago(5), 1000, person="ann")
    world.touch("ben", ago(25), "A")
    world.order("2", ago(5), 300, person="ben", refunded=100)
    world.touch("cai", ago(45), "A")
    world.order("3", ago(5), 70, person="cai")
    world.compute()
    return world


def previewed(world: World, days: int, *, of: object = None, batch: int = 2) -> CyclePreview:
    row = cycle_previews.begin(
        world.merchant,
        of=of or world.category,
        days=days,
        source="tried",
        by="user:1",
        basis=CycleBasis.LEARNED,
    )
    cycle_previews.finish(world.merchant, batch=batch)
    row.refresh_from_db()
    return row


def state(world: World) -> tuple[object, ...]:
    return (
        list(Credit.objects.for_merchant(world.merchant).order_by("id").values()),
        Posting.objects.for_merchant(world.merchant).count(),
        list(Rollup.objects.for_merchant(world.merchant).order_by("id").values()),
        Run.objects.for_merchant(world.merchant).count(),
        DirtyMark.objects.for_merchant(world.merchant).count(),
        MerchantCycle.objects.for_merchant(world.merchant).count(),
    )


def test_a_preview_says_what_a_shorter_cycle_would_change_and_changes_nothing(three):
    before = state(three)
    row = previewed(three, 7)
    assert state(three) == before
    assert (row.state, row.total, row.done, row.changed_lines) == ("done", 3, 3, 2)
    assert (row.credited_before, row.credited_after, row.net_fen) == (1200, 1000, 1270)
    assert (row.gained_lines, row.gained_fen, row.lost_lines, row.lost_fen) == (0, 0, 1, 200)


def test_a_preview_says_what_a_longer_cycle_would_gain(three):
    row = previewed(three, 60)
    assert (row.gained_lines, row.gained_fen, row.lost_lines) == (1, 70, 0)
    assert (row.credited_before, row.credited_after, row.changed_lines) == (1200, 1270, 1)


@pytest.mark.parametrize("days", [7, 60, 29])
@pytest.mark.parametrize("of_product", [False, True])
def test_what_the_preview_said_is_what_happens_when_it_is_adopted(three, days, of_product):
    row = previewed(three, days, of=three.spu() if of_product else None)
    postings = Posting.objects.for_merchant(three.merchant).count()
    cycle_previews.adopt(three.merchant, row, by="user:2")
    three.compute()
    credit = Credit.objects.for_merchant(three.merchant)
    credited = credit.exclude(grade="U").aggregate(fen=Sum("fen_linear"))["fen"] or 0
    assert credited == row.credited_after
    assert credit.aggregate(fen=Sum("fen_linear"))["fen"] == row.net_fen
    run = Run.objects.for_merchant(three.merchant).latest("id")
    assert (run.lines, run.changed_lines) == (3, row.changed_lines)
    assert (Posting.objects.for_merchant(three.merchant).count() > postings) is (row.changed_lines > 0)
    assert broken(three) == []
    kept = SpuCycle if of_product else MerchantCycle
    held = kept.objects.for_merchant(three.merchant).get()
    assert (held.days, held.basis, held.source, held.recorded_by) == (days, "learned", "tried", "user:2")


def test_a_preview_is_adopted_once_and_only_when_it_is_finished(three):
    row = cycle_previews.begin(three.merchant, of=three.category, days=7, source="tried", by="user:1")
    with pytest.raises(ValueError, match="not finished"):
        cycle_previews.adopt(three.merchant, row, by="user:1")
    cycle_previews.finish(three.merchant)
    cycle_previews.adopt(three.merchant, row, by="user:1")
    with pytest.raises(ValueError, match="was adopted"):
        cycle_previews.adopt(three.merchant, row, by="user:1")
    assert MerchantCycle.objects.for_merchant(three.merchant).count() == 1
    said = AuditEvent.objects.for_merchant(three.merchant).order_by("id").values_list("act", flat=True)
    assert list(said) == ["measurement.cycle.previewed", "measurement.cycle.set"]


@pytest.mark.parametrize("days", [0, 731])
def test_no_preview_of_a_cycle_that_cannot_be(three, days):
    with pytest.raises(ValueError, match="1 to 730"):
        cycle_previews.begin(three.merchant, of=three.category, days=days, source="x", by="user:1")
    assert not CyclePreview.objects.exists()
