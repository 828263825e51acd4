"""A second way to every figure of the models over paths: fractions, coalitions one by one, walks counted by hand."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import combinations, pairwise
from math import factorial

from hypothesis import strategies as st

Row = tuple[tuple[str, ...], int, int, int]
"""Channels in order, conversions, value, nulls."""

START, ORDER = ("start",), ("order",)

rows_of_paths = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcd"), min_size=1, max_size=5).map(tuple),
        st.integers(0, 3),
        st.integers(0, 900),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=8,
).filter(lambda rows: any(row[1] for row in rows))


def chance(rows: list[Row], order: int, removed: str | None, *, with_nulls: bool = True) -> Fraction:
    """The chance of an order in the chain without the states that hold a channel, in fractions."""
    leaving: dict[tuple, dict[tuple, int]] = defaultdict(lambda: defaultdict(int))
    for path, conversions, _value, nulls in rows:
        states = [START] + [path[max(0, at - order) : at] for at in range(1, len(path) + 1)]
        journeys = conversions + (nulls if with_nulls else 0)
        for here, there in pairwise(states):
            leaving[here][there] += journeys
        leaving[states[-1]][ORDER] += conversions
        leaving[states[-1]][("nothing",)] += journeys - conversions
    kept = [state for state in leaving if removed not in state and sum(leaving[state].values())]
    shares = {
        here: {there: Fraction(n, sum(leaving[here].values())) for there, n in leaving[here].items()}
        for here in kept
    }
    return _solved(kept, shares)


def _solved(kept: list[tuple], shares: dict[tuple, dict[tuple, Fraction]]) -> Fraction:
    """x = Qx + r by elimination; the last state to be solved is the start."""
    order_of = [state for state in kept if state != START] + [START]
    system = {state: dict(shares[state]) for state in order_of}
    for state in order_of:
        row = system[state]
        stay = 1 - row.pop(state, Fraction(0))
        system[state] = {there: share / stay for there, share in row.items()}
        for other in order_of:
            if other != state and state in system[other]:
                through = system[other].pop(state)
                for there, share in system[state].items():
                    system[other][there] = system[other].get(there, Fraction(0)) + through * share
    return system[START].get(ORDER, Fraction(0))


def removal_effects(rows: list[Row], order: int = 1, *, with_nulls: bool = True) -> dict[str, Fraction]:
    whole = chance(rows, order, None, with_nulls=with_nulls)
    names = sorted({name for row in rows for name in row[0]})
    return {name: 1 - chance(rows, order, name, with_nulls=with_nulls) / whole for name in names}


def worth(rows: list[Row], coalition: set[str]) -> int:
    """The orders of all journeys that met no channel outside of the coalition."""
    return sum(row[1] for row in rows if set(row[0]) <= coalition)


def shapley(rows: list[Row]) -> dict[str, Fraction]:
    """Shapley's formula over all coalitions: who joins adds something, each order of joining alike."""
    names = sorted({name for row in rows for name in row[0]})
    found = {}
    for name in names:
        others = [other for other in names if other != name]
        found[name] = sum(
            (
                Fraction(factorial(size) * factorial(len(others) - size), factorial(len(names)))
                * (worth(rows, {*group, name}) - worth(rows, set(group)))
                for size in range(len(names))
                for group in combinations(others, size)
            ),
            Fraction(0),
        )
    return found
