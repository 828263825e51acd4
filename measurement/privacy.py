"""How counts of people who are not the merchant's own customers are published (pure).

One scheme for every page, file and role, because a second one would be the first one's leak
(`docs/adr`, "Counts of people in steps"):

1. Fewer than k people are hidden, nobody included: "below k" says nothing about whether there is anyone.
2. Any other count is published in steps of k, as the nearest multiple. Two questions that differ by one
   filter or one day then differ by 0, k, 2k …: the people between them may always be 0, or k and more.
3. Totals are sums of published cells, so they give nothing that the cells do not give, and rates and costs
   are computed from published counts only. What was hidden is summed up in one cell of its own, published
   like any other, and never of a single hidden cell.
4. Nobody asks without end: a budget of distinct questions for a user, and one for the merchant, per day.

Counts of a merchant's own orders, costs and leads are not people somebody else watched; they stay exact.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from measurement.computed import computes

FLOOR = 20
"""No setting goes below."""

QUESTIONS_OF_USER = 150
QUESTIONS_OF_MERCHANT = 450
"""Distinct questions about people, a day."""

K = TypeVar("K", bound=Hashable)


def threshold(k: int) -> int:
    """The threshold that holds: what is set, and never less than the floor."""
    return max(FLOOR, k)


@computes("privacy_steps")
def published(people: int, k: int) -> int | None:
    """The count as it is shown; None: hidden."""
    if people < k:
        return None
    return max(k, (people + k // 2) // k * k)


def possible(shown: int | None, k: int) -> tuple[int, int]:
    """The fewest and the most people that a shown count can stand for."""
    if shown is None:
        return 0, k - 1
    lowest = shown - k // 2
    return max(k, lowest), lowest + k - 1


@dataclass(frozen=True, slots=True)
class Published(Generic[K]):
    """A table as it is shown. ``rest`` is the hidden cells taken together, None: hidden too, or nothing
    hidden; ``hidden`` names them."""

    shown: dict[K, int] = field(default_factory=dict)
    hidden: frozenset[K] = frozenset()
    rest: int | None = None

    @property
    def total(self) -> int:
        """Of what is published: cells and the rest."""
        return sum(self.shown.values()) + (self.rest or 0)

    def get(self, key: K) -> int | None:
        return self.shown.get(key)


def publish(cells: Mapping[K, int], k: int) -> Published[K]:
    """A table of people, each in one cell. When a single cell would be hidden, the smallest other one is
    hidden with it (the first of equal ones by its name), so that the rest is never one cell's."""
    told = {key: published(people, k) for key, people in cells.items()}
    hidden = {key for key, shown in told.items() if shown is None}
    if len(hidden) == 1 and len(told) > 1:
        others = [key for key in told if key not in hidden]
        hidden.add(min(others, key=lambda key: (told[key], str(key))))
    rest = published(sum(cells[key] for key in hidden), k) if hidden else None
    shown = {key: count for key, count in told.items() if count is not None and key not in hidden}
    return Published(shown, frozenset(hidden), rest)


def may_ask(by_user: int, by_merchant: int) -> bool:
    """Whether one more question, not asked today before, is inside the budget."""
    return by_user < QUESTIONS_OF_USER and by_merchant < QUESTIONS_OF_MERCHANT
