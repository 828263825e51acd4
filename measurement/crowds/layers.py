"""A person's layer on a day, with the reason; the definition that the SQL is held to (pure)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from measurement.crowds.rules import NONE, Rule, RuleRow, rank


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something a person did on a day. ``cycle_days`` is the decision cycle of what an order bought;
    ``channel`` what carried a touch; ``spu`` 0 where nobody knows what it was about."""

    day: date
    kind: str
    spu: int = 0
    cycle_days: int = 0
    channel: int = 0

    def until(self, row: RuleRow) -> date:
        """The first day on which it no longer counts for the row."""
        return self.day + timedelta(days=self.cycle_days if row.days is None else row.days)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person stands where they stand: the row that holds (its number, from 1) and what it counted."""

    row: int
    rule_row: RuleRow
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Spell:
    """Whole days in one layer, both ends included; the ranks of the layers before and after it."""

    layer: int
    from_day: date
    to_day: date
    before: int
    after: int


def counted(row: RuleRow, events: Iterable[Event], day: date) -> tuple[Event, ...]:
    """The events that count for a row on a day."""
    return tuple(
        event for event in sorted(events) if event.kind in row.kinds and event.day <= day < event.until(row)
    )


def why(rule: Rule, events: Iterable[Event], day: date) -> Reason | None:
    """The highest row that holds on the day, the first of equal ones; None: no layer."""
    told = tuple(events)
    best: Reason | None = None
    for number, row in enumerate(rule.rows, start=1):
        if best is not None and rank(row.layer) <= rank(best.rule_row.layer):
            continue
        found = counted(row, told, day)
        if len(found) >= row.least:
            best = Reason(number, row, found)
    return best


def layer_on(rule: Rule, events: Iterable[Event], day: date) -> int:
    """The rank of the layer on the day."""
    reason = why(rule, events, day)
    return rank(reason.rule_row.layer) if reason else NONE


def spells(rule: Rule, events: Iterable[Event]) -> list[Spell]:
    """The spells of a person with one product, or with the merchant: in order of time, without those in no
    layer. The future is in them, as it will be if nothing more happens."""
    told = tuple(events)
    turns = {event.day for event in told} | {
        event.until(row) for event in told for row in rule.rows if event.kind in row.kinds
    }
    steps = [(day, layer_on(rule, told, day)) for day in sorted(turns)]
    starts = [
        (day, layer, before)
        for (day, layer), before in zip(steps, [NONE, *(layer for _, layer in steps)], strict=False)
        if layer != before
    ]
    return [
        Spell(layer, day, ended - timedelta(days=1), before, after)
        for (day, layer, before), (ended, after, _) in itertools.pairwise(starts)
        if layer != NONE
    ]
