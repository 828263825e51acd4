"""An application is refused as a whole: one person proposes it, another confirms it or goes on with the review."""

from __future__ import annotations

from datetime import UTC, datetime

from merchants import audit, events, tenancy
from merchants.models import Application, Merchant, User
from merchants.onboarding.cases import Act, Case, Refused, moved
from merchants.operations import casebook, reviews
from merchants.queries import onboarding
from merchants.queries import reviews as reading
from merchants.reasons import REFUSALS


def propose(merchant: Merchant, *, reviewer: User, version: int, reason: str, note: str = "") -> Application:
    """Proposes to refuse what the merchant applies for; the case is free for a second person then. Raises
    :class:`Refused`: ``reason`` without one of :data:`REFUSALS`, and as :func:`reviews.decide`. A renewal is no
    application: there is nothing to refuse but its papers."""
    with tenancy.acting_for(merchant):
        case = _opened(merchant, reviewer, version)
        if not reading.may_be_refused(merchant, case):
            raise Refused("not_now")
        if case.refused_first_id is not None:
            raise Refused("proposed")
        if reason not in REFUSALS:
            raise Refused("reason")
        before = Case(case.state)
        if before == Case.SUBMITTED:
            case.state = moved(before, Act.CLAIM)
        case.refusal, case.refusal_note, case.refused_first = reason, note[:400], reviewer
        _written(case, reviewer, "propose", before, "merchants.application.refusal_proposed")
    return case


def confirm(merchant: Merchant, *, reviewer: User, version: int) -> Application:
    """Refuses the application. Raises :class:`Refused`: ``same_eyes`` for who proposed it, ``not_now`` where nobody
    did, and as :func:`reviews.decide`."""
    with tenancy.acting_for(merchant):
        case = _opened(merchant, reviewer, version)
        if case.refused_first_id is None:
            raise Refused("not_now")
        if case.refused_first_id == reviewer.pk:
            raise Refused("same_eyes")
        before = Case(case.state)
        case.state = moved(before, Act.REFUSE)
        case.refused_second, case.decided_at = reviewer, datetime.now(UTC)
        told = {"state": case.state, "round": case.round, "further": case.further}
        events.tell(merchant, reviews.CONCLUDED, told)
        _written(case, reviewer, "refuse_case", before, "merchants.application.refused")
    return case


def go_on(merchant: Merchant, *, reviewer: User, version: int) -> Application:
    """Drops the proposal, one's own or another's: the answers are decided one by one. Raises :class:`Refused` as
    :func:`confirm`."""
    with tenancy.acting_for(merchant):
        case = _opened(merchant, reviewer, version)
        if case.refused_first_id is None:
            raise Refused("not_now")
        casebook.forget_refusal(case)
        before = Case(case.state)
        _written(case, reviewer, "go_on", before, "merchants.application.refusal_dropped")
    return case


def _opened(merchant: Merchant, reviewer: User, version: int) -> Application:
    """The case as the reviewer saw it, if they may decide about it."""
    case = reviews.unchanged(merchant, reviewer, version, datetime.now(UTC))
    if case.state not in onboarding.WAITING:
        raise Refused("not_now")
    reading.may_look(case, reviewer.pk, reading.insiders(merchant))
    return case


def _written(case: Application, reviewer: User, act: str, before: Case, noted: str) -> None:
    by = f"user:{reviewer.pk}"
    case.holder = case.held_until = None
    casebook.changed(case, "state", "decided_at", "holder", "held_until", *casebook.REFUSAL)
    casebook.note(case, act, by=by, before=before, reason=case.refusal, note=case.refusal_note)
    audit.record(case.merchant, noted, by=by, on=case)
