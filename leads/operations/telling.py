"""The outbox of feedback: what is queued is told to its source, at least once and in its order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from leads.channels import report_back
from leads.channels.calls import Ask, Outcome, Took, Unreachable, pause
from leads.channels.report_back import Statement
from leads.models import Feedback, Lead, Source
from leads.operations import queue, sources
from leads.operations.asking import ask
from merchants import tenancy
from merchants.models import Merchant
from merchants.onboarding.requirements import Capability
from merchants.periods import day_of
from merchants.queries import onboarding

HELD = timedelta(minutes=1)  # longer than a call may take; a worker that is lost meanwhile tells it again
LONGEST = timedelta(hours=6)
LOOK_AGAIN = timedelta(hours=1)  # at what waits for a setting
State = Feedback.State
_ENDS = {Took.SENT: State.SENT, Took.ACCEPTED: State.ACCEPTED, Took.REJECTED: State.REJECTED}


def tell_one(merchant: Merchant, *, now: datetime | None = None, by: Ask = ask) -> bool:
    """Tells the oldest waiting feedback of a merchant to its source; False when none is due.

    Each beginning is written down before the call, and the answer after it: killed between the two, the same
    is told again under the same number. Two workers never hold the same one.
    """
    moment = now or datetime.now(UTC)
    row = _claim(merchant, moment)
    if row is None:
        return False
    with tenancy.acting_for(merchant):
        source = source_of(merchant, row.lead)
        given = sources.given_to(source) if source else {}
        waits = onboarding.restricted(merchant, day_of(moment, ZoneInfo(merchant.time_zone)))
    if Capability.REPORT_BACK in waits:
        _keep(merchant, row, Outcome(Took.WAITS, "licence"), moment)
        return True
    if source is None:
        _keep(merchant, row, Outcome(Took.WAITS, "no_source"), moment)
        return True
    if sources.is_paused(source):
        _keep(merchant, row, Outcome(Took.WAITS, "paused"), moment)
        return True
    try:
        outcome = report_back.tell(source.channel, by, _statement(merchant, row), given, moment)
    except Unreachable as lost:
        outcome = Outcome(Took.AGAIN, f"unreachable: {lost}")
    _keep(merchant, row, outcome, moment)
    return True


def source_of(merchant: Merchant, lead: Lead) -> Source | None:
    """The source that brought a lead and is switched on; where that is not known, the only one of its kind."""
    mine = Source.objects.for_merchant(merchant).filter(channel=lead.source, active=True)
    brought = mine.filter(sightings__lead=lead).first()
    if brought is None and lead.conversation is not None and lead.conversation.came_by_id is not None:
        brought = mine.filter(pk=lead.conversation.came_by_id).first()
    if brought is not None:
        return brought
    some = list(mine[:2])
    return some[0] if len(some) == 1 else None


def _claim(merchant: Merchant, now: datetime) -> Feedback | None:
    """The oldest one due whose lead has no older one waiting, held for a while."""
    with tenancy.acting_for(merchant):
        waiting = Feedback.objects.for_merchant(merchant).filter(state=State.QUEUED)
        row: Feedback | None = queue.claim(
            waiting, of="lead", follow="lead__conversation", now=now, held=HELD, due=Q(expires_at__gt=now)
        )
    return row


def _statement(merchant: Merchant, row: Feedback) -> Statement:
    return Statement(
        verb=row.verb,
        code=row.code,
        stage=row.stage,
        number=f"{merchant.public_id.hex}-{row.pk}",
        happened_at=row.happened_at,
        began_at=row.lead.began_at,
        lead=row.lead.external_id,
        origin=row.lead.origin,
    )


def _keep(merchant: Merchant, row: Feedback, outcome: Outcome, now: datetime) -> None:
    if outcome.took in _ENDS:
        row.state, row.told_at = _ENDS[outcome.took], now
    elif outcome.took is Took.WAITS:  # nothing was told, so this was no attempt
        row.next_at, row.attempts = now + LOOK_AGAIN, row.attempts - 1
    else:
        row.next_at = now + pause(row.attempts, LONGEST)
    row.error = outcome.why[:200]
    with tenancy.acting_for(merchant):
        row.save(update_fields=["state", "told_at", "next_at", "attempts", "error"])
