"""The states of a case and who may move it: nobody decides about what they handed in, and no two eyes are one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from merchants.onboarding.standing import State


class Case(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_NEEDED = "changes_needed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    SUBMIT = "submit"
    CLAIM = "claim"
    DECIDE = "decide"
    WITHDRAW = "withdraw"
    APPEAL = "appeal"
    REFUSE = "refuse"
    RENEW = "renew"
    WIDEN = "widen"
    LET_GO = "let_go"


_MOVES: dict[tuple[Case, Act], Case] = {
    (Case.DRAFT, Act.SUBMIT): Case.SUBMITTED,
    (Case.CHANGES_NEEDED, Act.SUBMIT): Case.SUBMITTED,
    (Case.WITHDRAWN, Act.SUBMIT): Case.SUBMITTED,
    (Case.SUBMITTED, Act.CLAIM): Case.IN_REVIEW,
    (Case.SUBMITTED, Act.WITHDRAW): Case.WITHDRAWN,
    (Case.IN_REVIEW, Act.WITHDRAW): Case.WITHDRAWN,
    (Case.CHANGES_NEEDED, Act.WITHDRAW): Case.WITHDRAWN,
    (Case.REFUSED, Act.APPEAL): Case.SUBMITTED,
    (Case.CHANGES_NEEDED, Act.APPEAL): Case.SUBMITTED,
    (Case.APPROVED, Act.RENEW): Case.DRAFT,
    (Case.APPROVED, Act.WIDEN): Case.DRAFT,
    (Case.DRAFT, Act.WIDEN): Case.DRAFT,
    (Case.CHANGES_NEEDED, Act.WIDEN): Case.CHANGES_NEEDED,
    (Case.WITHDRAWN, Act.WIDEN): Case.WITHDRAWN,
    (Case.DRAFT, Act.LET_GO): Case.DRAFT,
    (Case.CHANGES_NEEDED, Act.LET_GO): Case.DRAFT,
    (Case.WITHDRAWN, Act.LET_GO): Case.DRAFT,
    (Case.REFUSED, Act.LET_GO): Case.DRAFT,
    (Case.IN_REVIEW, Act.REFUSE): Case.REFUSED,
}


class Refused(ValueError):
    """An act that is not possible: ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def moved(case: Case, act: Act) -> Case:
    """The state after an act. Raises :class:`Refused` (``not_now``) where it is not possible."""
    after = _MOVES.get((case, act))
    if after is None:
        raise Refused("not_now")
    return after


_NEAREST = (
    State.ACCEPTED,
    State.WAIVED,
    State.IN_REVIEW,
    State.CHECKING,
    State.UPLOADED,
    State.CHANGES_NEEDED,
    State.MISSING,
)


def spoken(alternatives: Iterable[State]) -> State:
    """Of alternatives, the one that is nearest to accepted speaks for all: one refused is no lack when another
    was accepted in its place. Raises ValueError for none."""
    return min(alternatives, key=_NEAREST.index)


def derived(states: Iterable[State]) -> Case:
    """What the decisions on the items make of a case: changes needed as soon as every item is judged and one
    lacks something, approved when all are fine, in review before."""
    told = list(states)
    if any(state in (State.IN_REVIEW, State.CHECKING, State.UPLOADED) for state in told):
        return Case.IN_REVIEW
    if any(state in (State.CHANGES_NEEDED, State.MISSING) for state in told):
        return Case.CHANGES_NEEDED
    return Case.APPROVED


LAPSES = timedelta(days=30)
"""After so long without a step of the applicant, an open case counts as abandoned and an appeal as let lapse."""


def is_over(case: Case, *, appealed: bool, quiet: timedelta) -> bool:
    """Whether an application ended without letting anybody in: withdrawn, finally refused, or left alone. While a
    reviewer has it, it is not over. ``quiet``: how long nothing has happened to it."""
    if case in (Case.SUBMITTED, Case.IN_REVIEW):
        return False
    if case == Case.WITHDRAWN or (case == Case.REFUSED and appealed):
        return True
    return quiet >= LAPSES


LEASE = timedelta(minutes=15)
"""How long a case is held for who claimed it; each decision begins it anew."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Who works on a case, and until when it is kept for them; nobody where None."""

    reviewer: int | None = None
    until: datetime | None = None

    def runs(self, now: datetime) -> bool:
        return self.reviewer is not None and self.until is not None and now < self.until

    def keeps_out(self, reviewer: int, now: datetime) -> bool:
        return self.runs(now) and self.reviewer != reviewer


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked at an item: ids of users. ``refused_by``: who refused it, or the whole case, before an appeal;
    ``insiders`` are the people of the merchant itself."""

    submitter: int
    first: int | None = None
    second: int | None = None
    refused_by: frozenset[int] = frozenset()
    appealed: bool = False
    insiders: frozenset[int] = frozenset()


def may_decide(look: Look, reviewer: int) -> None:
    """Raises :class:`Refused`: ``own`` for who handed it in or belongs to the merchant, ``same_eyes`` for who looked
    first, and ``appeal`` for who refused it before."""
    if reviewer == look.submitter or reviewer in look.insiders:
        raise Refused("own")
    if look.appealed and reviewer in look.refused_by:
        raise Refused("appeal")
    if look.first == reviewer:
        raise Refused("same_eyes")


def is_decided(look: Look, eyes: int) -> bool:
    """Whether enough people have looked."""
    return look.first is not None and (eyes == 1 or look.second is not None)


def needs_second_look(eyes: int, draw: float, share: float) -> bool:
    """Two eyes by rule, or by lot: ``draw`` in [0, 1) below the share of second looks."""
    return eyes > 1 or draw < share
