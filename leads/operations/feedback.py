"""What is to be told to sources: queued with the move that is worth telling, in its transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Q

from leads import pipeline
from leads.channels import report_back
from leads.models import Feedback, Lead
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Merchant

TOLD_FOR = timedelta(days=7)  # a source takes feedback on a lead for this long
State, Verb = Feedback.State, Feedback.Verb


def reached(merchant: Merchant, lead: Lead, *, at: datetime) -> None:
    """A lead has come to its stage. Told once while it stands; a source that is told stages is told every
    one."""
    code, stage = _words(lead, lead.stage.code)
    worth = (code is not None or stage) and report_back.takes(lead.source)
    if worth and _stands(merchant, lead, code, stage) is None:
        _queue(merchant, lead, Verb.SEND, code, stage, at)


def acted(merchant: Merchant, lead: Lead, act: str, *, at: datetime) -> None:
    """Somebody was reached in a way (``pipeline.ACTS``) that is worth telling, once. A source that is told stages
    hears of those alone, and one that keeps a state hears of it while no later one holds."""
    code = pipeline.ACTS.get(act)
    further = lead.source in report_back.STATEFUL and lead.valid_at is not None
    worth = code is not None and report_back.takes(lead.source) and lead.source not in report_back.BY_STAGE
    if worth and not further and _stands(merchant, lead, code, "") is None:
        _queue(merchant, lead, Verb.SEND, code, "", at)


def left(merchant: Merchant, lead: Lead, stage_left: str, *, at: datetime) -> None:
    """A lead is no longer what it was told to be. What was not sent yet is not sent at all; what was is taken
    back: a source that keeps one state is told the one before again, one that is told stages the stage that
    holds now."""
    code, stage = _words(lead, stage_left)
    told = _stands(merchant, lead, code, stage)
    if told is None:
        return
    if told.state == State.QUEUED and not told.attempts:
        told.delete()
        return
    before = _before(merchant, lead, told)
    if lead.source in report_back.BY_STAGE:
        if lead.stage.code != stage_left:
            now, name = _words(lead, lead.stage.code)
            _queue(merchant, lead, Verb.RESTATE, now, name, at)
    elif before is not None:
        _queue(merchant, lead, Verb.RESTATE, before.code, before.stage, at)
    else:
        _queue(merchant, lead, Verb.RETRACT, code, stage, at, expires_at=told.expires_at)


def again(merchant: Merchant, row: Feedback, *, by: str) -> None:
    """Tells once more what a source rejected. Raises ``ValueError`` when it is not to be told any more."""
    with tenancy.acting_for(merchant):
        mine = Feedback.objects.for_merchant(merchant).select_for_update()
        found = mine.filter(pk=row.pk, state=State.REJECTED, expires_at__gt=datetime.now(UTC)).first()
        if found is None:
            raise ValueError("too_late")
        found.state, found.next_at, found.error = State.QUEUED, datetime.now(UTC), ""
        found.save(update_fields=["state", "next_at", "error"])
        audit.record(merchant, "leads.feedback.again", by=by, on=found, lead=found.lead_id)
        wake("leads.report_back", merchant_id=merchant.pk)


def expire(merchant: Merchant, *, now: datetime) -> int:
    """What a source takes no more is not tried any longer, and is shown as expired with the last reason."""
    with tenancy.acting_for(merchant):
        rows = Feedback.objects.for_merchant(merchant).filter(state=State.QUEUED, expires_at__lt=now)
        return int(rows.update(state=State.EXPIRED))


def _queue(
    merchant: Merchant,
    lead: Lead,
    verb: str,
    code: int | None,
    stage: str,
    at: datetime,
    *,
    expires_at: datetime | None = None,
) -> None:
    if lead.source in report_back.STATEFUL:  # what waits untold says nothing any more
        Feedback.objects.for_merchant(merchant).filter(lead=lead, state=State.QUEUED, attempts=0).delete()
    Feedback.objects.create(
        merchant=merchant,
        lead=lead,
        verb=verb,
        code=code,
        stage=stage,
        happened_at=at,
        next_at=at,
        expires_at=expires_at or at + TOLD_FOR,
    )
    wake("leads.report_back", merchant_id=merchant.pk)


def _words(lead: Lead, stage: str) -> tuple[int | None, str]:
    """The code of a stage, and its name for a source that is told names."""
    code = pipeline.FEEDBACK.get(stage)
    if lead.source in report_back.STATEFUL and stage in report_back.STATES:
        code = report_back.STATES[stage]
        return code, stage if code is None else ""
    return code, stage if lead.source in report_back.BY_STAGE else ""


def _stands(merchant: Merchant, lead: Lead, code: int | None, stage: str) -> Feedback | None:
    """The last word of its kind, if it says this and was not taken back; held until this transaction ends, so
    that nobody begins to tell it meanwhile. Where one word replaces the other, the last of all counts."""
    rows = Feedback.objects.for_merchant(merchant).select_for_update().filter(lead=lead)
    if lead.source not in report_back.STATEFUL | report_back.BY_STAGE:
        rows = rows.filter(code=code)
    told: Feedback | None = rows.order_by("-pk").first()
    if told is None or told.verb == Verb.RETRACT or (told.code, told.stage) != (code, stage):
        return None
    return told


def _before(merchant: Merchant, lead: Lead, told: Feedback) -> Feedback | None:
    """What a source that keeps one state had been told before."""
    if lead.source not in report_back.STATEFUL:
        return None
    rows = Feedback.objects.for_merchant(merchant).filter(lead=lead, pk__lt=told.pk)
    rows = rows.exclude(Q(code=told.code) if told.code is not None else Q(code=None, stage=told.stage))
    found: Feedback | None = rows.filter(state__in=[State.SENT, State.ACCEPTED]).order_by("-pk").first()
    return found if found and found.verb != Verb.RETRACT else None
