"""Who gets a consultation, and why: filter, then rank (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Fails(StrEnum):
    """Why somebody cannot get it; the first that holds, in this order."""

    STORE = "store"
    SKILL = "skill"
    SHIFT = "shift"
    PRESENCE = "presence"
    CAPACITY = "capacity"
    EXCLUDED = "excluded"


class Why(StrEnum):
    """What decided among those who can."""

    ONLY = "only"
    PREVIOUS = "previous"
    LIGHTEST = "lightest"
    LONGEST_IDLE = "longest_idle"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A consultation to give away. ``weight`` is in units of capacity; ``previous`` answered this person
    before; ``excluded`` had it and did not answer. An empty store or skill asks for none."""

    store: int | None = None
    skill: str = ""
    weight: int = 1
    previous: int | None = None
    excluded: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent as things stand; empty ``stores`` and ``skills`` are all. ``load`` is the sum of the weights
    of what the agent has open."""

    agent: int
    on_shift: bool
    online: bool
    load: int
    capacity: int
    stores: frozenset[int] = frozenset()
    skills: frozenset[str] = frozenset()
    last_assigned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    candidate: Candidate
    fails: Fails | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who gets it (None: nobody can), what decided, and everybody as judged."""

    agent: int | None
    why: Why | None
    judged: tuple[Judged, ...]

    @property
    def hindrances(self) -> dict[Fails, int]:
        """How many agents fail for which reason; what would help is said from it."""
        return dict(Counter(one.fails for one in self.judged if one.fails))


def nearest(failed: Iterable[tuple[int, Fails]]) -> tuple[Fails, tuple[int, ...]] | None:
    """Of agents with why they cannot get it: the hindrance that is quickest to remove, and whose. Who is merely
    away is called in, who is full gets a higher cap, who is off shift is put on. None when nobody is left to ask."""
    held = list(failed)
    for fails in (Fails.PRESENCE, Fails.CAPACITY, Fails.SHIFT, Fails.EXCLUDED, Fails.SKILL, Fails.STORE):
        whose = tuple(agent for agent, why in held if why is fails)
        if whose:
            return fails, whose
    return None


def judge(wanted: Wanted, candidate: Candidate) -> Fails | None:
    """Why this agent cannot get it; None when the agent can."""
    if wanted.store is not None and candidate.stores and wanted.store not in candidate.stores:
        return Fails.STORE
    if wanted.skill and candidate.skills and wanted.skill not in candidate.skills:
        return Fails.SKILL
    if not candidate.on_shift:
        return Fails.SHIFT
    if not candidate.online:
        return Fails.PRESENCE
    if candidate.load + wanted.weight > candidate.capacity:
        return Fails.CAPACITY
    if candidate.agent in wanted.excluded:
        return Fails.EXCLUDED
    return None


def route(wanted: Wanted, candidates: Iterable[Candidate]) -> Verdict:
    """Gives the consultation to whoever answered this person before, else to the lightest loaded, else to who
    has waited longest since the last one (never given any: first), else to the lowest id."""
    judged = tuple(Judged(one, judge(wanted, one)) for one in sorted(candidates, key=lambda one: one.agent))
    able = [one.candidate for one in judged if one.fails is None]
    if not able:
        return Verdict(None, None, judged)
    if len(able) == 1:
        return Verdict(able[0].agent, Why.ONLY, judged)
    if wanted.previous in {one.agent for one in able}:
        return Verdict(wanted.previous, Why.PREVIOUS, judged)
    lightest = min(one.load for one in able)
    light = [one for one in able if one.load == lightest]
    if len(light) == 1:
        return Verdict(light[0].agent, Why.LIGHTEST, judged)
    never = [one for one in light if one.last_assigned_at is None]
    chosen = never[0] if never else min(light, key=lambda one: (one.last_assigned_at, one.agent))
    return Verdict(chosen.agent, Why.LONGEST_IDLE, judged)
