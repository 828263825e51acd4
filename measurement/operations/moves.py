"""Recording a move with its owner, its reason and what it should bring."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from measurement.models import Move
from measurement.queries.names import names_of
from measurement.queries.products import longest_cycle, products_of
from measurement.queries.standing import DIMENSIONS
from measurement.reports import Dimension
from measurement.waste.moves import Direction, Measure, MoveKind, matures_on, spans
from merchants import audit, tenancy
from merchants.models import Merchant, User


def record_move(
    merchant: Merchant,
    *,
    kind: MoveKind,
    dimension: Dimension,
    key: str,
    owner: User | None,
    reason: str,
    starts_on: date,
    measure: Measure,
    direction: Direction,
    size: Decimal,
    due_on: date,
    by: str,
) -> Move:
    """A move as it was meant; nothing of it is edited later.

    Raises ``ValueError`` without a reason, for an end before the start, a size outside of 0 to 10 (ten times)
    or zero with a direction, and rows that cannot be moved; ``KeyError`` for a row that the merchant has not.
    """
    if dimension not in DIMENSIONS:
        raise ValueError("no move is made on such rows")
    if not reason.strip():
        raise ValueError("a move has a reason")
    if not 0 <= size <= 10 or (size == 0 and direction != Direction.HOLD):
        raise ValueError("a change lies between 0 and ten times")
    spans(starts_on, due_on)
    with tenancy.acting_for(merchant):
        called = names_of(merchant, dimension, [key])[key].name
        if called == f"#{key}":
            raise KeyError(key)
        cycle = longest_cycle(products_of(merchant))
        row: Move = Move.objects.create(
            merchant=merchant,
            kind=kind,
            dimension=dimension,
            key=key,
            name=called[:200],
            owner=owner,
            reason=reason.strip(),
            starts_on=starts_on,
            measure=measure,
            direction=direction,
            size=size,
            due_on=due_on,
            matures_on=matures_on(due_on, measure, cycle),
            recorded_by=by,
        )
        audit.record(
            merchant,
            "measurement.move.recorded",
            by=by,
            on=row,
            kind=kind,
            row=called,
            expects=f"{measure} {direction} {size}",
            due_on=due_on.isoformat(),
        )
    return row


def acknowledge(merchant: Merchant, *, move: Move, by: str) -> None:
    """Takes a matured move off the list of what needs a person."""
    with tenancy.acting_for(merchant):
        if move.seen_at is None:
            move.seen_at = datetime.now(UTC)
            move.save(update_fields=["seen_at"])
            audit.record(merchant, "measurement.move.seen", by=by, on=move)
