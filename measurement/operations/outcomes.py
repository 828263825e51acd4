"""Outcomes of moves: computed by a worker once they are complete, never changed afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np

from measurement.attribution.cells import day_number
from measurement.choices import Model
from measurement.models import Move
from measurement.queries import costs as spending
from measurement.queries import worth as reading
from measurement.queries.cells import cells as read_cells
from measurement.queries.results import Basis
from measurement.reports import CUSTOM, Compare, Dimension, ReportQuery
from measurement.waste.moves import Change, Direction, Measure, came, spans
from measurement.waste.outcomes import change
from merchants import audit, tenancy
from merchants.models import Merchant
from merchants.periods import Period


def settle(merchant: Merchant, basis: Basis, *, now: datetime, through: date) -> int:
    """Writes the outcome of each move that matured by ``through``, the last complete day. How many."""
    with tenancy.acting_for(merchant):
        ripe = Move.objects.for_merchant(merchant).filter(
            settled_at=None, matures_on__lte=through + timedelta(days=1)
        )
        moves = list(ripe.select_for_update(skip_locked=True).order_by("id"))
        for move in moves:
            found = _change(merchant, move, basis, through)
            move.before, move.after, move.low, move.high = found.before, found.after, found.low, found.high
            move.came = came(found, Direction(move.direction), float(move.size))
            move.settled_at = now
            move.save(update_fields=["before", "after", "low", "high", "came", "settled_at"])
            audit.record(
                merchant, "measurement.move.settled", by="system:judging", on=move, outcome=move.came
            )
    return len(moves)


def _change(merchant: Merchant, move: Move, basis: Basis, through: date) -> Change:
    before, after = spans(move.starts_on, move.due_on)
    cost_before, cost_after = (_cost(merchant, move, span, basis, through) for span in (before, after))
    if move.measure == Measure.COST:
        return Change(cost_before, cost_after)
    period = Period(before.start, after.end)
    cells = read_cells(merchant, since=period.start, touched_before=period.end, models=(Model.LINEAR,))
    found = reading.worth(merchant, period, basis[1], cells)
    mine = found.keys[Dimension(move.dimension)] == int(move.key)
    person, worth = found.person[mine], found.fen[mine]
    late = found.day[mine] >= day_number(after.start)
    if move.measure == Measure.ORDERS:
        pairs, first = np.unique(np.column_stack([found.order[mine], late]), axis=0, return_index=True)
        return change(pairs[:, 1].astype(bool), person[first], np.ones(len(first)))
    if move.measure == Measure.CREDITED:
        return change(late, person, worth)
    if not cost_before or not cost_after:
        return Change(None, None)
    summed = change(late, person, worth, scale=cost_before / cost_after)
    return Change(
        (summed.before or 0) / cost_before, (summed.after or 0) / cost_after, summed.low, summed.high
    )


def _cost(merchant: Merchant, move: Move, span: Period, basis: Basis, through: date) -> int | None:
    """The own cost of the row; a span in which nothing is stated costs nothing if the other one does."""
    query = ReportQuery(
        period=span,
        span=CUSTOM,
        compare=Compare.NONE,
        by=Dimension(move.dimension),
        within=((move.dimension, move.key),),
    )
    whole = spending.cost(merchant, query, basis[1], through).whole
    return whole.fen if whole else 0
