"""Who gets a consultation, and what is said when nobody does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.routing import Candidate, Fails, Wanted, Why, judge, nearest, route

NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
ABLE = Candidate(agent=1, on_shift=True, online=True, load=0, capacity=5)


def other(agent: int, **fields: object) -> Candidate:
    return replace(ABLE, agent=agent, **fields)


@pytest.mark.parametrize(
    ("wanted", "fields", "fails"),
    [
        (Wanted(), {}, None),
        (Wanted(store=2), {"stores": frozenset({1})}, Fails.STORE),
        (Wanted(store=2), {"stores": frozenset({1, 2})}, None),
        (Wanted(store=2), {}, None),
        (Wanted(skill="travel"), {"skills": frozenset({"studio"})}, Fails.SKILL),
        (Wanted(), {"on_shift": False, "online": False}, Fails.SHIFT),
        (Wanted(), {"online": False}, Fails.PRESENCE),
        (Wanted(), {"load": 5}, Fails.CAPACITY),
        (Wanted(weight=2), {"load": 4}, Fails.CAPACITY),
        (Wanted(weight=2), {"load": 3}, None),
        (Wanted(excluded=frozenset({1})), {}, Fails.EXCLUDED),
    ],
)
def test_an_agent_is_left_out_for_one_named_reason(
    wanted: Wanted, fields: dict[str, object], fails: Fails | None
) -> None:
    assert judge(wanted, other(1, **fields)) is fails


def test_who_answered_before_comes_first_even_with_more_to_do() -> None:
    verdict = route(Wanted(previous=2), [other(1), other(2, load=4)])
    assert (verdict.agent, verdict.why) == (2, Why.PREVIOUS)


def test_then_the_lightest_loaded() -> None:
    verdict = route(Wanted(previous=9), [other(1, load=3), other(2, load=1), other(3, load=2)])
    assert (verdict.agent, verdict.why) == (2, Why.LIGHTEST)


def test_then_who_has_waited_longest_and_who_never_had_any_before_all() -> None:
    early, late = NOON - timedelta(hours=2), NOON
    two = [other(1, last_assigned_at=late), other(2, last_assigned_at=early)]
    assert (route(Wanted(), two).agent, route(Wanted(), two).why) == (2, Why.LONGEST_IDLE)
    assert route(Wanted(), [*two, other(3)]).agent == 3


def test_the_only_one_who_can_is_said_so() -> None:
    verdict = route(Wanted(), [other(1), other(2, online=False)])
    assert (verdict.agent, verdict.why) == (1, Why.ONLY)


def test_nobody_is_explained_by_counts_and_by_what_would_help_first() -> None:
    four = [other(1, on_shift=False), other(2, on_shift=False), other(3, load=5), other(4, online=False)]
    verdict = route(Wanted(), four)
    assert verdict.agent is None
    assert verdict.hindrances == {Fails.SHIFT: 2, Fails.CAPACITY: 1, Fails.PRESENCE: 1}
    failed = [(one.candidate.agent, one.fails) for one in verdict.judged if one.fails]
    assert nearest(failed) == (Fails.PRESENCE, (4,))
    assert nearest([]) is None


candidates = st.lists(
    st.builds(
        Candidate,
        agent=st.integers(1, 30),
        on_shift=st.booleans(),
        online=st.booleans(),
        load=st.integers(0, 6),
        capacity=st.integers(0, 6),
        stores=st.frozensets(st.integers(1, 3)),
        last_assigned_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    unique_by=lambda one: one.agent,
)


@given(candidates, st.builds(Wanted, store=st.none() | st.integers(1, 3), weight=st.integers(1, 3)))
def test_nobody_unfit_is_ever_chosen_and_somebody_fit_always_is(
    people: list[Candidate], wanted: Wanted
) -> None:
    verdict = route(wanted, people)
    fit = {one.agent for one in people if judge(wanted, one) is None}
    assert (verdict.agent in fit) if fit else verdict.agent is None
    assert sum(verdict.hindrances.values()) == len(people) - len(fit)
    assert route(wanted, reversed(people)) == verdict
