"""The reviewers' side of a case: each answer is decided on its own, and the case follows from its answers."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from merchants import audit, events, tenancy
from merchants.models import Application, ApplicationItem, Merchant, User
from merchants.onboarding.cases import (
    LEASE,
    Act,
    Case,
    Look,
    Refused,
    derived,
    is_decided,
    may_decide,
    moved,
    needs_second_look,
)
from merchants.onboarding.requirements import Requirement
from merchants.onboarding.standing import State
from merchants.operations import application_events, casebook, profiles
from merchants.operations.applications import kind_of
from merchants.operations.casebook import locked
from merchants.operations.checklist import answered
from merchants.queries import onboarding, queues
from merchants.queries import reviews as reading
from merchants.reasons import REASONS

CONCLUDED = "merchants.application.concluded"
"""Told to the outbox when a case is decided, with its ``state`` and ``round``."""


def claim(merchant: Merchant, *, reviewer: User, now: datetime | None = None) -> Application:
    """Keeps a case for a reviewer for :data:`LEASE`; claimed again it begins anew, and one that ran out may be taken
    over. Raises :class:`Refused`: ``not_now`` when it does not wait for a decision, ``own`` for people of the
    merchant, ``held`` while another works on it."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        case = locked(merchant)
        before = Case(case.state)
        if before not in onboarding.WAITING:
            raise Refused("not_now")
        reading.may_look(case, reviewer.pk, reading.insiders(merchant))
        hold = reading.hold_of(case)
        if hold.keeps_out(reviewer.pk, moment):
            raise Refused("held")
        if before == Case.SUBMITTED:
            case.state = moved(before, Act.CLAIM)
        case.holder, case.held_until = reviewer, moment + LEASE
        case.save(update_fields=["state", "holder", "held_until"])
        if hold.reviewer != reviewer.pk:
            act = "take_over" if hold.reviewer else "claim"
            casebook.note(case, act, by=_by(reviewer), before=before)
    return case


def claim_next(reviewer: User) -> Application | None:
    """Claims the oldest case that is free and in which the reviewer may decide something; None where there is
    none."""
    for case in queues.free(reviewer.pk, datetime.now(UTC)):
        with tenancy.acting_for(case.merchant), suppress(Refused):
            if _something_for(case, reviewer):
                return claim(case.merchant, reviewer=reviewer)
    return None


def _something_for(case: Any, reviewer: User) -> bool:
    """Whether the reviewer may do something in a case of the queue: decide an answer or about a refusal that
    somebody else proposes, or close a review in which nothing waits."""
    if case.refused_first_id is not None:
        return bool(case.refused_first_id != reviewer.pk)
    return not case.left or reading.left_for(case.merchant, case, reviewer.pk)


def release(merchant: Merchant, *, reviewer: User) -> Application:
    """Gives a case back to the queue. Raises :class:`Refused` (``held``) for one that another works on."""
    with tenancy.acting_for(merchant):
        case = locked(merchant)
        if case.holder_id != reviewer.pk:
            raise Refused("held")
        case.holder = case.held_until = None
        case.save(update_fields=["holder", "held_until"])
        casebook.note(case, "release", by=_by(reviewer), before=case.state)
    return case


def decide(
    merchant: Merchant,
    key: str,
    *,
    accepted: bool,
    reviewer: User,
    version: int,
    reason: str = "",
    note: str = "",
    draw: float | None = None,
) -> Application:
    """Decides about one answer; a second person follows where the requirement asks for two, or where the lot
    (``draw`` in [0, 1)) falls on an acceptance. ``version`` is the case's as the reviewer saw it.

    Raises :class:`Refused`: ``held`` while another works on the case, ``changed`` when it is another by now,
    ``not_now``, ``proposed`` while somebody proposes to refuse the whole, ``reason`` for a refusal without one of
    the requirement's reasons, and what ``may_decide`` raises.
    """
    moment = datetime.now(UTC)
    with tenancy.acting_for(merchant):
        case = unchanged(merchant, reviewer, version, moment)
        before = Case(case.state)
        if before == Case.SUBMITTED:
            case.state = moved(before, Act.CLAIM)
        asked = onboarding.asked_of(case, moment.date())
        one = {one.key: one for one in asked.requirements}.get(key)
        item: ApplicationItem | None = ApplicationItem.objects.for_merchant(merchant).filter(key=key).first()
        if one is None or item is None or case.state != Case.IN_REVIEW or item.state != State.IN_REVIEW:
            raise Refused("not_now")
        if not accepted and reason not in reasons_of(one):
            raise Refused("reason")
        _no_refusal(case)
        look = reading.look_of(case, item, reading.insiders(merchant), reading.refusers(case))
        may_decide(look, reviewer.pk)
        eyes = one.eyes
        if item.first_reviewer_id is None:
            lot = secrets.randbelow(10_000) / 10_000 if draw is None else draw
            eyes = 2 if needs_second_look(one.eyes, lot, settings.SECOND_LOOKS / 100) else 1
        _look_at(item, reviewer, accepted=accepted, eyes=eyes, reason=reason, note=note)
        _conclude(merchant, case, asked.requirements, moment)
        if case.holder_id == reviewer.pk:
            _hold_on(merchant, case, reviewer, moment)
        papers = reading.papers_of(item)
        casebook.note(
            case,
            "accept" if accepted else "refuse",
            by=_by(reviewer),
            before=before,
            item=item,
            reason=item.reason,
            note=item.note,
            sets=asked.sets,
            digest=papers[-1].digest if papers else "",
            values=item.values,
        )
        audit.record(
            merchant, "merchants.application.decided", by=_by(reviewer), on=item, key=key, accepted=accepted
        )
        application_events.decided(item, papers[-1] if papers else None)
    return case


