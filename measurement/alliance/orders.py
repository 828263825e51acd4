"""Orders put together from their pieces, in whatever order and however often the pieces arrived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cmp_to_key
from typing import Any

from measurement.alliance import first_party, reader
from measurement.alliance.facts import Feed, LineFact, OrderFact, OrderStatus, Piece

OrderKey = tuple[str, Feed, str]


def assemble(pieces: Iterable[Piece]) -> list[OrderFact]:
    """Every order that stands, sorted by platform, order id and feed; any mix of platforms.

    A split parent is left out as soon as a child names it, whether the parent came before or after.
    """
    groups = _by_order(pieces)
    retired = _retired(groups)
    orders = (
        _order_of(platform, group)
        for (platform, feed, order_id), group in groups.items()
        if (platform, feed, order_id) not in retired
    )
    return sorted(
        (order for order in orders if order),
        key=lambda order: (order.platform, order.order_id, order.feed != Feed.SHOP),
    )


def assemble_one(platform: str, pieces: Iterable[Piece]) -> OrderFact | None:
    """One order of one feed from all its pieces; None while it cannot be told or nothing is to count.

    Retiring is left to the caller, who knows the other orders: see :func:`retires`.
    """
    return _order_of(platform, standing(pieces))


def _order_of(platform: str, pieces: list[Piece]) -> OrderFact | None:
    """From what the platform said, if it said anything; else from the rows a merchant handed in."""
    own = [piece for piece in pieces if piece.kind != first_party.KIND]
    if len(own) == len(pieces):
        return reader(platform).order_from(own)
    if any(piece.body.get("superseded") for piece in own):
        return None
    return first_party.with_rows(reader(platform).order_from(own) if own else None, pieces)


def standing(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces that stand: of one (platform, feed, order, kind, key) the one that replaces all others.
    Sorted by kind and key, so that nothing downstream can depend on arrival."""
    kept: dict[tuple[str, Feed, str, str, str], Piece] = {}
    for piece in pieces:
        key = (piece.platform, piece.feed, piece.order_id, piece.kind, piece.key)
        if key not in kept or piece.replaces(kept[key]):
            kept[key] = piece
    return [kept[key] for key in sorted(kept)]


def told(pieces: Iterable[Piece]) -> dict[str, Any]:
    """What several statements about the same thing say together: of each field the latest that says
    anything, None being silence (a platform returns only the fields it was asked for)."""
    together: dict[str, Any] = {}
    for piece in sorted(pieces, key=cmp_to_key(_earlier_first)):
        together.update({name: value for name, value in piece.body.items() if value is not None})
    return together


def retires(pieces: Iterable[Piece]) -> set[str]:
    """Ids of the split parents that these pieces name (``body["retires"]``, a list of order ids of the
    same platform and feed). Each of those orders must no longer be counted."""
    return {str(parent) for piece in pieces for parent in piece.body.get("retires") or ()}


def superseded(pieces: Iterable[Piece]) -> list[str]:
    """Ids of retired orders, sorted: parents named by a child, seen or not, and orders of which every
    piece says ``body["superseded"]`` itself (JD union rows invalid because split)."""
    groups = _by_order(pieces)
    own = {key[2] for key, group in groups.items() if all(piece.body.get("superseded") for piece in group)}
    return sorted(own | {order_id for _, _, order_id in _retired(groups)})


def status_of(paid_fen: int, refunded_fen: int, lines: Sequence[LineFact], *, closed: bool) -> OrderStatus:
    """Status of an order that was paid: by the money that went back.

    ``refunded`` when all of it did, or when the order is closed and every line's money did (postage may
    stay with the seller). A refund that names no line covers every line once it reaches their sum.
    """
    if refunded_fen >= paid_fen > 0 or (closed and _every_line_refunded(refunded_fen, lines)):
        return OrderStatus.REFUNDED
    return OrderStatus.REFUNDED_PARTIALLY if refunded_fen > 0 else OrderStatus.PAID


def _every_line_refunded(refunded_fen: int, lines: Sequence[LineFact]) -> bool:
    if any(line.refunded_fen is None for line in lines):
        return refunded_fen >= sum(line.paid_fen for line in lines)
    return bool(lines) and all((line.refunded_fen or 0) >= line.paid_fen for line in lines)


def _earlier_first(one: Piece, other: Piece) -> int:
    return 1 if one.replaces(other) else -1


def _by_order(pieces: Iterable[Piece]) -> dict[OrderKey, list[Piece]]:
    groups: dict[OrderKey, list[Piece]] = {}
    for piece in standing(pieces):
        groups.setdefault((piece.platform, piece.feed, piece.order_id), []).append(piece)
    return groups


def _retired(groups: dict[OrderKey, list[Piece]]) -> set[OrderKey]:
    return {
        (platform, feed, parent)
        for (platform, feed, order_id), group in groups.items()
        for parent in retires(group)
        if parent != order_id
    }
