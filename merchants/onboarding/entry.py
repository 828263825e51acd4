"""When a merchant applied for each of its trades and was let in with it, told from what happened to its case (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from merchants.onboarding.cases import Case


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a case. ``trades``: of a submission, what it was for; empty in events from before that was told."""

    at: datetime
    act: str
    after: str = ""
    note: str = ""
    trades: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """The first time each trade was submitted and approved. What was applied for and given up or refused since
    stays: it was applied for then."""

    applied: dict[str, datetime] = field(default_factory=dict)
    approved: dict[str, datetime] = field(default_factory=dict)


def entry(events: Iterable[Happened], trades: frozenset[str]) -> Entry:
    """``events`` of one case in their order; ``trades`` that it has today. One that joined later was widened for;
    the others are what it was opened with."""
    told = list(events)
    further: set[str] = set()
    asked = first = trades - {event.note for event in told if event.act == "widen"}
    found = Entry()
    for event in told:
        if event.act == "widen":
            further.add(event.note)
        elif event.act == "let_go":
            asked, further = asked - further, set()
        elif event.act == "submit":
            asked = event.trades or first | found.approved.keys() | further
            for trade in asked:
                found.applied.setdefault(trade, event.at)
        if event.after == Case.APPROVED:
            for trade in asked & found.applied.keys():
                found.approved.setdefault(trade, event.at)
            further -= found.approved.keys()
    return found
