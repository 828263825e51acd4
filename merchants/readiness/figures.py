"""Figures of readiness and their effects, and the register of who counts them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from merchants.models import Merchant
    from merchants.periods import Period


class Rule(StrEnum):
    """A share of real rows that a computed requirement may name."""

    REFUND = "refund"  # of paid orders, those with money given back
    LATE_SHIPMENT = "late_shipment"  # of shipped orders with a promise, those shipped after it
    REPLY_IN_TIME = "reply_in_time"  # of consultations, those answered within the merchant's own target


SIGNS = {Rule.REFUND: "<=", Rule.LATE_SHIPMENT: "<=", Rule.REPLY_IN_TIME: ">="}
"""Which side of a bound is the good one."""


@dataclass(frozen=True, slots=True)
class Figure:
    """``hits`` of ``size`` rows of the period. There were ``of`` rows; the others do not tell."""

    hits: int
    size: int
    of: int

    def share(self, fewest: int) -> Decimal | None:
        """From 0 to 1; None, which is unknown, on fewer than ``fewest`` rows and on none."""
        return Decimal(self.hits) / self.size if self.size >= max(fewest, 1) else None


@dataclass(frozen=True, slots=True)
class Line:
    """``n`` orders or consultations that went one way, of which so many were lost; ``fen`` is the money given back.
    None where that has no meaning. ``label`` may be a platform's own word."""

    label: Any
    n: int
    lost: int | None = None
    fen: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """How rows that went well and rows that did not ended, side by side. ``of_n`` and ``of_lost`` head the columns;
    ``unknown`` rows stand in no line, ``why_unknown`` says why."""

    code: str
    title: Any
    of_n: Any
    of_lost: Any
    lines: tuple[Line, ...]
    unknown: int
    why_unknown: Any


Counts = Callable[["Merchant", "Period"], Figure]
Shows = Callable[["Merchant", "Period"], Effect]

_COUNTED: dict[str, Counts] = {}
_SHOWN: dict[str, Shows] = {}


def count(rule: Rule, by: Counts) -> None:
    """Has the figure counted by this; called within the merchant's transaction."""
    _COUNTED[rule] = by


def show(code: str, by: Shows) -> None:
    """Has the effect shown beside the requirements."""
    _SHOWN[code] = by


def counted() -> dict[str, Counts]:
    return dict(_COUNTED)


def shown() -> dict[str, Shows]:
    return dict(_SHOWN)
