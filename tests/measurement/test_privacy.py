"""Counts of people in steps: what is hidden, what adds up, and that nobody can be subtracted out."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.privacy import FLOOR, may_ask, possible, publish, published, threshold


@pytest.mark.parametrize(
    ("people", "shown"),
    [(0, None), (49, None), (50, 50), (74, 50), (75, 100), (124, 100), (125, 150), (12_345, 12_350)],
)
def test_people_are_counted_in_steps_of_the_threshold(people, shown):
    assert published(people, 50) == shown


def test_no_setting_goes_below_the_floor():
    assert (threshold(5), threshold(50), FLOOR) == (20, 50, 20)


@given(st.integers(0, 5000), st.integers(20, 200))
def test_a_published_count_can_stand_for_its_people_and_for_k_different_sizes(people, k):
    low, high = possible(published(people, k), k)
    assert low <= people <= high
    assert high - low + 1 <= k


def test_a_single_hidden_cell_takes_the_smallest_other_one_with_it():
    told = publish({"a": 30, "b": 400, "c": 120}, 50)
    assert told.shown == {"b": 400}
    assert told.hidden == {"a", "c"}
    assert told.rest == 150
    assert told.total == 550


def test_a_rest_of_too_few_is_hidden_too():
    told = publish({"a": 10, "b": 20, "c": 120}, 50)
    assert (told.shown, told.rest, told.total) == ({"c": 100}, None, 100)


def test_a_table_that_hides_nothing_has_no_rest():
    assert publish({"a": 50, "b": 80}, 50).hidden == frozenset()


def isolates(one: int | None, other: int | None, k: int) -> bool:
    """Whether two published counts prove that the people between them are some, and fewer than k."""
    (low, high), (less, least) = possible(one, k), possible(other, k)
    most, fewest = high - less, low - least
    return fewest >= 1 and most < k


POPULATION = [
    {
        "note": chance.randrange(6),
        "city": chance.randrange(4),
        "layer": chance.choices(range(1, 6), (40, 30, 20, 8, 2))[0],
        "day": chance.randrange(60),
    }
    for chance in [random.Random(3)]
    for _ in range(3_000)
]


def matching(question: dict[str, int]) -> list[dict[str, int]]:
    found = [person for person in POPULATION if person["day"] <= question["day"]]
    for name in question.keys() - {"day"}:
        found = [person for person in found if person[name] == question[name]]
    return found


def pairs(count: int) -> list[tuple[dict[str, int], dict[str, int]]]:
    """A question, and the same with one more filter, another value or the next day."""
    chance = random.Random(11)
    made = []
    for _ in range(count):
        question = {"day": chance.randrange(60)}
        for name, size in (("note", 6), ("city", 4), ("layer", 5)):
            if chance.random() < 0.5:
                question[name] = chance.randrange(size) + (name == "layer")
        other = dict(question)
        free = [name for name in ("note", "city", "layer") if name not in question]
        if free and chance.random() < 0.6:
            name = chance.choice(free)
            other[name] = 1
        else:
            other["day"] = question["day"] + 1
        made.append((question, other))
    return made


@pytest.mark.parametrize("k", [20, 50])
def test_thresholds_cannot_be_differenced_out_over_500_random_query_pairs(k):
    """Counts, tables by layer, their rests and their totals; the pairs differ by fewer than k people often."""
    small = 0
    for question, other in pairs(500):
        one, two = matching(question), matching(other)
        small += 0 < abs(len(one) - len(two)) < k
        assert not isolates(published(len(one), k), published(len(two), k), k)
        assert not isolates(published(len(two), k), published(len(one), k), k)
        told = [
            publish({layer: sum(who["layer"] == layer for who in found) for layer in range(1, 6)}, k)
            for found in (one, two)
        ]
        for layer in range(1, 6):
            assert not isolates(told[0].get(layer), told[1].get(layer), k)
        assert not isolates(told[0].rest, told[1].rest, k)
        for table, found in zip(told, (one, two), strict=True):
            for layer in table.hidden:
                assert not _betrayed(table, len(found), layer, k)
    assert small > 50


def _betrayed(table, people: int, layer: int, k: int) -> bool:
    """Whether the published total less the published cells proves a hidden cell of some, fewer than k."""
    low, high = possible(published(people, k), k)
    shown = [possible(count, k) for count in table.shown.values()]
    others = len(table.hidden) - 1
    least = low - sum(most for _, most in shown) - others * 10**9
    most = high - sum(least for least, _ in shown)
    return least >= 1 and most < k


def test_exact_counts_would_be_differenced_out():
    """The test above can fail: without steps it does."""
    assert any(0 < abs(len(matching(a)) - len(matching(b))) < 50 for a, b in pairs(500))


def test_the_budget_holds_for_a_user_and_for_all_of_a_merchant():
    assert may_ask(0, 0)
    assert not may_ask(150, 150)
    assert not may_ask(1, 450)
