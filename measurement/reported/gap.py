"""Why a platform's figure and ours differ: the gap between two figures, taken apart exactly (pure).

The platform reports ``reported`` GMV within its window. Our figure is credit: shares of net revenue inside the
decision cycle. The parts lead from one to the other and add up to the gap to the fen; the last is what the
others do not explain. Nothing here adds the two figures.

====================  ==================================================================================
outside               our credit to content that is in no task of the report (they do not count it)
window                our credit of orders later than their window after the touch (they do not count it)
deduplication         they count an order whole for every note (or once for all); we share it out
refunds               they count what was refunded later; we take it off
products              what their touched buyers bought of products that no task seeds
unjoined              orders that we cannot tie to content; at most so much of the gap can be these
rest                  not explained
====================  ==================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

from measurement.computed import computes

PARTS = ("outside", "window", "deduplication", "refunds", "products", "unjoined", "rest")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the parts are computed of, in fen.

    ``credited``: ours. ``in_scope``: of it, to content of the report's tasks. ``in_window``: of that, orders
    within the report's window of the touch. ``net`` and ``paid``: what the lines behind ``in_window`` brought
    in whole, counted as often as the report counts them, after and before refunds. ``other``: reported GMV of
    products that no task seeds, None where the report does not split it. ``unjoined``: net revenue of orders
    of the platform that nothing ties to content.
    """

    reported: int
    credited: int
    in_scope: int
    in_window: int
    net: int
    paid: int
    other: int | None
    unjoined: int


@dataclass(frozen=True, slots=True)
class Gap:
    """``parts`` in the order of :data:`PARTS`; their sum is ``reported`` − ``credited``."""

    reported: int
    credited: int
    parts: tuple[tuple[str, int], ...]
    unjoined_limit: int
    other_known: bool

    @property
    def whole(self) -> int:
        return self.reported - self.credited


@computes("alliance_gap")
def taken_apart(facts: Facts) -> Gap:
    known = {
        "outside": facts.in_scope - facts.credited,
        "window": facts.in_window - facts.in_scope,
        "deduplication": facts.net - facts.in_window,
        "refunds": facts.paid - facts.net,
        "products": facts.other or 0,
    }
    left = facts.reported - facts.credited - sum(known.values())
    unjoined = max(0, min(left, facts.unjoined))
    parts = {**known, "unjoined": unjoined, "rest": left - unjoined}
    return Gap(
        facts.reported,
        facts.credited,
        tuple((name, parts[name]) for name in PARTS),
        facts.unjoined,
        facts.other is not None,
    )