def conclude(merchant: Merchant, *, reviewer: User, version: int) -> Application:
    """Decides a case in which no answer waits any more, as when what was refused is not asked of the business as it
    is described now. Raises :class:`Refused` as :func:`decide`."""
    moment = datetime.now(UTC)
    with tenancy.acting_for(merchant):
        case = unchanged(merchant, reviewer, version, moment)
        before = Case(case.state)
        asked = onboarding.asked_of(case, moment.date())
        reading.may_look(case, reviewer.pk, reading.insiders(merchant))
        _no_refusal(case)
        states = _judged(merchant, asked.requirements)
        if before not in onboarding.WAITING or derived(states) == Case.IN_REVIEW:
            raise Refused("not_now")
        _conclude(merchant, case, asked.requirements, moment)
        casebook.note(case, "conclude", by=_by(reviewer), before=before, sets=asked.sets)
    return case


def reasons_of(one: Requirement) -> tuple[str, ...]:
    """The reasons for which an answer may be refused: the requirement's own, or any where it names none."""
    return tuple(code for code in one.reasons if code in REASONS) or tuple(REASONS)


def _no_refusal(case: Application) -> None:
    """While somebody proposes to refuse the whole, nothing else is decided."""
    if case.refused_first_id is not None:
        raise Refused("proposed")


def unchanged(merchant: Merchant, reviewer: User, version: int, now: datetime) -> Application:
    """The case, locked, as the reviewer saw it."""
    case = locked(merchant)
    if reading.hold_of(case).keeps_out(reviewer.pk, now):
        raise Refused("held")
    if case.version != version:
        raise Refused("changed")
    return case


def _look_at(
    item: ApplicationItem, reviewer: User, *, accepted: bool, eyes: int, reason: str, note: str
) -> None:
    """One person's refusal is enough; an acceptance takes as many people as are asked for."""
    if item.first_reviewer_id is None:
        item.first_reviewer = reviewer
    else:
        item.second_reviewer = reviewer
    if not accepted:
        item.state, item.reason, item.note, item.refused_by = (
            State.CHANGES_NEEDED,
            reason,
            note[:400],
            reviewer,
        )
    else:
        item.reason = item.note = ""  # of an earlier look, that was appealed against
        if is_decided(Look(0, item.first_reviewer_id, item.second_reviewer_id), eyes):
            item.state = State.ACCEPTED
    item.save()


def _judged(merchant: Merchant, requirements: list[Requirement]) -> list[State]:
    """What nobody has been given the time to answer is no lack of this case."""
    items = onboarding.items_of(merchant)
    told = {key: item for key, item in items.items() if item.state not in (State.MISSING, State.UPLOADED)}
    return answered(requirements, told)


def _conclude(merchant: Merchant, case: Application, requirements: list[Requirement], now: datetime) -> None:
    """Decides the case as its answers are decided. A merchant that is approved is let in; trades that it applied
    for beside its own join them."""
    case.state = derived(_judged(merchant, requirements))
    if case.state != Case.IN_REVIEW:
        case.decided_at, case.holder, case.held_until = now, None, None
        told = {"state": case.state, "round": case.round, "further": case.further}
        events.tell(merchant, CONCLUDED, told)
    if case.state == Case.APPROVED:
        _let_in(merchant, case)
    casebook.changed(case, "state", "decided_at", "holder", "held_until", "trades", "further")


def _let_in(merchant: Merchant, case: Application) -> None:
    rows = Merchant.objects.filter(pk=merchant.pk)
    rows.filter(status=Merchant.Status.APPLYING).update(status=Merchant.Status.ACTIVE)
    if merchant.kind == Merchant.Kind.BLOGGER:
        profiles.begin(merchant)
    if case.further:
        case.trades, case.further = sorted({*case.trades, *case.further}), []
        rows.update(kind=kind_of(case.trades))


def _hold_on(merchant: Merchant, case: Application, reviewer: User, now: datetime) -> None:
    """Begins the lease anew, or ends it when nothing is left that this reviewer may decide."""
    if reading.left_for(merchant, case, reviewer.pk):
        case.held_until = now + LEASE
    else:
        case.holder = case.held_until = None
    case.save(update_fields=["holder", "held_until"])


def _by(reviewer: User) -> str:
    return f"user:{reviewer.pk}"
