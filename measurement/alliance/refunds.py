"""Refunds that name no line, laid on the lines (pure).

A refund whose line is unknown is spread over the order's lines by paid amount (largest remainder,
ties to the earlier line), never beyond what a line still holds; what the lines cannot hold went back
for postage and stays with the order. Such a line's refund is *assumed*, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from measurement.alliance.facts import OrderFact


@dataclass(frozen=True, slots=True)
class LineMoney:
    """Fen of one line: ``paid - refunded`` is what can be credited."""

    paid_fen: int
    refunded_fen: int
    assumed: bool

    @property
    def net_fen(self) -> int:
        return self.paid_fen - self.refunded_fen


def money_of_lines(order: OrderFact) -> tuple[list[LineMoney], int]:
    """(money of each line, the rest of the order in fen).

    The rest is paid − refunded that no line holds: postage, less what of it went back. Lines and rest
    add up to the order's paid − refunded, exactly; the rest may be below zero when more went back than
    was paid for the goods and their postage.
    """
    named = [min(line.refunded_fen or 0, line.paid_fen) for line in order.lines]
    unnamed = max(0, (order.refunded_fen or 0) - sum(named))
    open_lines = [
        line.paid_fen - taken if line.refunded_fen is None else 0
        for line, taken in zip(order.lines, named, strict=True)
    ]
    extra = _spread(min(unnamed, sum(open_lines)), open_lines)
    lines = [
        LineMoney(line.paid_fen, taken + more, assumed=more > 0)
        for line, taken, more in zip(order.lines, named, extra, strict=True)
    ]
    rest = order.paid_fen - (order.refunded_fen or 0) - sum(line.net_fen for line in lines)
    return lines, rest


def _spread(amount: int, weights: Sequence[int]) -> list[int]:
    """``amount`` by ``weights`` (amount ≤ their sum), so that no share passes its weight."""
    total = sum(weights)
    if not amount or not total:
        return [0] * len(weights)
    shares = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in by_remainder[: amount - sum(shares)]:
        shares[i] += 1
    return shares
