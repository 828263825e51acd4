"""A merchant that was let in applies for another trade, beside those it has, and works on meanwhile."""

from __future__ import annotations

from django.utils import timezone

from merchants import audit, tenancy
from merchants.models import Application, ApplicationItem, Merchant
from merchants.onboarding.cases import Act, Case, Refused, moved
from merchants.onboarding.standing import State
from merchants.operations.applications import UNANSWERED, Faulty
from merchants.operations.casebook import REFUSAL, changed, forget_refusal, locked, note
from merchants.operations.checklist import answered
from merchants.queries import onboarding


def apply_for(merchant: Merchant, trade: str, *, by: str) -> Application:
    """Opens the case for one more trade; what is accepted and holds counts for it. Applied for first, it is an
    application of its own, with an appeal of its own. Raises :class:`Faulty` for a trade that is not open to the
    merchant, and :class:`Refused` (``not_now``) while a review runs and of a merchant that was not let in by an
    application."""
    with tenancy.acting_for(merchant):
        case = locked(merchant)
        if not onboarding.was_approved(case):
            raise Refused("not_now")
        before = Case(case.state)
        case.state = moved(before, Act.WIDEN)
        if trade not in onboarding.further_trades(case, timezone.localdate()):
            raise Faulty("trade", "closed", trade)
        if not case.further:
            case.appealed_at, case.appeal = None, ""
        case.further = sorted({*case.further, trade})
        changed(case, "state", "further", "appealed_at", "appeal")
        note(case, "widen", by=by, before=before, note=trade)
        audit.record(merchant, "merchants.application.widened", by=by, on=case, trade=trade)
    return case


def let_go(merchant: Merchant, *, by: str) -> Application:
    """Gives up the trades that are applied for; their papers are kept and not asked for. The case is approved again
    as it was, unless a renewal is under way in it. Raises :class:`Refused`: ``not_now`` where there are none, or
    while a review runs."""
    with tenancy.acting_for(merchant):
        case = locked(merchant)
        before = Case(case.state)
        after = moved(before, Act.LET_GO)
        if not case.further:
            raise Refused("not_now")
        items = ApplicationItem.objects.for_merchant(merchant).filter(state=State.IN_REVIEW)
        items.update(state=State.UPLOADED, first_reviewer=None, second_reviewer=None)
        gone, case.further = case.further, []
        forget_refusal(case)
        asked = onboarding.asked_of(case, timezone.localdate())
        begun = {
            key: item
            for key, item in onboarding.items_of(merchant).items()
            if item.state != State.MISSING or item.backed_until
        }
        is_open = any(state in UNANSWERED for state in answered(asked.requirements, begun))
        case.state = after if is_open else Case.APPROVED
        changed(case, "state", "further", *REFUSAL)
        note(case, "let_go", by=by, before=before, note=", ".join(gone))
        audit.record(merchant, "merchants.application.narrowed", by=by, on=case, trades=gone)
    return case
