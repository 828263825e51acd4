"""What a merchant calls engagement, and what a hit (pure).

Agencies differ: some count follows and shares, some do not, and a hit is 1,000 likes or 1,000 engagements.
So the definition is a setting, and every figure made of it says which one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from measurement.computed import computes


class Part(StrEnum):
    LIKE = "like"
    SAVE = "save"
    COMMENT = "comment"
    SHARE = "share"
    FOLLOW = "follow"
    SCREENSHOT = "screenshot"


@dataclass(frozen=True, slots=True)
class Definition:
    """``version`` 0 is the one nobody changed."""

    version: int = 0
    parts: tuple[Part, ...] = (Part.LIKE, Part.SAVE, Part.COMMENT)
    hit_likes: int = 1000
    hit_total: int = 1000


DEFAULT = Definition()


def defined(parts: list[str], hit_likes: int, hit_total: int, version: int = 0) -> Definition:
    """A definition from what somebody chose. Raises ``ValueError`` for no part, an unknown one, or a hit
    below 1."""
    known = {str(part) for part in Part}
    if not parts:
        raise ValueError("engagement needs at least one part")
    if unknown := sorted(set(parts) - known):
        raise ValueError(f"no part of engagement: {unknown[0]}")
    if hit_likes < 1 or hit_total < 1:
        raise ValueError("a hit has at least 1 like or engagement")
    chosen = tuple(part for part in Part if part in parts)
    return Definition(version, chosen, hit_likes, hit_total)


def engagement(counts: Mapping[str, int | None], definition: Definition) -> int | None:
    """Sum of the parts that count; unknown when none of them is known. A part that the source never tells
    (a follow is no touchpoint) is not in it, and :func:`lacking` names it."""
    known = [counts.get(part) for part in definition.parts]
    told = [count for count in known if count is not None]
    return sum(told) if told else None


def lacking(counts: Mapping[str, int | None], definition: Definition) -> tuple[Part, ...]:
    """Parts of the definition that are unknown although others are known."""
    if all(counts.get(part) is None for part in definition.parts):
        return ()
    return tuple(part for part in definition.parts if counts.get(part) is None)


@computes("hits")
def is_hit(counts: Mapping[str, int | None], definition: Definition) -> bool | None:
    """Whether a note is a hit by its totals to date: enough likes, or enough engagements. Unknown when
    what is known does not reach either and something is unknown."""
    likes, total = counts.get(Part.LIKE), engagement(counts, definition)
    if (likes or 0) >= definition.hit_likes or (total or 0) >= definition.hit_total:
        return True
    if likes is None or total is None or lacking(counts, definition):
        return None
    return False
