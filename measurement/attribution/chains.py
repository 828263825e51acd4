"""Markov removal effects, exactly: what share of the orders would be lost if a channel led nowhere.

All journeys are read as walks on one graph. From the start one goes to the first channel of a path, from each
state to the next, and in the end to the order or to nothing; each arrow has the share of the journeys that
left its state by it. In order k a state is the last k channels (fewer near the start). Removing a channel
sends everybody who comes to a state that holds it to nothing. Its removal effect is the share by which the
chance of an order falls then (Anderl, Becker, von Wangenheim, Schumann: "Mapping the customer journey",
International Journal of Research in Marketing 33, 2016).

Solved in closed form. Let Q be the arrows between states, b the first steps, r the steps to the order,
N = (I - Q)^-1, x = N r the chance of an order from each state, a = b N the visits to each. For the states S
that hold a channel, f = a_S (N_SS)^-1 is the chance that a walk first comes to S at each of them, because
a_S = f N_SS; what is lost is f x_S, of b x in all. So

    effect = a_S (N_SS)^-1 x_S / (b x),   in order 1   effect_j = a_j x_j / (N_jj b x).

One inverse serves all channels. Chains of too many states for a full matrix are solved channel by channel
between two bounds that close in on the answer. Nothing is drawn, so the same paths give the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from measurement.attribution.paths import Floats, Paths, Whole, sums
from measurement.computed import computes

LONGEST_MEMORY = 3
"""The highest order: states grow with the power of it, and the journeys behind each become few."""

LARGEST_MATRIX = 6_000
"""States of the largest full matrix, which then takes some 300 MB."""

_TABLE = 4_000_000
_USUAL_STEPS = 150
_MOST_STEPS = 100_000
_CLOSE = 1e-13
_AGREE = 1e-9


@dataclass(frozen=True)
class Removal:
    """What removing each channel does. `base` is the chance of an order as the chain has it, which is the
    share of the journeys that ended with one; `effects` by channel are between 0 and 1 and do not add up
    to 1; `states` are those of the chain, `passages` how often a journey came to one."""

    base: float
    effects: Floats
    states: int
    passages: float

    @property
    def shares(self) -> Floats:
        """The effects scaled to 1, by which orders are shared out: a convention."""
        total = self.effects.sum()
        return self.effects / total if total else self.effects


@dataclass(frozen=True)
class _Chain:
    """Shares of the journeys that leave a state: `begin` from the start, `among` from state to state as
    (from, to, share), `order` to the order. `holding` has the states that remember each channel, `observed`
    is the share of the journeys that ended with an order."""

    states: int
    begin: Floats
    among: tuple[Whole, Whole, Floats]
    order: Floats
    holding: list[Whole]
    passages: float
    observed: float


@dataclass(frozen=True)
class Walks:
    """Journeys as a chain of order 1 needs them, counted by channel: how many `began` at each, went `among`
    them (a row for where from, a column for where to), `ended` at each, and how many of these `ordered`."""

    began: Floats
    among: Floats
    ended: Floats
    ordered: Floats

    def joined(self, other: Walks) -> Walks:
        """These journeys and others over the same channels."""
        return Walks(
            self.began + other.began,
            self.among + other.among,
            self.ended + other.ended,
            self.ordered + other.ordered,
        )


def walks(paths: Paths) -> Walks:
    """The journeys of paths, counted."""
    count, journeys = len(paths.channels), paths.conversions + paths.nulls
    here = np.flatnonzero(np.diff(paths.path_of_step) == 0)
    pairs = paths.steps[here] * count + paths.steps[here + 1]
    lasts = paths.steps[paths.ends - 1]
    return Walks(
        began=sums(paths.steps[paths.starts], journeys, count),
        among=sums(pairs, journeys[paths.path_of_step[here]], count * count).reshape(count, count),
        ended=sums(lasts, journeys, count),
        ordered=sums(lasts, paths.conversions, count),
    )


def effects_of(walks: Walks) -> Removal:
    """What `removal_effects` says in order 1, from counts. Raises ValueError if no journey ends with an order."""
    if walks.ordered.sum() <= 0:
        raise ValueError("no journey ends with an order")
    count, leaving = len(walks.began), walks.among.sum(axis=1) + walks.ended
    safe = np.where(leaving > 0, leaving, 1.0)
    source, target = np.nonzero(walks.among)
    return _solved(
        _Chain(
            states=count,
            begin=walks.began / walks.began.sum(),
            among=(source, target, walks.among[source, target] / safe[source]),
            order=walks.ordered / safe,
            holding=list(np.arange(count).reshape(-1, 1)),
            passages=float(leaving.sum()),
            observed=float(walks.ordered.sum() / walks.began.sum()),
        )
    )


@computes("markov", "removal_effect", "base_probability")
def removal_effects(paths: Paths, *, order: int = 1, with_nulls: bool = True) -> Removal:
    """The removal effect of every channel. Without nulls only journeys with an order are walked, and the
    base is 1.

    Raises ValueError if the order is not 1, 2 or 3, or no journey ends with an order.
    """
    if order not in range(1, LONGEST_MEMORY + 1):
        raise ValueError(f"order {order}: the chain remembers 1 to {LONGEST_MEMORY} channels")
    journeys = paths.conversions + paths.nulls if with_nulls else paths.conversions
    if paths.conversions.sum() <= 0:
        raise ValueError("no journey ends with an order")
    return _solved(_chain(paths, journeys, order))


def _solved(chain: _Chain) -> Removal:
    """Every channel's effect. The chain's own base proves the solution."""
    base, effects = (_by_inverse if _is_full_cheaper(chain) else _by_bounds)(chain)
    if abs(base - chain.observed) > _AGREE:
        raise ArithmeticError(f"the chain's chance {base} is not the observed {chain.observed}")
    return Removal(base, np.clip(effects, 0.0, 1.0), chain.states, chain.passages)


def _chain(paths: Paths, journeys: Floats, order: int) -> _Chain:
    state, memories = _states(paths, order)
    weight = journeys[paths.path_of_step]
    count = len(memories)
    leaving = sums(state, weight, count)
    safe = np.where(leaving > 0, leaving, 1.0)
    inner = np.ones(len(state), dtype=bool)
    inner[paths.ends - 1] = False
    here = np.flatnonzero(inner)
    pairs, place = _numbered(state[here] * count + state[here + 1], count * count)
    source, target = pairs // count, pairs % count
    among = sums(place, weight[here], len(pairs)) / safe[source]
    return _Chain(
        states=count,
        begin=sums(state[paths.starts], journeys, count) / journeys.sum(),
        among=(source, target, among),
        order=sums(state[paths.ends - 1], paths.conversions, count) / safe,
        holding=_holding(memories, len(paths.channels)),
        passages=float(leaving.sum()),
        observed=float(paths.conversions.sum() / journeys.sum()),
    )


def _states(paths: Paths, order: int) -> tuple[Whole, Whole]:
    """The state at each step, and what each state remembers as a number: its channels plus 1 are its digits
    to the base of their count plus 1, the latest one the last digit."""
    base = len(paths.channels) + 1
    if base**order >= 2**62:
        raise ValueError(f"{base - 1:,} channels are too many for order {order}")
    memory = paths.steps + 1
    place = np.arange(len(paths.steps)) - paths.starts[paths.path_of_step]
    for back in range(1, order):
        before = np.where(place >= back, np.roll(paths.steps, back) + 1, 0)
        memory = memory + before * base**back
    memories, state = _numbered(memory, base**order)
    return state, memories


def _numbered(values: Whole, size: int) -> tuple[Whole, Whole]:
    """The different values, ascending, and the place of each value among them. All are below `size`; where
    that is small a table is faster than sorting."""
    if size > _TABLE:
        found, place = np.unique(values, return_inverse=True)
        return found, place
    found = np.flatnonzero(np.bincount(values, minlength=size))
    rank = np.zeros(size, dtype=np.int64)
    rank[found] = np.arange(len(found))
    return found, rank[values]


def _holding(memories: Whole, channels: int) -> list[Whole]:
    """For each channel the states that remember it."""
    states, held, rest = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], memories.copy()
    while rest.any():
        digit = rest % (channels + 1)
        states.append(np.flatnonzero(digit))
        held.append(digit[digit > 0] - 1)
        rest = rest // (channels + 1)
    pairs = np.unique(np.concatenate(held) * len(memories) + np.concatenate(states))
    cuts = np.searchsorted(pairs, np.arange(1, channels) * len(memories))
    return [part % len(memories) for part in np.split(pairs, cuts)]


def _is_full_cheaper(chain: _Chain) -> bool:
    """Whether one inverse of the full matrix takes less work than bounds for each channel."""
    if chain.states > LARGEST_MATRIX:
        return False
    full = 2.0 * chain.states**3 / 20
    return full <= 2.0 * _USUAL_STEPS * len(chain.holding) * (len(chain.among[0]) + 4 * chain.states)


def _by_inverse(chain: _Chain) -> tuple[float, Floats]:
    """Every effect from one inverse and a small system for each channel."""
    source, target, share = chain.among
    step = np.zeros((chain.states, chain.states))
    step[source, target] = share
    visits = np.linalg.inv(np.eye(chain.states) - step)
    reach, come = visits @ chain.order, chain.begin @ visits
    base = float(chain.begin @ reach)
    effects = np.zeros(len(chain.holding))
    if all(len(states) < 2 for states in chain.holding):
        alone = np.array([states[0] for states in chain.holding if len(states)], dtype=np.int64)
        met = [bool(len(states)) for states in chain.holding]
        effects[met] = come[alone] * reach[alone] / (visits.diagonal()[alone] * base)
        return base, effects
    for channel, states in enumerate(chain.holding):
        if len(states):
            first_met = np.linalg.solve(visits[np.ix_(states, states)].T, come[states])
            effects[channel] = first_met @ reach[states] / base
    return base, effects


def _by_bounds(chain: _Chain) -> tuple[float, Floats]:
    """The chance of an order with all states, and without those of each channel, from below and above.

    Who begins with a chance of nothing in every state and lets it grow by the arrows never comes above the
    answer; who begins with certainty never comes below; both close in on it. Steps from a state to itself
    are divided out beforehand.
    """
    from scipy import sparse

    source, target, share = chain.among
    stay = np.zeros(chain.states)
    np.add.at(stay, source[source == target], share[source == target])
    go = source != target
    weight = share[go] / (1.0 - stay[source[go]])
    step = sparse.csr_matrix((weight, (source[go], target[go])), shape=(chain.states, chain.states))
    order = chain.order / (1.0 - stay)

    def chance(gone: Whole) -> float:
        bounds = np.stack([np.zeros(chain.states), np.ones(chain.states)], axis=1)
        bounds[gone] = 0.0
        for _ in range(_MOST_STEPS):
            bounds = step @ bounds
            bounds += order[:, None]
            bounds[gone] = 0.0
            low, high = chain.begin @ bounds
            if high - low <= _CLOSE * chain.observed:
                return float(low + high) / 2
        raise ArithmeticError(f"no solution within {_MOST_STEPS:,} steps: journeys run in circles")

    base = chance(np.zeros(0, np.int64))
    effects = [1.0 - chance(states) / base if len(states) else 0.0 for states in chain.holding]
    return base, np.array(effects)
