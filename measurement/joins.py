"""Why two keys are one person: the shortest chain of links between them (pure)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Join:
    """A link that holds between two keys, and since when."""

    key_a: UUID
    key_b: UUID
    reason: str
    source: str
    joined_on: date


def chain(links: Iterable[Join], one: UUID, other: UUID) -> tuple[Join, ...] | None:
    """The fewest links that lead from one key to the other, in order; empty for the same key, None when
    nothing joins them. Of equally short chains, the one that was joined first."""
    around: dict[UUID, list[tuple[UUID, Join]]] = {}
    for link in sorted(links, key=lambda link: (link.joined_on, link.reason)):
        around.setdefault(link.key_a, []).append((link.key_b, link))
        around.setdefault(link.key_b, []).append((link.key_a, link))
    reached: dict[UUID, tuple[Join, ...]] = {one: ()}
    front = deque([one])
    while front:
        key = front.popleft()
        if key == other:
            return reached[key]
        for neighbour, link in around.get(key, ()):
            if neighbour not in reached:
                reached[neighbour] = (*reached[key], link)
                front.append(neighbour)
    return None
