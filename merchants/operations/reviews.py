"""The reviewers' side of a case: each answer is decided on its own, and the case follows from its answers."""

from __future__ import annotations

from datetime import UTC, datetime

from merchants import audit, tenancy
from merchants.models import Application, ApplicationItem, DocumentVersion, Merchant, ReviewEvent, User
from merchants.onboarding.cases import Act, Case, Look, Refused, derived, is_decided, may_decide, moved
from merchants.onboarding.standing import State
from merchants.queries import onboarding


def decide(
    merchant: Merchant,
    key: str,
    *,
    accepted: bool,
    reviewer: User,
    version: int,
    reason: str = "",
    note: str = "",
) -> Application:
    """Decides about one answer; a second person follows where the requirement asks for two. ``version`` is the
    case's as the reviewer saw it. Raises :class:`Refused`: ``changed`` when the case is another by now, ``not_now``,
    ``reason`` for a refusal without one of the requirement's reasons, and what ``may_decide`` raises."""
    by = f"user:{reviewer.pk}"
    with tenancy.acting_for(merchant):
        case: Application = Application.objects.for_merchant(merchant).select_for_update().get()
        if case.version != version:
            raise Refused("changed")
        before = Case(case.state)
        if before == Case.SUBMITTED:
            case.state = moved(before, Act.CLAIM)
        asked = onboarding.asked_of(case, datetime.now(UTC).date())
        one = {one.key: one for one in asked.requirements}[key]
        item: ApplicationItem = ApplicationItem.objects.for_merchant(merchant).get(key=key)
        if case.state != Case.IN_REVIEW or item.state != State.IN_REVIEW:
            raise Refused("not_now")
        if not accepted and reason not in one.reasons:
            raise Refused("reason")
        may_decide(_look(case, item), reviewer.pk)
        _look_at(item, reviewer, accepted=accepted, eyes=one.eyes, reason=reason, note=note)
        _conclude(merchant, case)
        paper = DocumentVersion.objects.for_merchant(merchant).filter(item=item).order_by("number").last()
        ReviewEvent.objects.create(
            merchant=merchant,
            application=case,
            item=item,
            actor=by,
            act="accept" if accepted else "refuse",
            before=before,
            after=case.state,
            reason=item.reason,
            note=item.note,
            sets=asked.sets,
            digest=paper.digest if paper else "",
            version=case.version,
        )
        audit.record(merchant, "merchants.application.decided", by=by, on=item, key=key, accepted=accepted)
    return case


def _look(case: Application, item: ApplicationItem) -> Look:
    return Look(
        submitter=item.submitter_id or 0,
        first=item.first_reviewer_id,
        second=item.second_reviewer_id,
        refused_by=item.refused_by_id,
        appealed=case.appealed_at is not None,
    )


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
    elif is_decided(Look(0, item.first_reviewer_id, item.second_reviewer_id), eyes):
        item.state = State.ACCEPTED
    item.save()


def _conclude(merchant: Merchant, case: Application) -> None:
    states = ApplicationItem.objects.for_merchant(merchant).values_list("state", flat=True)
    # an alternative that was not chosen is no lack
    answered = [State(state) for state in states if state not in (State.MISSING, State.UPLOADED)]
    case.state = derived(answered)
    if case.state != Case.IN_REVIEW:
        case.decided_at = datetime.now(UTC)
    case.version += 1
    case.save(update_fields=["state", "version", "decided_at"])
    if case.state == Case.APPROVED:
        Merchant.objects.filter(pk=merchant.pk, status=Merchant.Status.APPLYING).update(
            status=Merchant.Status.ACTIVE
        )
