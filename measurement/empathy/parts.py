"""Empathy in its parts, each a share with its n and interval; never one figure made of all (pure).

Deep engagement comes from counts of acts, the others from labelled comments (research: domain, 6.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from measurement.computed import computes
from merchants.shares import wilson

LEAST = 30  # below this n a share says nothing and is hidden


class Part(StrEnum):
    DEEP = "deep"  # (saves + shares + screenshots) ÷ reads
    QUESTIONS = "questions"  # comments that ask ÷ comments
    LIKED = "liked"  # positive ÷ (positive + negative)
    RECOMMENDED = "recommended"  # (positive − negative) ÷ (positive + negative); not an NPS: nobody was asked
    SELF = "self"  # comments that speak of oneself ÷ comments
    ECHO = "echo"  # comments that repeat the buying point ÷ comments under notes that state one


@dataclass(frozen=True, slots=True)
class Share:
    """A share in 0..1 (−1..1 for RECOMMENDED) with its 95 % interval; ``hidden`` when n is too small."""

    n: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def hidden(self) -> bool:
        return self.value is None and self.n > 0


@dataclass(frozen=True, slots=True)
class Counts:
    """What a note or a blogger was given: comments by what they say, acts by kind. None: not known."""

    comments: int = 0
    questions: int = 0
    positive: int = 0
    negative: int = 0
    of_self: int = 0
    could_echo: int = 0
    echoes: int = 0
    reads: int | None = None
    deep_acts: int | None = None


def share(hits: int | None, n: int | None, least: int = LEAST) -> Share:
    """Hits out of n. Unknown counts or a zero n are unknown; a small n is hidden, and says how small."""
    if hits is None or n is None or n <= 0:
        return Share(0, None, None, None)
    if n < least:
        return Share(n, None, None, None)
    low, high = wilson(min(hits, n) / n, n)
    return Share(n, hits / n, low, high)


@computes(
    "empathy_deep",
    "empathy_questions",
    "empathy_liked",
    "empathy_recommended",
    "empathy_self",
    "empathy_echo",
)
def parts(counts: Counts, least: int = LEAST) -> Mapping[Part, Share]:
    """All parts of some counts. Deep acts may exceed reads (a note is saved from a list): then unknown."""
    polar = counts.positive + counts.negative
    liked = share(counts.positive, polar, least)
    deep = counts.deep_acts
    if counts.reads is None or (deep is not None and deep > counts.reads):
        deep = None
    return {
        Part.DEEP: share(deep, counts.reads, least),
        Part.QUESTIONS: share(counts.questions, counts.comments, least),
        Part.LIKED: liked,
        Part.RECOMMENDED: _spread(liked),
        Part.SELF: share(counts.of_self, counts.comments, least),
        Part.ECHO: share(counts.echoes, counts.could_echo, least),
    }


def _spread(liked: Share) -> Share:
    """2p − 1 and its ends, because (positive − negative) ÷ polar is twice the positive share less one."""
    if liked.value is None or liked.low is None or liked.high is None:
        return liked
    return Share(liked.n, 2 * liked.value - 1, 2 * liked.low - 1, 2 * liked.high - 1)
